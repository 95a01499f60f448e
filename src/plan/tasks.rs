//! What is to be done after what: the graph that apply walks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::input::PlanInput;
use super::make::Draft;
use super::model::{Action, Half, Task, replaced_by};
use super::targets::by_address;
use crate::address::Address;
use crate::graph::{components, order};
use crate::kinds::Held;
use crate::kinds::compare::meaning;
use crate::kinds::schema::ChangeRule;
use crate::state::Record;

/// How much an edge weighs where edges contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Spares a refusal in most cases: something is updated away from what is deleted, a name is
    /// free before it is taken again.
    Soft,
    /// What was recorded: a thing goes before what it needed.
    Recorded,
    /// The configuration's own order, and the two halves of a replacement. Never circular.
    Hard,
}

/// The halves of the steps as numbered tasks, and what comes before them.
struct Net {
    tasks: Vec<(usize, Half)>,
    make: Vec<Option<usize>>,
    delete: Vec<Option<usize>>,
    before: Vec<BTreeMap<usize, Weight>>,
}

impl Net {
    fn new(drafts: &[Draft<'_>]) -> Self {
        let mut net = Self {
            tasks: Vec::new(),
            make: Vec::with_capacity(drafts.len()),
            delete: Vec::with_capacity(drafts.len()),
            before: Vec::new(),
        };
        for (index, draft) in drafts.iter().enumerate() {
            let mut add = |half: Half| {
                net.tasks.push((index, half));
                Some(net.tasks.len() - 1)
            };
            let (make, delete) = match draft.step.action {
                Action::Create => (add(Half::Create), None),
                Action::Update => (add(Half::Update), None),
                Action::Ensure if draft.step.id.is_some() => (add(Half::Update), None),
                Action::Ensure => (add(Half::Create), None),
                Action::Replace => (add(Half::Create), add(Half::Delete)),
                Action::Delete => (None, add(Half::Delete)),
                Action::Forget => (None, add(Half::Forget)),
                Action::Unchanged if draft.step.marks => (add(Half::Update), None),
                Action::Unchanged => (None, None),
            };
            net.make.push(make);
            net.delete.push(delete);
        }
        net.before = vec![BTreeMap::new(); net.tasks.len()];
        net
    }

    fn make(&self, step: usize) -> Option<usize> {
        self.make.get(step).copied().flatten()
    }

    fn delete(&self, step: usize) -> Option<usize> {
        self.delete.get(step).copied().flatten()
    }

    /// `first` comes before `then`, if there are both.
    fn edge(&mut self, first: Option<usize>, then: Option<usize>, weight: Weight) {
        let (Some(first), Some(then)) = (first, then) else {
            return;
        };
        if first == then {
            return;
        }
        if let Some(before) = self.before.get_mut(then) {
            let known = before.entry(first).or_insert(weight);
            *known = (*known).max(weight);
        }
    }

    fn plain(&self) -> Vec<Vec<usize>> {
        self.before
            .iter()
            .map(|list| list.keys().copied().collect())
            .collect()
    }
}

/// Every task, in an order in which they can be done. Where the recorded needs contradict the
/// configuration's, the step says so as a risk.
pub(super) fn tasks(input: &PlanInput<'_>, drafts: &mut [Draft<'_>]) -> Vec<Task> {
    let mut net = Net::new(drafts);
    if net.tasks.is_empty() {
        return Vec::new();
    }
    let by_address = by_address(drafts);
    let aside = aside(drafts);
    let mut by_node: BTreeMap<usize, usize> = BTreeMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        if let Some(node) = draft.node {
            by_node.insert(node, step);
        }
    }
    for (step, draft) in drafts.iter().enumerate() {
        if draft.step.action == Action::Replace {
            let (make, delete) = (net.make(step), net.delete(step));
            if draft.step.create_first {
                net.edge(make, delete, Weight::Hard);
            } else {
                net.edge(delete, make, Weight::Hard);
            }
        }
        if let (Some(node), Some(make)) = (draft.node, net.make(step)) {
            for need in input.graph.needs(node) {
                let need = by_node.get(need).and_then(|need| net.make(*need));
                net.edge(need, Some(make), Weight::Hard);
            }
        }
        let Some((_, record)) = draft.record else {
            continue;
        };
        let needs = record.depends_on.iter().chain(&record.parent);
        // Whether it uses the new one or one that was set aside is not on record.
        let needs = needs.flat_map(|need| {
            by_address
                .get(need)
                .into_iter()
                .chain(aside.get(need).into_iter().flatten())
        });
        for need in needs.copied() {
            let gone = net.delete(need);
            match draft.step.action {
                Action::Delete | Action::Replace | Action::Forget => {
                    net.edge(net.delete(step), gone, Weight::Recorded);
                }
                Action::Update => {
                    // Where it names the new one too, of one that goes first the new one is made
                    // before the update: the old one has to go while it is named.
                    let stands = drafts.get(need).is_some_and(|need| {
                        need.step.action == Action::Delete
                            || need.step.create_first
                            || !draft.step.depends_on.contains(&need.step.address)
                    });
                    if stands {
                        net.edge(net.make(step), gone, Weight::Soft);
                    }
                }
                Action::Create | Action::Unchanged | Action::Ensure => {}
            }
        }
    }
    make_way(drafts, &mut net);
    make_room(drafts, &mut net);
    let_go(drafts, &mut net);
    untangle(drafts, &mut net);
    number(&net)
}

