//! More than AWS allows at first (behaviour: section 9). A quota can be raised, so this is a warning.

use std::collections::BTreeMap;

use super::refer;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::{Checks, vpc_endpoint};

/// A quota.
struct Quota {
    /// The kind word of what is counted.
    kind: &'static str,
    /// What is counted, in words.
    what: &'static str,
    /// Within what, in words.
    scope: &'static str,
    /// How many there may be at first.
    most: usize,
    /// What it is within; `None`: not counted.
    within: fn(&Configuration, &Node) -> Option<String>,
}

/// The quotas of the VPC guide.
const QUOTAS: &[Quota] = &[
    Quota {
        kind: "vpc",
        what: "VPCs",
        scope: "an account and region",
        most: 5,
        within: place,
    },
    Quota {
        kind: "elastic_ip",
        what: "elastic IP addresses",
        scope: "an account and region",
        most: 5,
        within: place,
    },
    Quota {
        kind: "subnet",
        what: "subnets",
        scope: "a VPC",
        most: 200,
        within: vpc,
    },
    Quota {
        kind: "route_table",
        what: "route tables",
        scope: "a VPC",
        most: 200,
        within: vpc,
    },
    Quota {
        kind: "vpc.secondary_cidrs",
        what: "further networks",
        scope: "a VPC",
        // Five with the first one.
        most: 4,
        within: parent,
    },
    Quota {
        kind: "route_table.route",
        what: "routes",
        scope: "a route table",
        most: 500,
        within: parent,
    },
    Quota {
        kind: "security_group.ingress",
        what: "ingress rules",
        scope: "a security group",
        most: 60,
        within: rules,
    },
    Quota {
        kind: "security_group.egress",
        what: "egress rules",
        scope: "a security group",
        most: 60,
        within: rules,
    },
    Quota {
        kind: "nat_gateway",
        what: "NAT gateways",
        scope: "a zone",
        most: 5,
        within: zone,
    },
    Quota {
        kind: "vpc_endpoint",
        what: "interface endpoints",
        scope: "a VPC",
        most: 50,
        within: interface_endpoint,
    },
    Quota {
        kind: "vpc_endpoint",
        what: "gateway endpoints",
        scope: "an account and region",
        most: 20,
        within: gateway_endpoint,
    },
];

fn place(_: &Configuration, node: &Node) -> Option<String> {
    Some(format!("{} {}", node.place.account, node.place.region))
}

fn vpc(configuration: &Configuration, node: &Node) -> Option<String> {
    refer::vpc(configuration, node)
}

fn parent(_: &Configuration, node: &Node) -> Option<String> {
    node.parent.as_ref().map(ToString::to_string)
}

/// Rules count by address family; a group or list counts for both.
fn rules(_: &Configuration, node: &Node) -> Option<String> {
    let peer = ["from", "to"]
        .into_iter()
        .find_map(|name| refer::text(node, name));
    let is_v6 = peer.is_some_and(|peer| peer.contains(':'));
    let group = node.parent.as_ref()?;
    (!is_v6).then(|| group.to_string())
}

fn zone(configuration: &Configuration, node: &Node) -> Option<String> {
    let subnet = refer::node_of(configuration, node, "subnet")?;
    let zone = refer::text(subnet, "az").or(refer::text(subnet, "availability_zone_id"))?;
    Some(format!("{} {zone}", node.place.account))
}

fn is_interface(node: &Node) -> bool {
    vpc_endpoint::is_interface(node.attributes.get("type"))
}

fn interface_endpoint(configuration: &Configuration, node: &Node) -> Option<String> {
    vpc(configuration, node).filter(|_| is_interface(node))
}

fn gateway_endpoint(configuration: &Configuration, node: &Node) -> Option<String> {
    place(configuration, node).filter(|_| !is_interface(node))
}

/// Says where the files have more of a kind of `words` than a quota allows at first.
pub fn check(checks: &mut Checks<'_>, words: &[&str]) {
    let configuration = checks.configuration;
    for quota in QUOTAS.iter().filter(|quota| words.contains(&quota.kind)) {
        let mut counts: BTreeMap<String, (usize, &Node)> = BTreeMap::new();
        for node in configuration.nodes.values() {
            if node.kind != quota.kind {
                continue;
            }
            if let Some(within) = (quota.within)(configuration, node) {
                let (count, last) = counts.entry(within).or_insert((0, node));
                *count += 1;
                *last = node;
            }
        }
        for (within, (count, last)) in counts {
            if count <= quota.most {
                continue;
            }
            checks.out.push(
                Diagnostic::warning(
                    codes::kinds::ABOVE_QUOTA,
                    format!(
                        "{count} {} in `{}`; {} may have {} at first",
                        quota.what,
                        within.trim(),
                        quota.scope,
                        quota.most
                    ),
                )
                .at(last.span, "one of them")
                .help("ask for a higher quota in Service Quotas before the apply, or make fewer")
                .about(last.address.to_string()),
            );
        }
    }
}
