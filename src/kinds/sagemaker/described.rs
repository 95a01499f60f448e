//! What the SageMaker kinds do alike: each thing is described singly, has a status to wait for, and
//! tags behind its ARN. A kind states one [`Described`]; reading, waiting and announcing follow.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sagemaker::Client;

use super::wait::{Phase, phase};
use super::{AT_ONCE, all_tags, gone, in_service, retag, with_tags};
use crate::aws::{Aws, Cause, Failure};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, BoxFuture, Change, Context, Ready, Standing, Wanted};
use crate::state::Record;
use crate::value::{Map, Value};

/// The pause before a call is sent again to what was busy.
const SEND_AGAIN: Duration = Duration::from_secs(2);

/// Describes the thing with an id, in smd's words and without its tags.
pub type Describe = for<'a> fn(&'a Aws, &'a Client, &'a str) -> BoxFuture<'a, Result<Map, Failure>>;

/// How the things of a kind are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// What one is called in messages, `user profile`.
    pub word: &'static str,
    /// The call that describes one, `sagemaker:DescribeUserProfile`.
    pub operation: &'static str,
    /// Longest wait for one to be made, changed or deleted.
    pub limit: Duration,
    /// The call.
    pub describe: Describe,
    /// Whether they take tags.
    pub tags: bool,
    /// Puts what AWS spells otherwise back to the recorded spelling, where it means the same.
    pub as_written: fn(Map, &Map) -> Map,
}

impl Described {
    /// Reads things by id: one describe each, which no call spares, and tags in bulk.
    ///
    /// # Errors
    /// What the calls fail with.
    pub async fn read(
        &self,
        aws: &Aws,
        place: &Place,
        wanted: &[Wanted],
    ) -> Result<Vec<Option<Actual>>, Failure> {
        let client = aws.sagemaker(place).await?;
        let reads = wanted
            .iter()
            .map(|one| self.look(aws, &client, one))
            .collect();
        let found = together(AT_ONCE, reads).await?;
        if !self.tags {
            let found = wanted.iter().zip(found);
            return Ok(found
                .map(|(one, found)| found.map(|members| Actual::new(one.id.clone(), members)))
                .collect());
        }
        with_tags(aws, place, wanted, found).await
    }

    async fn look(
        &self,
        aws: &Aws,
        client: &Client,
        wanted: &Wanted,
    ) -> Result<Option<Map>, Failure> {
        let found = gone_is_none((self.describe)(aws, client, &wanted.id).await)?;
        Ok(found.map(|members| (self.as_written)(members, &wanted.attributes)))
    }

    /// Says at once that the thing with this id exists, with the `known` texts of it, then waits
    /// until it can be used.
    ///
    /// # Errors
    /// As [`Described::ready`].
    pub async fn made<const N: usize>(
        &self,
        cx: &Context<'_>,
        node: &Ready,
        id: &str,
        known: [(&str, Option<String>); N],
    ) -> Result<Actual, Failure> {
        let mut attributes = Map::new();
        attributes.insert(Arc::from("id"), Value::string(id));
        for (name, text) in known {
            if let Some(text) = text {
                attributes.insert(Arc::from(name), Value::string(text));
            }
        }
        (cx.made)(Actual::new(id, attributes));
        self.ready(cx, node, id).await
    }

    /// Waits until it is in service and reads it with its tags.
    ///
    /// # Errors
    /// A failed status, a thing that is gone, and what the calls fail with.
    pub async fn ready(&self, cx: &Context<'_>, node: &Ready, id: &str) -> Result<Actual, Failure> {
        self.settled(cx, &node.place, id).await?;
        self.read(cx.aws, &node.place, &node.wanted(id))
            .await?
            .into_iter()
            .next()
            .flatten()
            .ok_or_else(|| {
                let message = format!("{} {id} is gone", self.word);
                Failure::new(Cause::NotFound, self.operation, message)
            })
    }

    /// Waits until it is in service.
    ///
    /// # Errors
    /// A failed status, and what the calls fail with.
    async fn settled(&self, cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
        let client = cx.aws.sagemaker(place).await?;
        let what = format!("{} {id}", self.word);
        in_service(cx, &what, id, self.operation, self.limit, || {
            (self.describe)(cx.aws, &client, id)
        })
        .await
        .map(drop)
    }

    /// The end of an update: after a call that was `sent` waits, then sends what changed of the
    /// tags, and reads what is there.
    ///
    /// # Errors
    /// As [`Described::ready`].
    pub async fn updated(
        &self,
        cx: &Context<'_>,
        node: &Ready,
        record: &Record,
        changes: &[Change],
        sent: bool,
    ) -> Result<Actual, Failure> {
        if sent {
            self.settled(cx, &node.place, &record.id).await?;
        }
        if let Some(arn) = record.text("arn") {
            let client = cx.aws.sagemaker(&node.place).await?;
            retag(cx, &client, arn, changes).await?;
        }
        self.ready(cx, node, &record.id).await
    }

    /// Whether what began then has taken as long as it may.
    fn is_over(&self, cx: &Context<'_>, began: SystemTime) -> bool {
        cx.is_over(began, self.limit)
    }

