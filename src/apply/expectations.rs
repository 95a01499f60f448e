//! What was expected and could not be known when planning.

use super::recorder::Recorder;
use crate::config::{finish, holds};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Expected, Plan, no_bool, unmet};
use crate::value::Value;

/// An expectation that was checked after the apply and is not met, or could not be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its place among the plan's expectations.
    pub expectation: usize,
    /// What is to be said: an error where it is not met.
    pub diagnostic: Diagnostic,
}

/// Checks what the plan left open. `complete`: all of the plan was done; what was not done may keep
/// a condition from being known.
pub(super) fn check(plan: &Plan, recorder: &Recorder, complete: bool) -> Vec<Checked> {
    let open = plan.expectations.iter().enumerate();
    open.filter(|(_, expected)| expected.condition.is_unknown())
        .filter_map(|(expectation, expected)| {
            let diagnostic = look(expected, recorder, complete && !plan.is_partial())?;
            Some(Checked {
                expectation,
                diagnostic,
            })
        })
        .collect()
}

fn look(expected: &Expected, recorder: &Recorder, complete: bool) -> Option<Diagnostic> {
    let finished = |value: &Value| {
        finish(value, &|address, attribute| {
            recorder.attribute(address, attribute)
        })
    };
    let condition = match finished(&expected.condition) {
        Ok(condition) => condition,
        Err(mut why) => {
            why.message = format!("the expectation {}: {}", expected.name(), why.message);
            return Some(why);
        }
    };
    match holds(&condition) {
        Some(true) => None,
        Some(false) => {
            // A message that fails shall not hide what it is about.
            let shown = |value: &Value| finished(value).unwrap_or_else(|_| value.clone());
            let mut expected = expected.clone();
            expected.message = expected.message.as_ref().map(shown);
            for one in &mut expected.mentioned {
                one.value = one.value.as_ref().map(shown);
            }
            Some(unmet(codes::apply::EXPECTATION, &expected))
        }
        None if condition.is_unknown() => complete.then(|| {
            Diagnostic::warning(
                codes::apply::EXPECTATION_UNKNOWN,
                format!(
                    "the expectation {} could not be checked: what it needs gave no value",
                    expected.name()
                ),
            )
        }),
        None => Some(no_bool(codes::apply::EXPECTATION, expected, &condition)),
    }
}
