//! Edges that no reference shows: a route by an internet gateway needs its attachment, a route by
//! a peering its acceptance.

use crate::address::Address;
use crate::config::{Configuration, Edge};
use crate::kinds::ec2::refer;

pub fn edges(configuration: &mut Configuration) {
    let mut found: Vec<(Address, Address)> = Vec::new();
    for node in configuration.nodes.values() {
        if node.kind != "route_table.route" {
            continue;
        }
        let Some(target) = node.attributes.get("via").and_then(refer::target) else {
            continue;
        };
        for part in ["attachment", "acceptance"] {
            let part = target.single(part);
            if configuration.nodes.contains_key(&part) {
                found.push((node.address.clone(), part));
            }
        }
    }
    add(configuration, found);
}

/// Adds edges (from, to) that are not there.
pub fn add(configuration: &mut Configuration, edges: Vec<(Address, Address)>) {
    for (from, to) in edges {
        if let Some(node) = configuration.nodes.get_mut(&from) {
            match node.edges.iter_mut().find(|edge| edge.to == to) {
                Some(edge) => edge.soft = false,
                None => node.edges.push(Edge {
                    to,
                    span: None,
                    soft: false,
                }),
            }
        }
    }
}
