//! What the sandbox's KMS holds in one account and region.

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Table, Tables};

/// Keys and aliases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kms {
    /// By key id.
    pub(super) keys: Table<Key>,
    /// By name, `alias/…`.
    pub(super) aliases: Table<Alias>,
}

impl Tables for Kms {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("kms_keys", &mut self.keys);
        visit("kms_aliases", &mut self.aliases);
    }
}

/// A symmetric key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Key {
    /// What data keys are wrapped with, base64: AWS keeps it in its hardware, the sandbox here.
    pub material: String,
    /// The caller's word on it.
    pub description: String,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
    /// Whether it can be used.
    pub enabled: bool,
}

/// Another name of a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alias {
    /// The key's id.
    pub key: String,
}
