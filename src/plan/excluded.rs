//! `--exclude`: every step but those of some addresses and of what cannot be done without them.

use std::collections::HashMap;

use super::input::PlanInput;
use super::make::Draft;
use super::model::Action;
use super::targets::{by_address, named};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, codes};

/// How many addresses the note names.
const NAMED: usize = 10;

/// Leaves out every step that an exclusion names, what needs it where something would be done to
/// it, and the deletion of what it needed where it would go.
pub(super) fn leave_out(input: &PlanInput<'_>, drafts: &mut Vec<Draft<'_>>, out: &mut Diagnostics) {
    let excludes = &input.options.excludes;
    if excludes.is_empty() {
        return;
    }
    let mut work: Vec<usize> = Vec::new();
    for exclude in excludes {
        work.extend(named(input, drafts, ("--exclude", exclude), out));
    }
    let mut asked = vec![false; drafts.len()];
    for index in &work {
        if let Some(is_asked) = asked.get_mut(*index) {
            *is_asked = true;
        }
    }
    let by_address = by_address(drafts);
    let mut used_by: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if matches!(draft.step.action, Action::Delete | Action::Forget) {
            continue;
        }
        for need in &draft.step.depends_on {
            if let Some(need) = by_address.get(need) {
                used_by.entry(*need).or_default().push(index);
            }
        }
    }
    let mut left = vec![false; drafts.len()];
    while let Some(index) = work.pop() {
        let (Some(seen), Some(draft)) = (left.get_mut(index), drafts.get(index)) else {
            continue;
        };
        if std::mem::replace(seen, true) {
            continue;
        }
        let is_changed = |index: &usize| {
            drafts
                .get(*index)
                .is_some_and(|draft| draft.step.action != Action::Unchanged)
        };
        let action = draft.step.action;
        if matches!(
            action,
            Action::Create | Action::Update | Action::Replace | Action::Ensure
        ) {
            let users = used_by.get(&index).into_iter().flatten().copied();
            work.extend(users.filter(is_changed));
        }
        if matches!(action, Action::Delete | Action::Replace) {
            let needs = draft
                .record
                .iter()
                .flat_map(|(_, record)| record.depends_on.iter().chain(&record.parent));
            work.extend(
                needs
                    .filter_map(|need| by_address.get(need))
                    .copied()
                    .filter(|need| {
                        drafts.get(*need).is_some_and(|need| {
                            matches!(need.step.action, Action::Delete | Action::Replace)
                        })
                    }),
            );
        }
    }
    let also: Vec<&Address> = drafts
        .iter()
        .enumerate()
        .filter(|(index, draft)| {
            left.get(*index) == Some(&true)
                && asked.get(*index) == Some(&false)
                && draft.step.action != Action::Unchanged
        })
        .map(|(_, draft)| &draft.step.address)
        .collect();
    if !also.is_empty() {
        out.push(note(&also));
    }
    let mut left = left.into_iter();
    drafts.retain(|_| !left.next().unwrap_or(false));
}

fn note(also: &[&Address]) -> Diagnostic {
    let mut named: Vec<String> = also
        .iter()
        .take(NAMED)
        .map(|address| format!("`{address}`"))
        .collect();
    if also.len() > NAMED {
        named.push(format!("{} more", also.len() - NAMED));
    }
    Diagnostic::new(
        Severity::Note,
        codes::plan::ALSO_EXCLUDED,
        format!(
            "also left out, because it cannot be done without what `--exclude` names: {}",
            named.join(", ")
        ),
    )
}
