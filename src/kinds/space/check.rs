//! Rules for spaces that are checked before any call.

use super::schema::SPACE;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::names;
use crate::kinds::sagemaker::check::{Named, no_repositories, settings};
use crate::value::Value;

/// Members that AWS takes together or not at all.
const TOGETHER: [(&str, &str); 2] = [
    ("ownership_settings", "space_sharing_settings"),
    ("space_sharing_settings", "ownership_settings"),
];

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let spaces = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == SPACE.kind)
    };
    if spaces().next().is_none() {
        return;
    }
    let named = Named::of(configuration);
    for node in spaces() {
        together(node, checks);
        no_repositories(node, "space_settings", checks);
        settings(node, "space_settings", &named, checks);
    }
    names(
        spaces(),
        codes::kinds::SPACE_NAME_TWICE,
        "spaces of a domain",
        |node| node.attributes.get("domain").and_then(refer::key),
        checks,
    );
}

fn together(node: &Node, checks: &mut Checks<'_>) {
    let is_written = |name: &str| {
        let value = node.attributes.get(name);
        value.is_some_and(|value| !Value::is_null(value))
    };
    for (written, missing) in TOGETHER {
        if is_written(written) && !is_written(missing) {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::SPACE_OWNER,
                    format!("`{written}` without `{missing}`"),
                )
                .at(
                    refer::span(node, written),
                    "AWS takes both or neither of them",
                )
                .about(node.address.as_str()),
            );
        }
    }
}
