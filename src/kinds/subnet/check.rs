//! Rules of AWS for subnets that need no call.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, quotas, refer};
use crate::kinds::vpc;
use crate::value::Value;

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "subnet");
    quotas::check(checks, &["subnet"]);
    let configuration = checks.configuration;
    let mut further: BTreeMap<&str, Vec<IpNet>> = BTreeMap::new();
    let mut unknown_further: BTreeMap<&str, bool> = BTreeMap::new();
    for part in configuration.nodes.values() {
        if let ("vpc.secondary_cidrs", Some(vpc)) = (part.kind, part.parent.as_ref()) {
            match refer::network(part, "cidr") {
                Some(network) => further.entry(vpc.as_str()).or_default().push(network),
                None => {
                    unknown_further.insert(vpc.as_str(), true);
                }
            }
        }
    }
    let mut by_vpc: BTreeMap<String, Vec<(IpNet, &Node)>> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if node.kind != "subnet" {
            continue;
        }
        vpc::size(node, checks);
        network_written(node, checks);
        zone(node, checks);
        let Some(network) = refer::network(node, "cidr") else {
            continue;
        };
        if let Some(key) = node.attributes.get("vpc").and_then(refer::key) {
            by_vpc.entry(key).or_default().push((network, node));
        }
        let Some(vpc) = refer::node_of(configuration, node, "vpc") else {
            continue;
        };
        let Some(primary) = refer::network(vpc, "cidr") else {
            continue;
        };
        let others = further.get(vpc.address.as_str());
        let inside = primary.contains(&network)
            || others
                .into_iter()
                .flatten()
                .any(|other| other.contains(&network))
            || unknown_further.contains_key(vpc.address.as_str());
        if !inside {
            checks.out.push(outside(node, &network, vpc, &primary));
        }
    }
    for (_, networks) in by_vpc {
        let mut found = refer::overlaps(
            networks
                .iter()
                .enumerate()
                .map(|(at, (network, _))| (*network, at))
                .collect(),
        );
        found.sort_unstable();
        for (a, b) in found {
            if let (Some((first, a)), Some((second, b))) = (networks.get(a), networks.get(b)) {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::SUBNETS_OVERLAP,
                        format!("`{}` and `{}` overlap", a.address, b.address),
                    )
                    .at(refer::span(b, "cidr"), format!("{second} overlaps"))
                    .at(refer::span(a, "cidr"), format!("{first} here"))
                    .about(b.address.to_string()),
                );
            }
        }
    }
}

fn outside(node: &Node, network: &IpNet, vpc: &Node, primary: &IpNet) -> Diagnostic {
    Diagnostic::error(
        codes::kinds::SUBNET_OUTSIDE_VPC,
        format!("`{}` lies outside `{}`", node.address, vpc.address),
    )
    .at(
        refer::span(node, "cidr"),
        format!("{network} is not in {primary}"),
    )
    .at(refer::span(vpc, "cidr"), "the network of the VPC")
    .help(format!(
        "take a network inside it, such as `cidr_subnet({}.cidr, 8, 1)`",
        vpc.address
    ))
    .about(node.address.to_string())
}

fn network_written(node: &Node, checks: &mut Checks<'_>) {
    let has = |name: &str| node.attributes.contains_key(name);
    let native = node.attributes.get("ipv6_native").and_then(Value::as_bool) == Some(true);
    if has("cidr") || (native && has("ipv6_cidr")) {
        return;
    }
    checks.out.push(
        Diagnostic::error(
            codes::kinds::NETWORK_MISSING,
            format!("`{}` has no `cidr`", node.address),
        )
        .at(node.span, "")
        .help("write `cidr`, such as `cidr_subnet(vpc.x.cidr, 8, 1)`")
        .about(node.address.to_string()),
    );
}

fn zone(node: &Node, checks: &mut Checks<'_>) {
    let has = |name: &str| node.attributes.contains_key(name);
    if has("az") && has("availability_zone_id") {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::ZONE_TWICE,
                format!("`{}` has `az` and `availability_zone_id`", node.address),
            )
            .at(refer::span(node, "az"), "one zone")
            .at(refer::span(node, "availability_zone_id"), "written again")
            .about(node.address.to_string()),
        );
    }
}
