//! How updates change settings: an omitted member stays, a structure is merged member by member,
//! a list is replaced (an empty one clears).

use serde_json::{Map, Value};

/// Merges the members of an update into settings.
pub(super) fn merge(settings: &mut Map<String, Value>, update: Map<String, Value>) {
    for (name, value) in update {
        match (settings.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                settings.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn omitted_stays_structures_merge_lists_replace() {
        let mut settings = json!({"A": {"B": 1, "L": [1, 2]}, "C": "x", "E": [1]});
        let update = json!({"A": {"D": 2, "L": [3]}, "E": []});
        if let (Value::Object(settings), Value::Object(update)) = (&mut settings, update) {
            super::merge(settings, update);
        }
        assert_eq!(
            settings,
            json!({"A": {"B": 1, "L": [3], "D": 2}, "C": "x", "E": []})
        );
    }
}
