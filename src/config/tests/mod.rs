#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
//! One way in: a text (or several files), and what comes of it as text.

mod edges;
mod errors;
mod functions;
mod inputs;
mod language;
mod loading;
mod modules;
mod nodes;
mod properties;
mod rules;
mod sensitive;

use std::fmt::Write as _;
use std::path::PathBuf;

use super::*;
use crate::diagnostic::{Diagnostics, Sources, has_errors, terminal};
use crate::syntax;

/// Parses and evaluates files given as name and text.
pub(super) fn evaluate_files(
    files: &[(&str, &str)],
    options: &EvaluateOptions,
) -> (Configuration, Diagnostics, Sources) {
    let mut sources = Sources::default();
    let ids: Vec<_> = files
        .iter()
        .map(|(name, text)| (sources.add(*name, *text), *text))
        .collect();
    let (trees, mut found) = syntax::parse_files(&ids);
    let mut loaded = Loaded {
        sources,
        files: trees,
        digest: String::new(),
        broken: super::load::broken_places(&found),
        ..Loaded::default()
    };
    let (configuration, more) = evaluate(&mut loaded, options);
    found.extend(more);
    (configuration, found, loaded.sources)
}

pub(super) fn options() -> EvaluateOptions {
    EvaluateOptions {
        directory: PathBuf::from("/nowhere/shop"),
        caller: Some(Caller {
            account: "999988887777".into(),
            region: Some("eu-central-1".into()),
        }),
        ..EvaluateOptions::default()
    }
}

/// The rendered diagnostics, or else the nodes and outputs.
pub(super) fn check(text: &str) -> String {
    check_with(text, &options())
}

pub(super) fn check_with(text: &str, options: &EvaluateOptions) -> String {
    let (configuration, found, sources) = evaluate_files(&[("main.smd", text)], options);
    if has_errors(&found) {
        return errors_of(&found, &sources);
    }
    show(&configuration)
}

pub(super) fn errors_of(found: &Diagnostics, sources: &Sources) -> String {
    terminal(found, sources, false)
}

/// Nodes and outputs as lines.
pub(super) fn show(configuration: &Configuration) -> String {
    let mut out = String::new();
    for node in configuration.nodes.values() {
        let place = &node.place;
        writeln!(out, "{} @ {}/{}", node.address, place.account, place.region).unwrap();
        for (name, value) in &node.attributes {
            writeln!(out, "  {name} = {}", value_text(value)).unwrap();
        }
        let edges: Vec<String> = node
            .edges
            .iter()
            .map(|edge| format!("{}{}", if edge.soft { "~" } else { "" }, edge.to))
            .collect();
        if !edges.is_empty() {
            writeln!(out, "  -> {}", edges.join(", ")).unwrap();
        }
        if node.lifecycle != Lifecycle::default() {
            writeln!(out, "  lifecycle {:?}", node.lifecycle).unwrap();
        }
    }
    for (name, output) in &configuration.outputs {
        writeln!(out, "output {name} = {}", value_text(&output.value)).unwrap();
    }
    out
}

pub(super) fn value_text(value: &crate::value::Value) -> String {
    use crate::value::Data;
    if value.sensitive {
        return "(sensitive)".to_owned();
    }
    match &value.data {
        Data::Unknown(residual) => match &**residual {
            crate::value::Residual::Attribute { address, name } => format!("<{address}.{name}>"),
            _ => format!(
                "<{}>",
                serde_json::to_string(residual).unwrap_or_else(|e| e.to_string())
            ),
        },
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(value_text).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{key}: {}", value_text(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        _ => match value.to_json() {
            Some(serde_json::Value::String(text)) if text.starts_with('{') => {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                format!("json {json}")
            }
            Some(json) => json.to_string(),
            None => "?".to_owned(),
        },
    }
}
