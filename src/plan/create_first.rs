//! Which replacements are made before the old one goes.
//!
//! By default the old one goes first. The new one comes first where `create_before_destroy` says
//! so, where something that stays would keep the old one in use until it names the new one, where
//! something made first needs it, where its kind is named after its content, and where its kind says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::facts::waits_for;
use super::make::{Draft, Planner};
use super::model::{Action, AttributeChange};
use super::{names, paths};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, codes};
use crate::value::Value;

/// Whether the new one can stand beside the old one.
enum Beside {
    /// Yes.
    Free,
    /// Yes, under another made-up name.
    Suffixed(String),
    /// No, and why.
    Taken(String),
}

/// Decides for every replacement.
pub(super) fn decide(planner: &mut Planner<'_>) {
    let graph = planner.input.graph;
    let is_replaced = |planner: &Planner<'_>, index: usize| {
        draft(planner, index).is_some_and(|draft| draft.step.action == Action::Replace)
    };
    if !graph.order().iter().any(|i| is_replaced(planner, *i)) {
        return;
    }
    // What it needs and is replaced too must be able to come first with it.
    let mut blocked: Vec<Option<String>> = graph.order().iter().map(|_| None).collect();
    for index in graph.order() {
        if !is_replaced(planner, *index) {
            continue;
        }
        let why = match draft(planner, *index).map(|draft| beside(planner, draft)) {
            Some(Beside::Taken(why)) => Some(why),
            _ => needs(planner, *index).into_iter().find_map(|need| {
                let why = blocked.get(need)?.as_ref()?;
                let address = &planner.node(need)?.address;
                Some(format!("it needs `{address}`, of which {why}"))
            }),
        };
        if let Some(slot) = blocked.get_mut(*index) {
            *slot = why;
        }
    }
    let mut wanted = wanted_first(planner);
    for index in graph.reverse_order() {
        if !is_replaced(planner, index) {
            continue;
        }
        let Some(node) = planner.node(index) else {
            continue;
        };
        let asked = node.lifecycle.create_before_destroy;
        let own = draft(planner, index).is_some_and(is_named_after_content);
        let first = draft(planner, index)
            .is_some_and(|draft| draft.entry.kind.made_first(draft.entry.schema.kind));
        if !asked && !own && !first && !wanted.contains(&index) {
            continue;
        }
        if let Some(why) = blocked.get(index).and_then(Option::as_ref) {
            match own.then(|| user(planner, index)).flatten() {
                Some(user) => refuse_in_use(planner, index, &user, why),
                None => refuse(planner, index, asked, why),
            }
            continue;
        }
        wanted.extend(needs(planner, index));
        // Its parts follow it, so that it is never without them.
        make_first(planner, index);
    }
    for index in graph.order() {
        let first = planner
            .node(*index)
            .and_then(|node| node.parent.as_ref())
            .and_then(|parent| planner.input.configuration.nodes.get_index_of(parent))
            .and_then(|parent| draft(planner, parent))
            .is_some_and(|parent| parent.step.create_first);
        let free = blocked.get(*index).is_some_and(Option::is_none);
        if first && free && is_replaced(planner, *index) {
            make_first(planner, *index);
        }
    }
}

/// Whether another content makes it another thing under another name.
fn is_named_after_content(draft: &Draft<'_>) -> bool {
    let entry = draft.entry;
    !entry.kind.named_after(entry.schema.kind).is_empty()
}

/// Something that stays and uses the old one by then.
fn user(planner: &Planner<'_>, index: usize) -> Option<Address> {
    let own = &planner.node(index)?.address;
    let users = planner.input.graph.needed_by(index).iter();
    let mut drafts = users.filter_map(|user| draft(planner, *user));
    drafts
        .find(|draft| {
            let stays = matches!(draft.step.action, Action::Update | Action::Unchanged);
            let record = draft.record.map(|(_, record)| record);
            stays && record.is_some_and(|record| record.depends_on.contains(own))
        })
        .map(|draft| draft.step.address.clone())
}

fn draft<'p, 'a>(planner: &'p Planner<'a>, index: usize) -> Option<&'p Draft<'a>> {
    planner.drafts.get(index)?.as_ref()
}

/// The replaced things that it needs or needed.
fn needs(planner: &Planner<'_>, index: usize) -> Vec<usize> {
    let recorded = draft(planner, index)
        .and_then(|draft| draft.record)
        .into_iter()
        .flat_map(|(_, record)| &record.depends_on)
        .filter_map(|address| planner.input.configuration.nodes.get_index_of(address));
    planner
        .input
        .graph
        .needs(index)
        .iter()
        .copied()
        .chain(recorded)
        .filter(|need| {
            draft(planner, *need).is_some_and(|draft| draft.step.action == Action::Replace)
        })
        .collect()
}

/// What an update in place will name only once it is made: the old one is in use until then.
fn wanted_first(planner: &Planner<'_>) -> BTreeSet<usize> {
    let mut addresses = BTreeSet::new();
    for draft in planner.drafts.iter().flatten() {
        if draft.step.action == Action::Update {
            for change in &draft.step.changes {
                waits_for(&change.after, &mut addresses);
            }
        }
    }
    addresses
        .iter()
        .filter_map(|address| planner.input.configuration.nodes.get_index_of(address))
        .collect()
}

