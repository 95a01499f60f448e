//! Taking sensitive values out of what plan and state hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::paths::join;
use crate::address::Address;
use crate::state::digest;
use crate::value::{Data, Map, Value};

/// Attributes without their sensitive values, and those by path.
pub(super) struct Split {
    /// What may be shown.
    pub clear: Map,
    /// What may not. A list with a sensitive item stands here as a whole.
    pub secrets: BTreeMap<String, Value>,
}

/// Takes the sensitive values out.
pub(super) fn split(attributes: Map) -> Split {
    let mut secrets = BTreeMap::new();
    if !attributes.values().any(Value::has_sensitive) {
        return Split {
            clear: attributes,
            secrets,
        };
    }
    let clear = keep(&attributes, "", &mut secrets);
    Split { clear, secrets }
}

fn keep(map: &Map, path: &str, secrets: &mut BTreeMap<String, Value>) -> Map {
    let mut out = Map::new();
    for (name, value) in map {
        let path = join(path, name);
        match &value.data {
            _ if !value.has_sensitive() => {
                out.insert(Arc::clone(name), value.clone());
            }
            Data::Map(members) if !value.sensitive => {
                let members = keep(members, &path, secrets);
                out.insert(Arc::clone(name), Value::map(members));
            }
            _ => {
                secrets.insert(path, value.clone());
            }
        }
    }
    out
}

/// The digests of sensitive values, by path.
pub(super) fn digests(
    stack: &str,
    address: &Address,
    secrets: &BTreeMap<String, Value>,
) -> BTreeMap<String, String> {
    secrets
        .iter()
        .map(|(path, value)| (path.clone(), digest::digest(stack, address, path, value)))
        .collect()
}
