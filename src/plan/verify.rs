//! Whether a saved plan still holds.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Plan;
use crate::diagnostic::{Diagnostic, codes};

/// How things stand when a saved plan is to be applied.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// The configuration's stack.
    pub stack: String,
    /// Lineage of the state that is there; `None`: there is no state.
    pub lineage: Option<String>,
    /// Its serial.
    pub serial: Option<u64>,
    /// Digest of the configuration's files.
    pub configuration_digest: String,
    /// Digest of each file by its shown name ([`super::file_digests`]); may be empty.
    pub file_digests: BTreeMap<String, String>,
    /// Digest of each input's value.
    pub input_digests: BTreeMap<String, String>,
}

/// Holds a plan against how things stand now.
///
/// # Errors
/// One error whose notes name everything that has moved since the plan was made.
pub fn verify(plan: &Plan, current: &Current) -> Result<(), Diagnostic> {
    let mut notes: Vec<String> = Vec::new();
    if plan.stack != current.stack {
        notes.push(format!(
            "it is for stack `{}`, and this is stack `{}`",
            plan.stack, current.stack
        ));
    }
    match (&plan.lineage, &current.lineage) {
        (None, Some(_)) => notes.push(
            "there was no state when it was made, and there is one now: something was applied"
                .to_owned(),
        ),
        (Some(_), None) => {
            notes.push("the state it was made from is no longer there".to_owned());
        }
        (Some(then), Some(now)) if then != now => notes.push(format!(
            "the state is another one: lineage `{now}` instead of `{then}`"
        )),
        _ => {
            if let (Some(then), Some(now)) = (plan.serial, current.serial)
                && then != now
            {
                notes.push(format!(
                    "the state has serial {now}, the plan was made from {then}: something was \
                     applied since, perhaps this very plan"
                ));
            }
        }
    }
    if plan.configuration_digest != current.configuration_digest {
        let moved = moved(&plan.file_digests, &current.file_digests, "file");
        if moved.is_empty() {
            notes.push("the configuration's files changed".to_owned());
        }
        notes.extend(moved);
    }
    notes.extend(moved(&plan.input_digests, &current.input_digests, "input"));
    if notes.is_empty() {
        return Ok(());
    }
    let mut diagnostic = Diagnostic::error(
        codes::plan::STALE,
        "the plan is stale: what it was made from has moved",
    );
    for note in notes {
        diagnostic = diagnostic.note(note);
    }
    Err(diagnostic.help("make the plan again with `smd plan -o FILE`, and look at it again"))
}

fn moved(
    then: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
    what: &str,
) -> Vec<String> {
    let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| match (then.get(name), now.get(name)) {
            (Some(a), Some(b)) if a == b => None,
            (Some(_), Some(_)) => Some(format!("{what} `{name}` changed")),
            (Some(_), None) => Some(format!("{what} `{name}` has gone")),
            (None, _) => Some(format!("{what} `{name}` is new")),
        })
        .collect()
}
