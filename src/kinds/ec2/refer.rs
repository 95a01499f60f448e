//! What values of the configuration refer to, known or not.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::diagnostic::Span;
use crate::value::{Data, Residual, Value};

/// The resource that a reference names, if the value is one.
pub fn target(value: &Value) -> Option<&Address> {
    match &value.data {
        Data::Resource(resource) => Some(&resource.address),
        Data::Unknown(residual) => named(residual),
        _ => None,
    }
}

fn named(residual: &Residual) -> Option<&Address> {
    match residual {
        Residual::Attribute { address, .. } => Some(address),
        Residual::Value(value) => target(value),
        Residual::Template(pieces) => pieces.iter().find_map(named),
        _ => None,
    }
}

/// What a reference field stands for: the address it names, or the id written in it. Two fields
/// with the same key are the same thing.
pub fn key(value: &Value) -> Option<String> {
    target(value).map(Address::to_string).or_else(|| {
        let text = value.as_str().filter(|_| !value.sensitive)?;
        Some(text.to_owned())
    })
}

/// The node that an attribute of `node` refers to.
pub fn node_of<'a>(
    configuration: &'a Configuration,
    node: &Node,
    attribute: &str,
) -> Option<&'a Node> {
    configuration
        .nodes
        .get(target(node.attributes.get(attribute)?)?)
}

/// What the VPC of a thing stands for: its own `vpc`, else that of its `subnet`.
pub fn vpc(configuration: &Configuration, node: &Node) -> Option<String> {
    let own = |node: &Node| node.attributes.get("vpc").and_then(key);
    own(node).or_else(|| own(node_of(configuration, node, "subnet")?))
}

/// The network of an attribute, if it is known and may be shown.
pub fn network(node: &Node, attribute: &str) -> Option<IpNet> {
    text(node, attribute)?.parse().ok()
}

/// The text of an attribute, if it is known and may be shown.
pub fn text<'a>(node: &'a Node, attribute: &str) -> Option<&'a str> {
    let value = node.attributes.get(attribute)?;
    value.as_str().filter(|_| !value.sensitive)
}

/// The span of an attribute, else of the node's name.
pub fn span(node: &Node, attribute: &str) -> Span {
    node.attributes
        .get(attribute)
        .and_then(|value| value.span)
        .or_else(|| node.attribute_spans.get(attribute).copied())
        .unwrap_or(node.span)
}

/// Two nodes in the order in which they stand in the files.
pub fn in_order<'a>(a: &'a Node, b: &'a Node) -> (&'a Node, &'a Node) {
    if a.span <= b.span { (a, b) } else { (b, a) }
}

/// Whether two networks share an address.
pub fn overlap(a: &IpNet, b: &IpNet) -> bool {
    match (a, b) {
        (IpNet::V4(a), IpNet::V4(b)) => a.contains(&b.network()) || b.contains(&a.network()),
        (IpNet::V6(a), IpNet::V6(b)) => a.contains(&b.network()) || b.contains(&a.network()),
        _ => false,
    }
}

/// The pairs of networks that overlap, each network with its nearest wider or equal one: found in
/// one pass over the networks in order, since overlapping networks lie inside each other.
pub fn overlaps<T: Copy>(mut networks: Vec<(IpNet, T)>) -> Vec<(T, T)> {
    networks.sort_by(|(a, _), (b, _)| {
        let key = |net: &IpNet| -> (IpAddr, u8) { (net.network(), net.prefix_len()) };
        key(a).cmp(&key(b))
    });
    let mut open: Vec<(IpNet, T)> = Vec::new();
    let mut found = Vec::new();
    for (network, item) in networks {
        while open
            .last()
            .is_some_and(|(outer, _)| !overlap(outer, &network))
        {
            open.pop();
        }
        if let Some((_, outer)) = open.last() {
            found.push((*outer, item));
        }
        open.push((network, item));
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_found_in_one_pass() {
        let networks = |texts: &[&str]| -> Vec<(IpNet, usize)> {
            texts
                .iter()
                .enumerate()
                .map(|(at, text)| (text.parse().unwrap(), at))
                .collect()
        };
        let check = |texts: &[&str], wanted: &[(usize, usize)]| {
            assert_eq!(overlaps(networks(texts)), wanted, "{texts:?}");
        };
        check(&["10.0.0.0/24", "10.0.1.0/24", "fd00::/64"], &[]);
        check(&["10.0.1.0/24", "10.0.0.0/16"], &[(1, 0)]);
        check(
            &["10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24", "10.1.0.0/16"],
            &[(0, 1), (0, 2)],
        );
        check(&["10.0.0.0/24", "10.0.0.0/24"], &[(0, 1)]);
    }
}
