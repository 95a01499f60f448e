//! What hangs on VPCs, for discovery.

use std::collections::BTreeSet;
use std::future::Future;

use aws_sdk_ec2::types::Filter;

use super::describe::{by_chunks, filter};
use crate::aws::Failure;
use crate::kinds::discovery::{Around, Near};

/// The things of the VPCs that were found. `by` is the filter by VPC, `list` reads what passes
/// filters, and `id` gives the id of each that is to be read.
///
/// # Errors
/// A failed read.
pub async fn of_vpcs<T, F, Fut>(
    around: &Around,
    by: &str,
    list: F,
    id: impl Fn(T) -> Option<String> + Send,
) -> Result<Vec<Near>, Failure>
where
    F: Fn(Vec<Filter>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Vec<T>, Failure>> + Send,
    T: Send,
{
    let vpcs: BTreeSet<String> = around.ids("vpc").into_iter().collect();
    let found = by_chunks(&vpcs, |chunk| list(vec![filter(by, chunk)])).await?;
    Ok(found.into_iter().filter_map(id).map(Near::here).collect())
}
