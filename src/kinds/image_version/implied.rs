//! Edges that no reference shows: settings that name an image need its versions, for SageMaker offers
//! an image only once it has one.

use std::collections::BTreeMap;

use super::schema::IMAGE_VERSION;
use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::kinds::ec2::refer;
use crate::kinds::edges;
use crate::value::{Data, Value};

/// The kinds that have settings.
const WITH_SETTINGS: [&str; 3] = ["domain", "user_profile", "space"];
/// The members of settings that name an image.
const NAMES_IMAGE: [&str; 2] = ["image_name", "sagemaker_image"];

pub(super) fn edges(configuration: &mut Configuration) {
    let mut versions: BTreeMap<String, Vec<&Address>> = BTreeMap::new();
    let nodes = || configuration.nodes.values();
    for node in nodes().filter(|node| node.kind == IMAGE_VERSION.kind) {
        let Some(image) = node.attributes.get("image") else {
            continue;
        };
        // By reference and, where the name is known, by name.
        let name = image.as_str().map(str::to_owned);
        for key in refer::key(image).into_iter().chain(name) {
            let listed = versions.entry(key).or_default();
            if !listed.contains(&&node.address) {
                listed.push(&node.address);
            }
        }
    }
    if versions.is_empty() {
        return;
    }
    let mut found = Vec::new();
    for node in nodes().filter(|node| WITH_SETTINGS.contains(&node.kind)) {
        for image in images(node) {
            let needed = versions.get(&image).into_iter().flatten();
            found.extend(needed.map(|version| (node.address.clone(), (*version).clone())));
        }
    }
    edges::add(configuration, found);
}

/// What the settings of a node name as images.
fn images(node: &Node) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match &value.data {
            Data::List(items) => items.iter().for_each(|item| walk(item, found)),
            Data::Map(members) => {
                for (name, member) in members.iter() {
                    match NAMES_IMAGE.contains(&&**name) {
                        true => found.extend(refer::key(member)),
                        false => walk(member, found),
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    node.attributes
        .values()
        .for_each(|value| walk(value, &mut found));
    found
}
