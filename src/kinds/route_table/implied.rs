//! Edges that no reference shows: a route by an internet gateway needs its attachment, a route by
//! a peering its acceptance.

use crate::address::Address;
use crate::config::Configuration;
use crate::kinds::ec2::refer;
use crate::kinds::edges;

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
    edges::add(configuration, found);
}
