//! Before the first call: is what will be changed or deleted still what the plan saw?

use std::collections::BTreeMap;

use super::read::{self, Kinds, find};
use crate::address::Address;
use crate::aws::Aws;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::Actual;
use crate::plan::{self, Action, Half, Plan, Step};
use crate::state::Record;

/// The steps whose thing is changed or deleted, with what is recorded of each.
#[must_use]
pub fn endangered<'a>(
    plan: &'a Plan,
    records: &'a BTreeMap<Address, Record>,
) -> BTreeMap<&'a Address, (&'a Step, &'a Record)> {
    plan.tasks
        .iter()
        .filter(|task| matches!(task.half, Half::Update | Half::Delete))
        .filter_map(|task| {
            let step = plan.steps.get(task.step)?;
            let address = step.moved_from.as_ref().unwrap_or(&step.address);
            let record = records.get(address).or(step.taken.as_deref())?;
            Some((address, (step, record)))
        })
        .collect()
}

/// Reads them again, in bulk, and compares.
///
/// # Errors
/// Reads that failed, and every thing that is not what the plan saw.
pub async fn verify(
    aws: &Aws,
    kinds: Kinds<'_>,
    endangered: &BTreeMap<&Address, (&Step, &Record)>,
    parallelism: usize,
) -> Result<(), Diagnostics> {
    let records = endangered
        .iter()
        .map(|(address, (_, record))| (*address, *record));
    let found = read::read(aws, kinds, records, parallelism, false).await?;
    let changed: Diagnostics = endangered
        .iter()
        .filter_map(|(address, (step, _))| {
            let actual = found.get(*address).and_then(Option::as_ref);
            difference(kinds, step, actual).map(|what| changed_since(step, &what))
        })
        .collect();
    if changed.is_empty() {
        Ok(())
    } else {
        Err(changed)
    }
}

/// What is not as the plan saw it, in words.
fn difference(kinds: Kinds<'_>, step: &Step, actual: Option<&Actual>) -> Option<String> {
    match (&step.before, actual) {
        // What is to be deleted, be it for a new one, and is gone needs no more deleting.
        (_, None) if matches!(step.action, Action::Delete | Action::Replace) => None,
        (None, _) => None,
        (Some(_), None) => Some("it is gone".to_owned()),
        (Some(before), Some(actual)) => {
            let kind = find(kinds, &step.kind)?;
            let schema = kind.schema(&step.kind)?;
            let paths: Vec<String> = plan::not_applied(kind, schema, before, &actual.attributes)
                .iter()
                .map(|path| format!("`{path}`"))
                .collect();
            (!paths.is_empty()).then(|| format!("changed: {}", paths.join(", ")))
        }
    }
}

fn changed_since(step: &Step, what: &str) -> Diagnostic {
    Diagnostic::error(
        codes::apply::CHANGED_SINCE_PLAN,
        format!("`{}` changed since the plan: {what}", step.address),
    )
    .about(step.address.as_str())
    .help("plan again and look at what is there now")
}
