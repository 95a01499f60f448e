//! Slow salted digests of sensitive values: what plan and state hold in their place.
//!
//! A digest says only whether a value is the one of last time. It is slow (Argon2id), so that a
//! short secret cannot be guessed from a state file at speed, and salted with stack, address and
//! path, so that equal secrets in two places do not show as equal.

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest as _, Sha256};

use crate::address::Address;
use crate::value::{Data, Value};

/// Memory of one digest, in KiB (OWASP's password storage page: 19 MiB with two passes).
const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes; more would only help an attacker with more cores than the user has.
const LANES: u32 = 1;
/// Length of a digest, in bytes.
const LENGTH: usize = 32;
/// What stands for the digest of a sensitive value that is not known yet.
pub const NOT_KNOWN: &str = "not known yet";

/// The salt of a stack, hex: a plan carries it so that a reader can tell which stack it is for.
#[must_use]
pub fn stack_salt(stack: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"smd digest ");
    hasher.update(stack.as_bytes());
    hex::encode(hasher.finalize())
}

/// The digest of the sensitive value at `path` of `address`; [`NOT_KNOWN`] if it holds something
/// unknown. Takes some tens of milliseconds by design.
#[must_use]
pub fn digest(stack: &str, address: &Address, path: &str, value: &Value) -> String {
    let mut salt = Sha256::new();
    for piece in [stack, address.as_str(), path] {
        salt.update((piece.len() as u64).to_le_bytes());
        salt.update(piece.as_bytes());
    }
    let mut text = Vec::new();
    if !canonical(value, &mut text) {
        return NOT_KNOWN.to_owned();
    }
    slow(&text, &salt.finalize())
}

/// A slow digest of any bytes with a salt of at least eight bytes; names its own cost.
#[must_use]
pub fn slow(bytes: &[u8], salt: &[u8]) -> String {
    let mut out = [0_u8; LENGTH];
    let done = Params::new(MEMORY_KIB, PASSES, LANES, Some(LENGTH))
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .and_then(|argon| argon.hash_password_into(bytes, salt, &mut out));
    match done {
        Ok(()) => format!(
            "argon2id$m={MEMORY_KIB},t={PASSES},p={LANES}${}",
            hex::encode(out)
        ),
        // Only a salt that is too short or a text over 4 GiB gets here: a digest that equals no
        // other, so that the value counts as changed.
        Err(_) => format!("none${}", hex::encode(Sha256::digest(salt))),
    }
}

/// The bytes of a value, each with its type and length, so that two values with the same bytes are
/// the same. `false` if it holds something unknown.
fn canonical(value: &Value, out: &mut Vec<u8>) -> bool {
    fn text(tag: u8, text: &str, out: &mut Vec<u8>) {
        out.push(tag);
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    }
    match &value.data {
        Data::Null => out.push(b'n'),
        Data::Bool(value) => out.extend([b'b', u8::from(*value)]),
        Data::Int(value) => text(b'i', &value.to_string(), out),
        Data::Float(_) if value.as_int().is_some() => {
            text(b'i', &value.as_int().unwrap_or_default().to_string(), out);
        }
        Data::Float(value) => text(b'f', &value.to_string(), out),
        Data::String(value) => text(b's', value, out),
        Data::Ports(from, to) => text(b'p', &format!("{from}..{to}"), out),
        Data::Resource(resource) => text(b'r', resource.address.as_str(), out),
        Data::List(items) => {
            out.push(b'l');
            out.extend((items.len() as u64).to_le_bytes());
            return items.iter().all(|item| canonical(item, out));
        }
        Data::Map(members) => {
            out.push(b'm');
            out.extend((members.len() as u64).to_le_bytes());
            return members.iter().all(|(key, member)| {
                text(b'k', key, out);
                canonical(member, out)
            });
        }
        Data::Unknown(_) => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_value_and_place() {
        let address = Address::from_text("domain.a");
        let secret = Value::string("hunter2").sensitive(true);
        let one = digest("stack", &address, "key", &secret);
        assert_eq!(one, digest("stack", &address, "key", &secret));
        assert!(!one.contains("hunter2"));
        assert!(one.starts_with("argon2id$m="));
        for other in [
            digest("stack", &address, "key", &Value::string("hunter3")),
            digest("stack", &address, "other", &secret),
            digest("other", &address, "key", &secret),
            digest("stack", &Address::from_text("domain.b"), "key", &secret),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn what_is_not_known_has_no_digest() {
        let address = Address::from_text("domain.a");
        let value = Value::unknown_attribute(address.clone(), "id");
        assert_eq!(digest("stack", &address, "key", &value), NOT_KNOWN);
    }
}
