//! What a plan is made from.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::config::Configuration;
use crate::graph::Graph;
use crate::kinds::{Actual, Kind};
use crate::state::{Record, State};

/// What a plan is made from: desired, recorded and actual.
pub struct PlanInput<'a> {
    /// What the files want.
    pub configuration: &'a Configuration,
    /// The graph of that configuration.
    pub graph: &'a Graph,
    /// What was recorded; `None`: there is no state.
    pub state: Option<&'a State>,
    /// What was read, by the address of the record: `None` where it is gone. A record that is not
    /// in here was not read (`--refresh=false`): what it says is taken for what is there.
    pub actual: &'a BTreeMap<Address, Option<Actual>>,
    /// What is to be taken over, by its address; what is there of it is in `actual`.
    pub imported: &'a BTreeMap<Address, Record>,
    /// The kinds, usually [`crate::kinds::registry`].
    pub kinds: &'a [&'static dyn Kind],
    /// Digest of each file's text by its shown name ([`super::file_digests`]).
    pub file_digests: BTreeMap<String, String>,
    /// What was asked for.
    pub options: PlanOptions,
}

/// What was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Delete everything that is recorded.
    pub destroy: bool,
    /// Addresses given by `--target`; empty: everything.
    pub targets: Vec<String>,
    /// Addresses given by `--exclude`.
    pub excludes: Vec<String>,
    /// Addresses given by `--replace`.
    pub replaces: Vec<String>,
    /// Addresses given by `--consent`.
    pub consents: BTreeSet<String>,
    /// Whether consent may still be given at apply: what lacks it is a warning then.
    pub consent_later: bool,
}
