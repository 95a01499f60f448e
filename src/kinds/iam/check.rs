//! Rules that documents of roles and policies share.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::config::Node;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam_document::{canonical, size, statements};

/// The document of an attribute, if it is known.
#[must_use]
pub fn document(node: &Node, attribute: &str) -> Option<Json> {
    let text = node.attributes.get(attribute)?.as_str()?;
    canonical(&Json::from(text)).ok()
}

/// A policy of a role: no principals, resources in each statement.
pub fn identity(node: &Node, checks: &mut Checks<'_>) {
    let Some(document) = document(node, "document") else {
        return;
    };
    for statement in statements(&document) {
        let wrong = if has(statement, "Principal") || has(statement, "NotPrincipal") {
            "a policy of a role names no `Principal`: the role is the principal"
        } else if !has(statement, "Resource") && !has(statement, "NotResource") {
            "a statement without `Resource`"
        } else {
            continue;
        };
        checks.out.push(
            Diagnostic::error(
                codes::kinds::IDENTITY_DOCUMENT,
                format!("{wrong}{}", sid(statement)),
            )
            .at(refer::span(node, "document"), "in this document")
            .about(node.address.as_str()),
        );
    }
}

/// Whether a statement has a member.
#[must_use]
pub fn has(statement: &Json, member: &str) -> bool {
    statement.get(member).is_some()
}

/// ` (statement `x`)`, if it has a name.
#[must_use]
pub fn sid(statement: &Json) -> String {
    statement
        .get("Sid")
        .and_then(Json::as_str)
        .map_or_else(String::new, |sid| format!(" (statement `{sid}`)"))
}

/// A document with more characters than IAM takes.
pub fn length(node: &Node, attribute: &str, limit: usize, checks: &mut Checks<'_>) {
    let Some(document) = document(node, attribute) else {
        return;
    };
    let length = size(&document);
    if length > limit {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::DOCUMENT_TOO_LONG,
                format!("the document has {length} characters, IAM takes {limit}"),
            )
            .at(refer::span(node, attribute), "without white space")
            .about(node.address.as_str()),
        );
    }
}

/// Two things whose names are equal, letter case ignored, in the same scope.
pub fn names<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    code: Code,
    what: &str,
    scope: impl Fn(&Node) -> Option<String>,
    checks: &mut Checks<'_>,
) {
    let mut seen: BTreeMap<(String, String), &Node> = BTreeMap::new();
    for node in nodes {
        let name = node.attributes.get("name").and_then(|name| name.as_str());
        let (Some(name), Some(scope)) = (name, scope(node)) else {
            continue;
        };
        if let Some(first) = seen.get(&(scope.clone(), name.to_ascii_lowercase())) {
            checks.out.push(
                Diagnostic::error(code, format!("two {what} are called `{name}`"))
                    .at(refer::span(node, "name"), "the second one")
                    .at(refer::span(first, "name"), "the first one")
                    .about(node.address.as_str())
                    .help("write another `name` for one of them"),
            );
        } else {
            seen.insert((scope, name.to_ascii_lowercase()), node);
        }
    }
}
