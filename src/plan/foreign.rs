//! What is inside of this stack's things and does not belong to it: told, never touched.

use std::collections::BTreeSet;

use super::exclusive;
use super::input::PlanInput;
use super::make::Draft;
use super::model::Action;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, codes};
use crate::kinds::{Actual, Inside};
use crate::state::Record;

/// How many things one note names.
const NAMED: usize = 10;

/// One note for each thing that has something inside which no record of this stack owns.
pub(super) fn tell(input: &PlanInput<'_>, drafts: &[Draft<'_>], out: &mut Diagnostics) {
    let owned = owned(input);
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
        let mut foreign = inside(record, actual, &owned);
        foreign.retain(|inside| !exclusive::deletes(draft, inside));
        if !foreign.is_empty() {
            out.push(note(draft, &foreign));
        }
    }
}

/// Account and id of everything that is on record, or is taken over by this plan.
pub(super) fn owned<'a>(input: &PlanInput<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let recorded = input.state.iter().flat_map(|state| &state.records);
    recorded
        .chain(input.imported)
        .flat_map(|(address, record)| ids(record, input.actual.get(address)))
        .collect()
}

/// The ids of a recorded thing, each with its account: the id may have changed since it was recorded.
pub(super) fn ids<'a>(
    record: &'a Record,
    actual: Option<&'a Option<Actual>>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let there = actual.and_then(Option::as_ref);
    [
        Some(record.id.as_str()),
        there.map(|there| there.id.as_str()),
    ]
    .into_iter()
    .flatten()
    .map(move |id| (&*record.place.account, id))
}

/// What is inside of a recorded thing and is not among what is `owned`, in order.
pub(super) fn inside(
    record: &Record,
    actual: &Actual,
    owned: &BTreeSet<(&str, &str)>,
) -> Vec<Inside> {
    let mut found: Vec<Inside> = actual
        .inside
        .iter()
        .filter(|inside| !owned.contains(&(&*record.place.account, &*inside.id)))
        .cloned()
        .collect();
    found.sort();
    found
}

fn note(draft: &Draft<'_>, foreign: &[Inside]) -> Diagnostic {
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
