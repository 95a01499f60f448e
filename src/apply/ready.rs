//! From a step's planned attributes to attributes that can be sent: residuals finished, secrets
//! put back, everything held against what was shown.

use std::collections::BTreeMap;

use super::recorder::Recorder;
use super::shown::first_difference;
use crate::address::Address;
use crate::config;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Change;
use crate::kinds::schema::{Attribute, Schema};
use crate::plan::{Step, paths};
use crate::state::digest;
use crate::value::{Map, Value};

/// Gives the value of a sensitive path of a resource: from the inputs, taken again.
pub type Secrets<'a> = dyn Fn(&Address, &str) -> Option<Value> + Send + Sync + 'a;

/// Attributes that can be sent, with the digests of the sensitive ones by path.
pub struct Finished {
    /// All of them; sensitive ones in clear.
    pub attributes: Map,
    /// What the record holds in the place of sensitive values.
    pub digests: BTreeMap<String, String>,
}

/// All attributes of a step, known now.
///
/// # Errors
/// An expression that fails, a value still unknown, a secret that is not there, or a value that is
/// not what was shown.
pub fn attributes(
    stack: &str,
    step: &Step,
    schema: Option<&Schema>,
    recorder: &Recorder,
    secrets: &Secrets<'_>,
) -> Result<Finished, Diagnostic> {
    let mut attributes = Map::new();
    let mut digests = BTreeMap::new();
    for (name, shown) in step.after.iter().flatten() {
        let mut value = finish(step, name, shown, recorder)?;
        if shown.has_unknown()
            && let Some(attribute) = schema.and_then(|schema| attribute(schema, name))
        {
            value = conform(step, &value, attribute)?;
        }
        if !value.is_null() {
            attributes.insert(name.clone(), value);
        }
    }
    for (path, agreed) in &step.sensitive {
        let value = secret(step, path, recorder, secrets)?;
        let digest = digest::digest(stack, &step.address, path, &value);
        if agreed != digest::NOT_KNOWN && *agreed != digest {
            return Err(other_secret(step, path));
        }
        digests.insert(path.clone(), digest);
        if !value.is_null() {
            paths::set(&mut attributes, path, Some(value));
        }
    }
    Ok(Finished {
        attributes,
        digests,
    })
}

fn attribute(schema: &Schema, name: &str) -> Option<&'static Attribute> {
    schema
        .attributes
        .iter()
        .find(|attribute| attribute.name == name)
}

/// The value in the canonical form of its attribute's type.
fn conform(step: &Step, value: &Value, attribute: &Attribute) -> Result<Value, Diagnostic> {
    config::conform(value, attribute, &|_, _| None).map_err(|misfits| {
        let mut diagnostic = Diagnostic::error(
            codes::apply::NOT_AS_SHOWN,
            format!(
                "what came out for `{}` of `{}` does not fit it",
                attribute.name, step.address
            ),
        )
        .about(step.address.as_str())
        .help("correct the expression, and plan again");
        diagnostic.notes = misfits.into_iter().map(|misfit| misfit.message).collect();
        diagnostic
    })
}

fn other_secret(step: &Step, path: &str) -> Diagnostic {
    Diagnostic::error(
        codes::apply::OTHER_SECRET,
        format!(
            "the sensitive value of `{path}` of `{}` is not the one of the plan",
            step.address
        ),
    )
    .about(step.address.as_str())
    .help("give the same inputs as for the plan, or plan again")
}

/// The changes of an update, with the finished values of what is to be.
#[must_use]
pub fn changes(step: &Step, attributes: &Map) -> Vec<Change> {
    step.changes
        .iter()
        .map(|change| Change {
            path: change.path.clone(),
            before: change.before.clone(),
            after: paths::get(attributes, &change.path)
                .cloned()
                .unwrap_or_else(Value::null),
        })
        .collect()
}

/// A value with nothing unknown left in it.
fn finish(
    step: &Step,
    path: &str,
    shown: &Value,
    recorder: &Recorder,
) -> Result<Value, Diagnostic> {
    if !shown.has_unknown() {
        return Ok(shown.clone());
    }
    let finished = config::finish(shown, &|address, name| recorder.attribute(address, name))
        .map_err(|diagnostic| diagnostic.about(step.address.as_str()))?;
    if finished.has_unknown() {
        return Err(Diagnostic::error(
            codes::apply::STILL_UNKNOWN,
            format!("`{path}` of `{}` is still not known", step.address),
        )
        .about(step.address.as_str())
        .note("what it is taken from did not give a value")
        .help("plan again"));
    }
    match first_difference(shown, &finished) {
        None => Ok(finished),
        Some(below) => {
            let dot = if below.is_empty() { "" } else { "." };
            Err(Diagnostic::error(
                codes::apply::NOT_AS_SHOWN,
                format!(
                    "`{path}{dot}{below}` of `{}` would not be what the plan showed",
                    step.address
                ),
            )
            .about(step.address.as_str())
            .help("plan again and look at the new plan"))
        }
    }
}

fn secret(
    step: &Step,
    path: &str,
    recorder: &Recorder,
    secrets: &Secrets<'_>,
) -> Result<Value, Diagnostic> {
    let value = secrets(&step.address, path).ok_or_else(|| {
        Diagnostic::error(
            codes::apply::NO_SECRET,
            format!(
                "the sensitive value of `{path}` of `{}` is not given",
                step.address
            ),
        )
        .about(step.address.as_str())
        .help("give the same inputs as for the plan: no plan file holds sensitive values")
    })?;
    finish(step, path, &value, recorder).map(|value| value.sensitive(true))
}
