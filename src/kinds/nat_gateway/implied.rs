//! Edges that no reference shows: a public NAT gateway needs the internet gateway of its VPC.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::refer;
use crate::kinds::edges;
use crate::value::Value;

/// Whether it leads to the internet, as far as the files tell.
pub fn is_public(node: &Node) -> bool {
    let connectivity = node.attributes.get("connectivity_type");
    connectivity.and_then(Value::as_str) != Some("private")
}

/// The attachments of internet gateways, by the VPC.
pub fn attachments(configuration: &Configuration) -> BTreeMap<String, &Address> {
    let nodes = configuration.nodes.values();
    nodes
        .filter(|node| node.kind == "internet_gateway.attachment")
        .filter_map(|node| {
            let vpc = node.attributes.get("vpc").and_then(refer::key)?;
            Some((vpc, &node.address))
        })
        .collect()
}

pub fn edges(configuration: &mut Configuration) {
    let attachments = attachments(configuration);
    let gateways = configuration.nodes.values();
    let found = gateways
        .filter(|node| node.kind == "nat_gateway" && is_public(node))
        .filter_map(|node| {
            let vpc = refer::vpc(configuration, node)?;
            let attachment = *attachments.get(&vpc)?;
            Some((node.address.clone(), attachment.clone()))
        })
        .collect();
    edges::add(configuration, found);
}
