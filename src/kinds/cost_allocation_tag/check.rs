//! Keys that only the billing console activates, because AWS makes them itself, or that two sets have.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;

/// The beginning of keys that AWS makes itself.
const AWS: &str = "aws:";

pub fn check(checks: &mut Checks<'_>) {
    let mut seen: BTreeMap<(&str, &str), (&str, Span)> = BTreeMap::new();
    for node in checks.configuration.nodes.values() {
        if node.kind != "cost_allocation_tag" {
            continue;
        }
        let span = refer::span(node, "keys");
        let keys = node.attributes.get("keys").and_then(|keys| keys.as_list());
        for key in keys.unwrap_or_default() {
            let at = key.span.unwrap_or(span);
            let Some(key) = key.as_str().filter(|_| !key.sensitive) else {
                continue;
            };
            if key
                .get(..AWS.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(AWS))
            {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::COST_TAG_OF_AWS,
                        format!("`{key}` is a tag that AWS makes itself"),
                    )
                    .at(at, "")
                    .help(
                        "activate it in the billing console; `sagemaker:` keys can be written here",
                    )
                    .about(node.address.to_string()),
                );
            }
            let place = (&*node.place.account, key);
            if let Some((other, first)) = seen.get(&place) {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::COST_TAG_TWICE,
                        format!("`{other}` and `{}` both look after `{key}`", node.address),
                    )
                    .at(at, "a second time here")
                    .at(*first, "first here")
                    .about(node.address.to_string()),
                );
            } else {
                seen.insert(place, (node.address.as_str(), at));
            }
        }
    }
}
