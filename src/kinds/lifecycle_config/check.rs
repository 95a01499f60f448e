//! Rules for lifecycle configurations that are checked before any call.

use super::content::{MAX_BYTES, is_encoded};
use super::schema::LIFECYCLE_CONFIG;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::names;

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let configs = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == LIFECYCLE_CONFIG.kind)
    };
    for node in configs() {
        name(node, checks);
        script(node, checks);
    }
    names(
        configs(),
        codes::kinds::LIFECYCLE_CONFIG_NAME_TWICE,
        "lifecycle configurations",
        |node| Some(format!("{} {}", node.place.account, node.place.region)),
        checks,
    );
}

/// A name that follows from the content needs a content that is known and may be shown.
fn name(node: &Node, checks: &mut Checks<'_>) {
    if node.attribute_spans.contains_key("name") {
        return;
    }
    for name in super::NAMED_AFTER {
        let Some(value) = node.attributes.get(*name) else {
            continue;
        };
        let why = if value.has_unknown() {
            "is known only after other things are made"
        } else if value.has_sensitive() {
            "is sensitive"
        } else {
            continue;
        };
        checks.out.push(
            Diagnostic::error(
                codes::kinds::LIFECYCLE_CONFIG_NAME,
                format!("`{name}` {why}, and the name is made from it"),
            )
            .at(refer::span(node, name), why)
            .about(node.address.as_str())
            .help("write a `name`, and another one whenever the content changes"),
        );
    }
}

fn script(node: &Node, checks: &mut Checks<'_>) {
    let Some(script) = refer::text(node, "content") else {
        return;
    };
    let (message, label) = if script.len() > MAX_BYTES {
        (
            format!(
                "the script has {} bytes, AWS takes {MAX_BYTES}",
                script.len()
            ),
            "too long",
        )
    } else if is_encoded(script) {
        ("the script is in base64".to_owned(), "write it as it is")
    } else {
        return;
    };
    checks.out.push(
        Diagnostic::error(codes::kinds::LIFECYCLE_CONFIG_CONTENT, message)
            .at(refer::span(node, "content"), label)
            .about(node.address.as_str()),
    );
}
