//! What is known of each thing while the plan is being made.

use std::collections::BTreeSet;

use super::catalog::Entry;
use super::make::{Draft, Planner};
use super::model::Action;
use crate::address::Address;
use crate::config::{Node, Place, finish};
use crate::diagnostic::Diagnostic;
use crate::kinds::Facts;
use crate::value::{Data, Map, Residual, Value};

impl Planner<'_> {
    /// An attribute of a resource or part as it will be, as far as that is known before any call:
    /// of what stays, what AWS said; of what is made, what is written and what follows from it.
    pub(super) fn known(&self, address: &Address, name: &str) -> Option<Value> {
        let index = self.input.configuration.nodes.get_index_of(address)?;
        let draft = self.drafts.get(index)?.as_ref()?;
        let after = draft.step.after.as_ref();
        if let Some(wanted) = after.and_then(|map| map.get(name)) {
            return (!wanted.has_unknown()).then(|| wanted.clone());
        }
        match draft.step.action {
            Action::Ensure if draft.step.id.is_none() => self.derived(draft, name),
            Action::Unchanged | Action::Update | Action::Ensure => {
                let cleared = draft
                    .step
                    .changes
                    .iter()
                    .any(|change| change.path == name && change.note.is_none());
                let actual = draft.current?.attributes.get(name)?;
                (!cleared && !actual.is_null()).then(|| actual.clone())
            }
            Action::Create | Action::Replace => self.derived(draft, name),
            Action::Delete | Action::Forget => None,
        }
    }

    /// A computed attribute that follows from what is written.
    pub(super) fn derived(&self, draft: &Draft<'_>, name: &str) -> Option<Value> {
        let node = draft.node.and_then(|index| self.node(index))?;
        let Entry { kind, .. } = draft.entry;
        let after = draft.step.after.as_ref()?;
        let facts = DraftFacts {
            planner: self,
            node,
            after,
        };
        kind.derive(node.kind, name, &facts)
            .filter(|value| !value.has_unknown())
    }

    /// A value with what is known by now put in.
    pub(super) fn finished(&self, value: &Value) -> Result<Value, Diagnostic> {
        // Most references are to one attribute: no evaluation is needed for those.
        if let Data::Unknown(residual) = &value.data
            && let Residual::Attribute { address, name } = &**residual
        {
            let known = self.known(address, name);
            return Ok(known.map_or_else(
                || value.clone(),
                |mut known| {
                    known.span = value.span;
                    known.sensitive(value.sensitive)
                },
            ));
        }
        if value.has_unknown() {
            finish(value, &|address, name| self.known(address, name))
        } else {
            Ok(value.clone())
        }
    }
}

/// A node's facts with its values as far as they are known.
struct DraftFacts<'a> {
    planner: &'a Planner<'a>,
    node: &'a Node,
    after: &'a Map,
}

impl Facts for DraftFacts<'_> {
    fn address(&self) -> &Address {
        &self.node.address
    }

    fn kind(&self) -> &str {
        self.node.kind
    }

    fn place(&self) -> Option<Place> {
        let known = !self.node.place.account.is_empty() && !self.node.place.region.is_empty();
        known.then(|| self.node.place.clone())
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        self.after.get(name).cloned()
    }

    fn other(&self, address: &Address, attribute: &str) -> Option<Value> {
        self.planner.known(address, attribute)
    }

    fn place_of(&self, address: &Address) -> Option<Place> {
        let node = self.planner.input.configuration.nodes.get(address)?;
        Some(node.place.clone())
    }

    fn has_part(&self, word: &str) -> bool {
        let Some(index) = self
            .planner
            .input
            .configuration
            .nodes
            .get_index_of(&self.node.address)
        else {
            return false;
        };
        self.planner
            .input
            .graph
            .needed_by(index)
            .iter()
            .filter_map(|part| self.planner.node(*part))
            .any(|part| {
                part.parent.as_ref() == Some(&self.node.address)
                    && part.kind.rsplit('.').next() == Some(word)
            })
    }
}

/// The addresses whose attributes a value waits for.
pub(super) fn waits_for(value: &Value, out: &mut BTreeSet<Address>) {
    value.each_awaited(&mut |address, _| {
        out.insert(address.clone());
    });
}
