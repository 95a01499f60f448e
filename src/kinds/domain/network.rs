//! Whether the apps of a `VpcOnly` domain reach what they need (behaviour: section 10, VpcOnly
//! domains need). Only what the files declare is judged: VPC, subnets, tables, endpoints.

use std::collections::{BTreeMap, BTreeSet};

use super::DOMAIN;
use super::check::{at, is};
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{ANYWHERE, refer};

/// What apps need in any case, after `com.amazonaws.REGION.`.
const SERVICES: &[&str] = &["sagemaker.api", "sagemaker.runtime", "sts", "logs"];
/// The same, by a route or by interfaces.
const S3: &str = "s3";

/// What there is in the VPCs of the files.
struct Network<'a> {
    configuration: &'a Configuration,
    /// The route table of a subnet.
    tables: BTreeMap<String, String>,
    /// The default route of a table.
    defaults: BTreeMap<String, &'a Node>,
    /// The endpoints in a VPC.
    endpoints: BTreeMap<String, Vec<&'a Node>>,
}

impl<'a> Network<'a> {
    fn of(configuration: &'a Configuration) -> Self {
        let mut network = Self {
            configuration,
            tables: BTreeMap::new(),
            defaults: BTreeMap::new(),
            endpoints: BTreeMap::new(),
        };
        for node in configuration.nodes.values() {
            let key = |name: &str| node.attributes.get(name).and_then(refer::key);
            let parent = node.parent.as_ref().map(ToString::to_string);
            match node.kind {
                "route_table.subnets" => {
                    if let (Some(subnet), Some(table)) = (key("subnet"), parent) {
                        network.tables.insert(subnet, table);
                    }
                }
                "route_table.route" if refer::text(node, "to") == Some(ANYWHERE) => {
                    if let Some(table) = parent {
                        network.defaults.insert(table, node);
                    }
                }
                "vpc_endpoint" => {
                    if let Some(vpc) = key("vpc") {
                        network.endpoints.entry(vpc).or_default().push(node);
                    }
                }
                _ => {}
            }
        }
        network
    }

    /// The default route of a subnet.
    fn default_route(&self, subnet: &Node) -> Option<&'a Node> {
        let table = self.tables.get(subnet.address.as_str())?;
        self.defaults.get(table).copied()
    }

    /// Whether a route leads to an internet gateway.
    fn is_public(&self, route: &Node) -> bool {
        let named = refer::node_of(self.configuration, route, "via");
        named.is_some_and(|named| named.kind == "internet_gateway")
            || refer::text(route, "via").is_some_and(|id| id.starts_with("igw-"))
    }

    /// What a subnet of the VPC cannot reach by endpoints; `None` where the files do not tell.
    fn missing(&self, vpc: &Node, subnet: &Node) -> Option<BTreeSet<&'static str>> {
        let mut missing: BTreeSet<&str> = SERVICES.iter().copied().chain([S3]).collect();
        let table = self.tables.get(subnet.address.as_str());
        let endpoints = self.endpoints.get(vpc.address.as_str());
        for endpoint in endpoints.into_iter().flatten() {
            let name = refer::text(endpoint, "service_name")?;
            let of_aws = name.strip_prefix("com.amazonaws.");
            let Some((_, name)) = of_aws.and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let is_interface = is(endpoint, "type", "Interface");
            if is_interface || leads_from(endpoint, table, vpc) {
                missing.remove(name);
            }
        }
        Some(missing)
    }
}

/// Whether a gateway endpoint is in the route table of a subnet: its own, else the VPC's main one.
fn leads_from(endpoint: &Node, table: Option<&String>, vpc: &Node) -> bool {
    let tables = endpoint.attributes.get("route_tables");
    let tables = tables
        .and_then(|tables| tables.as_list())
        .unwrap_or_default();
    let own = table.map_or(vpc.address.as_str(), String::as_str);
    tables
        .iter()
        .any(|item| refer::key(item).as_deref() == Some(own))
}

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let mut domains = configuration
        .nodes
        .values()
        .filter(|node| node.kind == DOMAIN.kind && is(node, "app_network_access_type", "VpcOnly"))
        .peekable();
    if domains.peek().is_none() {
        return;
    }
    let network = Network::of(configuration);
    for domain in domains {
        let Some(vpc) = refer::node_of(configuration, domain, "vpc") else {
            continue;
        };
        let listed = at(domain, &["subnets"]).and_then(|subnets| subnets.as_list());
        let subnets: Vec<&Node> = listed
            .unwrap_or_default()
            .iter()
            .filter_map(|item| configuration.nodes.get(refer::target(item)?))
            .collect();
        public(&network, domain, &subnets, checks);
        way_out(&network, domain, vpc, &subnets, checks);
    }
}

/// Apps have no public address: by an internet gateway nothing of them gets out.
fn public(network: &Network<'_>, domain: &Node, subnets: &[&Node], checks: &mut Checks<'_>) {
    for subnet in subnets {
        let route = network.default_route(subnet);
        let Some(route) = route.filter(|route| network.is_public(route)) else {
            continue;
        };
        checks.out.push(
            Diagnostic::warning(
                codes::kinds::DOMAIN_PUBLIC_SUBNET,
                format!("`{}` is a public subnet of a `VpcOnly` domain", subnet.address),
            )
            .at(refer::span(domain, "subnets"), "private subnets are wanted")
            .at(refer::span(route, "via"), "it leads to the internet gateway")
            .help("name subnets whose default route leads to a NAT gateway, or that have none and reach endpoints")
            .about(domain.address.as_str()),
        );
    }
}

fn way_out(
    network: &Network<'_>,
    domain: &Node,
    vpc: &Node,
    subnets: &[&Node],
    checks: &mut Checks<'_>,
) {
    // Of subnets with the same lack one is enough to say it.
    let mut said: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for subnet in subnets {
        let route = network.default_route(subnet);
        if route.is_some_and(|route| !network.is_public(route)) {
            continue;
        }
        let Some(missing) = network.missing(vpc, subnet).filter(|set| !set.is_empty()) else {
            continue;
        };
        if !said.insert(missing.clone()) {
            continue;
        }
        let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        checks.out.push(
            Diagnostic::warning(
                codes::kinds::DOMAIN_WAY_OUT,
                format!(
                    "apps of a `VpcOnly` domain do not reach {} from `{}`",
                    names.join(", "),
                    subnet.address
                ),
            )
            .at(refer::span(domain, "subnets"), "no NAT gateway and no endpoint leads there")
            .help("lead the default route of its route table to a `nat_gateway`, or declare a `vpc_endpoint` for each: `type = \"Interface\"` with `private_dns = true`, and one for S3 with `route_tables`")
            .about(domain.address.as_str()),
        );
    }
}

#[cfg(test)]
mod tests;
