//! The name of an EC2 thing is its `Name` tag: `tags = { Name = "…" }` is another way to write it.

use std::sync::Arc;

use super::fields::NAME_TAG;
use super::refer;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::value::{Map, Value};

/// Makes a `Name` tag of the nodes of this kind their name, where no name is written.
pub fn take_name_tags(configuration: &mut Configuration, kind: &str) {
    for node in configuration.nodes.values_mut() {
        if node.kind == kind {
            take(node);
        }
    }
}

fn take(node: &mut Node) {
    let Some(tags) = node.attributes.get("tags") else {
        return;
    };
    let Some(name) = tags.get(NAME_TAG).cloned() else {
        return;
    };
    let same = node.attributes.get("name") == Some(&name);
    if node.attribute_spans.contains_key("name") && !same {
        return;
    }
    let rest: Map = tags
        .as_map()
        .into_iter()
        .flatten()
        .filter(|(key, _)| &***key != NAME_TAG)
        .map(|(key, value)| (Arc::clone(key), value.clone()))
        .collect();
    let mut rest = Value::map(rest);
    rest.span = tags.span;
    node.attributes.insert(Arc::from("tags"), rest);
    node.attributes.insert(Arc::from("name"), name);
}

/// Refuses nodes of this kind with a name and another `Name` tag.
pub fn check(checks: &mut Checks<'_>, kind: &str) {
    for node in checks.configuration.nodes.values() {
        if node.kind != kind {
            continue;
        }
        if let Some(tag) = node
            .attributes
            .get("tags")
            .and_then(|tags| tags.get(NAME_TAG))
        {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::TWO_NAMES,
                    format!("`{}` has a `name` and another `Name` tag", node.address),
                )
                .at(refer::span(node, "name"), "one name")
                .at_opt(
                    tag.span.or(node.attribute_spans.get("tags").copied()),
                    "another name",
                )
                .help("write `name` only: it is the `Name` tag")
                .about(node.address.to_string()),
            );
        }
    }
}
