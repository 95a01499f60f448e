//! Parts whose label changed while their content stayed: renamed without a call.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::make::Planner;
use crate::address::Address;
use crate::kinds::compare::{is_empty, meaning};
use crate::kinds::schema::Schema;
use crate::state::Record;
use crate::value::Map;

/// Recorded parts of one resource and kind that the configuration no longer names.
#[derive(Default)]
struct Group<'a> {
    members: Vec<(&'a Address, &'a Record)>,
    by_content: OnceCell<BTreeMap<String, VecDeque<usize>>>,
}

/// Recorded parts that a new label may take.
#[derive(Default)]
pub(super) struct Renames<'a> {
    groups: BTreeMap<(&'a Address, &'a str), Group<'a>>,
    taken: BTreeSet<&'a Address>,
}

impl<'a> Renames<'a> {
    /// The recorded parts whose resource stays and whose own address has gone.
    pub fn new(planner: &Planner<'a>) -> Self {
        let mut renames = Self::default();
        let configuration = planner.input.configuration;
        let nodes = &configuration.nodes;
        let Some(state) = planner.input.state else {
            return renames;
        };
        if planner.input.options.destroy {
            return renames;
        }
        for (address, record) in &state.records {
            let Some(parent) = &record.parent else {
                continue;
            };
            let Some((parent, _)) = nodes.get_key_value(planner.moved.now(parent)) else {
                continue;
            };
            if nodes.contains_key(address)
                || planner.moved.is_taken(address)
                || configuration.handover.removed(address).is_some()
                || super::is_set_aside(address)
                || !record.digests.is_empty()
            {
                continue;
            }
            renames
                .groups
                .entry((parent, record.kind.as_str()))
                .or_default()
                .members
                .push((address, record));
        }
        renames
    }

    /// Whether a new label took this record.
    pub fn is_taken(&self, address: &Address) -> bool {
        self.taken.contains(address)
    }

    /// The record of a part with this content, taken for good.
    pub fn take(
        &mut self,
        parent: &'a Address,
        schema: &'static Schema,
        wanted: &Map,
    ) -> Option<(&'a Address, &'a Record)> {
        let group = self.groups.get_mut(&(parent, schema.kind))?;
        let key = content(schema, wanted)?;
        if group.by_content.get().is_none() {
            let mut by_content: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
            for (index, (_, record)) in group.members.iter().enumerate() {
                if let Some(key) = content(schema, &record.written) {
                    by_content.entry(key).or_default().push_back(index);
                }
            }
            let _ = group.by_content.set(by_content);
        }
        let index = group.by_content.get_mut()?.get_mut(&key)?.pop_front()?;
        let found = *group.members.get(index)?;
        self.taken.insert(found.0);
        Some(found)
    }
}

/// What a part says to AWS, as text; `None` while something in it is unknown.
fn content(schema: &Schema, attributes: &Map) -> Option<String> {
    let mut out = String::new();
    for attribute in schema.attributes {
        let Some(value) = attributes.get(attribute.name).filter(|v| !is_empty(v)) else {
            continue;
        };
        if value.has_unknown() {
            return None;
        }
        out.push_str(attribute.name);
        out.push('=');
        out.push_str(&meaning(&attribute.ty, value));
        out.push('\n');
    }
    Some(out)
}
