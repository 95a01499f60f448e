//! Whoever writes down the calls that may change something, before they are sent.

use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::diagnostic::Diagnostic;
use crate::state::Outcome;

/// Writes down mutating calls.
pub trait CallLog: Send + Sync {
    /// A call is about to be sent: `operation` is `ec2:CreateVpc`, `body` what is sent. Once it
    /// returns, the note survives a crash. The answer is the call's number.
    ///
    /// # Errors
    /// It could not be written down: the call is not sent.
    fn begin<'a>(
        &'a self,
        operation: &'a str,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<u64, Diagnostic>>;

    /// How the call of this number ended.
    fn end(&self, call: u64, outcome: Outcome);
}

tokio::task_local! {
    static LOG: Arc<dyn CallLog>;
}

/// Does `work`, whose mutating calls are written down in `log`. Without a log no mutating call is
/// sent at all.
pub async fn logged<T>(log: Arc<dyn CallLog>, work: impl Future<Output = T>) -> T {
    LOG.scope(log, work).await
}

/// The log of the work that is being done.
pub(super) fn current() -> Option<Arc<dyn CallLog>> {
    LOG.try_with(Arc::clone).ok()
}

/// Writes nothing down: for tests of what makes calls.
#[cfg(test)]
#[derive(Debug)]
pub struct Unlogged;

#[cfg(test)]
impl CallLog for Unlogged {
    fn begin<'a>(&'a self, _: &'a str, _: &'a [u8]) -> BoxFuture<'a, Result<u64, Diagnostic>> {
        Box::pin(async { Ok(0) })
    }

    fn end(&self, _: u64, _: Outcome) {}
}
