//! Comparison of values by what they mean to AWS, told by the type of their attribute.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use ipnet::IpNet;

use super::iam_document;
use super::schema::{Attribute, Type};
use crate::value::{Data, Map, Value};

/// Whether AWS makes no difference between what is wanted and what is there: sets without order,
/// networks, protocols, ports and IAM documents by meaning, fixed words without letter case, nothing
/// and empty alike. Of an
/// object or tags only the members that are wanted are looked at.
#[must_use]
pub fn same(ty: &Type, wanted: &Value, actual: &Value) -> bool {
    if wanted == actual {
        return true;
    }
    if wanted.has_unknown() || actual.has_unknown() {
        return false;
    }
    if is_empty(wanted) && is_empty(actual) {
        return true;
    }
    match ty {
        Type::List(item, _) => match (wanted.as_list(), actual.as_list()) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(item, a, b))
            }
            _ => false,
        },
        Type::Set(item, _) => match (wanted.as_list(), actual.as_list()) {
            (Some(a), Some(b)) => same_set(item, a, b),
            _ => false,
        },
        Type::Object(attributes) => match (wanted.as_map(), members(actual)) {
            (Some(a), Some(b)) => attributes.iter().all(|attribute| {
                a.get(attribute.name).is_none_or(|wanted| {
                    let null = Value::null();
                    same(
                        &attribute.ty,
                        wanted,
                        b.get(attribute.name).unwrap_or(&null),
                    )
                })
            }),
            _ => false,
        },
        // Others may tag too: only the keys that are wanted are looked at.
        Type::Tags => match (wanted.as_map(), members(actual)) {
            (Some(a), Some(b)) => a.iter().all(|(key, value)| b.get(key) == Some(value)),
            _ => false,
        },
        Type::Map(item) => match (members(wanted), members(actual)) {
            (Some(a), Some(b)) => same_map(item, a, b),
            _ => false,
        },
        Type::IamDocument => match (wanted.as_str(), actual.as_str()) {
            (Some(a), Some(b)) => iam_document::same_text(a, b),
            _ => false,
        },
        _ => meaning(ty, wanted) == meaning(ty, actual),
    }
}

/// `null`, and the empty text, list and object, and an object of nothing but those: AWS leaves them
/// out of its answers.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    match &value.data {
        Data::Null => true,
        Data::String(text) => text.is_empty(),
        Data::List(items) => items.is_empty(),
        Data::Map(members) => members.values().all(is_empty),
        _ => false,
    }
}

/// A text that is the same for values of the same meaning. Only for values without unknown ones.
#[must_use]
pub fn meaning(ty: &Type, value: &Value) -> String {
    let mut out = String::new();
    write(ty, value, &mut out);
    out
}

static NO_MEMBERS: Map = Map::new();

/// The members of a map; none of `null`.
fn members(value: &Value) -> Option<&Map> {
    if value.is_null() {
        return Some(&NO_MEMBERS);
    }
    value.as_map()
}

fn same_map(item: &Type, a: &Map, b: &Map) -> bool {
    let null = Value::null();
    a.keys().chain(b.keys()).all(|key| {
        same(
            item,
            a.get(key).unwrap_or(&null),
            b.get(key).unwrap_or(&null),
        )
    })
}

/// Sets of objects are compared by the members that some wanted item names: AWS fills in others.
fn same_set(item: &Type, wanted: &[Value], actual: &[Value]) -> bool {
    let keys = |items: &[Value], named: Option<&BTreeSet<Arc<str>>>| -> BTreeSet<String> {
        items
            .iter()
            .map(|value| match (named, value.as_map()) {
                (Some(named), Some(map)) => {
                    let kept: Map = map
                        .iter()
                        .filter(|(name, _)| named.contains(*name))
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect();
                    meaning(item, &Value::map(kept))
                }
                _ => meaning(item, value),
            })
            .collect()
    };
    let named: Option<BTreeSet<Arc<str>>> = matches!(item, Type::Object(_)).then(|| {
        wanted
            .iter()
            .filter_map(Value::as_map)
            .flat_map(|map| map.keys().cloned())
            .collect()
    });
    keys(wanted, named.as_ref()) == keys(actual, named.as_ref())
}

