//! Rules of AWS for route tables, routes and associations that need no call.

use std::collections::BTreeMap;

use super::target;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, quotas, refer};

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "route_table");
    quotas::check(checks, &["route_table", "route_table.route"]);
    let configuration = checks.configuration;
    let mut routes: BTreeMap<(String, String), &Node> = BTreeMap::new();
    let mut subnets: BTreeMap<String, &Node> = BTreeMap::new();
    for node in configuration.nodes.values() {
        match node.kind {
            "route_table.route" => {
                valid_target(node, checks);
                one_destination(node, checks);
                attached(configuration, node, checks);
                one_vpc(configuration, node, "via", checks);
                unique(node, &mut routes, checks);
            }
            "peering.requester_routes" | "peering.accepter_routes" => {
                unique(node, &mut routes, checks);
            }
            "route_table.subnets" => {
                one_vpc(configuration, node, "subnet", checks);
                one_table(node, &mut subnets, checks);
            }
            _ => {}
        }
    }
}

/// The key of the table a route or association is in: its parent for those of a table.
fn table_key(node: &Node) -> Option<String> {
    if node.kind.starts_with("route_table.") {
        return node.parent.as_ref().map(ToString::to_string);
    }
    node.attributes.get("table").and_then(refer::key)
}

fn unique<'a>(
    node: &'a Node,
    routes: &mut BTreeMap<(String, String), &'a Node>,
    checks: &mut Checks<'_>,
) {
    let network = refer::network(node, "to").map(|network| network.to_string());
    let list = || node.attributes.get("prefix_list").and_then(refer::key);
    let (Some(table), Some(destination)) = (table_key(node), network.or_else(list)) else {
        return;
    };
    let first = routes
        .entry((table.clone(), destination.clone()))
        .or_insert(node);
    if first.address == node.address {
        return;
    }
    let (first, node) = refer::in_order(first, node);
    checks.out.push(
        Diagnostic::error(
            codes::kinds::DUPLICATE_ROUTE,
            format!("`{table}` has two routes to {destination}"),
        )
        .at(destination_span(node), format!("`{}`", node.address))
        .at(destination_span(first), format!("`{}`", first.address))
        .about(node.address.to_string()),
    );
}

/// A route to an internet gateway that is attached to no VPC.
fn attached(configuration: &Configuration, node: &Node, checks: &mut Checks<'_>) {
    let Some(gateway) = refer::node_of(configuration, node, "via") else {
        return;
    };
    let vpc = gateway.attributes.get("vpc");
    if gateway.kind != "internet_gateway" || vpc.is_some_and(|vpc| !vpc.is_null()) {
        return;
    }
    checks.out.push(
        Diagnostic::error(
            codes::kinds::ROUTE_TO_NOTHING,
            format!("`{}` is attached to no VPC", gateway.address),
        )
        .at(refer::span(node, "via"), "leads to nothing")
        .at(gateway.span, "has no `vpc`")
        .help(format!("write `vpc` in `{}`", gateway.address))
        .about(node.address.to_string()),
    );
}

/// Where the destination of a route is written.
fn destination_span(node: &Node) -> Span {
    let has_list = node.attributes.contains_key("prefix_list");
    refer::span(node, if has_list { "prefix_list" } else { "to" })
}

/// A route has a network or a prefix list.
fn one_destination(node: &Node, checks: &mut Checks<'_>) {
    let has = |name: &str| {
        node.attributes
            .get(name)
            .is_some_and(|value| !value.is_null())
    };
    let diagnostic = match (has("to"), has("prefix_list")) {
        (true, false) | (false, true) => return,
        (true, true) => Diagnostic::error(
            codes::kinds::ROUTE_DESTINATION,
            format!("`{}` has `to` and `prefix_list`", node.address),
        )
        .at(refer::span(node, "to"), "a network")
        .at(refer::span(node, "prefix_list"), "a list of networks")
        .help("write a route for each"),
        (false, false) => Diagnostic::error(
            codes::kinds::ROUTE_DESTINATION,
            format!("`{}` leads nowhere", node.address),
        )
        .at(node.span, "has no `to`")
        .help("write `to = \"0.0.0.0/0\"`, or `prefix_list = \"pl-…\"`"),
    };
    checks.out.push(diagnostic.about(node.address.to_string()));
}

fn valid_target(node: &Node, checks: &mut Checks<'_>) {
    let Some(id) = refer::text(node, "via") else {
        return;
    };
    if target::of(id).is_some() {
        return;
    }
    let prefixes: Vec<String> = target::prefixes()
        .map(|prefix| format!("`{prefix}…`"))
        .collect();
    checks.out.push(
        Diagnostic::error(
            codes::kinds::ROUTE_TARGET,
            format!("`{id}` is not a target of a route"),
        )
        .at(refer::span(node, "via"), "")
        .help(format!(
            "write an internet or NAT gateway, a peering, or an id: {}",
            prefixes.join(", ")
        ))
        .about(node.address.to_string()),
    );
}

fn one_table<'a>(
    node: &'a Node,
    subnets: &mut BTreeMap<String, &'a Node>,
    checks: &mut Checks<'_>,
) {
    let Some(subnet) = node.attributes.get("subnet").and_then(refer::key) else {
        return;
    };
    let first = subnets.entry(subnet.clone()).or_insert(node);
    if first.address == node.address {
        return;
    }
    let (first, node) = refer::in_order(first, node);
    checks.out.push(
        Diagnostic::error(
            codes::kinds::SUBNET_IN_TWO_TABLES,
            format!("`{subnet}` is associated with two route tables"),
        )
        .at(refer::span(node, "subnet"), format!("`{}`", node.address))
        .at(refer::span(first, "subnet"), format!("`{}`", first.address))
        .about(node.address.to_string()),
    );
}

/// A kind in words.
fn named(kind: &str) -> String {
    match kind {
        "nat_gateway" => "NAT gateway".to_owned(),
        "vpc_endpoint" => "VPC endpoint".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What a part of a table names must be in the table's VPC.
fn one_vpc(configuration: &Configuration, node: &Node, attribute: &str, checks: &mut Checks<'_>) {
    let vpc = |node: &Node| refer::vpc(configuration, node);
    let Some(table) = node
        .parent
        .as_ref()
        .and_then(|parent| configuration.nodes.get(parent))
    else {
        return;
    };
    let Some(other) = refer::node_of(configuration, node, attribute) else {
        return;
    };
    let (Some(of_table), Some(of_other)) = (vpc(table), vpc(other)) else {
        return;
    };
    // An id and a reference may be the same VPC.
    let comparable = of_table.starts_with("vpc-") == of_other.starts_with("vpc-");
    if of_table != of_other && comparable {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::GROUP_OTHER_VPC,
                format!(
                    "`{}` is in `{of_table}`, but the {} `{}` is in `{of_other}`",
                    table.address,
                    named(other.kind),
                    other.address
                ),
            )
            .at(refer::span(node, attribute), "of another VPC")
            .at(refer::span(table, "vpc"), "the VPC of the table")
            .about(node.address.to_string()),
        );
    }
}
