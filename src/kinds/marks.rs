//! Ownership marks: the tags by which what smd made is found again.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Change;
use crate::address::Address;
use crate::value::{Map, Value};

/// How the keys of all marks begin.
pub const PREFIX: &str = "smd:";
/// Which stack made it.
pub const STACK: &str = "smd:stack";
/// Under which address.
pub const ADDRESS: &str = "smd:address";
/// Which life of it: a replacement has another key.
pub const KEY: &str = "smd:key";
/// Hex digits of a key: 64 bits tell the things of an account apart.
const KEY_DIGITS: usize = 16;
/// The longest value of a tag in characters (behaviour: tag limits of EC2, IAM and SageMaker).
const LONGEST_VALUE: usize = 256;

/// The marks of one resource.
#[must_use]
pub fn marks(
    stack: &str,
    (lineage, plan): (&str, &str),
    address: &Address,
    generation: u32,
) -> BTreeMap<String, String> {
    BTreeMap::from([
        (STACK.to_owned(), tag_value(stack)),
        (ADDRESS.to_owned(), tag_value(address.as_str())),
        (KEY.to_owned(), key((lineage, plan), address, generation)),
    ])
}

/// Takes the marks out of a thing's `tags`: no file writes them and no diff shows them.
pub fn take(attributes: &mut Map) -> BTreeMap<String, String> {
    let Some(tags) = attributes.get("tags").and_then(Value::as_map) else {
        return BTreeMap::new();
    };
    if !tags.keys().any(|key| key.starts_with(PREFIX)) {
        return BTreeMap::new();
    }
    let (marks, rest): (Map, Map) = tags
        .clone()
        .into_iter()
        .partition(|(key, _)| key.starts_with(PREFIX));
    attributes.insert("tags".into(), Value::map(rest));
    marks
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
        .collect()
}

/// Whether a thing carries all of `marks`; `tag` gives the value of its tag with a key.
pub fn are_on<'a>(marks: &BTreeMap<String, String>, tag: impl Fn(&str) -> Option<&'a str>) -> bool {
    marks.iter().all(|(key, mark)| tag(key) == Some(mark))
}

/// The changes of tags that write the marks of a thing that stands: whose it is, and under which
/// address. The key of what smd made stays: by that its create was known.
#[must_use]
pub fn set(marks: &BTreeMap<String, String>, with_key: bool) -> Vec<Change> {
    marks
        .iter()
        .filter(|(key, _)| with_key || *key != KEY)
        .map(|(key, mark)| change(key, Value::string(mark.as_str())))
        .collect()
}

/// The changes of tags that take all marks off.
#[must_use]
pub fn unset() -> Vec<Change> {
    [STACK, ADDRESS, KEY]
        .map(|key| change(key, Value::null()))
        .into()
}

fn change(key: &str, after: Value) -> Change {
    Change {
        path: format!("tags.{key}"),
        before: Value::null(),
        after,
    }
}

/// A short digest of lineage, plan, address and generation.
#[must_use]
pub fn key((lineage, plan): (&str, &str), address: &Address, generation: u32) -> String {
    let mut digits = hex::encode(Sha256::digest(format!(
        "{lineage}\n{plan}\n{address}\n{generation}"
    )));
    digits.truncate(KEY_DIGITS);
    digits
}

/// The client token of the create of what gets these marks, of so many hex digits (64 at most): the same
/// however often it is sent, another one for another life. `None` where there is no key among them.
#[must_use]
pub fn token(marks: &BTreeMap<String, String>, digits: usize) -> Option<String> {
    let mut token = hex::encode(Sha256::digest(marks.get(KEY)?.as_bytes()));
    token.truncate(digits);
    Some(token)
}

/// What [`ADDRESS`] says of a thing with this address.
#[must_use]
pub fn of_address(address: &Address) -> String {
    tag_value(address.as_str())
}

/// The text in the characters that every service takes in a tag's value
/// (`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, the pattern of IAM and SageMaker): `role.x["a"]` becomes
/// `role.x:a`.
fn tag_value(text: &str) -> String {
    text.replace("[\"", ":")
        .replace("\"]", "")
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || " _.:/=+-@".contains(c) {
                c
            } else {
                '_'
            }
        })
        .take(LONGEST_VALUE)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_fit_every_service() {
        let address = Address::from_text("role.team[\"fin/ance\"].managed_policies[\"a*\"]");
        let marks = marks("ml", ("lineage", "plan"), &address, 0);
        insta::assert_debug_snapshot!(marks, @r#"
        {
            "smd:address": "role.team:fin/ance.managed_policies:a_",
            "smd:key": "27c7d218f0d7cae1",
            "smd:stack": "ml",
        }
        "#);
    }

    #[test]
    fn a_token_is_as_long_as_a_service_takes_it() {
        let marks = marks("ml", ("l", "p"), &Address::from_text("vpc.a"), 0);
        let long = token(&marks, 64).unwrap();
        assert_eq!(long.len(), 64);
        assert_eq!(token(&marks, 32).unwrap(), &long[..32]);
        assert_eq!(token(&BTreeMap::new(), 32), None);
    }

    #[test]
    fn every_life_has_its_own_key() {
        let address = Address::from_text("vpc.a");
        assert_ne!(key(("l", "p"), &address, 0), key(("l", "p"), &address, 1));
        assert_ne!(key(("l", "p"), &address, 0), key(("m", "p"), &address, 0));
        assert_ne!(key(("l", "p"), &address, 0), key(("l", "q"), &address, 0));
    }
}
