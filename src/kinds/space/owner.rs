//! Who a space belongs to. Names of profiles have no letter case.

use std::collections::BTreeMap;

use super::schema::SPACE;
use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::refer;
use crate::kinds::edges;
use crate::value::Value;

/// The owner's name of a space, if it is known.
fn of(node: &Node) -> Option<&Value> {
    let settings = node.attributes.get("ownership_settings")?;
    settings.get("owner_user_profile_name")
}

/// A space whose owner is written as a text needs that profile as if it were written as a reference:
/// it can only be made after it, and keeps it from going.
pub(super) fn edges(configuration: &mut Configuration) {
    let mut profiles: BTreeMap<(String, String), &Address> = BTreeMap::new();
    for node in configuration.nodes.values() {
        let domain = node.attributes.get("domain").and_then(refer::key);
        if node.kind == "user_profile"
            && let (Some(domain), Some(name)) = (domain, refer::text(node, "name"))
        {
            profiles.insert((domain, name.to_ascii_lowercase()), &node.address);
        }
    }
    let mut needs: Vec<(Address, Address)> = Vec::new();
    for node in configuration.nodes.values() {
        if node.kind != SPACE.kind {
            continue;
        }
        let domain = node.attributes.get("domain").and_then(refer::key);
        let Some((domain, owner)) = domain.zip(of(node)) else {
            continue;
        };
        let name = owner.as_str().map(str::to_ascii_lowercase);
        if let Some(profile) = name.and_then(|name| profiles.get(&(domain, name))) {
            needs.push((node.address.clone(), Address::clone(profile)));
        }
    }
    edges::add(configuration, needs);
}

/// Whether two names are the same profile's.
pub(super) fn same(path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
    if path != "ownership_settings.owner_user_profile_name" {
        return None;
    }
    Some(wanted.as_str()?.eq_ignore_ascii_case(actual.as_str()?))
}