fn write(ty: &Type, value: &Value, out: &mut String) {
    match (ty, &value.data) {
        (Type::List(item, _), Data::List(items)) => {
            out.push('[');
            for value in items.iter() {
                write(item, value, out);
                out.push(',');
            }
            out.push(']');
        }
        (Type::Set(item, _), Data::List(items)) => {
            let keys: BTreeSet<String> = items.iter().map(|value| meaning(item, value)).collect();
            out.push('{');
            for key in keys {
                out.push_str(&key);
                out.push(',');
            }
            out.push('}');
        }
        (Type::Object(attributes), Data::Map(map)) => {
            out.push('{');
            for (name, value) in map.iter().filter(|(_, value)| !is_empty(value)) {
                text(name, out);
                out.push(':');
                match find(attributes, name) {
                    Some(attribute) => write(&attribute.ty, value, out),
                    None => plain(value, out),
                }
                out.push(',');
            }
            out.push('}');
        }
        (Type::Map(item), Data::Map(map)) => {
            out.push('{');
            for (name, value) in map.iter().filter(|(_, value)| !is_empty(value)) {
                text(name, out);
                out.push(':');
                write(item, value, out);
                out.push(',');
            }
            out.push('}');
        }
        (Type::Enum(_), Data::String(word)) => text(&word.to_ascii_lowercase(), out),
        (Type::Cidr | Type::AnyCidr, Data::String(network)) => match network.parse::<IpNet>() {
            Ok(network) => text(&network.trunc().to_string(), out),
            Err(_) => text(network, out),
        },
        (Type::Protocol, _) => match protocol(value) {
            Some(word) => text(&word, out),
            None => plain(value, out),
        },
        (Type::Ports, _) => match ports(value) {
            Some((from, to)) => text(&format!("{from}..{to}"), out),
            None => plain(value, out),
        },
        (Type::IamDocument, Data::String(document)) => match document_of(document) {
            Some(json) => plain(&Value::from_json(&json), out),
            None => text(document, out),
        },
        _ => plain(value, out),
    }
}

fn document_of(text: &str) -> Option<serde_json::Value> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    iam_document::canonical(&json).ok()
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name == name)
}

fn text(value: &str, out: &mut String) {
    // The length in front keeps two texts from reading as one. Writing to a String cannot fail.
    let _ = write!(out, "{}\"{value}", value.len());
}

fn plain(value: &Value, out: &mut String) {
    match &value.data {
        Data::Null => out.push('-'),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Data::Float(number) => {
            let _ = match value.as_int() {
                Some(whole) => write!(out, "{whole}"),
                None => write!(out, "{number}"),
            };
        }
        Data::String(value) => text(value, out),
        Data::Ports(from, to) => {
            let _ = write!(out, "{from}..{to}");
        }
        Data::Resource(resource) => text(resource.address.as_str(), out),
        Data::List(items) => {
            out.push('[');
            for item in items.iter() {
                plain(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Data::Map(map) => {
            out.push('{');
            for (name, member) in map.iter().filter(|(_, member)| !is_empty(member)) {
                text(name, out);
                out.push(':');
                plain(member, out);
                out.push(',');
            }
            out.push('}');
        }
        Data::Unknown(_) => out.push('?'),
    }
}

/// AWS's word of a protocol (behaviour: EC2 API, IpPermission: `-1` is all; names or numbers).
fn protocol(value: &Value) -> Option<String> {
    let word = match &value.data {
        Data::Int(number) => number.to_string(),
        Data::String(word) => word.to_ascii_lowercase(),
        _ => return None,
    };
    Some(
        match word.as_str() {
            "all" | "-1" => "all",
            "tcp" | "6" => "tcp",
            "udp" | "17" => "udp",
            "icmp" | "1" => "icmp",
            "icmpv6" | "58" => "icmpv6",
            other => other,
        }
        .to_owned(),
    )
}

/// A port or range in any of its forms.
fn ports(value: &Value) -> Option<(u16, u16)> {
    match &value.data {
        Data::Ports(from, to) => Some((*from, *to)),
        Data::Int(port) => u16::try_from(*port).ok().map(|port| (port, port)),
        Data::String(text) => match text.split_once("..") {
            Some((from, to)) => Some((from.trim().parse().ok()?, to.trim().parse().ok()?)),
            None => text.trim().parse().ok().map(|port| (port, port)),
        },
        _ => None,
    }
}
