//! What reading many things needs: some at a time, and nothing where nothing is.

use std::future::Future;

use futures::{StreamExt as _, TryStreamExt as _};

use super::{Actual, Ready, Wanted, find};
use crate::aws::{Aws, Cause, Failure};

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

/// What is there of the one thing that is `wanted` of a node, as its kind reads it.
///
/// # Errors
/// A failed read.
pub async fn there(
    aws: &Aws,
    node: &Ready,
    wanted: &[Wanted; 1],
) -> Result<Option<Actual>, Failure> {
    let Some(kind) = find(&node.kind) else {
        return Ok(None);
    };
    let found = kind.read(aws, &node.place, wanted).await?;
    Ok(found.into_iter().next().flatten())
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
