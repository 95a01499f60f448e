//! Outputs before and after.

use std::collections::BTreeMap;

use super::make::Planner;
use super::model::OutputChange;
use crate::value::Value;

/// Every output that is or was.
pub(super) fn changes(planner: &mut Planner<'_>) -> BTreeMap<String, OutputChange> {
    let mut out = BTreeMap::new();
    let input = planner.input;
    for (name, before) in input.state.iter().flat_map(|state| &state.outputs) {
        out.insert(
            name.clone(),
            OutputChange {
                before: before.clone(),
                after: Value::null(),
                sensitive: false,
            },
        );
    }
    if input.options.destroy {
        return out;
    }
    let is_partial = !input.options.targets.is_empty() || !input.options.excludes.is_empty();
    for (name, output) in &input.configuration.outputs {
        let after = match planner.finished(&output.value) {
            Ok(value) => value,
            Err(error) => {
                planner
                    .out
                    .push(error.at_opt(Some(output.span), "this output"));
                continue;
            }
        };
        let sensitive = output.sensitive || after.has_sensitive();
        let entry = out.entry(name.to_string()).or_insert(OutputChange {
            before: Value::null(),
            after: Value::null(),
            sensitive,
        });
        entry.sensitive = sensitive;
        if sensitive {
            entry.before = Value::null();
        } else if is_partial && after.has_unknown() {
            // What is left out is not made in this run.
            entry.after = entry.before.clone();
        } else {
            entry.after = after;
        }
    }
    out
}
