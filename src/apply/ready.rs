//! From a step's planned attributes to attributes that can be sent: residuals finished, secrets
//! put back, everything held against what was shown.

use std::sync::Arc;

use super::recorder::Recorder;
use super::shown::first_difference;
use crate::address::Address;
use crate::config;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Change;
use crate::plan::Step;
use crate::value::{Data, Map, Value};

/// Gives the value of a sensitive path of a resource: from the inputs, taken again.
pub type Secrets<'a> = dyn Fn(&Address, &str) -> Option<Value> + Send + Sync + 'a;

/// All attributes of a step, known now.
///
/// # Errors
/// An expression that fails, a value still unknown, a secret that is not there, or a value that is
/// not what was shown.
pub fn attributes(
    step: &Step,
    recorder: &Recorder,
    secrets: &Secrets<'_>,
) -> Result<Map, Diagnostic> {
    let mut attributes = Map::new();
    for (name, shown) in step.after.iter().flatten() {
        let value = finish(step, name, shown, recorder)?;
        if !value.is_null() {
            attributes.insert(name.clone(), value);
        }
    }
    for path in step.sensitive.keys() {
        let value = secret(step, path, recorder, secrets)?;
        if !value.is_null() {
            put(&mut attributes, path, value);
        }
    }
    Ok(attributes)
}

/// The changes of an update, known now. Those that AWS cannot do are left out: the plan said so.
///
/// # Errors
/// As [`attributes`].
pub fn changes(
    step: &Step,
    recorder: &Recorder,
    secrets: &Secrets<'_>,
) -> Result<Vec<Change>, Diagnostic> {
    step.changes
        .iter()
        .map(|change| {
            let after = if change.sensitive {
                secret(step, &change.path, recorder, secrets)?
            } else {
                finish(step, &change.path, &change.after, recorder)?
            };
            Ok(Change {
                path: change.path.clone(),
                before: change.before.clone(),
                after,
            })
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

/// Puts a value at a path, making the maps on the way.
pub fn put(map: &mut Map, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        map.insert(Arc::from(path), value);
        return;
    };
    let mut below = match map.remove(first).map(|there| there.data) {
        Some(Data::Map(below)) => Arc::unwrap_or_clone(below),
        _ => Map::new(),
    };
    put(&mut below, rest, value);
    map.insert(Arc::from(first), Value::map(below));
}

/// The map without what lies at a path.
pub fn take_out(map: &mut Map, path: &str) {
    let Some((first, rest)) = path.split_once('.') else {
        map.remove(path);
        return;
    };
    if let Some(Value {
        data: Data::Map(below),
        ..
    }) = map.get_mut(first)
    {
        take_out(Arc::make_mut(below), rest);
    }
}

/// The value at a path.
#[must_use]
pub fn at_path<'a>(map: &'a Map, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => map.get(path),
        Some((first, rest)) => at_path(map.get(first)?.as_map()?, rest),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_in_and_out() {
        let mut map = Map::new();
        put(&mut map, "a.b.c", Value::int(1));
        put(&mut map, "a.b.d", Value::int(2));
        assert_eq!(at_path(&map, "a.b.c"), Some(&Value::int(1)));
        take_out(&mut map, "a.b.c");
        take_out(&mut map, "x.y");
        assert_eq!(at_path(&map, "a.b.c"), None);
        assert_eq!(at_path(&map, "a.b.d"), Some(&Value::int(2)));
    }
}
