//! Whether a finished value is what the plan showed, as far as it was known then.

use crate::value::{Data, Value};

/// Where `finished` differs from the known parts of `shown`, as a path below it; `None` where it
/// does not. Lists whose order means nothing may have been sorted anew once their items were known.
#[must_use]
pub fn first_difference(shown: &Value, finished: &Value) -> Option<String> {
    match (&shown.data, &finished.data) {
        (Data::Unknown(_), _) => None,
        (Data::Map(before), Data::Map(after)) => before.iter().find_map(|(key, shown)| {
            let rest = match after.get(key) {
                Some(finished) => first_difference(shown, finished)?,
                None if shown.is_null() || shown.is_unknown() => return None,
                None => String::new(),
            };
            Some(if rest.is_empty() {
                key.to_string()
            } else {
                format!("{key}.{rest}")
            })
        }),
        (Data::List(before), Data::List(after)) if shown.has_unknown() => before
            .iter()
            .filter(|item| !item.has_unknown())
            .any(|item| !after.contains(item))
            .then(String::new),
        _ => (shown != finished).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;

    fn value(json: serde_json::Value) -> Value {
        Value::from_json(&json)
    }

    #[test]
    fn known_parts_stay_as_shown() {
        let unknown = || Value::unknown_attribute(Address::from_text("vpc.a"), "id");
        let known = value(serde_json::json!("subnet-1"));
        let shown = Value::list(vec![unknown(), known.clone()]);
        let sorted = value(serde_json::json!(["subnet-1", "subnet-2"]));
        let lost = value(serde_json::json!(["subnet-2", "subnet-3"]));
        assert_eq!(first_difference(&shown, &sorted), None);
        assert_eq!(first_difference(&shown, &lost), Some(String::new()));
        let map = |item: Value| Value::map([("a".into(), item)].into());
        assert_eq!(
            first_difference(&map(known), &map(sorted)),
            Some("a".to_owned())
        );
    }
}
