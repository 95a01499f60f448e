//! What keeps a thing from going: its `protect` mark, and data that would be lost with it.

use std::collections::{BTreeMap, BTreeSet};

use super::input::PlanInput;
use super::make::Draft;
use super::model::{Action, Plan, Step, replaced_by};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, codes, did_you_mean};
use crate::kinds::Removal;
use crate::state::Record;
use crate::value::Map;

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
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for draft in drafts.iter_mut() {
        let removal = match draft.step.action {
            Action::Delete => Removal::Delete,
            Action::Replace => Removal::Replace,
            Action::Create | Action::Update | Action::Forget | Action::Unchanged => continue,
        };
        let Some((_, record)) = draft.record else {
            continue;
        };
        let node = input.configuration.nodes.get(&draft.step.address);
        let handover = &input.configuration.handover;
        let lifted = match node {
            Some(node) => node.lifecycle.protect_lifted,
            None => handover
                .removed(&draft.step.address)
                .is_some_and(|removed| removed.lifts_protection),
        };
        let marked = node.is_some_and(|node| node.lifecycle.protect) || record.protect;
        if marked && !lifted {
            out.push(protected(input, &draft.step));
        }
        // What is gone already takes nothing with it.
        let Some(current) = draft.current else {
            continue;
        };
        let kind = draft.entry.kind;
        let desired = match replaced_by(&draft.step.address) {
            Some(address) => successors.get(&address).and_then(Option::as_ref),
            None => draft.step.after.as_ref(),
        };
        let word = draft.entry.schema.kind;
        if draft.entry.schema.data.is_some() {
            // Of what is there now, not of what was there once.
            let there = Record {
                attributes: current.attributes.clone(),
                ..record.clone()
            };
            draft
                .step
                .risks
                .extend(kind.risks(word, removal, &there, desired));
            draft.step.loses = kind.needs_consent(word, &there, desired);
        } else {
            draft
                .step
                .risks
                .extend(kind.risks(word, removal, record, desired));
        }
        if draft.step.loses.is_some() {
            if let Some(given) = given(consents, &draft.step) {
                draft.step.consented = true;
                used.insert(given);
            } else {
                let mut lacking = no_consent(&draft.step);
                if input.options.consent_later {
                    lacking.severity = crate::diagnostic::Severity::Warning;
                }
                out.push(lacking.at_opt(node.map(|node| node.span), "declared here"));
            }
        }
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

/// The consent that covers a step: what was agreed to for a thing goes for the old one too that its
/// replacement set aside, which a run that was broken off did not come to delete.
pub fn given<'a>(consents: &'a BTreeSet<String>, step: &Step) -> Option<&'a str> {
    let exactly = consents.get(step.address.as_str());
    exactly
        .or_else(|| consents.get(replaced_by(&step.address)?.as_str()))
        .map(String::as_str)
}

fn protected(input: &PlanInput<'_>, step: &Step) -> Diagnostic {
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
    match input.configuration.nodes.get(address) {
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
        None => match input.configuration.left_out(address, step.parent.as_ref()) {
            Some(cause) => diagnostic.at(cause.span(), "left out here").help(format!(
                "bring it back ({}) with `lifecycle {{ protect = false }}` and apply first",
                cause.back()
            )),
            None => diagnostic.help(format!(
                "to let it go, write `removed {{ from = {address}, protect = false }}`"
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
    let quoted = if address.as_str().contains('"') {
        format!("'{address}'")
    } else {
        address.to_string()
    };
    Diagnostic::error(
        codes::plan::NO_CONSENT,
        format!("{verb} `{address}` loses data: {what}"),
    )
    .about(address.as_str())
    .help(format!("to agree to the loss, give `--consent {quoted}`"))
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
