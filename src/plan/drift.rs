//! What changed outside smd since the last apply: only in attributes that the files own.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::Catalog;
use super::diff::diff;
use super::foreign;
use super::paths;
use crate::address::Address;
use crate::config::{Configuration, Place};
use crate::kinds::{Actual, Inside, Kind};
use crate::state::{Record, State};
use crate::value::Value;

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drift {
    /// What is not as it was applied, in order of addresses.
    pub things: Vec<Drifted>,
    /// What stands inside of this stack's things and belongs to nobody it knows, by the thing: no
    /// drift, for the files do not own it.
    pub foreign: BTreeMap<Address, Vec<Inside>>,
    /// How many things are as they were applied.
    pub unchanged: usize,
}

/// A thing that is not as it was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    /// Its address.
    pub address: Address,
    /// Its kind word.
    pub kind: String,
    /// Where it is, or was.
    pub place: Place,
    /// Its id.
    pub id: String,
    /// Every attribute that changed, in order of paths; `None`: the thing is gone.
    pub changed: Option<Vec<DriftedAttribute>>,
}

/// An attribute that is not as it was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftedAttribute {
    /// Its path: `default_user_settings.execution_role`, `tags.owner`.
    pub path: String,
    /// What was applied.
    pub applied: Value,
    /// What is there; `null`: nothing.
    pub there: Value,
}

/// Compares what is recorded with what was read, by the address of the record. What a file's
/// `ignore_changes` names, sensitive values, and settings of smd's own are not compared.
#[must_use]
pub fn drift(
    configuration: &Configuration,
    state: &State,
    actual: &BTreeMap<Address, Option<Actual>>,
    kinds: &[&'static dyn Kind],
) -> Drift {
    let catalog = Catalog::new(kinds);
    let owned: BTreeSet<(&str, &str)> = state
        .records
        .iter()
        .flat_map(|(address, record)| foreign::ids(record, actual.get(address)))
        .collect();
    let mut found = Drift::default();
    for (address, record) in &state.records {
        // What a replacement set aside is to go.
        if super::is_set_aside(address) {
            continue;
        }
        let Some(there) = actual.get(address) else {
            continue;
        };
        let changed = match there {
            None => None,
            Some(there) => {
                let inside = foreign::inside(record, there, &owned);
                if !inside.is_empty() {
                    found.foreign.insert(address.clone(), inside);
                }
                let changed = changed(configuration, &catalog, (address, record), there);
                if changed.is_empty() {
                    found.unchanged += 1;
                    continue;
                }
                Some(changed)
            }
        };
        found.things.push(Drifted {
            address: address.clone(),
            kind: record.kind.clone(),
            place: record.place.clone(),
            id: record.id.clone(),
            changed,
        });
    }
    found
}

fn changed(
    configuration: &Configuration,
    catalog: &Catalog,
    (address, record): (&Address, &Record),
    there: &Actual,
) -> Vec<DriftedAttribute> {
    let Some(entry) = catalog.get(&record.kind) else {
        return Vec::new();
    };
    let ignored = configuration
        .nodes
        .get(address)
        .map(|node| node.lifecycle.ignore_changes.as_slice())
        .unwrap_or_default();
    let written = &record.written;
    diff(
        entry.kind,
        entry.schema,
        written,
        &there.attributes,
        written,
    )
    .into_iter()
    .filter(|one| one.note.is_none())
    .filter(|one| !ignored.iter().any(|path| paths::is_in(&one.path, path)))
    .filter(|one| {
        !record
            .digests
            .keys()
            .any(|path| paths::is_in(&one.path, path))
    })
    .map(|one| DriftedAttribute {
        path: one.path,
        applied: one.after,
        there: one.before,
    })
    .collect()
}
