//! The smallest update: only changed members, at the lowest level that the API takes.
//!
//! AWS merges nested objects, so that an omitted member stays as it is; lists are sent whole, and
//! an empty list clears (behaviour: section 2).

use std::sync::Arc;

use crate::kinds::Change;
use crate::kinds::schema::{Attribute, ChangeRule, Type, Unset};
use crate::value::{Map, Value};

/// Members that a schema requires because a thing cannot be made without them, though an update
/// takes their object without them (the API's own model requires nothing of these objects).
const NOT_IN_UPDATES: [&str; 1] = ["execution_role"];

/// What the changes ask for, as attributes: `desired` is all that the files want, `written` what
/// they wrote when the thing was last applied.
#[must_use]
pub fn changed(attributes: &[Attribute], changes: &[Change], desired: &Map, written: &Map) -> Map {
    let mut out = Map::new();
    for change in changes {
        let mut path = change.path.split('.');
        let Some(first) = path.next() else { continue };
        let Some(attribute) = attributes.iter().find(|one| one.is_called(first)) else {
            continue;
        };
        if matches!(attribute.ty, Type::Tags)
            || matches!(attribute.change, ChangeRule::Own | ChangeRule::Computed)
        {
            continue;
        }
        let levels = Levels {
            desired: desired.get(first),
            written: written.get(first),
        };
        let rest: Vec<&str> = path.collect();
        if let Some(value) = member(attribute, &rest, change, &levels) {
            merge(&mut out, first, value);
        }
    }
    out
}

/// What is wanted and what was written at the place that a path has reached.
struct Levels<'a> {
    desired: Option<&'a Value>,
    written: Option<&'a Value>,
}

impl<'a> Levels<'a> {
    fn down(&self, name: &str) -> Self {
        Self {
            desired: self.desired.and_then(|value| value.get(name)),
            written: self.written.and_then(|value| value.get(name)),
        }
    }
}

/// The value to send for an attribute, given the rest of the path of a change within it.
fn member(
    attribute: &Attribute,
    rest: &[&str],
    change: &Change,
    levels: &Levels<'_>,
) -> Option<Value> {
    let (Type::Object(inner), [next, rest @ ..]) = (&attribute.ty, rest) else {
        return whole(attribute, &change.before, &change.after, levels);
    };
    let attribute = inner.iter().find(|one| one.is_called(next))?;
    let value = member(attribute, rest, change, &levels.down(attribute.name))?;
    let mut out = Map::new();
    out.insert(Arc::from(attribute.name), value);
    needed(inner, &mut out, levels.desired);
    Some(Value::map(out))
}

/// The value to send when a change is told for the attribute as a whole.
fn whole(
    attribute: &Attribute,
    before: &Value,
    after: &Value,
    levels: &Levels<'_>,
) -> Option<Value> {
    if after.is_null() {
        return cleared(attribute, levels.written.unwrap_or(before));
    }
    let Type::Object(inner) = attribute.ty else {
        return Some(after.clone());
    };
    let mut out = Map::new();
    for one in inner {
        let was = before.get(one.name);
        let levels = levels.down(one.name);
        let value = match after.get(one.name) {
            Some(is) if Some(is) == was => None,
            Some(is) => whole(one, was.unwrap_or(&Value::null()), is, &levels),
            // Gone from the files, which once wrote it.
            None => levels.written.and_then(|written| cleared(one, written)),
        };
        if let Some(value) = value {
            out.insert(Arc::from(one.name), value);
        }
    }
    needed(inner, &mut out, Some(after));
    Some(Value::map(out))
}

/// What clears an attribute; `None` where the API cannot.
fn cleared(attribute: &Attribute, written: &Value) -> Option<Value> {
    match (&attribute.ty, attribute.unset) {
        (_, Unset::Default(json)) => serde_json::from_str(json)
            .ok()
            .map(|json| Value::from_json(&json)),
        (Type::List(..) | Type::Set(..), _) => Some(Value::list(Vec::new())),
        (_, Unset::Empty) => Some(Value::string("")),
        (Type::Object(inner), _) => {
            let out: Map = inner
                .iter()
                .filter_map(|one| {
                    let value = cleared(one, written.get(one.name)?)?;
                    Some((Arc::from(one.name), value))
                })
                .collect();
            (!out.is_empty()).then(|| Value::map(out))
        }
        _ => None,
    }
}

/// Adds the members without which the API refuses the object.
fn needed(inner: &[Attribute], out: &mut Map, desired: Option<&Value>) {
    for one in inner {
        if one.required
            && !NOT_IN_UPDATES.contains(&one.name)
            && !out.contains_key(one.name)
            && let Some(value) = desired.and_then(|value| value.get(one.name))
        {
            out.insert(Arc::from(one.name), value.clone());
        }
    }
}

/// Puts a value in; objects are joined.
fn merge(into: &mut Map, name: &str, value: Value) {
    match (into.get(name).and_then(Value::as_map), value.as_map()) {
        (Some(there), Some(more)) => {
            let mut joined = there.clone();
            for (name, value) in more {
                merge(&mut joined, name, value.clone());
            }
            into.insert(Arc::from(name), Value::map(joined));
        }
        _ => {
            into.insert(Arc::from(name), value);
        }
    }
}

/// Attributes as AWS gave them, sets in order.
#[must_use]
pub fn arranged(attributes: &[Attribute], mut members: Map) -> Map {
    for attribute in attributes {
        if let Some(value) = members.get_mut(attribute.name) {
            *value = arrange(&attribute.ty, value);
        }
    }
    members
}

fn arrange(ty: &Type, value: &Value) -> Value {
    match (ty, value.as_list(), value.as_map()) {
        (Type::Set(..), Some(items), _) => {
            let mut items = items.to_vec();
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items.dedup();
            Value::list(items)
        }
        (Type::List(item, _), Some(items), _) => {
            Value::list(items.iter().map(|one| arrange(item, one)).collect())
        }
        (Type::Object(inner), _, Some(members)) => Value::map(arranged(inner, members.clone())),
        _ => value.clone(),
    }
}
