//! Looking for what is there and not owned: one list for each kind and place, then one read of what
//! was found, however many blocks ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;

use super::read::{Kinds, find};
use crate::address::Address;
use crate::aws::{Aws, Failure};
use crate::config::{FoundThings, Place, Seek, SeekBy};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::{Actual, Kind, Listed, Wanted};
use crate::value::{Map, Value};

/// What is sought of one kind in one place.
struct Batch<'a> {
    kind: &'static dyn Kind,
    word: &'static str,
    place: &'a Place,
    seeks: Vec<&'a Seek>,
}

/// Looks for all of it. The answer has everything that fits each, in order of ids.
///
/// # Errors
/// Every look that failed, and kinds that can be found by id only.
pub async fn look(
    aws: &Aws,
    kinds: Kinds<'_>,
    seeks: &BTreeSet<Seek>,
    parallelism: usize,
) -> Result<FoundThings, Diagnostics> {
    let mut batches: BTreeMap<(&'static str, &Place), Batch<'_>> = BTreeMap::new();
    for seek in seeks {
        let Some(kind) = find(kinds, seek.kind) else {
            continue;
        };
        batches
            .entry((seek.kind, &seek.place))
            .or_insert_with(|| Batch {
                kind,
                word: seek.kind,
                place: &seek.place,
                seeks: Vec::new(),
            })
            .seeks
            .push(seek);
    }
    let answers: Vec<_> = stream::iter(batches.into_values())
        .map(|batch| async move { look_in(aws, &batch).await })
        .buffered(parallelism.max(1))
        .collect()
        .await;
    let mut found = FoundThings::new();
    let mut wrong: Diagnostics = Vec::new();
    for answer in answers {
        match answer {
            Ok(some) => found.extend(some),
            Err(diagnostic) => {
                // The same trouble with credentials or endpoint is one trouble.
                if !wrong.iter().any(|told| told.message == diagnostic.message) {
                    wrong.push(*diagnostic);
                }
            }
        }
    }
    if wrong.is_empty() {
        Ok(found)
    } else {
        Err(wrong)
    }
}

async fn look_in(aws: &Aws, batch: &Batch<'_>) -> Result<FoundThings, Box<Diagnostic>> {
    let failed = |failure: Failure| {
        Box::new(failure.to_diagnostic().note(format!(
            "while looking for `{}` in account {}, {}",
            batch.word, batch.place.account, batch.place.region
        )))
    };
    let mut by_tags = false;
    let mut listed_for = false;
    for seek in &batch.seeks {
        if let SeekBy::Marks { tags, .. } = &seek.by {
            listed_for = true;
            by_tags |= !tags.is_empty();
        }
    }
    let mut listed = Vec::new();
    if listed_for {
        let list = batch.kind.list(aws, batch.place, by_tags);
        listed = list.await.map_err(failed)?.ok_or_else(|| {
            Box::new(
                Diagnostic::error(
                    codes::config::EXISTING,
                    format!("`{}` can be found by its `id` only", batch.word),
                )
                .help("write `id = …`"),
            )
        })?;
    }
    let ids: Vec<BTreeSet<&str>> = batch
        .seeks
        .iter()
        .map(|seek| fitting(seek, &listed))
        .collect();
    let all: BTreeSet<&str> = ids.iter().flatten().copied().collect();
    let wanted: Vec<Wanted> = all.iter().map(|id| wanted(batch.word, id)).collect();
    let actuals = match wanted.is_empty() {
        true => Vec::new(),
        false => batch
            .kind
            .read(aws, batch.place, &wanted)
            .await
            .map_err(failed)?,
    };
    let by_id: BTreeMap<&str, Actual> = all
        .iter()
        .copied()
        .zip(actuals)
        .filter_map(|(id, actual)| Some((id, actual?)))
        .collect();
    Ok(batch
        .seeks
        .iter()
        .zip(ids)
        .map(|(seek, ids)| {
            let found = ids.iter().filter_map(|id| by_id.get(id).cloned());
            ((*seek).clone(), found.collect())
        })
        .collect())
}

/// The ids of what fits.
fn fitting<'a>(seek: &'a Seek, listed: &'a [Listed]) -> BTreeSet<&'a str> {
    match &seek.by {
        SeekBy::Id(id) => BTreeSet::from([id.as_str()]),
        SeekBy::Marks { name, tags } => listed
            .iter()
            .filter(|one| {
                (name.is_none() || one.name == *name)
                    && tags.iter().all(|(key, tag)| one.tags.get(key) == Some(tag))
            })
            .map(|one| one.id.as_str())
            .collect(),
    }
}

/// A thing of which nothing but its id is known.
fn wanted(kind: &str, id: &str) -> Wanted {
    let attributes = Map::from([(Arc::from("id"), Value::string(id))]);
    Wanted {
        address: Address::resource(kind, "existing", Some(id)),
        kind: Arc::from(kind),
        id: id.to_owned(),
        attributes: Arc::new(attributes),
        inside: false,
    }
}