/// The deletions of what a replacement set aside that was broken off, by the address of the new one.
fn aside(drafts: &[Draft<'_>]) -> HashMap<Address, Vec<usize>> {
    let mut out: HashMap<Address, Vec<usize>> = HashMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        if let Some(address) = replaced_by(&draft.step.address) {
            out.entry(address).or_default().push(step);
        }
    }
    out
}

/// What is foreign goes before the parts of its owner are made or changed: one of them may be of the
/// same content, and AWS has that once.
fn make_way(drafts: &[Draft<'_>], net: &mut Net) {
    let mut foreign: HashMap<&Address, Vec<usize>> = HashMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        if draft.step.action == Action::Delete
            && draft.record.is_none()
            && let Some(parent) = &draft.step.parent
        {
            foreign.entry(parent).or_default().push(step);
        }
    }
    for (step, draft) in drafts.iter().enumerate() {
        let gone = draft
            .step
            .parent
            .as_ref()
            .and_then(|parent| foreign.get(parent));
        for gone in gone.into_iter().flatten() {
            net.edge(net.delete(*gone), net.make(step), Weight::Soft);
        }
    }
}

/// What takes the place of something that is deleted, under another address, waits for it: AWS has
/// room for one only.
fn make_room(drafts: &[Draft<'_>], net: &mut Net) {
    let mut leaving: BTreeMap<String, usize> = BTreeMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        if draft.step.action == Action::Delete
            && let Some((_, record)) = draft.record
            && let Some(key) = identity(draft, &record.written)
        {
            leaving.insert(key, step);
        }
    }
    if leaving.is_empty() {
        return;
    }
    for (step, draft) in drafts.iter().enumerate() {
        if draft.step.action == Action::Create
            && let Some(after) = &draft.step.after
            && let Some(gone) = identity(draft, after).and_then(|key| leaving.get(&key))
        {
            net.edge(net.delete(*gone), net.make(step), Weight::Soft);
        }
    }
}

