//! What reading many things needs: some at a time, and nothing where nothing is.

use std::future::Future;

use futures::{StreamExt as _, TryStreamExt as _};

use crate::aws::{Cause, Failure};

/// Runs all `reads`, at most `at_once` at the same time; answers in their order.
///
/// # Errors
/// The first failure.
pub async fn together<T>(
    at_once: usize,
    reads: Vec<impl Future<Output = Result<T, Failure>>>,
) -> Result<Vec<T>, Failure> {
    futures::stream::iter(reads)
        .buffered(at_once)
        .try_collect()
        .await
}

/// A thing that is not there is `None`.
///
/// # Errors
/// Any other failure.
pub fn gone_is_none<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}
