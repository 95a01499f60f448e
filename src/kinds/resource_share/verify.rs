//! Whether a share works for those whom it is shared with: describe and list are done with the
//! consumer's credentials; start, stop and retry are told by evaluation, and nothing is started.

use super::{list, permission};
use crate::aws::{ASSUME_ROLE, Aws, Cause, Failure, Repeat, Right, Rights, call, rights};
use crate::config::Place;
use crate::kinds::reading::together;

/// What a consumer may want of a shared pipeline beyond reading it: AWS's actions.
const ACTIONS: [&str; 3] = [
    "sagemaker:StartPipelineExecution",
    "sagemaker:StopPipelineExecution",
    "sagemaker:RetryPipelineExecution",
];

/// Questions that are asked at the same time.
const AT_ONCE: usize = 4;

/// Whether something holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Yes.
    Yes,
    /// No, and it should.
    No(String),
    /// No, and the share does not promise it.
    NotShared(String),
    /// Nobody can say, for this reason.
    Unknown(String),
}

/// What is to be proven.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The share's ARN.
    pub share: &'a str,
    /// Where it is, with the owner's way in.
    pub owner: &'a Place,
    /// The ARNs of its pipelines.
    pub pipelines: &'a [String],
    /// Where its consumers are, with their own ways in.
    pub consumers: &'a [&'a Place],
}

/// What was found of one pipeline and one consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The consumer's account.
    pub account: String,
    /// The pipeline's ARN.
    pub pipeline: String,
    /// Describing it.
    pub describe: Holds,
    /// Listing its executions.
    pub list: Holds,
    /// Starting it.
    pub start: Holds,
    /// Stopping an execution of it.
    pub stop: Holds,
    /// Retrying an execution of it.
    pub retry: Holds,
}

impl Proof {
    /// Each with its word, in the order of a table.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Holds); 5] {
        [
            ("describe", &self.describe),
            ("list", &self.list),
            ("start", &self.start),
            ("stop", &self.stop),
            ("retry", &self.retry),
        ]
    }
}

/// What was found of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it lets its principals do: `read`, `execute` or an ARN.
    pub permission: Option<String>,
    /// By consumer, then by pipeline.
    pub proofs: Vec<Proof>,
}

/// Asks all that is to be asked of a share.
///
/// # Errors
/// The share itself cannot be read by its owner.
pub async fn verify(aws: &Aws, question: &Question<'_>) -> Result<Verified, Failure> {
    let all = list::permissions(aws, question.owner, question.share).await?;
    let permission = permission::of(&all);
    let word = permission.as_deref();
    let mut asked = Vec::new();
    for consumer in question.consumers {
        asked.push(async move {
            Ok(match word.map(promises) {
                // The share says no already: the consumer's policies change nothing.
                Some(Promise::Reads) => None,
                _ => Some(own_rights(aws, consumer, question.pipelines).await),
            })
        });
    }
    let owns = together(AT_ONCE, asked).await?;
    let mut proven = Vec::new();
    for (consumer, own) in question.consumers.iter().zip(&owns) {
        for pipeline in question.pipelines {
            let [start, stop, retry] =
                ACTIONS.map(|action| evaluated(word, own.as_ref(), action, pipeline));
            proven.push(async move {
                let (describe, list) = futures::join!(
                    described(aws, consumer, pipeline),
                    listed(aws, consumer, pipeline)
                );
                Ok(Proof {
                    account: consumer.account.to_string(),
                    pipeline: pipeline.clone(),
                    describe,
                    list,
                    start,
                    stop,
                    retry,
                })
            });
        }
    }
    let proofs = together(AT_ONCE, proven).await?;
    Ok(Verified { permission, proofs })
}

/// What a permission of RAM promises, by AWS's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    Reads,
    Executes,
    Unheard,
}

fn promises(word: &str) -> Promise {
    match word {
        "read" => Promise::Reads,
        "execute" => Promise::Executes,
        _ => Promise::Unheard,
    }
}

