//! Keeps what is sensitive out of what the rules of the kinds tell: they quote attributes freely.

use std::collections::BTreeSet;

use crate::config::Configuration;
use crate::diagnostic::Diagnostics;
use crate::value::{Data, Value};

/// What stands where something sensitive stood.
const INSTEAD: &str = "(sensitive)";

/// Replaces every sensitive text of the attributes in the diagnostics.
pub fn keep(configuration: &Configuration, diagnostics: &mut Diagnostics) {
    let attributes = configuration
        .nodes
        .values()
        .flat_map(|node| node.attributes.values());
    hide(&secrets(attributes), diagnostics);
}

/// Every sensitive text in the values, the longest first: one may be part of another.
fn secrets<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for value in values {
        collect(value, false, &mut found);
    }
    let mut secrets: Vec<String> = found.into_iter().collect();
    secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
    secrets
}

fn hide(secrets: &[String], diagnostics: &mut Diagnostics) {
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter_mut().map(|label| &mut label.message);
        let texts = std::iter::once(&mut diagnostic.message)
            .chain(labels)
            .chain(&mut diagnostic.notes)
            .chain(&mut diagnostic.help);
        for text in texts {
            for secret in secrets {
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
        Data::Float(number) if sensitive => {
            out.insert(number.to_string());
        }
        Data::Ports(from, to) if sensitive => {
            out.insert(format!("{from}..{to}"));
            out.extend([from, to].map(u16::to_string));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{hide, secrets};
    use crate::diagnostic::{Diagnostic, FileId, Span, codes};
    use crate::value::{Data, Map, Value};

    fn map(key: &str, value: Value) -> Value {
        Value::map(Map::from_iter([(key.into(), value)]))
    }

    #[test]
    fn what_counts_as_a_secret() {
        for (value, expected) in [
            (Value::string("open"), &[][..]),
            (Value::string("hidden").sensitive(true), &["hidden"]),
            (Value::string("").sensitive(true), &[]),
            (Value::int(1234).sensitive(true), &["1234"]),
            (Value::new(Data::Float(0.25)).sensitive(true), &["0.25"]),
            (
                Value::new(Data::Ports(22, 8080)).sensitive(true),
                &["22..8080", "8080", "22"],
            ),
            (Value::bool(true).sensitive(true), &[]),
            // The mark of the whole counts for what is in it, that of a member for it alone.
            (
                Value::list(vec![Value::string("a"), Value::string("bcd")]).sensitive(true),
                &["bcd", "a"],
            ),
            (
                Value::list(vec![
                    Value::string("open"),
                    Value::string("hidden").sensitive(true),
                ]),
                &["hidden"],
            ),
            (
                map("key", Value::string("value")).sensitive(true),
                &["value", "key"],
            ),
            (
                map("key", Value::string("value").sensitive(true)),
                &["value"],
            ),
            (
                map("key", map("inner", Value::string("deep").sensitive(true))),
                &["deep"],
            ),
        ] {
            assert_eq!(secrets([&value].into_iter()), expected, "{value:?}");
        }
    }

    #[test]
    fn no_text_of_a_diagnostic_keeps_a_secret() {
        let span = Span {
            file: FileId(0),
            start: 0,
            end: 1,
        };
        let told = Diagnostic::error(
            codes::kinds::SUBNET_OUTSIDE_VPC,
            "10.9.0.0/16 overlaps 10.9.0.0/16",
        )
        .at(span, "this is 10.9.0.0/16")
        .note("10.9 is the start of 10.9.0.0/16")
        .help("take 10.8.0.0/16 for 10.9.0.0/16");
        let values = ["10.9", "10.9.0.0/16"].map(|text| Value::string(text).sensitive(true));
        let mut diagnostics = vec![told];
        hide(&secrets(values.iter()), &mut diagnostics);
        for diagnostic in &diagnostics {
            assert_eq!(diagnostic.message, "(sensitive) overlaps (sensitive)");
            let labels: Vec<_> = diagnostic
                .labels
                .iter()
                .map(|label| &label.message)
                .collect();
            assert_eq!(labels, ["this is (sensitive)"]);
            assert_eq!(
                diagnostic.notes,
                ["(sensitive) is the start of (sensitive)"]
            );
            assert_eq!(diagnostic.help, ["take 10.8.0.0/16 for (sensitive)"]);
        }
    }
}
