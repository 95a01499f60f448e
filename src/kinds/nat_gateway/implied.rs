//! Edges that no reference shows: a public NAT gateway needs the internet gateway of its VPC.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::refer;
use crate::kinds::route_table;
use crate::value::Value;

/// Whether it leads to the internet, as far as the files tell.
pub fn is_public(node: &Node) -> bool {
    let connectivity = node.attributes.get("connectivity_type");
    connectivity.and_then(Value::as_str) != Some("private")
}

pub fn edges(configuration: &mut Configuration) {
    let mut attachments: BTreeMap<String, &Address> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if node.kind == "internet_gateway.attachment"
            && let Some(vpc) = node.attributes.get("vpc").and_then(refer::key)
        {
            attachments.insert(vpc, &node.address);
        }
    }
    let gateways = configuration.nodes.values();
    let found = gateways
        .filter(|node| node.kind == "nat_gateway" && is_public(node))
        .filter_map(|node| {
            let vpc = refer::vpc(configuration, node)?;
            let attachment = *attachments.get(&vpc)?;
            Some((node.address.clone(), attachment.clone()))
        })
        .collect();
    route_table::add_edges(configuration, found);
}
