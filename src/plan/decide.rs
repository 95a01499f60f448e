//! What happens to each node of the configuration.

use std::collections::BTreeSet;

use super::catalog::Entry;
use super::diff::{Difference, Note, diff, owned};
use super::facts::waits_for;
use super::make::{Current, Draft, Planner};
use super::model::{Action, AttributeChange, Reason, Step};
use super::renamed::Renames;
use super::secret::{Split, digests, split};
use super::{asked_anew, names, paths};
use crate::address::Address;
use crate::config::{self, Node, Place};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::compare::same;
use crate::kinds::marks;
use crate::kinds::schema::{ChangeRule, Schema, Unset};
use crate::kinds::{DUE, PENDING, due, pending};
use crate::state::Record;
use crate::value::{Map, Value};

impl<'a> Planner<'a> {
    /// Decides on node `index`; what it needs has been decided.
    pub(super) fn decide(&mut self, index: usize, renames: &mut Renames<'a>) -> Option<Draft<'a>> {
        let node = self.node(index)?;
        let Some(entry) = self.catalog.get(node.kind) else {
            self.out.push(
                Diagnostic::error(
                    codes::plan::INTERNAL,
                    format!(
                        "`{}` is of the unregistered kind `{}`",
                        node.address, node.kind
                    ),
                )
                .about(node.address.as_str()),
            );
            return None;
        };
        let Split { mut clear, secrets } = split(self.resolve(node, entry.schema));
        let by_statement = self.moved.at(&node.address);
        let record = by_statement
            .or_else(|| {
                self.input
                    .state
                    .and_then(|state| state.records.get_key_value(&node.address))
            })
            .or_else(|| {
                let parent = node.parent.as_ref()?;
                secrets.is_empty().then_some(())?;
                renames.take(parent, entry.schema, &clear)
            });
        let imported = self.input.imported.get_key_value(&node.address);
        let is_imported = record.is_none() && imported.is_some();
        let record = record.or(imported);
        let current = record.and_then(|(address, record)| self.current(address, record));
        if let (Some((_, record)), Some(rule)) = (record, entry.schema.name) {
            names::keep_suffix(node, rule, record, current, &mut clear);
        }

        let mut step = Step::new(
            node.address.clone(),
            node.kind.to_owned(),
            node.place.clone(),
        );
        step.parent.clone_from(&node.parent);
        step.timeouts = node.lifecycle.timeouts;
        step.depends_on = self
            .input
            .graph
            .needs(index)
            .iter()
            .filter_map(|need| self.node(*need))
            .map(|need| need.address.clone())
            .collect();
        let recorded = record.map(|(_, record)| record);
        step.protect = node.lifecycle.protect
            || (!node.lifecycle.protect_lifted && recorded.is_some_and(|record| record.protect));
        if !secrets.is_empty() {
            let stack = &self.input.configuration.stack.name;
            step.sensitive = digests(stack, &node.address, &secrets);
        }
        let mut draft = Draft {
            step,
            entry,
            node: Some(index),
            record,
            current,
        };
        if let Some((address, _)) = by_statement {
            draft.step.moved_from = Some(address.clone());
        }
        let moves = by_statement.is_some();
        if let Some(risk) = self.keep_name(node, &mut draft, moves, &mut clear) {
            draft.step.risks.push(risk);
        }
        match (record, current) {
            (Some((address, record)), Some(current)) => {
                if *address != node.address {
                    draft.step.moved_from = Some(address.clone());
                }
                self.compare(node, &mut draft, record, current, &mut clear);
            }
            (None, _) => {
                draft.step.action = made_or_ensured(draft.entry);
                let reason = Reason::new("not_in_state", None, "smd has not made it yet");
                draft.step.reasons.push(reason);
                if let Some(Some(ahead)) = self.input.actual.get(&node.address) {
                    draft.step.reasons.extend(answered(&ahead.attributes));
                }
            }
            (Some(_), None) => {
                draft.step.action = made_or_ensured(draft.entry);
                let words = "smd made it, but it is no longer there";
                draft.step.reasons.push(Reason::new("gone", None, words));
            }
        }
        if is_imported {
            let mut taken = record.map(|(_, record)| Box::new(record.clone()));
            for path in draft.step.sensitive.keys() {
                if let Some(record) = &mut taken {
                    paths::set(&mut record.attributes, path, None);
                }
            }
            draft.step.taken = taken;
            let words = "it lives already, and is taken over";
            draft
                .step
                .reasons
                .push(Reason::new("imported", None, words));
        }
        if let Some((from, _)) = by_statement {
            let words = format!("it was `{from}`");
            draft.step.reasons.push(Reason::new("moved", None, words));
        }
        draft.step.after = Some(clear);
        draft.step.record_changes = changes_record(&draft);
        Some(draft)
    }

    /// Leaves the made-up name of what stands as it is, where that was not made of its present
    /// address: it moved, or was taken over. Such a name is not among what is recorded as written, and
    /// so stays. Where others know what follows from the name, that cannot be: the answer says so.
    fn keep_name(
        &self,
        node: &Node,
        draft: &mut Draft<'a>,
        moves: bool,
        clear: &mut Map,
    ) -> Option<String> {
        let schema = draft.entry.schema;
        let rule = schema.name.filter(|rule| !names::is_written(node, *rule))?;
        let (_, record) = draft.record?;
        let there = draft.current?.attributes.get(rule.attribute);
        let is_written = record.written.contains_key(rule.attribute);
        let Some(there) = there else {
            // What was taken over without a name goes on without one.
            if !is_written {
                clear.remove(rule.attribute);
            }
            return None;
        };
        if !moves && is_written {
            return None;
        }
        if clear.get(rule.attribute) == Some(there) {
            return None;
        }
        draft.step.after = Some(clear.clone());
        let mut attributes = schema.attributes.iter();
        if attributes.any(|attribute| self.derived(draft, attribute.name).is_some()) {
            let name = there.as_str().unwrap_or_default();
            return Some(format!(
                "the name it has, `{name}`, is not the one made of its address: write `{} = \"{name}\"` to keep it",
                rule.attribute
            ));
        }
        clear.remove(rule.attribute);
        None
    }

    /// What is written, finished as far as possible.
    fn resolve(&mut self, node: &Node, schema: &Schema) -> Map {
        let mut attributes = node.attributes.clone();
        for (name, value) in &mut attributes {
            if !value.has_unknown() {
                continue;
            }
            match self.finished(value) {
                // In the order of its set, which follows from ids that are known only now. What does
                // not fit is told when it is sent.
                Ok(finished) if !finished.has_unknown() => {
                    let attribute = paths::attribute(schema, name);
                    *value = attribute
                        .and_then(|attribute| {
                            config::conform(&finished, attribute, &|_, _| None).ok()
                        })
                        .unwrap_or(finished);
                }
                Ok(finished) => *value = finished,
                Err(error) => {
                    let span = value
                        .span
                        .or_else(|| node.attribute_spans.get(name).copied());
                    let error = if error.labels.is_empty() {
                        error.at_opt(span, "here")
                    } else {
                        error
                    };
                    self.out.push(error.about(node.address.as_str()));
                }
            }
        }
        attributes.retain(|_, value| !value.is_null());
        attributes
    }

    /// Compares a node with what is there.
    fn compare(
        &self,
        node: &Node,
        draft: &mut Draft<'a>,
        record: &Record,
        current: Current<'a>,
        wanted: &mut Map,
    ) {
        let Entry { kind, schema } = draft.entry;
        let actual = current.attributes;
        let mut differences = diff(kind, schema, wanted, actual, &record.written);
        let step = &mut draft.step;
        step.id = Some(current.id.to_owned());
        let is_imported = self.input.imported.contains_key(&node.address);
        let kept_name = schema
            .name
            .filter(|rule| !wanted.contains_key(rule.attribute));
        differences.retain(|difference| {
            // A made-up name that stays as it is.
            if kept_name.is_some_and(|rule| rule.attribute == difference.path) {
                return false;
            }
            // smd's own settings of what it takes over are no news.
            if is_imported && difference.note == Some(Note::Own) {
                return false;
            }
            let ignored = is_ignored(node, &difference.path);
            if ignored {
                let before = Some(&difference.before).filter(|value| !value.is_null());
                paths::set(wanted, &difference.path, before.cloned());
            }
            !ignored
        });
        let mut before = owned(schema, actual, wanted, &record.written);
        for path in step.sensitive.keys().chain(record.digests.keys()) {
            paths::set(&mut before, path, None);
        }
        step.before = Some(before);

        let mut replaced: Vec<Reason> = Vec::new();
        if let Some(reason) = self.parent_reason(node) {
            replaced.push(reason);
        }
        if moves(&record.place, &node.place, draft.entry.is_global()) {
            replaced.push(Reason::new(
                "place_changed",
                None,
                format!(
                    "it is in account {} {} and is to be in {} {}: nothing moves between them",
                    record.place.account,
                    record.place.region,
                    node.place.account,
                    node.place.region
                ),
            ));
        }
        if asked_anew::is_asked(self.input, &node.address) {
            let words = "`--replace` asks for a new one";
            replaced.push(Reason::new("asked", None, words));
        }
        if let Some(why) = kind.broken(node.kind, actual) {
            replaced.push(Reason::new("unfinished", None, why));
        }
        let mut updated: Vec<Reason> = Vec::new();
        let mut noted: Vec<Reason> = Vec::new();
        for difference in &differences {
            let path = Some(difference.path.as_str());
            if let Some(note) = difference.note {
                noted.push(Reason::new(note.code(), path, note.words()));
                continue;
            }
            match &difference.replaces {
                Some(why) => replaced.push(Reason::new("attribute_replaces", path, why.clone())),
                None => updated.push(self.update_reason(draft.entry, record, current, difference)),
            }
            for needed in self.replaced_needs(&difference.after) {
                // That the resource of a part is replaced has been said.
                if node.parent.as_ref() == Some(&needed) {
                    continue;
                }
                let reason = Reason::new(
                    "dependency_replaced",
                    path,
                    format!("it names `{needed}`, which is replaced"),
                );
                if difference.replaces.is_some() {
                    replaced.push(reason);
                } else {
                    updated.push(reason);
                }
            }
        }
        let step = &mut draft.step;
        step.changes = differences.into_iter().map(change).collect();
        let reasons = Reasons {
            replaced: &mut replaced,
            updated: &mut updated,
            noted: &mut noted,
        };
        secret_changes(node, draft, record, reasons);
        let has_own_tags = self.has_own_tags(draft.entry, record);
        let is_marked = !has_own_tags || is_marked(node, current);
        if record.unfinished {
            let words = match is_marked {
                false => "its tags do not name its address yet",
                true => "an earlier run did not finish it",
            };
            updated.push(Reason::new("unfinished", None, words));
        }
        let ensures = kind.ensures(node.kind);
        if ensures {
            updated.extend(answered(actual));
        }
        let step = &mut draft.step;
        step.changes.sort_by(|a, b| a.path.cmp(&b.path));
        step.action = if !replaced.is_empty() {
            Action::Replace
        } else if !updated.is_empty() && ensures {
            Action::Ensure
        } else if !updated.is_empty() {
            Action::Update
        } else {
            Action::Unchanged
        };
        if step.action == Action::Replace {
            // A new one does not have what the old one cannot lose.
            let stays = Note::Stays;
            noted.retain(|reason| reason.code != stays.code());
            for change in &mut step.changes {
                change.note.take_if(|note| note == stays.words());
            }
        }
        step.reasons = replaced;
        step.reasons.extend(updated);
        step.reasons.extend(noted);
        let stays = matches!(step.action, Action::Update | Action::Unchanged);
        let by_statement = self.moved.at(&node.address).is_some();
        // A new label alone is worth no call.
        let named_anew = by_statement || is_imported || (record.unfinished && !is_marked);
        step.marks = stays && named_anew && has_own_tags;
        if let Some(from) = step.moved_from.as_ref().filter(|_| !by_statement) {
            let words = format!("it was `{from}`: the same content under a new label");
            step.reasons.push(Reason::new("renamed", None, words));
        }
    }

    /// A part goes with its resource.
    fn parent_reason(&self, node: &Node) -> Option<Reason> {
        let parent = node.parent.as_ref()?;
        let index = self.input.configuration.nodes.get_index_of(parent)?;
        let draft = self.drafts.get(index)?.as_ref()?;
        let words = match draft.step.action {
            Action::Replace => format!("`{parent}` is replaced"),
            Action::Create => format!("`{parent}` is made anew"),
            _ => return None,
        };
        Some(Reason::new("dependency_replaced", None, words))
    }

    /// The replaced things that a value waits for.
    fn replaced_needs(&self, value: &Value) -> Vec<Address> {
        let mut needs = BTreeSet::new();
        waits_for(value, &mut needs);
        needs
            .into_iter()
            .filter(|address| {
                self.input
                    .configuration
                    .nodes
                    .get_index_of(address)
                    .and_then(|index| self.drafts.get(index)?.as_ref())
                    .is_some_and(|draft| draft.step.action == Action::Replace)
            })
            .collect()
    }

    /// Whether the files changed, or AWS did.
    fn update_reason(
        &self,
        entry: Entry,
        record: &Record,
        current: Current<'_>,
        difference: &Difference,
    ) -> Reason {
        let path = Some(difference.path.as_str());
        let outside = current.fresh
            && paths::get(&record.written, &difference.path).is_some_and(|written| {
                match paths::attribute(entry.schema, &difference.path) {
                    Some(attribute) => {
                        same(&attribute.ty, &difference.after, written)
                            || *written == difference.after
                    }
                    None => *written == difference.after,
                }
            });
        if outside {
            Reason::new("changed_outside", path, "it was changed outside smd")
        } else if difference.after.is_null() {
            Reason::new("attribute_removed", path, "it is no longer in the file")
        } else {
            Reason::new("attribute_changed", path, "it differs from the file")
        }
    }
}

/// What AWS's answer says of a thing of a kind that ensures: what is due, what waits.
fn answered(actual: &Map) -> impl Iterator<Item = Reason> {
    let due = due(actual).map(|why| Reason::new(DUE, None, why));
    let pending = pending(actual).map(|why| Reason::new(PENDING, None, why));
    due.into_iter().chain(pending)
}

/// What happens to a thing that is not there.
fn made_or_ensured(entry: Entry) -> Action {
    if entry.kind.ensures(entry.schema.kind) {
        Action::Ensure
    } else {
        Action::Create
    }
}

fn change(difference: Difference) -> AttributeChange {
    AttributeChange {
        path: difference.path,
        before: difference.before,
        after: difference.after,
        sensitive: false,
        replaces: difference.replaces,
        note: difference.note.map(|note| note.words().to_owned()),
    }
}

/// The reasons of a step by what they ask for.
struct Reasons<'a> {
    replaced: &'a mut Vec<Reason>,
    updated: &'a mut Vec<Reason>,
    /// About which no call is made.
    noted: &'a mut Vec<Reason>,
}

