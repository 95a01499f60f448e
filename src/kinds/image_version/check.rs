//! Rules for image versions that are checked before any call.

use std::collections::BTreeMap;

use super::schema::IMAGE_VERSION;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::value::Value;

/// An alias names one version of an image.
pub(super) fn check(checks: &mut Checks<'_>) {
    let mut first: BTreeMap<(String, &str), &Node> = BTreeMap::new();
    let nodes = checks.configuration.nodes.values();
    for node in nodes.filter(|node| node.kind == IMAGE_VERSION.kind) {
        let Some(image) = node.attributes.get("image").and_then(refer::key) else {
            continue;
        };
        let aliases = node.attributes.get("aliases").and_then(Value::as_list);
        for value in aliases.unwrap_or_default() {
            let Some(alias) = value.as_str().filter(|_| !value.sensitive) else {
                continue;
            };
            let Some(other) = first.insert((image.clone(), alias), node) else {
                continue;
            };
            let (one, two) = refer::in_order(other, node);
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::IMAGE_ALIAS_TWICE,
                    format!("two versions of an image have the alias `{alias}`"),
                )
                .at(refer::span(two, "aliases"), "the second one")
                .at(refer::span(one, "aliases"), "the first one")
                .about(two.address.as_str()),
            );
        }
    }
}
