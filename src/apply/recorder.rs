//! Records during a run: the one way by which they change, so that every change can be kept.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::address::Address;
use crate::state::{FORMAT_VERSION, Record, State};
use crate::value::{Map, Value};

/// One change of what is recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is there (now) and like this.
    Put(Address, Box<Record>),
    /// It is gone.
    Remove(Address),
    /// Addresses changed, nothing else: from, to.
    Rename(Vec<(Address, Address)>),
    /// Its replacement will stand at its address: the first, kept at the second until it is
    /// deleted, free to go.
    SetAside(Address, Address),
    /// Outputs are these.
    Outputs(BTreeMap<String, Value>),
}

/// The state of a run in progress.
#[derive(Debug)]
pub struct Recorder(Mutex<Held>);

#[derive(Debug)]
struct Held {
    state: State,
    changed: bool,
    /// Addresses and ids of what this run made or changed.
    touched: HashSet<String>,
    /// Sensitive attributes of this run, which no record holds.
    secrets: BTreeMap<Address, Map>,
    /// Generations of what this run deleted.
    generations: BTreeMap<Address, u32>,
}

impl Recorder {
    /// Starts from what is recorded; the first apply makes the lineage.
    #[must_use]
    pub fn new(prior: Option<State>, stack: &str, new_lineage: impl FnOnce() -> String) -> Self {
        let changed = prior.is_none();
        let state = prior.unwrap_or_else(|| State {
            format_version: FORMAT_VERSION,
            stack: stack.to_owned(),
            lineage: new_lineage(),
            serial: 0,
            records: BTreeMap::new(),
            outputs: BTreeMap::new(),
        });
        Self(Mutex::new(Held {
            state,
            changed,
            touched: HashSet::new(),
            secrets: BTreeMap::new(),
            generations: BTreeMap::new(),
        }))
    }

    /// Makes a change.
    pub fn record(&self, change: Change) {
        let mut held = self.hold();
        let held = &mut *held;
        let records = &mut held.state.records;
        match change {
            Change::Put(address, record) => {
                held.touched.insert(address.to_string());
                held.touched.insert(record.id.clone());
                records.insert(address, *record);
            }
            Change::Remove(address) => {
                held.touched.insert(address.to_string());
                records.remove(&address);
            }
            Change::Rename(moves) => {
                // All out first: two may have changed places.
                let moved: Vec<_> = moves
                    .into_iter()
                    .filter_map(|(from, to)| Some((to, records.remove(&from)?)))
                    .collect();
                records.extend(moved);
            }
            Change::SetAside(from, to) => {
                if let Some(mut record) = records.remove(&from) {
                    record.protect = false;
                    records.insert(to, record);
                }
            }
            Change::Outputs(outputs) => held.state.outputs = outputs,
        }
        held.changed = true;
    }

    /// What is recorded of an address.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<Record> {
        self.hold().state.records.get(address).cloned()
    }

    /// Whether a thing of this kind with this id is recorded, under any address.
    #[must_use]
    pub fn holds(&self, kind: &str, id: &str) -> bool {
        let held = self.hold();
        let mut records = held.state.records.values();
        records.any(|record| record.kind == kind && record.id == id)
    }

    /// An attribute of what is recorded, or of what this run wrote and may not record.
    #[must_use]
    pub fn attribute(&self, address: &Address, name: &str) -> Option<Value> {
        let held = self.hold();
        held.state
            .records
            .get(address)
            .and_then(|record| record.attribute(name))
            .or_else(|| held.secrets.get(address)?.get(name))
            .cloned()
    }

    /// Keeps sensitive attributes for the rest of this run, so that others can be finished with
    /// them.
    pub fn keep_secrets(&self, address: &Address, attributes: &Map) {
        let secrets: Map = attributes
            .iter()
            .filter(|(_, value)| value.has_sensitive())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !secrets.is_empty() {
            self.hold().secrets.insert(address.clone(), secrets);
        }
    }

    /// Keeps the generation of what was deleted, for its replacement.
    pub fn keep_generation(&self, address: &Address, generation: u32) {
        self.hold().generations.insert(address.clone(), generation);
    }

    /// The generation of what this run deleted at this address, if it deleted something.
    #[must_use]
    pub fn last_generation(&self, address: &Address) -> Option<u32> {
        self.hold().generations.get(address).copied()
    }

    /// Whether this run made or changed what has this address or id.
    #[must_use]
    pub fn touched(&self, what: &str) -> bool {
        self.hold().touched.contains(what)
    }

    /// The lineage.
    #[must_use]
    pub fn lineage(&self) -> String {
        self.hold().state.lineage.clone()
    }

    /// The outputs as recorded.
    #[must_use]
    pub fn outputs(&self) -> BTreeMap<String, Value> {
        self.hold().state.outputs.clone()
    }

    /// The state as it is now, if it changed.
    #[must_use]
    pub fn into_changed_state(self) -> Option<State> {
        let held = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        held.changed.then_some(held.state)
    }

    fn hold(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Access, Place};

    fn record(id: &str) -> Box<Record> {
        Box::new(Record {
            kind: "vpc".to_owned(),
            parent: None,
            place: Place {
                account: "111122223333".into(),
                region: "eu-west-1".into(),
                access: Access::default(),
            },
            id: id.to_owned(),
            written: Map::new(),
            digests: BTreeMap::new(),
            attributes: Map::new(),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
        })
    }

    #[test]
    fn two_that_change_places_keep_their_records() {
        let (a, b) = (Address::from_text("vpc.a"), Address::from_text("vpc.b"));
        let recorder = Recorder::new(None, "s", || "l".to_owned());
        recorder.record(Change::Put(a.clone(), record("vpc-1")));
        recorder.record(Change::Put(b.clone(), record("vpc-2")));
        recorder.record(Change::Rename(vec![
            (a.clone(), b.clone()),
            (b.clone(), a.clone()),
        ]));
        assert_eq!(recorder.get(&a).unwrap().id, "vpc-2");
        assert_eq!(recorder.get(&b).unwrap().id, "vpc-1");
        assert!(recorder.touched("vpc-1"));
        assert!(!recorder.touched("vpc-3"));
    }

    #[test]
    fn an_untouched_state_is_not_written() {
        let state = Recorder::new(None, "s", || "l".to_owned())
            .into_changed_state()
            .unwrap();
        assert_eq!(
            Recorder::new(Some(state), "s", || "m".to_owned()).into_changed_state(),
            None
        );
    }
}
