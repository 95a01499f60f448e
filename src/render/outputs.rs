//! Outputs of a stack.

use std::collections::BTreeMap;

use super::value_text::value_text;
use crate::value::Value;

/// All outputs, a line (or more) each.
#[must_use]
pub fn outputs_text(outputs: &BTreeMap<String, Value>) -> String {
    let width = outputs.keys().map(String::len).max().unwrap_or(0);
    outputs
        .iter()
        .map(|(name, value)| format!("{name:width$} = {}\n", value_text(value, "")))
        .collect()
}

/// One output for scripts: a text without quotes, anything else in the language's words.
#[must_use]
pub fn output_value(value: &Value) -> String {
    match value.as_str() {
        Some(text) if !value.sensitive => text.to_owned(),
        _ => value_text(value, ""),
    }
}
