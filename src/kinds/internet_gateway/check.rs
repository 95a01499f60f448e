//! Rules of AWS for internet gateways that need no call.

use std::collections::BTreeMap;

use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, refer};

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "internet_gateway");
    let mut by_vpc: BTreeMap<String, &Node> = BTreeMap::new();
    for node in checks.configuration.nodes.values() {
        if node.kind != "internet_gateway" {
            continue;
        }
        let Some(vpc) = node.attributes.get("vpc").and_then(refer::key) else {
            continue;
        };
        match by_vpc.get(&vpc) {
            None => {
                by_vpc.insert(vpc, node);
            }
            Some(first) => checks.out.push(
                Diagnostic::error(
                    codes::kinds::TWO_GATEWAYS,
                    format!(
                        "`{}` and `{}` are both attached to `{vpc}`",
                        first.address, node.address
                    ),
                )
                .at(refer::span(node, "vpc"), "a second gateway")
                .at(refer::span(first, "vpc"), "the first one")
                .about(node.address.to_string()),
            ),
        }
    }
}
