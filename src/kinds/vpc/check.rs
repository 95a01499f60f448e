//! Rules of AWS for VPCs that need no call.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::address::Address;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, quotas, refer};
use crate::value::Value;

/// Longest and shortest prefix of a VPC or subnet (EC2 guide: VPC CIDR blocks).
const PREFIXES: std::ops::RangeInclusive<u8> = 16..=28;
/// The private ranges that exclude each other in a VPC.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "vpc");
    quotas::check(checks, &["vpc", "vpc.secondary_cidrs"]);
    let configuration = checks.configuration;
    let mut networks: BTreeMap<Address, Vec<(IpNet, Span)>> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if !matches!(node.kind, "vpc" | "vpc.secondary_cidrs") {
            continue;
        }
        if node.kind == "vpc" {
            network_written(node, checks);
            dns(node, checks);
        }
        size(node, checks);
        if let Some(network) = refer::network(node, "cidr") {
            let vpc = node.parent.as_ref().unwrap_or(&node.address).clone();
            networks
                .entry(vpc)
                .or_default()
                .push((network, refer::span(node, "cidr")));
        }
    }
    for (vpc, networks) in networks {
        mixed(&vpc, &networks, checks);
    }
}

/// A VPC or subnet outside /16 to /28.
pub fn size(node: &Node, checks: &mut Checks<'_>) {
    let Some(network @ IpNet::V4(_)) = refer::network(node, "cidr") else {
        return;
    };
    if PREFIXES.contains(&network.prefix_len()) {
        return;
    }
    let what = if network.prefix_len() < *PREFIXES.start() {
        "larger than /16"
    } else {
        "smaller than /28"
    };
    checks.out.push(
        Diagnostic::error(codes::kinds::NETWORK_SIZE, format!("`{network}` is {what}"))
            .at(refer::span(node, "cidr"), "must be between /16 and /28")
            .about(node.address.to_string()),
    );
}

fn network_written(node: &Node, checks: &mut Checks<'_>) {
    let has = |name: &str| node.attributes.contains_key(name);
    let message = match (
        has("cidr"),
        has("ipv4_ipam_pool"),
        has("ipv4_netmask_length"),
    ) {
        (true, false, false) | (false, true, true) => return,
        (false, false, _) => "has no `cidr`",
        (false, true, false) => "takes its network from a pool, but no `ipv4_netmask_length`",
        (true, _, _) => "has a `cidr` and a network from a pool",
    };
    checks.out.push(
        Diagnostic::error(
            codes::kinds::NETWORK_MISSING,
            format!("`{}` {message}", node.address),
        )
        .at(node.span, "")
        .help("write `cidr = \"10.0.0.0/16\"`, or `ipv4_ipam_pool` with `ipv4_netmask_length`")
        .about(node.address.to_string()),
    );
}

fn dns(node: &Node, checks: &mut Checks<'_>) {
    let is = |name: &str| node.attributes.get(name).and_then(Value::as_bool);
    if is("dns_hostnames") == Some(true) && is("dns_support") == Some(false) {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::DNS_HOSTNAMES_WITHOUT_SUPPORT,
                format!("`{}` has DNS hostnames without DNS support", node.address),
            )
            .at(refer::span(node, "dns_hostnames"), "needs `dns_support`")
            .at(refer::span(node, "dns_support"), "off here")
            .about(node.address.to_string()),
        );
    }
}

/// Networks of one VPC that overlap, or private ranges that exclude each other.
fn mixed(vpc: &Address, networks: &[(IpNet, Span)], checks: &mut Checks<'_>) {
    let mut found: Vec<(String, Span, Span)> = Vec::new();
    let indexed = networks
        .iter()
        .enumerate()
        .map(|(at, (network, _))| (*network, at))
        .collect();
    for (a, b) in refer::overlaps(indexed) {
        if let (Some((a, first)), Some((b, second))) = (networks.get(a), networks.get(b)) {
            found.push((format!("`{a}` and `{b}` overlap"), *first, *second));
        }
    }
    let mut ranges: BTreeMap<usize, (IpNet, Span)> = BTreeMap::new();
    for (network, span) in networks {
        let range = PRIVATE.iter().position(|range| {
            range
                .parse::<IpNet>()
                .is_ok_and(|range| range.contains(network))
        });
        if let Some(range) = range {
            ranges.entry(range).or_insert((*network, *span));
        }
    }
    let mut ranges = ranges.into_values();
    if let Some((a, first)) = ranges.next() {
        for (b, second) in ranges {
            found.push((
                format!("`{a}` and `{b}` are of different private ranges"),
                first,
                second,
            ));
        }
    }
    for (message, first, second) in found {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::VPC_NETWORKS_MIXED,
                format!("`{vpc}` cannot have both networks: {message}"),
            )
            .at(second, "cannot be together")
            .at(first, "with this one")
            .about(vpc.to_string()),
        );
    }
}
