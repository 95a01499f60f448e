//! Tags as smd's files know them, and what a change of tags asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Change, marks};
use crate::value::{Map, Value};

/// Beginnings of keys that smd, AWS or SageMaker own: no file writes them and no diff shows them.
const OWNED: [&str; 3] = ["smd:", "aws:", "sagemaker:"];

/// The beginning of a tag's key that says that smd, AWS or SageMaker owns it, if one does. Case does
/// not count (EC2 guide, tag restrictions: "The aws: prefix is reserved", in any case).
#[must_use]
pub fn owned_prefix(key: &str) -> Option<&'static str> {
    OWNED.into_iter().find(|prefix| {
        key.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

/// The tags of a thing without those that someone else owns. smd's own marks are among them until
/// [`super::Actual::new`] puts them apart.
pub fn visible(tags: impl IntoIterator<Item = (String, String)>) -> Value {
    Value::map(
        tags.into_iter()
            .filter(|(key, _)| owned_prefix(key).is_none() || key.starts_with(marks::PREFIX))
            .map(|(key, value)| (Arc::from(key), Value::string(value)))
            .collect(),
    )
}

/// Whether these visible tags are the recorded ones, smd's marks left out.
#[must_use]
pub fn agree(recorded: Option<&Value>, tags: &Value) -> bool {
    let mut without = Map::from([(Arc::from("tags"), tags.clone())]);
    marks::take(&mut without);
    recorded == without.get("tags")
}

/// What is to be done to a thing's tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// Tags that are added or get another value.
    pub set: BTreeMap<String, String>,
    /// Keys that go.
    pub remove: Vec<String>,
}

/// What the changes ask for: `tags` as a whole, or single keys as `tags.KEY`.
#[must_use]
pub fn tag_changes(changes: &[Change]) -> TagChanges {
    let mut out = TagChanges::default();
    let none = Map::new();
    for change in changes {
        if change.path == "tags" {
            let before = change.before.as_map().unwrap_or(&none);
            let after = change.after.as_map().unwrap_or(&none);
            for (key, value) in after {
                if before.get(key) != Some(value) {
                    out.put(key, value);
                }
            }
            out.remove.extend(
                before
                    .keys()
                    .filter(|key| !after.contains_key(*key))
                    .map(ToString::to_string),
            );
        } else if let Some(key) = change.path.strip_prefix("tags.") {
            if change.after.is_null() {
                out.remove.push(key.to_owned());
            } else {
                out.put(key, &change.after);
            }
        }
    }
    out
}

impl TagChanges {
    fn put(&mut self, key: &str, value: &Value) {
        if let Some(text) = value.as_str() {
            self.set.insert(key.to_owned(), text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Value {
        visible(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())))
    }

    #[test]
    fn owned_tags_are_not_shown() {
        let all = tags(&[
            ("smd:key", "1"),
            ("aws:x", "1"),
            ("sagemaker:y", "1"),
            ("a", "b"),
        ]);
        let shown = tags(&[("a", "b")]);
        assert!(agree(Some(&shown), &all));
        let there = super::super::Actual::new("x", Map::from([("tags".into(), all)]));
        assert_eq!(there.attributes.get("tags"), Some(&shown));
        assert_eq!(there.marks, [("smd:key".into(), "1".into())].into());
    }

    #[test]
    fn whole_maps_and_single_keys_mean_the_same() {
        let whole = Change {
            path: "tags".into(),
            before: tags(&[("a", "1"), ("b", "1"), ("c", "1")]),
            after: tags(&[("a", "1"), ("b", "2"), ("d.e", "1")]),
        };
        let single = |path: &str, after: Value| Change {
            path: path.into(),
            before: Value::null(),
            after,
        };
        let singles = [
            single("tags.b", Value::string("2")),
            single("tags.c", Value::null()),
            single("tags.d.e", Value::string("1")),
        ];
        let expected = TagChanges {
            set: [("b".into(), "2".into()), ("d.e".into(), "1".into())].into(),
            remove: vec!["c".into()],
        };
        assert_eq!(tag_changes(&[whole]), expected);
        assert_eq!(tag_changes(&singles), expected);
    }
}
