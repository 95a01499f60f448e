//! What people made inside of things that are to go: asked for only then, since it takes calls.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::stream;

use super::read::{Kinds, batches, failed};
use crate::address::Address;
use crate::aws::Aws;
use crate::diagnostic::Diagnostics;
use crate::kinds::Inside;
use crate::state::Record;

/// What people made inside of these recorded things, in words.
///
/// # Errors
/// Every look that failed.
pub async fn people<'a>(
    aws: &Aws,
    kinds: Kinds<'_>,
    records: impl IntoIterator<Item = (&'a Address, &'a Record)>,
    parallelism: usize,
) -> Result<BTreeMap<Address, Vec<Inside>>, Diagnostics> {
    let batches = batches(kinds, records, true)?;
    let answers: Vec<_> = stream::iter(batches)
        .map(|batch| async move {
            let answer = batch.kind.people(aws, &batch.place, &batch.wanted).await;
            (batch, answer)
        })
        .buffered(parallelism.max(1))
        .collect()
        .await;
    let mut found = BTreeMap::new();
    let mut failures = Vec::new();
    for (batch, answer) in answers {
        match answer {
            Ok(lists) => {
                let addresses = batch.wanted.into_iter().map(|wanted| wanted.address);
                found.extend(addresses.zip(lists));
            }
            Err(failure) => failures.push((batch.place, failure)),
        }
    }
    match failures.is_empty() {
        true => Ok(found),
        false => Err(failed(&failures)),
    }
}
