//! `--replace`: new things where nothing else asks for them.

use super::input::PlanInput;
use super::make::Draft;
use super::model::Action;
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, codes, did_you_mean};

/// Whether a target names this very resource or part, or an instance of it, not a part of it.
fn is_named(target: &str, address: &Address) -> bool {
    let target = Address::from_text(target);
    // As a move to itself would carry it.
    target.word() == address.word() && target.carry(&target, address).is_some()
}

/// Whether a new one is asked for.
pub(super) fn is_asked(input: &PlanInput<'_>, address: &Address) -> bool {
    let mut replaces = input.options.replaces.iter();
    replaces.any(|target| is_named(target, address))
}

/// Refuses what names nothing that can be replaced.
pub(super) fn check(input: &PlanInput<'_>, drafts: &[Draft<'_>], out: &mut Diagnostics) {
    for target in &input.options.replaces {
        let of_target = || {
            drafts
                .iter()
                .filter(move |draft| is_named(target, &draft.step.address))
        };
        if of_target().any(|draft| draft.step.action == Action::Replace) {
            continue;
        }
        let addresses = drafts.iter().map(|draft| draft.step.address.as_str());
        let message = match of_target().next().map(|draft| draft.step.action) {
            None => format!("`--replace {target}` names nothing"),
            Some(Action::Create | Action::Ensure) => {
                format!("`--replace {target}`: it is not there, and is made anyway")
            }
            Some(_) => format!("`--replace {target}`: it goes in this plan"),
        };
        let near = of_target().next().is_none();
        out.push(
            Diagnostic::error(codes::plan::CANNOT_REPLACE, message)
                .help_opt(did_you_mean(target, addresses).filter(|_| near)),
        );
    }
}
