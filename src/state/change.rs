//! Changes of what is recorded: the one way by which a run changes it, in memory and in the
//! journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Record, State};
use crate::address::Address;
use crate::value::Value;

/// One change of what is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is there (now) and like this.
    Put(Address, Box<Record>),
    /// It is gone.
    Remove(Address),
    /// Addresses changed, nothing else: from, to. What names an old one names the new one then.
    Rename(Vec<(Address, Address)>),
    /// Its replacement will stand at its address: the first, kept at the second until it is
    /// deleted, free to go.
    SetAside(Address, Address),
    /// Outputs are these.
    Outputs(BTreeMap<String, Value>),
}

impl State {
    /// Makes a change.
    pub fn change(&mut self, change: Change) {
        let records = &mut self.records;
        match change {
            Change::Put(address, record) => {
                records.insert(address, *record);
            }
            Change::Remove(address) => {
                records.remove(&address);
            }
            Change::Rename(moves) => {
                // All out first: two may have changed places.
                let moved: Vec<_> = moves
                    .iter()
                    .filter_map(|(from, to)| Some((to.clone(), records.remove(from)?)))
                    .collect();
                records.extend(moved);
                let to: BTreeMap<Address, Address> = moves.into_iter().collect();
                for named in records
                    .values_mut()
                    .flat_map(|record| record.parent.iter_mut().chain(&mut record.depends_on))
                {
                    if let Some(new) = to.get(named) {
                        *named = new.clone();
                    }
                }
            }
            Change::SetAside(from, to) => {
                if let Some(mut record) = records.remove(&from) {
                    record.protect = false;
                    records.insert(to, record);
                }
            }
            Change::Outputs(outputs) => self.outputs = outputs,
        }
    }
}
