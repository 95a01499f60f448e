//! Values as people read them: in the language's own words.

use std::sync::Arc;

use super::spelled::{is_marked, sole, spelled, unmarked};
use crate::address::{is_identifier, quote};
use crate::value::{Data, Value};

/// Longest list or object that stays on one line, in characters.
const ONE_LINE: usize = 72;
/// One step of indentation.
const STEP: &str = "  ";
/// What stands for a value that may not be shown.
pub(super) const SENSITIVE: &str = "(sensitive)";
/// What stands behind a value that is not known yet.
pub(super) const UNKNOWN: &str = "(known after apply)";

/// A value in the language's own words; lines after the first are indented by `indent`.
#[must_use]
pub fn value_text(value: &Value, indent: &str) -> String {
    if value.sensitive {
        return SENSITIVE.to_owned();
    }
    match &value.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) => string(text, indent),
        Data::Ports(from, to) if from == to => from.to_string(),
        Data::Ports(from, to) => format!("{from}..{to}"),
        Data::Resource(resource) => resource.address.to_string(),
        Data::Unknown(_) => value_text(&spelled(value), indent),
        Data::List(items) => {
            let deeper = format!("{indent}{STEP}");
            let items: Vec<String> = items.iter().map(|item| value_text(item, &deeper)).collect();
            bracketed(&items, ('[', ']'), "", indent)
        }
        Data::Map(members) => {
            let deeper = format!("{indent}{STEP}");
            let members: Vec<String> = members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{} = {}", key(name), value_text(value, &deeper)))
                .collect();
            bracketed(&members, ('{', '}'), " ", indent)
        }
    }
}

/// A name as the key of an object: bare where the language takes it so.
pub(super) fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        quote(name)
    }
}

/// The text behind a JSON document or a text of several lines, laid out for reading and for line
/// diffs; `None` for any other value. Marked pieces ([`spelled`]) read `${…}`.
pub(super) fn document(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    if text.starts_with('{') || text.starts_with('[') {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        if json.is_object() || json.is_array() {
            return Some(unmarked(&serde_json::to_string_pretty(&json).ok()?));
        }
    }
    text.contains('\n').then(|| unmarked(text))
}

fn string(text: &Arc<str>, indent: &str) -> String {
    let unknown = match sole(text) {
        Some("") => return UNKNOWN.to_owned(),
        Some(source) => return format!("{source} {UNKNOWN}"),
        None if is_marked(text) => format!(" {UNKNOWN}"),
        None => String::new(),
    };
    match document(&Value::string(text.clone())) {
        Some(document) => {
            let lines: Vec<String> = document
                .lines()
                .map(|line| format!("{indent}{STEP}{line}"))
                .collect();
            format!("<<EOF\n{}\n{indent}{STEP}EOF{unknown}", lines.join("\n"))
        }
        None => format!("{}{unknown}", unmarked(&quote(text))),
    }
}

fn bracketed(items: &[String], (open, close): (char, char), pad: &str, indent: &str) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let length: usize = items.iter().map(|item| item.len() + 2).sum();
    if length <= ONE_LINE && !items.iter().any(|item| item.contains('\n')) {
        return format!("{open}{pad}{}{pad}{close}", items.join(", "));
    }
    let mut out = format!("{open}\n");
    for item in items {
        out.push_str(&format!("{indent}{STEP}{item},\n"));
    }
    out.push_str(indent);
    out.push(close);
    out
}
