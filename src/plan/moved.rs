//! `moved`: records that have another address now.

use std::collections::{BTreeMap, BTreeSet};

use super::make::Planner;
use crate::address::Address;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::Record;

/// Records by the address that a `moved` statement gives them.
#[derive(Default)]
pub(super) struct Moved<'a> {
    /// What is recorded, by its new address.
    by_new: BTreeMap<Address, (&'a Address, &'a Record)>,
    /// New addresses by the recorded ones.
    by_old: BTreeMap<&'a Address, Address>,
    /// Recorded addresses whose new one the configuration has.
    taken: BTreeSet<&'a Address>,
}

impl<'a> Moved<'a> {
    /// Every record that moves. Two records that would have one address are reported.
    pub fn new(planner: &mut Planner<'a>) -> Self {
        let mut moved = Self::default();
        let input = planner.input;
        let moves = &input.configuration.handover.moves;
        let Some(state) = input.state.filter(|_| !moves.is_empty()) else {
            return moved;
        };
        if input.options.destroy {
            return moved;
        }
        for (address, record) in &state.records {
            // What a replacement set aside goes under the address at which it is kept.
            if super::is_set_aside(address) {
                continue;
            }
            let Some(new) = moves.forward(address) else {
                continue;
            };
            let there = state
                .records
                .get_key_value(&new)
                .map(|(there, _)| there)
                .or_else(|| moved.by_new.get(&new).map(|(there, _)| *there));
            if let Some(there) = there {
                planner.out.push(two_at_one(address, &new, there));
                continue;
            }
            if input.configuration.nodes.contains_key(&new) {
                moved.taken.insert(address);
            }
            moved.by_old.insert(address, new.clone());
            moved.by_new.insert(new, (address, record));
        }
        moved
    }

    /// What is recorded of what has this address now.
    pub fn at(&self, address: &Address) -> Option<(&'a Address, &'a Record)> {
        self.by_new.get(address).copied()
    }

    /// The address that a recorded one has become, or is.
    pub fn now<'b>(&'b self, address: &'b Address) -> &'b Address {
        self.by_old.get(address).unwrap_or(address)
    }

    /// Whether the configuration has what this record became.
    pub fn is_taken(&self, address: &Address) -> bool {
        self.taken.contains(address)
    }
}

fn two_at_one(address: &Address, new: &Address, there: &Address) -> Diagnostic {
    let message = if there == new {
        format!("`{address}` is to become `{new}`, and that is recorded too")
    } else {
        format!("`{there}` and `{address}` are both to become `{new}`")
    };
    Diagnostic::error(codes::plan::MOVED_TO_TAKEN, message)
        .about(new.as_str())
        .help("a thing has one record: take the `moved` out, or forget one with `smd state rm ADDRESS`")
}
