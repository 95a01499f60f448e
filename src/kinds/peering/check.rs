//! Rules of AWS for peerings that need no call.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::implied::{ends, pair};
use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, refer};
use crate::value::Value;

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "peering");
    let configuration = checks.configuration;
    let networks = networks_of_vpcs(configuration);
    let routed = routed(configuration);
    let mut seen: BTreeMap<(String, String), &Node> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if node.kind != "peering" {
            continue;
        }
        let Some((requester, accepter)) = ends(node) else {
            continue;
        };
        if requester == accepter {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::PEERING_WITH_ITSELF,
                    format!("`{}` peers `{requester}` with itself", node.address),
                )
                .at(refer::span(node, "accepter"), "the same VPC")
                .at(refer::span(node, "requester"), "as here")
                .about(node.address.to_string()),
            );
            continue;
        }
        let none = Vec::new();
        let of = |vpc: &str| networks.get(vpc).unwrap_or(&none);
        overlapping(node, of(&requester), of(&accepter), checks);
        dns(configuration, node, checks);
        both_ways(configuration, node, &routed, checks);
        let first = seen.entry(pair(requester, accepter)).or_insert(node);
        if first.address != node.address {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::PEERING_TWICE,
                    format!(
                        "`{}` and `{}` peer the same VPCs",
                        first.address, node.address
                    ),
                )
                .at(node.span, "the same VPCs again")
                .at(first.span, "peered here")
                .about(node.address.to_string()),
            );
        }
    }
}

/// The peerings that routes of tables lead to, each with the VPC of the table.
fn routed(configuration: &Configuration) -> BTreeSet<(&Address, String)> {
    let routes = configuration.nodes.values();
    routes
        .filter(|node| node.kind == "route_table.route")
        .filter_map(|route| {
            let peering = route.attributes.get("via").and_then(refer::target)?;
            let table = configuration.nodes.get(route.parent.as_ref()?)?;
            Some((peering, refer::vpc(configuration, table)?))
        })
        .collect()
}

/// Routes on one side of a peering of two VPCs of these files, and none on the other.
fn both_ways(
    configuration: &Configuration,
    node: &Node,
    routed: &BTreeSet<(&Address, String)>,
    checks: &mut Checks<'_>,
) {
    let has = |end: &str, routes: &str| {
        let vpc = refer::node_of(configuration, node, end)?;
        let written = node.attributes.get(routes);
        let written = written.is_some_and(|written| !written.is_null());
        Some(written || routed.contains(&(&node.address, vpc.address.to_string())))
    };
    let sides = (
        has("requester", "requester_routes"),
        has("accepter", "accepter_routes"),
    );
    let (there, missing) = match sides {
        (Some(true), Some(false)) => ("requester", "accepter"),
        (Some(false), Some(true)) => ("accepter", "requester"),
        _ => return,
    };
    checks.out.push(
        Diagnostic::warning(
            codes::kinds::RETURN_ROUTE_MISSING,
            format!(
                "`{}` has routes of the {there}'s side, but none of the {missing}'s",
                node.address
            ),
        )
        .at(refer::span(node, missing), "no route back from here")
        .help(format!(
            "write `{missing}_routes {{ tables = […], to = […] }}`"
        ))
        .about(node.address.to_string()),
    );
}

/// Every written network of each VPC, with its place in the files.
fn networks_of_vpcs(configuration: &Configuration) -> BTreeMap<String, Vec<(IpNet, Span)>> {
    let mut found: BTreeMap<String, Vec<(IpNet, Span)>> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if !matches!(node.kind, "vpc" | "vpc.secondary_cidrs") {
            continue;
        }
        if let Some(network) = refer::network(node, "cidr") {
            let vpc = node.parent.as_ref().unwrap_or(&node.address);
            found
                .entry(vpc.to_string())
                .or_default()
                .push((network, refer::span(node, "cidr")));
        }
    }
    found
}

fn overlapping(
    node: &Node,
    requester: &[(IpNet, Span)],
    accepter: &[(IpNet, Span)],
    checks: &mut Checks<'_>,
) {
    for (a, a_span) in requester {
        for (b, b_span) in accepter {
            if refer::overlap(a, b) {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::PEERED_VPCS_OVERLAP,
                        format!("the VPCs of `{}` overlap", node.address),
                    )
                    .at(node.span, "they cannot be peered")
                    .at(*a_span, format!("{a} of the requester"))
                    .at(*b_span, format!("{b} of the accepter"))
                    .about(node.address.to_string()),
                );
            }
        }
    }
}

/// DNS resolution over a peering works only for VPCs with DNS hostnames.
fn dns(configuration: &Configuration, node: &Node, checks: &mut Checks<'_>) {
    let wants = |name: &str| node.attributes.get(name).and_then(Value::as_bool);
    let Some(flag) = [
        "dns_resolution",
        "requester_dns_resolution",
        "accepter_dns_resolution",
    ]
    .into_iter()
    .find(|name| wants(name) == Some(true)) else {
        return;
    };
    for end in ["requester", "accepter"] {
        let Some(vpc) = refer::node_of(configuration, node, end) else {
            continue;
        };
        let hostnames = vpc.attributes.get("dns_hostnames");
        let is_on = hostnames.is_some_and(|value| value.as_bool() != Some(false));
        if !is_on {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::PEERING_DNS_HOSTNAMES,
                    format!(
                        "`{}` resolves names over the peering, but `{}` has no DNS hostnames",
                        node.address, vpc.address
                    ),
                )
                .at(refer::span(node, flag), "")
                .at(refer::span(vpc, "dns_hostnames"), "this VPC")
                .help("write `dns_hostnames = true` in both VPCs")
                .about(node.address.to_string()),
            );
        }
    }
}
