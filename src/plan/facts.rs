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
            Action::Unchanged | Action::Update => {
                let cleared = draft
                    .step
                    .changes
                    .iter()
                    .any(|change| change.path == name && change.note.is_none());
                let actual = draft.current?.attributes.get(name)?;
                (!cleared && !actual.is_null()).then(|| actual.clone())
            }
            Action::Create | Action::Replace => self.derived(draft, name),
            Action::Delete => None,
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
    match &value.data {
        Data::Unknown(residual) => residual_waits_for(residual, out),
        Data::List(items) => items.iter().for_each(|item| waits_for(item, out)),
        Data::Map(members) => members.values().for_each(|member| waits_for(member, out)),
        _ => {}
    }
}

fn residual_waits_for(residual: &Residual, out: &mut BTreeSet<Address>) {
    match residual {
        Residual::Attribute { address, .. } => {
            out.insert(address.clone());
        }
        Residual::Caller(_) | Residual::Variable(_) => {}
        Residual::Value(value) => waits_for(value, out),
        Residual::Unary(_, a) | Residual::Member(a, _) => residual_waits_for(a, out),
        Residual::Binary(_, a, b) | Residual::Index(a, b) => {
            residual_waits_for(a, out);
            residual_waits_for(b, out);
        }
        Residual::Conditional(a, b, c) => {
            for part in [a, b, c] {
                residual_waits_for(part, out);
            }
        }
        Residual::Template(parts) | Residual::Call(_, parts) | Residual::List(parts) => {
            for part in parts {
                residual_waits_for(part, out);
            }
        }
        Residual::Map(members) => {
            for (_, member) in members {
                residual_waits_for(member, out);
            }
        }
        Residual::For {
            collection,
            key,
            value,
            condition,
            ..
        } => {
            residual_waits_for(collection, out);
            residual_waits_for(value, out);
            for part in [key, condition].into_iter().flatten() {
                residual_waits_for(part, out);
            }
        }
    }
}
