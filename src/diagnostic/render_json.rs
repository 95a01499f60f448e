//! Diagnostics as other programs read them.

use serde_json::{Value, json};

use super::{Diagnostic, Label, Sources};

/// An array of `{code, severity, message, address, labels, notes, help}`.
///
/// A label is `{file, line, column, end_line, end_column, message, primary}`: lines and columns
/// count from 1, columns in characters, the end is one past the last character. A label whose file
/// is unknown is left out. `address` is `null` where there is none.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    Value::Array(diagnostics.iter().map(|d| one(d, sources)).collect())
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .zip(std::iter::once(true).chain(std::iter::repeat(false)))
        .filter_map(|(label, primary)| labelled(label, primary, sources))
        .collect();
    json!({
        "code": diagnostic.code.id,
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "address": diagnostic.address,
        "labels": labels,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
    })
}

fn labelled(label: &Label, primary: bool, sources: &Sources) -> Option<Value> {
    let file = sources.get(label.span.file)?;
    let start = file.line_column(label.span.start);
    let end = file.line_column(label.span.end);
    Some(json!({
        "file": file.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "message": label.message,
        "primary": primary,
    }))
}
