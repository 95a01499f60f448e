//! What follows for groups and rules from the whole configuration.

use std::sync::Arc;

use super::parts::DEFAULT;
use super::peer::Peer;
use super::rule::ALL;
use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::{ANYWHERE, refer};
use crate::kinds::{edges, peering};
use crate::value::{Data, Residual, Value};

pub fn complete(configuration: &mut Configuration) {
    default_egress(configuration);
    peers(configuration);
    acceptances(configuration);
}

/// The attribute of a rule that holds its peer.
pub fn peer_attribute(kind: &str) -> Option<&'static str> {
    match kind {
        "security_group.ingress" => Some("from"),
        "security_group.egress" => Some("to"),
        _ => None,
    }
}

/// A group keeps AWS's egress rule where a rule with its content is wanted under its label.
fn default_egress(configuration: &mut Configuration) {
    let groups: Vec<(Address, bool)> = configuration
        .nodes
        .values()
        .filter(|node| {
            node.kind == "security_group" && !node.attributes.contains_key("default_egress")
        })
        .map(|node| {
            let rule = node.address.part("egress", DEFAULT, None);
            let stays = configuration.nodes.get(&rule).is_some_and(is_default);
            (node.address.clone(), stays)
        })
        .collect();
    for (address, stays) in groups {
        if let Some(node) = configuration.nodes.get_mut(&address) {
            node.attributes
                .insert(Arc::from("default_egress"), Value::bool(stays));
        }
    }
}

fn is_default(rule: &Node) -> bool {
    let text = |name: &str| rule.attributes.get(name).and_then(Value::as_str);
    text("protocol") == Some(ALL) && text("to") == Some(ANYWHERE) && text("description").is_none()
}

/// Peers in one form: a network as AWS writes it, a group of another account with its account.
fn peers(configuration: &mut Configuration) {
    let changed: Vec<(Address, &'static str, Value)> = configuration
        .nodes
        .values()
        .filter_map(|node| {
            let attribute = peer_attribute(node.kind)?;
            let value = node.attributes.get(attribute)?;
            let data = match value.as_str() {
                Some(text) => {
                    let text = Peer::parse(text)?.text(&node.place.account);
                    Data::String(text.into())
                }
                None => of_other_account(configuration, node, value)?,
            };
            let value = Value {
                data,
                ..value.clone()
            };
            Some((node.address.clone(), attribute, value))
        })
        .collect();
    for (address, attribute, value) in changed {
        if let Some(node) = configuration.nodes.get_mut(&address) {
            node.attributes.insert(Arc::from(attribute), value);
        }
    }
}

/// `account-id/` and the group's id, for a group of another account.
fn of_other_account(configuration: &Configuration, rule: &Node, value: &Value) -> Option<Data> {
    let Data::Unknown(residual) = &value.data else {
        return None;
    };
    let Residual::Attribute { address, .. } = &**residual else {
        return None;
    };
    let account = &configuration.nodes.get(address)?.place.account;
    if account.is_empty() || *account == rule.place.account {
        return None;
    }
    Some(Data::Unknown(Arc::new(Residual::Template(vec![
        Residual::Value(Value::string(format!("{account}/"))),
        Residual::clone(residual),
    ]))))
}

/// A rule that names a group of a peered VPC needs the peering to be accepted.
fn acceptances(configuration: &mut Configuration) {
    let peerings = peering::implied::by_vpcs(configuration);
    let mut found = Vec::new();
    for rule in configuration.nodes.values() {
        let Some((own, other)) = vpcs(configuration, rule) else {
            continue;
        };
        let Some(peering) = peerings.get(&peering::implied::pair(own, other)) else {
            continue;
        };
        let acceptance = peering.single("acceptance");
        if configuration.nodes.contains_key(&acceptance) {
            found.push((rule.address.clone(), acceptance));
        }
    }
    edges::add(configuration, found);
}

/// The VPCs of a rule's own group and of the group it names, where they differ.
pub fn vpcs(configuration: &Configuration, rule: &Node) -> Option<(String, String)> {
    let peer = rule.attributes.get(peer_attribute(rule.kind)?)?;
    let named = configuration.nodes.get(refer::target(peer)?)?;
    let own = configuration.nodes.get(rule.parent.as_ref()?)?;
    let vpc = |group: &Node| group.attributes.get("vpc").and_then(refer::key);
    let (own, other) = (vpc(own)?, vpc(named)?);
    (own != other).then_some((own, other))
}
