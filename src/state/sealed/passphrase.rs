//! Data keys wrapped by a key that is derived from a passphrase (Argon2id).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::envelope;
use super::keys::{DataKey, KEY_BYTES, no_random};
use crate::diagnostic::{Diagnostic, codes};

/// What a derivation costs (OWASP's password storage page: 46 MiB with one pass, one lane).
const COST: Cost = Cost {
    memory_kib: 47_104,
    passes: 1,
    lanes: 1,
};
/// The most that a file may ask for: it must not exhaust the memory or the patience of whoever
/// reads it.
const DEAREST: Cost = Cost {
    memory_kib: 262_144,
    passes: 16,
    lanes: 16,
};
/// Bytes of a salt that is made (RFC 9106: 16).
const SALT_BYTES: usize = 16;
/// The longest salt that is read, in bytes.
const MAX_SALT_BYTES: usize = 64;
/// What is authenticated with a wrapped data key.
const WRAPPED: &[u8] = b"smd wrapped data key";

/// What a derivation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Cost {
    /// Memory, in KiB.
    memory_kib: u32,
    /// Passes over it.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

/// How a data key is wrapped by a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Derivation {
    argon2id: Cost,
    /// Base64.
    salt: String,
    /// The data key, sealed with the derived key, base64.
    wrapped_key: String,
}

/// A passphrase. It is wiped from memory when it goes, and shown nowhere.
pub struct Passphrase {
    text: Zeroizing<Vec<u8>>,
    cost: Cost,
    /// Keys that were derived: each takes some tens of milliseconds by design.
    derived: Mutex<BTreeMap<(Cost, Vec<u8>), DataKey>>,
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// A passphrase; it has at least one byte.
    #[must_use]
    pub fn new(text: Zeroizing<Vec<u8>>) -> Self {
        Self {
            text,
            cost: COST,
            derived: Mutex::default(),
        }
    }

    /// For tests: one whose derivations cost next to nothing.
    #[cfg(test)]
    pub(super) fn cheap(text: &str) -> Self {
        Self {
            cost: Cost {
                memory_kib: 8,
                passes: 1,
                lanes: 1,
            },
            ..Self::new(Zeroizing::new(text.as_bytes().to_vec()))
        }
    }

    /// Wraps a data key. The salt of a file that was opened before is used again: salts keep one
    /// passphrase's keys in many places apart, and the place is the same.
    ///
    /// # Errors
    /// No random numbers.
    pub(super) fn wrap(&self, data_key: &DataKey) -> Result<Derivation, Diagnostic> {
        let known = self
            .derived
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .find(|(cost, salt)| *cost == self.cost && salt.len() >= SALT_BYTES)
            .map(|(_, salt)| salt.clone());
        let salt = match known {
            Some(salt) => salt,
            None => {
                let mut salt = vec![0; SALT_BYTES];
                getrandom::fill(&mut salt).map_err(no_random)?;
                salt
            }
        };
        let key = self.derive(self.cost, &salt).ok_or_else(|| {
            Diagnostic::error(
                codes::state::INTERNAL,
                "no key can be derived from the passphrase",
            )
        })?;
        let wrapped = envelope::seal(&envelope::cipher(&key), data_key.bytes(), WRAPPED)?;
        Ok(Derivation {
            argon2id: self.cost,
            salt: STANDARD.encode(salt),
            wrapped_key: STANDARD.encode(wrapped),
        })
    }

    /// Opens a wrapped data key; `None` if this passphrase did not wrap it.
    pub(super) fn unwrap(&self, derivation: &Derivation) -> Option<DataKey> {
        let salt = STANDARD.decode(&derivation.salt).ok()?;
        let wrapped = STANDARD.decode(&derivation.wrapped_key).ok()?;
        let cost = derivation.argon2id;
        if salt.len() > MAX_SALT_BYTES
            || cost.memory_kib > DEAREST.memory_kib
            || cost.passes > DEAREST.passes
            || cost.lanes > DEAREST.lanes
        {
            return None;
        }
        let key = self.derive(cost, &salt)?;
        let opened = envelope::unseal(&envelope::cipher(&key), &wrapped, WRAPPED);
        let data_key = opened.map(Zeroizing::new).and_then(|key| DataKey::of(&key));
        if data_key.is_none() {
            // Only what opened a file is used again.
            let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
            derived.remove(&(cost, salt));
        }
        data_key
    }

    /// The key that the passphrase gives with this salt; `None` where Argon2 has no such cost.
    fn derive(&self, cost: Cost, salt: &[u8]) -> Option<DataKey> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = derived.get(&(cost, salt.to_vec())) {
            return Some(key.clone());
        }
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(KEY_BYTES)).ok()?;
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&self.text, salt, bytes.as_mut_slice())
            .ok()?;
        let key = DataKey::of(bytes.as_slice())?;
        derived.insert((cost, salt.to_vec()), key.clone());
        Some(key)
    }
}