/// Changes of sensitive values, told by their digests alone.
fn secret_changes(node: &Node, draft: &mut Draft<'_>, record: &Record, reasons: Reasons<'_>) {
    let wanted = &draft.step.sensitive;
    let all: BTreeSet<&String> = wanted.keys().chain(record.digests.keys()).collect();
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for path in all {
        let (new, old) = (wanted.get(path), record.digests.get(path));
        if new == old {
            continue;
        }
        if is_ignored(node, path) {
            if let Some(old) = old {
                kept.push((path.clone(), old.clone()));
            }
            continue;
        }
        let attribute = paths::attribute(draft.entry.schema, path);
        let rule = attribute.map(|attribute| attribute.change);
        let unset = attribute.map(|attribute| attribute.unset);
        let mut replaces = match rule {
            Some(ChangeRule::Replace(why)) => Some(why.to_owned()),
            _ => None,
        };
        let mut note = None;
        if new.is_none() {
            // A value that is shown now was compared like any other.
            if draft.step.changes.iter().any(|change| change.path == *path) {
                continue;
            }
            match unset {
                Some(Unset::Cannot) | None => {
                    replaces = None;
                    note = Some(Note::Stays);
                }
                Some(Unset::Replace) => {
                    replaces = Some("taking it out of the file means a new one".to_owned());
                }
                Some(Unset::Empty | Unset::Default(_)) => {}
            }
        }
        let at = Some(path.as_str());
        match (note, &replaces) {
            (Some(note), _) => reasons
                .noted
                .push(Reason::new(note.code(), at, note.words())),
            (None, Some(why)) => {
                let reason = Reason::new("attribute_replaces", at, why.clone());
                reasons.replaced.push(reason);
            }
            (None, None) => {
                let words = "its sensitive value changed";
                let reason = Reason::new("attribute_changed", at, words);
                reasons.updated.push(reason);
            }
        }
        changes.push(AttributeChange {
            path: path.clone(),
            before: Value::null(),
            after: Value::null(),
            sensitive: true,
            replaces,
            note: note.map(|note| note.words().to_owned()),
        });
    }
    draft.step.sensitive.extend(kept);
    draft.step.changes.extend(changes);
}

fn is_ignored(node: &Node, path: &str) -> bool {
    node.lifecycle
        .ignore_changes
        .iter()
        .any(|ignored| paths::is_in(path, ignored))
}

/// Whether the marks on a thing name its address, as far as they were read.
fn is_marked(node: &Node, current: Current<'_>) -> bool {
    current
        .marks
        .is_none_or(|there| there.get(marks::ADDRESS) == Some(&marks::of_address(&node.address)))
}

/// Whether a thing would have to move to another account or region.
fn moves(recorded: &Place, wanted: &Place, global: bool) -> bool {
    let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
    differ(&recorded.account, &wanted.account)
        || (!global && differ(&recorded.region, &wanted.region))
}

/// Whether the record has to be written although no call may be needed.
fn changes_record(draft: &Draft<'_>) -> bool {
    let step = &draft.step;
    let Some((_, record)) = draft.record else {
        return false;
    };
    step.moved_from.is_some()
        || step.protect != record.protect
        || step.after.as_ref() != Some(&record.written)
        || step.sensitive != record.digests
        || step.depends_on != record.depends_on
        || step.place != record.place
}
