//! Rules of AWS for NAT gateways that need no call.

use std::collections::BTreeMap;

use super::implied::{attachments, is_public};
use crate::address::Address;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, quotas, refer};

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "nat_gateway");
    quotas::check(checks, &["nat_gateway"]);
    let configuration = checks.configuration;
    let all = || {
        let nodes = configuration.nodes.values();
        nodes.filter(|node| node.kind == "nat_gateway")
    };
    let attached = attachments(configuration);
    let mut addresses: BTreeMap<String, &Node> = BTreeMap::new();
    for node in all() {
        address(node, checks);
        one_gateway(node, &mut addresses, checks);
        one_place(node, checks);
        way_out(node, &attached, checks);
    }
}

fn address(node: &Node, checks: &mut Checks<'_>) {
    let has = node.attributes.contains_key("elastic_ip");
    let connectivity = node.attributes.get("connectivity_type");
    if has == is_public(node) || connectivity.is_some_and(|value| value.has_unknown()) {
        return;
    }
    let diagnostic = if has {
        Diagnostic::error(
            codes::kinds::NAT_ADDRESS,
            format!("`{}` is private and has an `elastic_ip`", node.address),
        )
        .at(refer::span(node, "elastic_ip"), "a public address")
        .at(refer::span(node, "connectivity_type"), "private")
        .help("leave one of the two out")
    } else {
        Diagnostic::error(
            codes::kinds::NAT_ADDRESS,
            format!("`{}` has no `elastic_ip`", node.address),
        )
        .at(node.span, "a public NAT gateway")
        .help("declare an `elastic_ip` and write `elastic_ip = elastic_ip.x`, or write `connectivity_type = \"private\"`")
    };
    checks.out.push(diagnostic.about(node.address.to_string()));
}

fn one_gateway<'a>(
    node: &'a Node,
    addresses: &mut BTreeMap<String, &'a Node>,
    checks: &mut Checks<'_>,
) {
    let Some(address) = node.attributes.get("elastic_ip").and_then(refer::key) else {
        return;
    };
    let first = addresses.entry(address.clone()).or_insert(node);
    if first.address == node.address {
        return;
    }
    let (first, node) = refer::in_order(first, node);
    checks.out.push(
        Diagnostic::error(
            codes::kinds::ADDRESS_TWICE,
            format!("two NAT gateways have `{address}`"),
        )
        .at(
            refer::span(node, "elastic_ip"),
            format!("`{}`", node.address),
        )
        .at(
            refer::span(first, "elastic_ip"),
            format!("`{}`", first.address),
        )
        .help("declare an `elastic_ip` for each")
        .about(node.address.to_string()),
    );
}

/// The address must be in the gateway's own account and region.
fn one_place(node: &Node, checks: &mut Checks<'_>) {
    let Some(address) = refer::node_of(checks.configuration, node, "elastic_ip") else {
        return;
    };
    let of = |node: &Node| (node.place.account.clone(), node.place.region.clone());
    let (own, other) = (of(node), of(address));
    if own == other {
        return;
    }
    checks.out.push(
        Diagnostic::error(
            codes::kinds::ADDRESS_ELSEWHERE,
            format!(
                "`{}` is in {} {}, but `{}` in {} {}",
                node.address, own.0, own.1, address.address, other.0, other.1
            ),
        )
        .at(
            refer::span(node, "elastic_ip"),
            "of another account or region",
        )
        .help(format!(
            "write the `account` (and `region`) of the gateway's VPC in `{}`",
            address.address
        ))
        .about(node.address.to_string()),
    );
}

/// A public gateway in a VPC of these files to which no internet gateway is attached.
fn way_out(node: &Node, attached: &BTreeMap<String, &Address>, checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let subnet = refer::node_of(configuration, node, "subnet");
    let Some(vpc) = subnet.and_then(|subnet| refer::node_of(configuration, subnet, "vpc")) else {
        return;
    };
    let vpc = vpc.address.as_str();
    if !is_public(node) || attached.contains_key(vpc) {
        return;
    }
    checks.out.push(
        Diagnostic::warning(
            codes::kinds::NAT_WITHOUT_GATEWAY,
            format!("`{}` is public, but `{vpc}` has no internet gateway", node.address),
        )
        .at(node.span, "AWS lets it fail")
        .help(format!("declare `internet_gateway x {{ vpc = {vpc} }}`, or write `connectivity_type = \"private\"`"))
        .about(node.address.to_string()),
    );
}
