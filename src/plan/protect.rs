//! What keeps a thing from going: its `protect` mark, and what would be lost with it: data, and what
//! people made inside of it.

use std::collections::{BTreeMap, BTreeSet};

use super::foreign;
use super::input::PlanInput;
use super::make::Draft;
use super::model::{Action, Plan, Step, replaced_by};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, codes, did_you_mean};
use crate::kinds::Removal;
use crate::state::Record;
use crate::value::Map;

/// How much of what people made a refusal names.
const NAMED: usize = 50;

/// Refuses what is protected and what lacks consent, and notes risks.
pub(super) fn check(input: &PlanInput<'_>, drafts: &mut [Draft<'_>], out: &mut Diagnostics) {
    let consents = &input.options.consents;
    // What the files say by now of a thing whose old one was set aside goes for that one too.
    let successors: BTreeMap<Address, Option<Map>> = drafts
        .iter()
        .filter_map(|draft| replaced_by(&draft.step.address))
        .map(|address| {
            let mut successor = drafts.iter().filter(|draft| draft.step.address == address);
            let after = successor.next().and_then(|draft| draft.step.after.clone());
            (address, after)
        })
        .collect();
    let people = People::new(input, drafts);
    let deleted: BTreeSet<Address> = drafts
        .iter()
        .filter(|draft| draft.step.action == Action::Delete)
        .map(|draft| draft.step.address.clone())
        .collect();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let removal = match draft.step.action {
            Action::Delete => Removal::Delete,
            Action::Replace => Removal::Replace,
            Action::Create
            | Action::Update
            | Action::Forget
            | Action::Unchanged
            | Action::Ensure => continue,
        };
        // What is gone already takes nothing with it, and keeps nothing.
        let (Some((_, record)), Some(current)) = (draft.record, draft.current) else {
            continue;
        };
        let handover = &input.configuration.handover;
        // The files may give it another address, which no plan has put on record yet.
        let now = handover.moves.now(&draft.step.address);
        let node = input.configuration.nodes.get(&*now);
        let lifted = match node {
            Some(node) => node.lifecycle.protect_lifted,
            None => handover
                .removed(&draft.step.address)
                .is_some_and(|removed| removed.lifts_protection),
        };
        let marked = node.is_some_and(|node| node.lifecycle.protect) || record.protect;
        if marked && !lifted {
            out.push(protected(input, &draft.step, &now));
        }
        let kind = draft.entry.kind;
        let desired = match replaced_by(&draft.step.address) {
            Some(address) => successors.get(&address).and_then(Option::as_ref),
            None => draft.step.after.as_ref(),
        };
        let word = draft.entry.schema.kind;
        let has_data = draft.entry.schema.data.is_some();
        // Of what is there now, not of what was there once; what no read tells is as recorded.
        let mut attributes = match has_data {
            true => Map::new(),
            false => record.attributes.clone(),
        };
        attributes.extend(current.attributes.clone());
        let there = Record {
            attributes,
            ..record.clone()
        };
        // What is deleted with the thing that it is part of needs no word of its own.
        let parent = draft.step.parent.as_ref();
        if !parent.is_some_and(|parent| deleted.contains(parent)) {
            draft
                .step
                .risks
                .extend(kind.risks(word, removal, &there, desired));
        }
        if has_data {
            draft.step.loses = kind.needs_consent(word, &there, desired);
        }
        draft.step.covered_by = people.covers.get(index).cloned().flatten();
        draft.step.people = people.of(input, draft);
        if !draft.step.people.is_empty() {
            let made = made_by_people(draft.step.people.len());
            draft.step.loses = Some(match draft.step.loses.take() {
                Some(data) => format!("{data}, and {made}"),
                None => made,
            });
        }
    }
    agree(drafts.iter_mut().map(|draft| &mut draft.step), consents);
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for draft in drafts.iter().filter(|draft| draft.step.loses.is_some()) {
        if let Some(given) = given(consents, &draft.step) {
            used.insert(given);
            continue;
        }
        let node = input.configuration.nodes.get(&draft.step.address);
        let mut lacking = no_consent(&draft.step);
        if input.options.consent_later {
            lacking.severity = crate::diagnostic::Severity::Warning;
        }
        out.push(lacking.at_opt(node.map(|node| node.span), "declared here"));
    }
    for consent in consents
        .iter()
        .filter(|given| !used.contains(given.as_str()))
    {
        let addresses = drafts.iter().map(|draft| draft.step.address.as_str());
        out.push(
            Diagnostic::warning(
                codes::plan::UNUSED_CONSENT,
                format!("`--consent {consent}` is for nothing that loses data in this plan"),
            )
            .help_opt(did_you_mean(consent, addresses).filter(|_| {
                !drafts
                    .iter()
                    .any(|draft| draft.step.address.as_str() == consent)
            })),
        );
    }
}