/// What the consumer's own policies let it do with the pipelines, if IAM tells.
async fn own_rights(aws: &Aws, consumer: &Place, pipelines: &[String]) -> Result<Rights, String> {
    let actions = ACTIONS.map(str::to_owned);
    rights::ask(aws, consumer, &actions, pipelines)
        .await
        .map_err(|why| why.to_string())
}

/// What the share and the consumer's own policies together say of an action.
fn evaluated(
    permission: Option<&str>,
    own: Option<&Result<Rights, String>>,
    action: &str,
    pipeline: &str,
) -> Holds {
    let Some(word) = permission else {
        return Holds::Unknown("the share tells no permission for pipelines".to_owned());
    };
    match promises(word) {
        Promise::Reads => {
            return Holds::NotShared(format!("the share's permission `{word}` has no {action}"));
        }
        Promise::Unheard => {
            return Holds::Unknown(format!(
                "{word} is no permission of AWS's own, whose actions smd knows"
            ));
        }
        Promise::Executes => {}
    }
    let key = (action.to_owned(), pipeline.to_owned());
    match own {
        None => Holds::Unknown("IAM was not asked".to_owned()),
        Some(Err(why)) => Holds::Unknown(format!("IAM cannot be asked: {why}")),
        Some(Ok(rights)) => match rights.get(&key) {
            Some(Right::Allowed) => Holds::Yes,
            Some(Right::Denied) => Holds::No(format!(
                "a policy of the consumer's principal denies {action}"
            )),
            Some(Right::NotAllowed) => Holds::No(format!(
                "no policy of the consumer's principal allows {action}"
            )),
            Some(Right::Conditional(keys)) => Holds::Unknown(format!(
                "{action} hangs on {}, which only a real call carries",
                keys.join(", ")
            )),
            None => Holds::Unknown(format!("IAM says nothing of {action}")),
        },
    }
}

async fn described(aws: &Aws, consumer: &Place, pipeline: &str) -> Holds {
    let work = async {
        let client = aws.sagemaker(consumer).await?;
        call(aws, "sagemaker:DescribePipeline", Repeat::Safe, || {
            client.describe_pipeline().pipeline_name(pipeline).send()
        })
        .await
    };
    holds(work.await)
}

async fn listed(aws: &Aws, consumer: &Place, pipeline: &str) -> Holds {
    let operation = "sagemaker:ListPipelineExecutions";
    let work = async {
        let client = aws.sagemaker(consumer).await?;
        call(aws, operation, Repeat::Safe, || {
            client
                .list_pipeline_executions()
                .pipeline_name(pipeline)
                .max_results(1)
                .send()
        })
        .await
    };
    holds(work.await)
}

/// What an answer to the consumer proves. Only a refusal is a no: an answer that was lost or slowed
/// down, or a role that cannot be entered, says nothing of the share.
fn holds<T>(answer: Result<T, Failure>) -> Holds {
    match answer {
        Ok(_) => Holds::Yes,
        Err(failure) => {
            let is_refused = matches!(failure.cause, Cause::AccessDenied | Cause::NotFound)
                && failure.operation != ASSUME_ROLE;
            match is_refused {
                true => Holds::No(failure.to_string()),
                false => Holds::Unknown(failure.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_is_a_no() {
        let check = |cause: Cause, operation: &str, is_no: bool| {
            let failure = Failure::new(cause, operation, "why");
            let why = failure.to_string();
            let wanted = match is_no {
                true => Holds::No(why),
                false => Holds::Unknown(why),
            };
            assert_eq!(holds::<()>(Err(failure)), wanted, "{cause:?} {operation}");
        };
        let describe = "sagemaker:DescribePipeline";
        check(Cause::AccessDenied, describe, true);
        check(Cause::NotFound, describe, true);
        // The way into the consumer's account is closed, not the share.
        check(Cause::AccessDenied, ASSUME_ROLE, false);
        for cause in [
            Cause::Throttled,
            Cause::Transient,
            Cause::LostAnswer,
            Cause::Credentials,
            Cause::Unreachable,
            Cause::Cancelled,
            Cause::Other,
        ] {
            check(cause, describe, false);
        }
        assert_eq!(holds(Ok(())), Holds::Yes);
    }
}
