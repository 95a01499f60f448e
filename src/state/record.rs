//! The state of a stack.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Open;
use crate::address::Address;
use crate::config::Place;
use crate::value::{Map, Value};

/// The format of the state file that this smd writes.
///
/// 2 added [`State::open`]: a smd that does not know it would forget what is open.
pub const FORMAT_VERSION: u32 = 2;

/// All that was recorded of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// [`FORMAT_VERSION`] of the smd that wrote it.
    pub format_version: u32,
    /// The stack's name.
    pub stack: String,
    /// Made by the first apply; the same for the life of the stack.
    pub lineage: String,
    /// One more with each write.
    pub serial: u64,
    /// By which run it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<Saved>,
    /// What is there, by address.
    pub records: BTreeMap<Address, Record>,
    /// Outputs of the last apply; sensitive ones are not kept.
    #[serde(default)]
    pub outputs: BTreeMap<String, Value>,
    /// Work that was begun and of which nobody knows yet how it ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Open>,
}

/// Who wrote a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// The command: `apply`, `state rm`.
    pub operation: String,
    /// Who ran it: `user@host`.
    pub who: String,
}

impl State {
    /// The value of an attribute of a recorded thing ([`Record::attribute`]).
    #[must_use]
    pub fn attribute(&self, address: &Address, name: &str) -> Option<Value> {
        self.records.get(address)?.attribute(name).cloned()
    }

    /// A stack's first state, before anything is recorded.
    #[must_use]
    pub fn new(stack: &str, lineage: String) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            stack: stack.to_owned(),
            lineage,
            serial: 0,
            saved: None,
            records: BTreeMap::new(),
            outputs: BTreeMap::new(),
            open: Vec::new(),
        }
    }
}

/// What was recorded of one resource or part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its kind word.
    pub kind: String,
    /// The resource, for a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Address>,
    /// Where it is and the way in.
    pub place: Place,
    /// The id under which it is found again.
    pub id: String,
    /// What the files wrote when it was last applied, finished. Sensitive values are not here.
    pub written: Map,
    /// Slow salted digests of sensitive written values, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// What AWS last said of it, computed attributes included; without sensitive values.
    pub attributes: Map,
    /// What it needed: deleted before those.
    #[serde(default)]
    pub depends_on: Vec<Address>,
    /// Neither deleted nor replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// How often it was replaced.
    #[serde(default)]
    pub generation: u32,
    /// A create or update of it did not finish: the next plan looks closer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// When smd last made or changed it, milliseconds since the epoch by the clock of the run (0:
    /// not known). AWS may not show it everywhere for some time after.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub touched_ms: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Record {
    /// The value of an attribute: what AWS said, else what was written.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes
            .get(name)
            .or_else(|| self.written.get(name))
            .filter(|value| !value.is_null())
    }

    /// The text of an attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name).and_then(Value::as_str)
    }
}
