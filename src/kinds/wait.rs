//! Waiting for AWS on the run's clock: for a status, and for what AWS does not show yet.

use std::future::Future;
use std::time::{Duration, SystemTime};

use super::Context;
use crate::aws::{Cause, Failure};

/// First pause between two looks.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How long after its call a thing may stay invisible (behaviour: EC2 and IAM are eventually
/// consistent, people see some seconds). Only then is "not there" believed of what a call whose
/// answer is lost may have made.
pub const CONSISTENCY: Duration = Duration::from_secs(10);
/// How long AWS may take to show what was made a moment ago (behaviour: EC2, 5 minutes).
pub const PROPAGATION: Duration = Duration::from_secs(5 * 60);

/// What is waited for.
#[derive(Debug, Clone)]
pub struct Wait {
    /// In a few words, for the progress display and the error: "vpc-1 to be available".
    pub what: String,
    /// The call that looks, `ec2:DescribeVpcs`, for the error.
    pub operation: &'static str,
    /// Longest wait.
    pub limit: Duration,
    /// First pause between two looks; grows by half up to `longest`.
    pub first: Duration,
    /// Longest pause between two looks.
    pub longest: Duration,
}

impl Wait {
    /// A wait with the usual pauses: 1 s, growing to 15 s.
    pub fn new(what: impl Into<String>, operation: &'static str, limit: Duration) -> Self {
        Self {
            what: what.into(),
            operation,
            limit,
            first: FIRST_PAUSE,
            longest: LONGEST_PAUSE,
        }
    }
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    /// It is as it should be.
    Done(T),
    /// Not yet; its status in AWS's word.
    Pending(String),
}

/// Looks until it is done.
///
/// # Errors
/// What a look fails with, and [`Cause::TimedOut`] when the limit is over.
pub async fn until<T, F, Fut>(cx: &Context<'_>, wait: Wait, mut look: F) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Look<T>, Failure>> + Send,
{
    let started = cx.clock.now();
    let mut pause = wait.first;
    loop {
        let status = match look().await? {
            Look::Done(value) => return Ok(value),
            Look::Pending(status) => status,
        };
        if cx.is_over(started, wait.limit) {
            let passed = cx.clock.now().duration_since(started).unwrap_or_default();
            return Err(Failure::new(
                Cause::TimedOut,
                wait.operation,
                format!(
                    "waited {} for {}, which is `{status}`",
                    minutes(match cx.deadline {
                        Some(_) => passed,
                        None => wait.limit,
                    }),
                    wait.what
                ),
            )
            .help("run the same command again: it goes on where this one stopped"));
        }
        (cx.progress)(format!("waiting for {} ({status})", wait.what));
        cx.clock.sleep(pause.min(left(cx, wait.limit))).await;
        pause = pause.mul_f64(1.5).min(wait.longest);
    }
}

/// How long there is until the deadline, else `limit`: nobody sleeps beyond the end, for it is looked
/// once more then.
fn left(cx: &Context<'_>, limit: Duration) -> Duration {
    let left = |end: SystemTime| end.duration_since(cx.clock.now()).ok();
    cx.deadline.and_then(left).unwrap_or(limit)
}

/// Calls again while `again` says that the failure passes, for at most `limit` and until the deadline of
/// the work; then the last failure stands.
///
/// # Errors
/// The last failure.
pub async fn retry<T, F, Fut>(
    cx: &Context<'_>,
    limit: Duration,
    what: &str,
    again: impl Fn(&Failure) -> bool + Send + Sync,
    mut send: F,
) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let started = cx.clock.now();
    let mut pause = FIRST_PAUSE;
    loop {
        let failure = match send().await {
            Ok(value) => return Ok(value),
            Err(failure) if again(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        if passed >= limit || cx.is_past_deadline() {
            return Err(failure);
        }
        (cx.progress)(format!("waiting for {what}"));
        cx.clock.sleep(pause.min(left(cx, limit))).await;
        pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
    }
}

/// Calls again while AWS does not show yet what this run, or the one just before it, made or
/// changed: `NotFound` passes when one of `ids` was touched so: the one that AWS names, if it names
/// one of them.
///
/// # Errors
/// The last failure.
pub async fn visible<T, F, Fut>(cx: &Context<'_>, ids: &[&str], send: F) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let may_show = |failure: &Failure| {
        // Where AWS says which one it does not find, only that one counts.
        let is_named = |id: &str| !id.is_empty() && failure.message.contains(id);
        let one_is_named = ids.iter().any(|id| is_named(id));
        ids.iter()
            .any(|id| (cx.touched)(id) && (is_named(id) || !one_is_named))
    };
    retry(
        cx,
        PROPAGATION,
        &format!("AWS to show {}", ids.join(", ")),
        |failure| failure.cause == Cause::NotFound && may_show(failure),
        send,
    )
    .await
}

/// The pause between two looks for what may not show yet.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Looks for what must or may be there until it shows, or could no longer be invisible.
///
/// # Errors
/// A failed look.
pub async fn shows<T, F, Fut>(cx: &Context<'_>, mut look: F) -> Result<Option<T>, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Option<T>, Failure>> + Send,
{
    let began = cx.clock.now();
    loop {
        let found = look().await?;
        let passed = cx.clock.now().duration_since(began).unwrap_or_default();
        if found.is_some() || passed >= CONSISTENCY {
            return Ok(found);
        }
        cx.clock.sleep(LOOK_AGAIN).await;
    }
}

/// Sends a deletion; what is gone already is `None`. Of `id` that was made or changed a moment ago
/// "not found" is not believed at once: AWS may only not show it yet, and it would stay for good.
///
/// # Errors
/// Every other failure.
pub async fn deleted<T, F, Fut>(
    cx: &Context<'_>,
    id: &str,
    mut send: F,
) -> Result<Option<T>, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let started = cx.clock.now();
    loop {
        match send().await {
            Ok(value) => return Ok(Some(value)),
            Err(failure) if failure.cause == Cause::NotFound => {}
            Err(failure) => return Err(failure),
        }
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        if !(cx.touched)(id) || passed >= CONSISTENCY {
            return Ok(None);
        }
        (cx.progress)(format!("making sure that {id} is gone"));
        cx.clock.sleep(FIRST_PAUSE).await;
    }
}

/// `5 min`, or `40 s` below two minutes.
fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 120 {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::kinds::sagemaker::until_free;
    use crate::kinds::testbed::Bed;

    #[tokio::test]
    async fn nothing_is_sent_again_after_the_deadline() {
        let limit = Duration::from_secs(40);
        let refused = || Failure::new(Cause::InUse, "", "in use");
        let mut bed = Bed::new();
        let began = bed.clock.now();
        bed.deadline = Some(began + limit);
        let waits = bed.run(false, async |cx| {
            let again = |_: &Failure| true;
            retry::<(), _, _>(cx, PROPAGATION, "it", again, || async { Err(refused()) }).await
        });
        waits.await.unwrap_err();
        assert_eq!(bed.clock.now(), began + limit);
        let waits = bed.run(false, async |cx| {
            until_free(cx, "it", began, refused()).await
        });
        waits.await.unwrap_err();
        assert_eq!(bed.clock.now(), began + limit);
    }
}
