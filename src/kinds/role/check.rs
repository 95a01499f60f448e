//! Rules for roles that are checked before any call.

use std::collections::BTreeMap;

use super::schema::{ATTACHMENT, INLINE_POLICY, ROLE};
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::{document, has, identity, length, names, sid};
use crate::kinds::iam_document::{size, statements};

/// Characters of a trust document without white space, with the highest quota (IAM guide, quotas).
const MAX_TRUST: usize = 4096;
/// Characters of all inline policies of a role together.
const MAX_INLINE: usize = 10_240;
/// Managed policies of a role, with the highest quota.
const MAX_ATTACHED: usize = 20;

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let of_kind = |kind: &'static str| {
        configuration
            .nodes
            .values()
            .filter(move |node| node.kind == kind)
    };
    for node in of_kind(ROLE.kind) {
        trust(node, checks);
        length(node, "trust", MAX_TRUST, checks);
    }
    names(
        of_kind(ROLE.kind),
        codes::kinds::IAM_NAME_TWICE,
        "roles",
        |node| Some(node.place.account.to_string()),
        checks,
    );
    names(
        of_kind(INLINE_POLICY.kind),
        codes::kinds::INLINE_NAME_TWICE,
        "inline policies of a role",
        |node| node.parent.as_ref().map(ToString::to_string),
        checks,
    );
    let mut inline: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in of_kind(INLINE_POLICY.kind) {
        identity(node, checks);
        if let Some(parent) = &node.parent {
            inline.entry(parent.as_str()).or_default().push(node);
        }
    }
    for nodes in inline.into_values() {
        together(&nodes, checks);
    }
    let mut attached: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in of_kind(ATTACHMENT.kind) {
        if let Some(parent) = &node.parent {
            attached.entry(parent.as_str()).or_default().push(node);
        }
    }
    for nodes in attached.into_values() {
        attachments(&nodes, checks);
    }
}

fn trust(node: &Node, checks: &mut Checks<'_>) {
    let Some(document) = document(node, "trust") else {
        return;
    };
    for statement in statements(&document) {
        let wrong = if has(statement, "Resource") || has(statement, "NotResource") {
            "a trust document names no `Resource`: the role is the resource"
        } else if !has(statement, "Principal") && !has(statement, "NotPrincipal") {
            "a trust document names the `Principal` that may assume the role"
        } else {
            continue;
        };
        checks.out.push(
            Diagnostic::error(
                codes::kinds::TRUST_DOCUMENT,
                format!("{wrong}{}", sid(statement)),
            )
            .at(refer::span(node, "trust"), "in this document")
            .about(node.address.as_str())
            .help("`trust = service(\"sagemaker.amazonaws.com\")` lets a service assume it"),
        );
    }
}

/// All inline policies of a role share one quota.
fn together(nodes: &[&Node], checks: &mut Checks<'_>) {
    let length: usize = nodes
        .iter()
        .filter_map(|node| document(node, "document"))
        .map(|document| size(&document))
        .sum();
    let Some(last) = nodes.last().filter(|_| length > MAX_INLINE) else {
        return;
    };
    checks.out.push(
        Diagnostic::error(
            codes::kinds::DOCUMENT_TOO_LONG,
            format!(
                "the inline policies of the role have {length} characters together, IAM takes {MAX_INLINE}"
            ),
        )
        .at(refer::span(last, "document"), "with this one")
        .about(last.parent.as_ref().unwrap_or(&last.address).as_str())
        .help("make a managed `policy` of some of them and list it in `managed_policies`"),
    );
}

fn attachments(nodes: &[&Node], checks: &mut Checks<'_>) {
    let mut seen: BTreeMap<String, &Node> = BTreeMap::new();
    for node in nodes {
        let Some(key) = node.attributes.get("policy").and_then(refer::key) else {
            continue;
        };
        if let Some(first) = seen.insert(key.clone(), node) {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::ATTACHED_TWICE,
                    format!("`{key}` is attached twice"),
                )
                .at(refer::span(node, "policy"), "the second time")
                .at(refer::span(first, "policy"), "the first time")
                .about(node.address.as_str()),
            );
        }
    }
    if let Some(node) = nodes.get(MAX_ATTACHED) {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::TOO_MANY_ATTACHED,
                format!(
                    "the role has {} managed policies, IAM takes {MAX_ATTACHED}",
                    nodes.len()
                ),
            )
            .at(refer::span(node, "policy"), "one too many")
            .about(node.address.as_str()),
        );
    }
}
