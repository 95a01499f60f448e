//! Keeps what is sensitive out of what the rules of the kinds tell: they quote attributes freely.

use std::collections::BTreeSet;

use crate::config::Configuration;
use crate::diagnostic::Diagnostics;
use crate::value::{Data, Value};

/// What stands where something sensitive stood.
const INSTEAD: &str = "(sensitive)";

/// Replaces every sensitive text of the attributes in the diagnostics.
pub fn keep(configuration: &Configuration, diagnostics: &mut Diagnostics) {
    let mut secrets = BTreeSet::new();
    for value in configuration
        .nodes
        .values()
        .flat_map(|node| node.attributes.values())
    {
        collect(value, false, &mut secrets);
    }
    // The longest first: one may be part of another.
    let mut secrets: Vec<String> = secrets.into_iter().collect();
    secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter_mut().map(|label| &mut label.message);
        let texts = std::iter::once(&mut diagnostic.message)
            .chain(labels)
            .chain(&mut diagnostic.notes)
            .chain(&mut diagnostic.help);
        for text in texts {
            for secret in &secrets {
                if text.contains(secret) {
                    *text = text.replace(secret, INSTEAD);
                }
            }
        }
    }
}

fn collect(value: &Value, sensitive: bool, out: &mut BTreeSet<String>) {
    let sensitive = sensitive || value.sensitive;
    match &value.data {
        Data::List(items) => items.iter().for_each(|item| collect(item, sensitive, out)),
        Data::Map(members) => {
            for (key, value) in members.iter() {
                if sensitive && !key.is_empty() {
                    out.insert(key.to_string());
                }
                collect(value, sensitive, out);
            }
        }
        Data::String(text) if sensitive && !text.is_empty() => {
            out.insert(text.to_string());
        }
        Data::Int(number) if sensitive => {
            out.insert(number.to_string());
        }
        _ => {}
    }
}
