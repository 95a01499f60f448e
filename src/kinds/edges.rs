//! Edges that a kind adds: what no reference shows.

use crate::address::Address;
use crate::config::{Configuration, Edge};

/// Adds hard edges (from, to) that are not there.
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
