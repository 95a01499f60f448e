//! What follows for peerings from the whole configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::refer;
use crate::value::Value;

/// The account and region of an accepter that is a resource.
pub fn complete(configuration: &mut Configuration) {
    let found: Vec<(Address, &'static str, Value)> = configuration
        .nodes
        .values()
        .filter(|node| node.kind == "peering")
        .filter_map(|node| Some((node, refer::node_of(configuration, node, "accepter")?)))
        .flat_map(|(node, accepter)| {
            [
                ("accepter_account", &accepter.place.account),
                ("accepter_region", &accepter.place.region),
            ]
            .into_iter()
            .filter(|(name, value)| !value.is_empty() && !node.attributes.contains_key(*name))
            .map(|(name, value)| (node.address.clone(), name, Value::string(Arc::clone(value))))
        })
        .collect();
    for (address, name, value) in found {
        if let Some(node) = configuration.nodes.get_mut(&address) {
            node.attributes.insert(Arc::from(name), value);
        }
    }
}

/// Two VPCs, whichever comes first.
pub fn pair(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The VPCs of a peering, as [`refer::key`] says them.
pub fn ends(node: &Node) -> Option<(String, String)> {
    let end = |name: &str| node.attributes.get(name).and_then(refer::key);
    Some((end("requester")?, end("accepter")?))
}

/// The peerings by the two VPCs they join; of two for the same VPCs the first.
pub fn by_vpcs(configuration: &Configuration) -> BTreeMap<(String, String), Address> {
    let mut found = BTreeMap::new();
    for node in configuration.nodes.values() {
        if node.kind != "peering" {
            continue;
        }
        if let Some((a, b)) = ends(node) {
            found
                .entry(pair(a, b))
                .or_insert_with(|| node.address.clone());
        }
    }
    found
}
