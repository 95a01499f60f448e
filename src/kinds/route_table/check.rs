//! Rules of AWS for route tables, routes and associations that need no call.

use std::collections::BTreeMap;

use super::target;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, refer};

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "route_table");
    let configuration = checks.configuration;
    let mut routes: BTreeMap<(String, String), &Node> = BTreeMap::new();
    let mut subnets: BTreeMap<String, &Node> = BTreeMap::new();
    for node in configuration.nodes.values() {
        match node.kind {
            "route_table.route" => {
                valid_target(node, checks);
                one_vpc(configuration, node, "via", "internet gateway", checks);
                unique(node, &mut routes, checks);
            }
            "peering.requester_routes" | "peering.accepter_routes" => {
                unique(node, &mut routes, checks);
            }
            "route_table.subnets" => {
                one_vpc(configuration, node, "subnet", "subnet", checks);
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
    let (Some(table), Some(network)) = (table_key(node), refer::network(node, "to")) else {
        return;
    };
    let first = routes
        .entry((table.clone(), network.to_string()))
        .or_insert(node);
    if first.address == node.address {
        return;
    }
    let (first, node) = refer::in_order(first, node);
    checks.out.push(
        Diagnostic::error(
            codes::kinds::DUPLICATE_ROUTE,
            format!("`{table}` has two routes to {network}"),
        )
        .at(refer::span(node, "to"), format!("`{}`", node.address))
        .at(refer::span(first, "to"), format!("`{}`", first.address))
        .about(node.address.to_string()),
    );
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
            "write an internet gateway, a peering, or an id: {}",
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

/// What a part of a table names must be in the table's VPC.
fn one_vpc(
    configuration: &Configuration,
    node: &Node,
    attribute: &str,
    what: &str,
    checks: &mut Checks<'_>,
) {
    let vpc = |node: &Node| node.attributes.get("vpc").and_then(refer::key);
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
                    "`{}` is in `{of_table}`, but the {what} `{}` is in `{of_other}`",
                    table.address, other.address
                ),
            )
            .at(refer::span(node, attribute), "of another VPC")
            .at(refer::span(table, "vpc"), "the VPC of the table")
            .about(node.address.to_string()),
        );
    }
}
