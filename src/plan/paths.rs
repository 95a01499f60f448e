//! Dotted paths into attributes, and what stands at them.

use std::sync::Arc;

use crate::kinds::schema::{Attribute, Schema, Type};
use crate::value::{Data, Map, Value};

/// `parent.name`, or `name` at the top.
pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

/// Whether `path` is `other` or below it.
pub(super) fn is_in(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What stands at a path; keys may themselves hold dots (tags do).
pub(crate) fn get<'a>(map: &'a Map, path: &str) -> Option<&'a Value> {
    if let Some(value) = map.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let (head, rest) = (path.get(..at)?, path.get(at + 1..)?);
        get(map.get(head)?.as_map()?, rest)
    })
}

/// Puts a value at a path, or takes it away (`None`); members above it are made where they are
/// missing.
pub(crate) fn set(map: &mut Map, path: &str, value: Option<Value>) {
    let inside = (!map.contains_key(path))
        .then(|| path.split_once('.'))
        .flatten();
    let Some((head, rest)) = inside else {
        match value {
            Some(value) => map.insert(Arc::from(path), value),
            None => map.remove(path),
        };
        return;
    };
    let below = map.get(head).and_then(Value::as_map);
    if below.is_none() && value.is_none() {
        return;
    }
    let mut below = below.cloned().unwrap_or_default();
    set(&mut below, rest, value);
    map.insert(Arc::from(head), Value::map(below));
}

/// The attribute a path leads to: the innermost one that the schema knows.
pub(super) fn attribute(schema: &Schema, path: &str) -> Option<&'static Attribute> {
    let mut attributes: &'static [Attribute] = schema.attributes;
    let mut found = None;
    for name in path.split('.') {
        let Some(attribute) = attributes.iter().find(|a| a.name == name) else {
            break;
        };
        found = Some(attribute);
        attributes = match attribute.ty {
            Type::Object(members) => members,
            _ => &[],
        };
    }
    found
}

/// The paths of everything unknown in a value, `path` being its own: list items by their number.
pub(super) fn unknown(value: &Value, path: &str, out: &mut Vec<String>) {
    match &value.data {
        Data::Unknown(_) => out.push(path.to_owned()),
        Data::List(items) => {
            for (index, item) in items.iter().enumerate() {
                unknown(item, &join(path, &index.to_string()), out);
            }
        }
        Data::Map(members) => {
            for (name, member) in members.iter() {
                unknown(member, &join(path, name), out);
            }
        }
        _ => {}
    }
}