/// What people made inside of what goes.
struct People<'a> {
    /// Of each draft, the thing that goes too and that it is inside of.
    covers: Vec<Option<Address>>,
    /// Account and id of everything that is on record.
    owned: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> People<'a> {
    fn new(input: &PlanInput<'a>, drafts: &[Draft<'_>]) -> Self {
        let has_people = drafts.iter().any(|draft| {
            let entry = draft.entry;
            draft.step.goes() && entry.kind.has_people(entry.schema.kind)
        });
        Self {
            covers: covers(drafts),
            owned: match has_people {
                true => foreign::owned(input),
                false => BTreeSet::new(),
            },
        }
    }

    /// Everything inside of it that no record owns, in words. What is inside of something else that
    /// goes too is told there.
    fn of(&self, input: &PlanInput<'_>, draft: &Draft<'_>) -> Vec<String> {
        let Some((address, record)) = draft.record else {
            return Vec::new();
        };
        if draft.step.covered_by.is_some() || !draft.entry.kind.has_people(draft.entry.schema.kind)
        {
            return Vec::new();
        }
        let Some(Some(actual)) = input.actual.get(address) else {
            return Vec::new();
        };
        let found = foreign::inside(record, actual, &self.owned);
        found.into_iter().map(|inside| inside.what).collect()
    }
}

/// Of each draft that goes, the address of the thing that goes too and that it is inside of.
pub(super) fn covers(drafts: &[Draft<'_>]) -> Vec<Option<Address>> {
    let place = |draft: &Draft<'_>| {
        let place = &draft.step.place;
        (place.account.to_string(), place.region.to_string())
    };
    let going: BTreeMap<_, &Address> = drafts
        .iter()
        .filter(|draft| draft.step.goes())
        .filter_map(|draft| {
            let (_, record) = draft.record?;
            let key = (draft.entry.schema.kind, place(draft), record.id.as_str());
            Some((key, &draft.step.address))
        })
        .collect();
    drafts
        .iter()
        .map(|draft| {
            if !draft.step.goes() {
                return None;
            }
            let (kind, attribute) = draft.entry.kind.goes_with(draft.entry.schema.kind)?;
            let id = draft.record?.1.text(attribute)?;
            going.get(&(kind, place(draft), id)).copied().cloned()
        })
        .collect()
}

/// `2 things that people made in it`.
fn made_by_people(count: usize) -> String {
    match count {
        1 => "1 thing that people made in it".to_owned(),
        many => format!("{many} things that people made in it"),
    }
}

/// The consent that covers a step: what was agreed to for a thing goes for the old one too that its
/// replacement set aside, which a run that was broken off did not come to delete, and for what is
/// inside of it.
pub fn given<'a>(consents: &'a BTreeSet<String>, step: &Step) -> Option<&'a str> {
    let of = |address: &Address| {
        let exactly = consents.get(address.as_str());
        exactly.or_else(|| consents.get(replaced_by(address)?.as_str()))
    };
    of(&step.address)
        .or_else(|| of(step.covered_by.as_ref()?))
        .map(String::as_str)
}

