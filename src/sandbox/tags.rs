//! Tags as the JSON and query services give and take them: lists of `Key` and `Value`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// How many tags one thing may have (EC2, SageMaker, EFS and IAM alike).
pub const MAX_TAGS: usize = 50;

/// What AWS keeps for itself: keys that begin so, in any letter case, are refused.
const RESERVED: &str = "aws:";

/// Why tags are refused; every service has its own code and words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The key begins with `aws:`.
    Reserved(String),
    /// The key is given twice.
    Twice(String),
    /// There would be more than [`MAX_TAGS`].
    TooMany,
}

/// The tags in a checked list of `Key` and `Value`; none when there is no list.
///
/// # Errors
/// Where a key is reserved or given twice.
pub fn read(list: Option<&Value>) -> Result<Tags, Refused> {
    let mut tags = Tags::new();
    for item in list.and_then(Value::as_array).into_iter().flatten() {
        let text = |name| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key").to_owned();
        if is_reserved(&key) {
            return Err(Refused::Reserved(key));
        }
        if tags.insert(key.clone(), text("Value").to_owned()).is_some() {
            return Err(Refused::Twice(key));
        }
    }
    Ok(tags)
}

/// Adds `more` to `tags`.
///
/// # Errors
/// Where there would be too many; then nothing is added.
pub fn add(tags: &mut Tags, more: Tags) -> Result<(), Refused> {
    let new = more.keys().filter(|key| !tags.contains_key(*key)).count();
    if tags.len() + new > MAX_TAGS {
        return Err(Refused::TooMany);
    }
    tags.extend(more);
    Ok(())
}

/// Whether the key is AWS's own.
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    key.get(..RESERVED.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

/// The tags as a list of `Key` and `Value`.
#[must_use]
pub fn list(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_double_and_too_many_are_refused() {
        let of = |keys: &[&str]| {
            let list: Value = keys
                .iter()
                .map(|key| json!({"Key": key, "Value": "v"}))
                .collect();
            read(Some(&list))
        };
        assert_eq!(of(&["AWS:x"]), Err(Refused::Reserved("AWS:x".into())));
        assert_eq!(of(&["a", "a"]), Err(Refused::Twice("a".into())));
        let mut tags = Tags::new();
        for n in 0..MAX_TAGS {
            add(&mut tags, Tags::from([(format!("k{n}"), String::new())])).unwrap();
        }
        assert_eq!(
            add(&mut tags, of(&["more"]).unwrap()),
            Err(Refused::TooMany)
        );
        assert_eq!(add(&mut tags, of(&["k1"]).unwrap()), Ok(()));
    }
}