    /// Waits until no call is at work on it: what a run that was broken off began is finished first.
    ///
    /// # Errors
    /// What the calls fail with, and a wait that takes too long.
    async fn at_rest(&self, cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
        let client = cx.aws.sagemaker(place).await?;
        let what = format!("{} {id} to be free", self.word);
        wait::until(cx, Wait::new(what, self.operation, self.limit), || async {
            let found = gone_is_none((self.describe)(cx.aws, &client, id).await)?;
            Ok(match found.as_ref().map(phase) {
                Some(Phase::Busy) => Look::Pending("busy".to_owned()),
                _ => Look::Done(()),
            })
        })
        .await
    }

    /// Sends an update of the thing with this id. One that is being made or changed is waited for
    /// first: perhaps by this very call, whose first answer was lost.
    ///
    /// # Errors
    /// What the calls fail with.
    pub async fn update<T, S, SFut>(
        &self,
        cx: &Context<'_>,
        place: &Place,
        id: &str,
        send: S,
    ) -> Result<T, Failure>
    where
        S: Fn() -> SFut + Send + Sync,
        SFut: Future<Output = Result<T, Failure>> + Send,
    {
        let client = cx.aws.sagemaker(place).await?;
        let began = cx.clock.now();
        loop {
            let refused = match send().await {
                Err(failure) if failure.cause == Cause::InUse => failure,
                answer => return answer,
            };
            let found = gone_is_none((self.describe)(cx.aws, &client, id).await)?;
            match found.as_ref().map(phase) {
                Some(Phase::Busy) if !self.is_over(cx, began) => {
                    self.at_rest(cx, place, id).await?;
                    cx.clock.sleep(SEND_AGAIN).await;
                }
                _ => return Err(refused),
            }
        }
    }

    /// Deletes the thing of this record and waits until it is gone; `what` names it. One that is
    /// being made or changed is waited for, and one that is going already is not asked to go again.
    /// `held` is told of a refusal that has another cause: it names the cause, or waits for it.
    ///
    /// # Errors
    /// What `held` and the calls fail with, and a deletion that failed.
    pub async fn delete<T, S, SFut, H, HFut>(
        &self,
        cx: &Context<'_>,
        (record, what): (&Record, &str),
        send: S,
        held: H,
    ) -> Result<(), Failure>
    where
        S: Fn() -> SFut + Send + Sync,
        SFut: Future<Output = Result<T, Failure>> + Send,
        H: Fn(Failure) -> HFut + Send + Sync,
        HFut: Future<Output = Result<(), Failure>> + Send,
    {
        let client = cx.aws.sagemaker(&record.place).await?;
        let began = cx.clock.now();
        loop {
            let refused = match send().await {
                Ok(_) => break,
                Err(failure) if failure.cause == Cause::NotFound => break,
                Err(failure) if failure.cause == Cause::InUse => failure,
                Err(failure) => return Err(failure),
            };
            let found = gone_is_none((self.describe)(cx.aws, &client, &record.id).await)?;
            match found.as_ref().map(phase) {
                None | Some(Phase::Going) => break,
                Some(Phase::Busy) if !self.is_over(cx, began) => {
                    self.at_rest(cx, &record.place, &record.id).await?;
                    cx.clock.sleep(SEND_AGAIN).await;
                }
                Some(_) => held(refused).await?,
            }
        }
        self.gone(cx, record, what).await
    }

    /// Waits until the thing of this record is gone; `what` names it.
    ///
    /// # Errors
    /// A failed deletion with AWS's reason, and what the calls fail with.
    async fn gone(&self, cx: &Context<'_>, record: &Record, what: &str) -> Result<(), Failure> {
        let client = cx.aws.sagemaker(&record.place).await?;
        gone(cx, what, self.operation, self.limit, || {
            (self.describe)(cx.aws, &client, &record.id)
        })
        .await
    }

    /// The living thing with this id and all its tags, for kinds whose id is their name.
    ///
    /// # Errors
    /// What the calls fail with.
    pub async fn standing(
        &self,
        aws: &Aws,
        place: &Place,
        id: String,
    ) -> Result<Option<Standing>, Failure> {
        let client = aws.sagemaker(place).await?;
        let found = gone_is_none((self.describe)(aws, &client, &id).await)?;
        let Some(arn) = found
            .as_ref()
            .and_then(|found| found.get("arn"))
            .and_then(Value::as_str)
        else {
            return Ok(None);
        };
        let tags = all_tags(aws, &client, arn).await?;
        Ok(tags.map(|tags| Standing { id, tags }))
    }
}

/// Letter case does not make a name another one: it keeps the recorded spelling.
#[must_use]
pub fn name_as_written(mut members: Map, recorded: &Map) -> Map {
    let written = recorded.get("name").and_then(Value::as_str);
    if let (Some(written), Some(value)) = (written, members.get_mut("name"))
        && value
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(written))
    {
        *value = Value::string(written);
    }
    members
}

/// The id `d-…/name` of what has its name within a domain.
#[must_use]
pub fn id_in_domain(node: &Ready) -> String {
    format!(
        "{}/{}",
        node.text("domain").unwrap_or_default(),
        node.text("name").unwrap_or_default()
    )
}

/// The domain's id and the name of an id `d-…/name`.
#[must_use]
pub fn split_id(id: &str) -> (&str, &str) {
    id.split_once('/').unwrap_or((id, ""))
}