/// Marks the steps whose loss is agreed to by these consents, and those that go with such a step: only
/// to a loss that the plan shows; what it says will stay, stays.
pub fn agree<'s>(steps: impl Iterator<Item = &'s mut Step>, consents: &BTreeSet<String>) {
    let mut steps: Vec<&mut Step> = steps.collect();
    let losing: BTreeSet<Address> = steps
        .iter()
        .filter(|step| step.loses.is_some())
        .map(|step| step.address.clone())
        .collect();
    for step in &mut steps {
        let cover = step.covered_by.as_ref();
        let loses = step.loses.is_some() || cover.is_some_and(|cover| losing.contains(cover));
        step.consented |= loses && given(consents, step).is_some();
    }
}

/// `now`: the address that the files know it by.
fn protected(input: &PlanInput<'_>, step: &Step, now: &Address) -> Diagnostic {
    let address = &step.address;
    let verb = if step.action == Action::Delete {
        "deleted"
    } else {
        "replaced"
    };
    let mut diagnostic = Diagnostic::error(
        codes::plan::PROTECTED,
        format!("`{address}` is protected and would be {verb}"),
    )
    .about(address.as_str());
    for reason in &step.reasons {
        diagnostic = diagnostic.note(match &reason.path {
            Some(path) => format!("`{path}`: {}", reason.message),
            None => reason.message.clone(),
        });
    }
    let moves = &input.configuration.handover.moves;
    let parent = step.parent.as_ref().map(|parent| moves.now(parent));
    match input.configuration.nodes.get(now) {
        Some(node) if step.action == Action::Delete => diagnostic
            .at(node.span, "protected")
            .help("write `lifecycle { protect = false }` and apply first"),
        Some(node) => {
            let culprit = step
                .reasons
                .iter()
                .filter_map(|reason| reason.path.as_deref()?.split('.').next())
                .find_map(|name| node.attribute_spans.get(name).copied());
            diagnostic
                .at_opt(culprit, "this change needs a new one")
                .at(node.span, "protected")
                .help("take the change back, or write `lifecycle { protect = false }` and apply first")
        }
        None => match input.configuration.left_out(now, parent.as_deref()) {
            Some(cause) => diagnostic.at(cause.span(), "left out here").help(format!(
                "bring it back ({}) with `lifecycle {{ protect = false }}` and apply first",
                cause.back()
            )),
            None => diagnostic.help(format!(
                "to let it go, write `removed {{ from = {now}, protect = false }}`"
            )),
        },
    }
}

fn no_consent(step: &Step) -> Diagnostic {
    let address = &step.address;
    let verb = if step.action == Action::Delete {
        "deleting"
    } else {
        "replacing"
    };
    let what = step.loses.as_deref().unwrap_or("data");
    let mut lacking = Diagnostic::error(
        codes::plan::NO_CONSENT,
        format!("{verb} `{address}` loses data: {what}"),
    )
    .about(address.as_str());
    for one in step.people.iter().take(NAMED) {
        lacking = lacking.note(one.clone());
    }
    if let Some(more) = step
        .people
        .len()
        .checked_sub(NAMED)
        .filter(|more| *more > 0)
    {
        lacking = lacking.note(format!("and {more} more"));
    }
    let cover = step.covered_by.as_ref().map_or_else(String::new, |cover| {
        format!(", or `--consent {}` for all that is in it", quoted(cover))
    });
    lacking.help(format!(
        "to agree to the loss, give `--consent {}`{cover}",
        quoted(address)
    ))
}

/// An address as it is given to a shell.
fn quoted(address: &Address) -> String {
    if address.as_str().contains('"') {
        format!("'{address}'")
    } else {
        address.to_string()
    }
}

/// One error for each step of a plan that loses data without consent, neither the plan's nor one of
/// `consents` (given at apply).
#[must_use]
pub fn missing_consents(plan: &Plan, consents: &BTreeSet<String>) -> Diagnostics {
    plan.steps
        .iter()
        .filter(|step| step.loses.is_some() && !step.consented)
        .filter(|step| given(consents, step).is_none())
        .map(no_consent)
        .collect()
}
