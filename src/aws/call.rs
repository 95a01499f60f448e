//! One AWS call with smd's own retries: the SDK's are off, because they repeat a create whose
//! answer was lost, which makes a second VPC (research: local emulators, "a trap for every client").

use std::future::Future;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::classify::ASSUME_ROLE;
use super::{Aws, Cause, Failure};

/// Whether a call may be sent again when its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reads, deletes by id, updates by value, creates with a client token.
    Safe,
    /// Creates that would make a second thing: sent again only when nothing was done.
    Once,
}

/// How often a throttled call is sent in all: with the doubling waits below, over a minute.
const THROTTLED_ATTEMPTS: u32 = 9;
/// How often a call that failed in passing is sent in all.
const TRANSIENT_ATTEMPTS: u32 = 4;
/// How often a call to an endpoint that nobody answers at is sent in all: a mistyped endpoint
/// should be told soon.
const UNREACHABLE_ATTEMPTS: u32 = 3;
/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Sends a call, again by cause: throttled calls always, transient failures where `repeat` allows.
///
/// `operation` is `service:Operation`, `ec2:CreateVpc`.
///
/// # Errors
/// The last failure, classified.
pub async fn call<T, E, F, Fut>(
    aws: &Aws,
    operation: &'static str,
    repeat: Repeat,
    mut send: F,
) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let mut attempt = 1;
    loop {
        let failure = match send().await {
            Ok(answer) => return Ok(answer),
            Err(error) => Failure::from_sdk(operation, &error),
        };
        // Where the way in failed, the call itself was not sent, whatever it is.
        let repeat = match failure.operation == ASSUME_ROLE {
            true => Repeat::Safe,
            false => repeat,
        };
        if attempt >= attempts(failure.cause, repeat) {
            return Err(failure);
        }
        aws.clock()
            .sleep(wait_before(attempt, aws.clock().random()))
            .await;
        attempt += 1;
    }
}

/// How often a call may be sent in all when it fails for this cause.
fn attempts(cause: Cause, repeat: Repeat) -> u32 {
    match (cause, repeat) {
        (Cause::Throttled, _) => THROTTLED_ATTEMPTS,
        // Nothing was sent, so nothing can be done twice.
        (Cause::Unreachable, _) => UNREACHABLE_ATTEMPTS,
        (Cause::Transient | Cause::LostAnswer, Repeat::Safe) => TRANSIENT_ATTEMPTS,
        _ => 1,
    }
}

/// The wait after the `attempt`-th attempt: doubling, with up to half of it taken off at random so
/// that callers that failed together do not come back together.
fn wait_before(attempt: u32, random: u32) -> Duration {
    let full = FIRST_WAIT
        .saturating_mul(2_u32.saturating_pow(attempt - 1))
        .min(LONGEST_WAIT);
    full.mul_f64(1.0 - f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_create_whose_answer_was_lost_is_not_repeated() {
        for cause in [Cause::LostAnswer, Cause::Transient] {
            assert_eq!(attempts(cause, Repeat::Once), 1);
            assert!(attempts(cause, Repeat::Safe) > 1);
        }
    }

    #[test]
    fn waits_double_and_end() {
        for attempt in 1..40 {
            let wait = wait_before(attempt, attempt.wrapping_mul(0x9E37_79B9));
            assert!(wait <= LONGEST_WAIT);
            assert!(wait >= FIRST_WAIT / 2);
        }
    }
}
