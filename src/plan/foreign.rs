//! What is inside of this stack's things and does not belong to it: told, never touched.

use std::collections::BTreeSet;

use super::input::PlanInput;
use super::make::Draft;
use super::model::Action;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, codes};
use crate::kinds::Inside;
use crate::state::State;

/// How many things one note names.
const NAMED: usize = 10;

/// One note for each thing that has something inside which no record of this stack owns.
pub(super) fn tell(input: &PlanInput<'_>, drafts: &[Draft<'_>], out: &mut Diagnostics) {
    let Some(state) = input.state else {
        return;
    };
    let owned = owned(input, state);
    for draft in drafts {
        // What people made is told where it is lost.
        if draft.entry.kind.has_people(draft.entry.schema.kind) {
            continue;
        }
        let Some((address, record)) = draft.record else {
            continue;
        };
        let Some(Some(actual)) = input.actual.get(address) else {
            continue;
        };
        let foreign: Vec<&Inside> = actual
            .inside
            .iter()
            .filter(|inside| !owned.contains(&(&*record.place.account, &*inside.id)))
            .collect();
        if !foreign.is_empty() {
            out.push(note(draft, foreign));
        }
    }
}

/// Account and id of everything that is on record.
pub(super) fn owned<'a>(input: &PlanInput<'a>, state: &'a State) -> BTreeSet<(&'a str, &'a str)> {
    let mut owned: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (address, record) in &state.records {
        owned.insert((&record.place.account, &record.id));
        // Its id may have changed since it was recorded.
        if let Some(Some(actual)) = input.actual.get(address) {
            owned.insert((&record.place.account, &actual.id));
        }
    }
    owned
}

fn note(draft: &Draft<'_>, mut foreign: Vec<&Inside>) -> Diagnostic {
    foreign.sort();
    let address = draft.step.address.as_str();
    let mut named: Vec<&str> = foreign.iter().map(|one| one.what.as_str()).collect();
    named.truncate(NAMED);
    let more = match foreign.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let fate = match draft.step.action {
        Action::Delete | Action::Replace => "it goes with its owner, or keeps its owner from going",
        _ => "smd leaves it alone",
    };
    Diagnostic::new(
        Severity::Note,
        codes::plan::FOREIGN,
        format!(
            "`{address}` also has what this stack does not own: {}{more}",
            named.join("; ")
        ),
    )
    .about(address)
    .note(fate)
}
