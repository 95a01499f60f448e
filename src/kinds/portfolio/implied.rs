//! Edges that no reference shows: a launch constraint needs its product in the portfolio, and goes
//! before it does.

use crate::address::Address;
use crate::config::Configuration;
use crate::kinds::ec2::refer;
use crate::kinds::edges;

pub fn edges(configuration: &mut Configuration) {
    let mut found: Vec<(Address, Address)> = Vec::new();
    for node in configuration.nodes.values() {
        if node.kind != "portfolio.launch_constraint" {
            continue;
        }
        let product = node.attributes.get("product").and_then(refer::key);
        let (Some(product), Some(portfolio)) = (product, &node.parent) else {
            continue;
        };
        let member = portfolio.item("products", &product);
        if configuration.nodes.contains_key(&member) {
            found.push((node.address.clone(), member));
        }
    }
    edges::add(configuration, found);
}
