//! Reading what is there, in bulk: one read for each kind and place, however many things.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;

use crate::address::Address;
use crate::aws::{Aws, Cause, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::wait::CONSISTENCY;
use crate::kinds::{Actual, Kind, Wanted};
use crate::state::{Record, State};
use crate::value::Map;

/// The kinds there are, usually [`crate::kinds::registry`].
pub type Kinds<'a> = &'a [&'static dyn Kind];

/// The kind that has this schema word.
#[must_use]
pub fn find(kinds: Kinds<'_>, word: &str) -> Option<&'static dyn Kind> {
    kinds
        .iter()
        .copied()
        .find(|kind| kind.schemas().iter().any(|schema| schema.kind == word))
}

/// What is there of each address that was asked for; `None` where it is gone.
pub type Found = BTreeMap<Address, Option<Actual>>;

/// The pause between two looks for what may not show yet.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The things of one kind in one place.
pub(super) struct Batch {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// The place.
    pub place: Place,
    /// The things.
    pub wanted: Vec<Wanted>,
}

/// Reads what is there of these records, and of what is `inside` of them if that is asked for.
///
/// # Errors
/// Every read that failed; the same trouble with credentials or endpoint is told once.
pub async fn read<'a>(
    aws: &Aws,
    kinds: Kinds<'_>,
    records: impl IntoIterator<Item = (&'a Address, &'a Record)>,
    parallelism: usize,
    inside: bool,
) -> Result<Found, Diagnostics> {
    let records: Vec<_> = records.into_iter().collect();
    let mut found = once(aws, kinds, records.iter().copied(), parallelism, inside).await?;
    loop {
        // AWS may not show yet what was made a moment ago: it would be made a second time.
        let now_ms = aws.clock().now_ms();
        let is_unseen = |address: &Address| found.get(address).is_some_and(Option::is_none);
        let unseen: Vec<_> = records
            .iter()
            .copied()
            .filter(|(address, record)| is_unseen(address) && may_not_show(record, now_ms))
            .collect();
        if unseen.is_empty() {
            return Ok(found);
        }
        aws.clock().sleep(LOOK_AGAIN).await;
        found.extend(once(aws, kinds, unseen, parallelism, inside).await?);
    }
}

/// What may be looked at before it is on record ([`Kind::looks_ahead`]), as records that hold what is
/// known of it: read with the others, the plan shows what is due.
#[must_use]
pub fn ahead(
    kinds: Kinds<'_>,
    configuration: &Configuration,
    state: Option<&State>,
) -> Vec<(Address, Record)> {
    let mut ahead = Vec::new();
    for node in configuration.nodes.values() {
        let is_recorded = state.is_some_and(|state| state.records.contains_key(&node.address));
        let Some(kind) = find(kinds, node.kind).filter(|kind| kind.ensures(node.kind)) else {
            continue;
        };
        let attributes: Map = node
            .attributes
            .iter()
            .filter(|(_, value)| !value.is_null() && !value.has_unknown() && !value.has_sensitive())
            .map(|(name, value)| (Arc::clone(name), value.clone()))
            .collect();
        if is_recorded || !kind.looks_ahead(node.kind, &attributes) {
            continue;
        }
        let record = Record {
            kind: node.kind.to_owned(),
            parent: node.parent.clone(),
            place: node.place.clone(),
            id: String::new(),
            written: attributes.clone(),
            digests: BTreeMap::new(),
            attributes,
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        };
        ahead.push((node.address.clone(), record));
    }
    ahead
}

/// Whether the thing of a record was made or changed so short a time ago that "not there" is not to
/// be believed.
#[must_use]
pub fn may_not_show(record: &Record, now_ms: u64) -> bool {
    let consistency = u64::try_from(CONSISTENCY.as_millis()).unwrap_or(u64::MAX);
    record.touched_ms.abs_diff(now_ms) < consistency
}

async fn once<'a>(
    aws: &Aws,
    kinds: Kinds<'_>,
    records: impl IntoIterator<Item = (&'a Address, &'a Record)>,
    parallelism: usize,
    inside: bool,
) -> Result<Found, Diagnostics> {
    let batches = batches(kinds, records, inside)?;
    let mut answers: Vec<_> = stream::iter(batches.into_iter().enumerate())
        .map(|(index, batch)| async move {
            let answer = batch.kind.read(aws, &batch.place, &batch.wanted).await;
            (index, batch, answer)
        })
        .buffer_unordered(parallelism.max(1))
        .collect()
        .await;
    answers.sort_by_key(|(index, ..)| *index);

    let mut found = Found::new();
    let mut failures: Vec<(Place, Failure)> = Vec::new();
    for (_, batch, answer) in answers {
        match answer {
            Ok(actuals) => found.extend(
                batch
                    .wanted
                    .into_iter()
                    .map(|wanted| wanted.address)
                    .zip(actuals),
            ),
            Err(failure) => {
                let told = failures.iter().any(|(place, other)| {
                    *place == batch.place
                        && other.cause == failure.cause
                        && is_shared(failure.cause)
                });
                if !told {
                    failures.push((batch.place, failure));
                }
            }
        }
    }
    if failures.is_empty() {
        Ok(found)
    } else {
        Err(failed(&failures))
    }
}

/// One error for each read that failed.
pub(super) fn failed(failures: &[(Place, Failure)]) -> Diagnostics {
    failures
        .iter()
        .map(|(place, failure)| while_reading(failure, place))
        .collect()
}

/// A failed read, with where it was.
#[must_use]
pub fn while_reading(failure: &Failure, place: &Place) -> Diagnostic {
    failure.to_diagnostic().note(format!(
        "while reading account {} in {}",
        place.account, place.region
    ))
}

/// Whether the cause says something of the way in, not of one call.
fn is_shared(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Credentials | Cause::Unreachable | Cause::RoleNotReady
    )
}

/// The things of these records by kind and place.
pub(super) fn batches<'a>(
    kinds: Kinds<'_>,
    records: impl IntoIterator<Item = (&'a Address, &'a Record)>,
    inside: bool,
) -> Result<Vec<Batch>, Diagnostics> {
    let mut batches: BTreeMap<(Place, &'static str), Batch> = BTreeMap::new();
    let mut unknown = Diagnostics::new();
    for (address, record) in records {
        let family =
            find(kinds, &record.kind).and_then(|kind| Some((kind, kind.schemas().first()?.kind)));
        let Some((kind, family)) = family else {
            unknown.push(unknown_kind(address, &record.kind));
            continue;
        };
        batches
            .entry((record.place.clone(), family))
            .or_insert_with(|| Batch {
                kind,
                place: record.place.clone(),
                wanted: Vec::new(),
            })
            .wanted
            .push(Wanted {
                inside,
                ..Wanted::of_record(address, record, kind.schema(&record.kind))
            });
    }
    if unknown.is_empty() {
        Ok(batches.into_values().collect())
    } else {
        Err(unknown)
    }
}

/// The diagnostic of a kind that this smd does not have.
#[must_use]
pub fn unknown_kind(address: &Address, kind: &str) -> Diagnostic {
    Diagnostic::error(
        codes::apply::UNKNOWN_KIND,
        format!("`{address}` is of the kind `{kind}`, which this smd does not have"),
    )
    .about(address.as_str())
    .help("use the smd that recorded it, or a newer one")
}
