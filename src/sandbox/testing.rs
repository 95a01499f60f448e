//! For tests: a sandbox whose clock moves on demand, and refusals as one line of text.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;

use super::{Behaviour, Sandbox, scene};

pub(crate) use scene::{ACCOUNT, REGION};

/// A sandbox in memory whose clock moves only by [`Lab::pass`].
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
}

impl Lab {
    /// One without waits.
    pub(crate) fn quick() -> Self {
        Self {
            sandbox: scene::sandbox(),
        }
    }

    /// One with AWS's waits.
    pub(crate) fn slow() -> Self {
        Self {
            sandbox: Sandbox::in_memory(scene::clock(), Behaviour::default()),
        }
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.sandbox
            .clock()
            .sleep(Duration::from_secs(seconds))
            .await;
    }

    /// Configuration of clients that call with this access key: an account's id, or the key of a
    /// session.
    pub(crate) fn config_of(&self, access_key: &str) -> SdkConfig {
        // The SDK's own timers sleep beside every call: on the sandbox's clock they would move it.
        scene::config(&self.sandbox, access_key, REGION)
            .to_builder()
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .build()
    }

    /// Configuration of clients that call as [`ACCOUNT`].
    pub(crate) fn config(&self) -> SdkConfig {
        self.config_of(ACCOUNT)
    }
}

/// `Code: message` of a refusal; a good answer says so.
pub(crate) fn said<T, E: ProvideErrorMetadata + std::fmt::Debug>(
    result: Result<T, SdkError<E, HttpResponse>>,
) -> String {
    match result {
        Ok(_) => "taken".to_owned(),
        Err(error) => match error.as_service_error() {
            Some(error) => format!(
                "{}: {}",
                error.code().unwrap_or_default(),
                error.message().unwrap_or_default()
            ),
            None => format!("{error:?}"),
        },
    }
}
