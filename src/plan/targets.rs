//! `--target`: the steps of some addresses and what they need.

use std::collections::HashMap;

use super::input::PlanInput;
use super::make::Draft;
use super::model::Action;
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, codes, did_you_mean};

/// Whether `address` is what a target names: itself, an instance of it, or a part of it.
pub(super) fn names(target: &str, address: &str) -> bool {
    address
        .strip_prefix(target)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// Leaves out every step that no target names and that none of those needs: what they need to be
/// made, and, of what is deleted or replaced, what still needs the old one.
pub(super) fn select(input: &PlanInput<'_>, drafts: &mut Vec<Draft<'_>>, out: &mut Diagnostics) {
    let targets = &input.options.targets;
    if targets.is_empty() {
        return;
    }
    let mut work: Vec<usize> = Vec::new();
    for target in targets {
        work.extend(named(input, drafts, ("--target", target), out));
    }
    let by_address = by_address(drafts);
    let mut held_by: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for need in draft
            .record
            .iter()
            .flat_map(|(_, record)| &record.depends_on)
        {
            if let Some(need) = by_address.get(need) {
                held_by.entry(*need).or_default().push(index);
            }
        }
    }
    let mut selected = vec![false; drafts.len()];
    while let Some(index) = work.pop() {
        let (Some(seen), Some(draft)) = (selected.get_mut(index), drafts.get(index)) else {
            continue;
        };
        if std::mem::replace(seen, true) {
            continue;
        }
        let action = draft.step.action;
        if !matches!(action, Action::Delete | Action::Forget) {
            let needs = draft.step.depends_on.iter();
            work.extend(needs.filter_map(|need| by_address.get(need)));
        }
        if matches!(action, Action::Delete | Action::Replace) {
            let holders = held_by.get(&index).into_iter().flatten().copied();
            work.extend(holders.filter(|holder| {
                drafts
                    .get(*holder)
                    .is_some_and(|holder| holder.step.action != Action::Unchanged)
            }));
        }
    }
    let mut keep = selected.into_iter();
    drafts.retain(|_| keep.next().unwrap_or(false));
}

/// The steps that the address behind a flag names, under their old addresses too. One that nothing
/// has is reported.
pub(super) fn named(
    input: &PlanInput<'_>,
    drafts: &[Draft<'_>],
    (flag, target): (&str, &str),
    out: &mut Diagnostics,
) -> Vec<usize> {
    let is_named = |draft: &Draft<'_>| {
        let from = draft.step.moved_from.as_ref();
        names(target, draft.step.address.as_str())
            || from.is_some_and(|from| names(target, from.as_str()))
    };
    let found: Vec<usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| is_named(draft))
        .map(|(index, _)| index)
        .collect();
    let known = || {
        let recorded = input.state.iter().flat_map(|state| state.records.keys());
        input.configuration.nodes.keys().chain(recorded)
    };
    if found.is_empty() && !known().any(|address| names(target, address.as_str())) {
        out.push(
            Diagnostic::error(
                codes::plan::UNKNOWN_TARGET,
                format!("`{flag} {target}` names nothing"),
            )
            .help_opt(did_you_mean(target, known().map(Address::as_str)))
            .help("give an address as the plan shows it, such as `vpc.studio`"),
        );
    }
    found
}

/// Steps by address, the addresses they had before included.
pub(super) fn by_address(drafts: &[Draft<'_>]) -> HashMap<Address, usize> {
    let mut out = HashMap::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        out.insert(draft.step.address.clone(), index);
        if let Some((address, _)) = draft.record {
            out.entry(address.clone()).or_insert(index);
        }
    }
    out
}
