//! What is expected of a plan: refused where it is known not to hold, kept where it is not known.

use super::make::Planner;
use super::model::Expected;
use crate::config::{Configuration, Expectation, Mentioned, holds};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, codes};
use crate::value::Value;

/// Longest value that a message shows, in characters.
const MAX_SHOWN: usize = 200;
/// What stands for a value that may not be shown.
const HIDDEN: &str = "(sensitive)";
/// What stands for a value that is not known.
const NOT_KNOWN: &str = "(not known yet)";

/// Every expectation with what is known by now put in; those that do not hold are reported. A plan
/// to destroy is held to none.
pub(super) fn check(planner: &mut Planner<'_>) -> Vec<Expected> {
    let input = planner.input;
    if input.options.destroy {
        return Vec::new();
    }
    let mut out = Vec::new();
    for expectation in &input.configuration.expectations {
        match known(planner, expectation) {
            Ok(expected) => match holds(&expected.condition) {
                Some(false) => planner.out.push(
                    unmet(codes::plan::EXPECTATION, &expected)
                        .at(expectation.span, "this is not true"),
                ),
                Some(true) => out.push(Expected {
                    message: None,
                    mentioned: Vec::new(),
                    ..expected
                }),
                None if expected.condition.is_unknown() => out.push(expected),
                None => planner.out.push(
                    no_bool(codes::plan::EXPECTATION, &expected, &expected.condition)
                        .at(expectation.span, "this is no bool"),
                ),
            },
            Err(error) => planner
                .out
                .push(error.at_opt(Some(expectation.span), "this expectation")),
        }
    }
    out
}

fn known(planner: &Planner<'_>, expectation: &Expectation) -> Result<Expected, Diagnostic> {
    let condition = planner.finished(&expectation.condition)?;
    let message = match &expectation.message {
        Some(message) => Some(planner.finished(message)?),
        None => None,
    };
    let mut mentioned = Vec::with_capacity(expectation.mentioned.len());
    for one in &expectation.mentioned {
        let value = match &one.value {
            Some(value) => Some(planner.finished(value)?),
            None => None,
        };
        mentioned.push(Mentioned {
            text: one.text.clone(),
            value,
        });
    }
    Ok(Expected {
        sentence: expectation.sentence.to_string(),
        module: expectation.module.clone(),
        condition,
        message,
        mentioned,
    })
}

/// The expectations that the files alone show not to hold, with no look at AWS or the record.
#[must_use]
pub fn unmet_by_files(configuration: &Configuration) -> Diagnostics {
    configuration
        .expectations
        .iter()
        .filter(|expectation| holds(&expectation.condition) == Some(false))
        .map(|expectation| {
            let expected = Expected {
                sentence: expectation.sentence.to_string(),
                module: expectation.module.clone(),
                condition: expectation.condition.clone(),
                message: expectation.message.clone(),
                mentioned: expectation.mentioned.clone(),
            };
            unmet(codes::plan::EXPECTATION, &expected).at(expectation.span, "this is not true")
        })
        .collect()
}

/// The error for an expectation that does not hold: its message, and the values of its condition.
#[must_use]
pub fn unmet(code: Code, expected: &Expected) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        code,
        format!("the expectation {} is not met", expected.name()),
    );
    if let Some(module) = &expected.module {
        diagnostic = diagnostic.about(module.as_str());
    }
    if let Some(message) = &expected.message {
        let text = match message.as_str() {
            Some(text) => text.to_owned(),
            None => shown(message),
        };
        diagnostic = diagnostic.note(text);
    }
    for one in &expected.mentioned {
        let value = one.value.as_ref().map_or_else(|| HIDDEN.to_owned(), shown);
        diagnostic = diagnostic.note(format!("`{}` is {value}", one.text));
    }
    diagnostic
}

/// The error for an expectation whose condition came out as something else than a bool.
#[must_use]
pub fn no_bool(code: Code, expected: &Expected, condition: &Value) -> Diagnostic {
    Diagnostic::error(
        code,
        format!(
            "the condition of the expectation {} is a {}, not a bool",
            expected.name(),
            condition.type_name()
        ),
    )
}

fn shown(value: &Value) -> String {
    let Some(json) = value.to_json() else {
        return NOT_KNOWN.to_owned();
    };
    let text = json.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