fn beside(planner: &Planner<'_>, draft: &Draft<'_>) -> Beside {
    let Some(node) = draft.node.and_then(|index| planner.node(index)) else {
        return Beside::Free;
    };
    // In another account or region nothing is in its way.
    if draft
        .step
        .reasons
        .iter()
        .any(|reason| reason.code == "place_changed")
    {
        return Beside::Free;
    }
    let schema = draft.entry.schema;
    let parent_goes = draft.step.parent.is_some()
        && draft
            .step
            .reasons
            .iter()
            .any(|reason| reason.code == "dependency_replaced" && reason.path.is_none());
    if let Some(why) = schema.delete_first
        && in_the_way(draft)
    {
        return Beside::Taken(why.to_owned());
    }
    let (Some(rule), Some((_, record)), Some(current)) = (schema.name, draft.record, draft.current)
    else {
        return Beside::Free;
    };
    let after = draft.step.after.as_ref();
    let new = after.and_then(|map| map.get(rule.attribute));
    let old = current.attributes.get(rule.attribute);
    if !rule.unique || parent_goes || new.is_none() || new != old {
        return Beside::Free;
    }
    let shown = new.and_then(Value::as_str).unwrap_or_default();
    if names::is_written(node, rule) {
        return Beside::Taken(format!(
            "the name `{shown}` is taken while the old one stands"
        ));
    }
    let derived = schema
        .attributes
        .iter()
        .any(|attribute| planner.derived(draft, attribute.name).is_some());
    if derived {
        return Beside::Taken(format!(
            "what follows from the name `{shown}` may already stand elsewhere"
        ));
    }
    match after.and_then(|map| names::suffixed(node, schema, rule, record, map)) {
        Some(name) => Beside::Suffixed(name),
        None => Beside::Taken(format!(
            "the name `{shown}` is taken while the old one stands"
        )),
    }
}

/// Whether the kind's reason to delete first holds for what this draft replaces.
fn in_the_way(draft: &Draft<'_>) -> bool {
    match (draft.current, &draft.step.after) {
        (Some(current), Some(after)) => {
            let kind = draft.entry.kind;
            kind.in_the_way(draft.entry.schema.kind, current.attributes, after)
        }
        _ => true,
    }
}

fn make_first(planner: &mut Planner<'_>, index: usize) {
    let suffixed = match draft(planner, index).map(|draft| beside(planner, draft)) {
        Some(Beside::Suffixed(name)) => Some(name),
        _ => None,
    };
    let Some(draft) = planner.drafts.get_mut(index).and_then(Option::as_mut) else {
        return;
    };
    if draft.step.create_first {
        return;
    }
    draft.step.create_first = true;
    let (Some(name), Some(rule)) = (suffixed, draft.entry.schema.name) else {
        return;
    };
    let before = draft
        .current
        .and_then(|current| paths::get(current.attributes, rule.attribute))
        .cloned()
        .unwrap_or_else(Value::null);
    let name = Value::string(name);
    if let Some(after) = &mut draft.step.after {
        after.insert(Arc::from(rule.attribute), name.clone());
    }
    draft.step.changes.push(AttributeChange {
        path: rule.attribute.to_owned(),
        before,
        after: name,
        sensitive: false,
        replaces: None,
        note: Some("a made-up name, so that it can stand beside the old one".to_owned()),
    });
    draft.step.changes.sort_by(|a, b| a.path.cmp(&b.path));
}

/// AWS would not let the old one go, and the new one cannot be made beside it.
fn refuse_in_use(planner: &mut Planner<'_>, index: usize, user: &Address, why: &str) {
    let Some(node) = planner.node(index) else {
        return;
    };
    let name = node.attribute_spans.get("name").copied();
    planner.out.push(
        Diagnostic::error(
            codes::plan::CREATE_FIRST,
            format!(
                "`{}` can only be replaced, and `{user}` uses the old one: {why}",
                node.address
            ),
        )
        .at(name.unwrap_or(node.span), "the same name as before")
        .about(node.address.as_str())
        .help("write another `name`, or leave it out: smd then ends it with a hash of the content"),
    );
}

/// It was asked for and cannot be: an error. It would only have been better: a risk.
fn refuse(planner: &mut Planner<'_>, index: usize, asked: bool, why: &str) {
    let Some(node) = planner.node(index) else {
        return;
    };
    if asked {
        planner.out.push(
            Diagnostic::error(
                codes::plan::CREATE_FIRST,
                format!(
                    "`{}` cannot be made before the old one goes: {why}",
                    node.address
                ),
            )
            .at(node.span, "written with `create_before_destroy`")
            .about(node.address.as_str())
            .help("write another `name`, or take `create_before_destroy` out"),
        );
    } else if let Some(draft) = planner.drafts.get_mut(index).and_then(Option::as_mut) {
        draft.step.risks.push(format!(
            "the old one goes first ({why}), and AWS may refuse while something still names it"
        ));
    }
}