/// What AWS keeps while another thing is there, which does not refer to it, goes after that.
fn let_go(drafts: &[Draft<'_>], net: &mut Net) {
    let mut held: HashMap<HeldBy<'_>, Vec<usize>> = HashMap::new();
    let mut sorts: HashMap<&str, BTreeSet<&'static str>> = HashMap::new();
    for (step, draft) in drafts.iter().enumerate() {
        let (Some(holder), Some((_, record))) = (net.delete(step), draft.record) else {
            continue;
        };
        for Held { kind, by } in draft.entry.kind.holds(draft.entry.schema.kind) {
            if let Some(key) = HeldBy::of(kind, by, record) {
                held.entry(key).or_default().push(holder);
                sorts.entry(kind).or_default().insert(by);
            }
        }
    }
    if held.is_empty() {
        return;
    }
    for (step, draft) in drafts.iter().enumerate() {
        let (Some(own), Some((_, record))) = (net.delete(step), draft.record) else {
            continue;
        };
        let kind = draft.entry.schema.kind;
        for by in sorts.get(kind).into_iter().flatten() {
            let holders = HeldBy::of(kind, by, record).and_then(|key| held.get(&key));
            for holder in holders.into_iter().flatten() {
                net.edge(Some(*holder), Some(own), Weight::Soft);
            }
        }
    }
}

/// A thing that is kept, by its kind and what it shares with its holder.
#[derive(PartialEq, Eq, Hash)]
struct HeldBy<'a> {
    kind: &'static str,
    by: &'static str,
    value: &'a str,
}

impl<'a> HeldBy<'a> {
    fn of(kind: &'static str, by: &'static str, record: &'a Record) -> Option<Self> {
        let value = record.text(by)?;
        Some(Self { kind, by, value })
    }
}

/// What there can be only one of: of a kind with unique names the name, of one that never stands
/// beside another everything that no call can change.
fn identity(draft: &Draft<'_>, attributes: &crate::value::Map) -> Option<String> {
    let schema = draft.entry.schema;
    let place = &draft.step.place;
    let mut key = format!("{} {}", schema.kind, place.account);
    if !draft.entry.is_global() {
        key.push(' ');
        key.push_str(&place.region);
    }
    let unique = schema.name.filter(|rule| rule.unique).map(|r| r.attribute);
    let mut named = false;
    for attribute in schema.attributes {
        let counts = match unique {
            Some(name) => attribute.name == name,
            None => {
                schema.delete_first.is_some()
                    && attribute.required
                    && matches!(attribute.change, ChangeRule::Replace(_))
            }
        };
        if !counts {
            continue;
        }
        let value = attributes.get(attribute.name)?;
        if value.has_unknown() {
            return None;
        }
        named = true;
        key.push(' ');
        key.push_str(&meaning(&attribute.ty, value));
    }
    named.then_some(key)
}

/// Drops the lighter edges of circles, and says so.
fn untangle(drafts: &mut [Draft<'_>], net: &mut Net) {
    for weight in [Weight::Soft, Weight::Recorded] {
        let plain = net.plain();
        if order(&plain).is_ok() {
            return;
        }
        let (component, sizes) = components(&plain);
        let circular = |task: usize| {
            component
                .get(task)
                .filter(|set| sizes.get(**set).is_some_and(|size| *size > 1))
        };
        let mut touched = Vec::new();
        for (task, before) in net.before.iter_mut().enumerate() {
            let Some(own) = circular(task) else {
                continue;
            };
            let count = before.len();
            before.retain(|first, known| *known > weight || circular(*first) != Some(own));
            if before.len() < count {
                touched.push(task);
            }
        }
        for task in touched {
            let step = net.tasks.get(task).map(|(step, _)| *step);
            if let Some(draft) = step.and_then(|step| drafts.get_mut(step)) {
                let risk = "something may still use it when its turn comes, and AWS may refuse";
                if !draft.step.risks.iter().any(|known| known == risk) {
                    draft.step.risks.push(risk.to_owned());
                }
            }
        }
    }
}

/// The tasks in order, numbered by that order.
fn number(net: &Net) -> Vec<Task> {
    // Hard edges alone are never circular, so the order is whole.
    let sequence = order(&net.plain()).unwrap_or_default();
    let mut place = vec![0; sequence.len()];
    for (at, task) in sequence.iter().enumerate() {
        if let Some(slot) = place.get_mut(*task) {
            *slot = at;
        }
    }
    sequence
        .iter()
        .filter_map(|task| {
            let (step, half) = *net.tasks.get(*task)?;
            let mut after: Vec<usize> = net
                .before
                .get(*task)?
                .keys()
                .filter_map(|first| place.get(*first).copied())
                .collect();
            after.sort_unstable();
            Some(Task { step, half, after })
        })
        .collect()
}
