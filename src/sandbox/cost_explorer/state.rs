//! What billing knows, of all accounts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Table, Tables};

/// Tag keys and who pays for whom.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Billing {
    /// By key.
    pub(super) keys: Table<TagKey>,
    /// By the account that is paid for.
    linked: Table<Link>,
}

impl Tables for Billing {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("billing_tag_keys", &mut self.keys);
        visit("billing_linked_accounts", &mut self.linked);
    }
}

impl Billing {
    /// The account that pays for this one, if another one does.
    #[must_use]
    pub fn payer_of(&self, account: &str) -> Option<&str> {
        self.linked.get(account).map(|link| link.payer.as_str())
    }

    pub(super) fn link(&mut self, account: &str, payer: &str) {
        let payer = payer.to_owned();
        self.linked.insert(account, Link { payer });
    }

    pub(super) fn know(&mut self, key: &str) {
        self.keys.insert(key, TagKey::default());
    }
}

/// A tag key that is in use.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct TagKey {
    /// When billing knows it.
    pub(super) known_ms: u64,
    /// The payers on whose bill it counts.
    pub(super) payers: BTreeSet<String>,
    pub(super) changed_ms: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Link {
    payer: String,
}
