//! What ends when a route goes: whoever sends by it learns of that from the plan.

use super::{route, target};
use crate::kinds::Removal;
use crate::state::Record;
use crate::value::{Map, Value};

/// The state of a route whose target is there.
const ACTIVE: &str = "active";

/// What ends when a live route by this target goes, in words for the plan.
pub fn stops(destination: &str, by: &str) -> String {
    format!("traffic to {destination} by {} stops", target::words(by))
}

/// What ends when this route goes; nothing where its target has gone before it.
pub fn risks(removal: Removal, record: &Record, desired: Option<&Map>) -> Vec<String> {
    let by = record.text(route::target_attribute(&record.kind));
    let live = record.text("state") == Some(ACTIVE);
    let (Some(by), Some((_, destination)), true) = (by, route::parts_of(&record.id), live) else {
        return Vec::new();
    };
    let wanted = desired.and_then(|map| map.get("to").or_else(|| map.get("prefix_list")));
    let stops = stops(destination, by);
    // The same destination in a table that is made anew.
    let comes_back = wanted.and_then(Value::as_str) == Some(destination);
    vec![match removal {
        Removal::Replace if comes_back => format!("{stops} until the new route is there"),
        Removal::Replace | Removal::Delete => stops,
    }]
}

#[cfg(test)]
mod tests;
