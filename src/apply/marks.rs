//! Ownership marks: the tags by which what smd made is found again.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::address::Address;

/// Which stack made it.
pub(super) const STACK: &str = "smd:stack";
/// Under which address.
pub(super) const ADDRESS: &str = "smd:address";
/// Which life of it: a replacement has another key.
pub(super) const KEY: &str = "smd:key";
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

/// A short digest of lineage, plan, address and generation.
#[must_use]
pub fn key((lineage, plan): (&str, &str), address: &Address, generation: u32) -> String {
    let mut digits = hex::encode(Sha256::digest(format!(
        "{lineage}\n{plan}\n{address}\n{generation}"
    )));
    digits.truncate(KEY_DIGITS);
    digits
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
    fn every_life_has_its_own_key() {
        let address = Address::from_text("vpc.a");
        assert_ne!(key(("l", "p"), &address, 0), key(("l", "p"), &address, 1));
        assert_ne!(key(("l", "p"), &address, 0), key(("m", "p"), &address, 0));
        assert_ne!(key(("l", "p"), &address, 0), key(("l", "q"), &address, 0));
    }
}
