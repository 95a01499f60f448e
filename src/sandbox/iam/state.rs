//! What the sandbox's IAM holds in one account.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Table, Tables};
use crate::sandbox::tags::Tags;

/// What the sandbox's IAM holds. Rows are changed through [`Iam::put_role`] and its like, which
/// keep the indexes true.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Iam {
    /// By name in small letters: names differ by more than letter case.
    pub(super) roles: Table<Role>,
    /// Customer managed policies, by name in small letters.
    pub(super) policies: Table<Policy>,
    /// Names of roles (small letters) by unique id.
    #[serde(skip)]
    role_ids: BTreeMap<String, String>,
    /// Roles (small letters) a managed policy is attached to, by its ARN.
    #[serde(skip)]
    attached: BTreeMap<String, BTreeSet<String>>,
    /// Roles (small letters) a managed policy bounds, by its ARN.
    #[serde(skip)]
    bounded: BTreeMap<String, BTreeSet<String>>,
}

impl Tables for Iam {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("iam_roles", &mut self.roles);
        visit("iam_policies", &mut self.policies);
    }

    fn reindex(&mut self) {
        self.role_ids.clear();
        self.attached.clear();
        self.bounded.clear();
        let rows: Vec<(String, Role)> = self
            .roles
            .iter()
            .map(|(key, role)| (key.clone(), role.clone()))
            .collect();
        for (key, role) in rows {
            self.note(&key, &role);
        }
    }
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// As it was given.
    pub name: String,
    /// `/`, or `/of/this/form/`.
    pub path: String,
    /// `AROA…`.
    pub id: String,
    /// What for.
    pub description: Option<String>,
    /// The trust policy; roles in it stand as their unique ids.
    pub trust: serde_json::Value,
    /// Seconds.
    pub max_session: i64,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
    /// When the role or its trust policy last changed: other services see it some time later.
    pub trust_changed_ms: u64,
    /// Inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies.
    pub attached: BTreeSet<String>,
    /// ARN of the managed policy that bounds it.
    pub boundary: Option<String>,
    /// By key.
    pub tags: Tags,
    /// The service it is linked to.
    pub linked_service: Option<String>,
    /// Made by the sandbox for smd's own use, by no call.
    #[serde(default)]
    pub sandbox_made: bool,
}

impl Role {
    /// Its ARN in `account`.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }
}

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policy {
    /// As it was given.
    pub name: String,
    /// `/`, or `/of/this/form/`.
    pub path: String,
    /// `ANPA…`.
    pub id: String,
    /// What for.
    pub description: Option<String>,
    /// By number.
    pub versions: BTreeMap<u32, Version>,
    /// The version in force.
    pub default_version: u32,
    /// How many versions there ever were.
    pub last_version: u32,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
    /// Milliseconds since the epoch.
    pub updated_ms: u64,
    /// By key.
    pub tags: Tags,
}

impl Policy {
    /// Its ARN in `account`.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    /// As it was given.
    pub document: String,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
}

impl Iam {
    /// Puts a role in, or in place of the one of that name.
    pub(super) fn put_role(&mut self, role: Role) {
        let key = role.name.to_ascii_lowercase();
        if let Some(old) = self.roles.remove(&key) {
            self.forget(&key, &old);
        }
        self.note(&key, &role);
        self.roles.insert(key, role);
    }

    /// Takes a role out.
    pub(super) fn drop_role(&mut self, name: &str) {
        let key = name.to_ascii_lowercase();
        if let Some(old) = self.roles.remove(&key) {
            self.forget(&key, &old);
        }
    }

    /// How many roles there are that no service made for itself.
    #[cfg(test)]
    pub fn own_roles(&self) -> usize {
        let roles = self.roles.values();
        roles.filter(|role| role.linked_service.is_none()).count()
    }

    /// The role of this name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.get(&name.to_ascii_lowercase())
    }

    /// The role of this unique id.
    #[must_use]
    pub fn role_by_id(&self, id: &str) -> Option<&Role> {
        self.roles.get(self.role_ids.get(id)?)
    }

    /// The customer managed policy of this name.
    #[must_use]
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.get(&name.to_ascii_lowercase())
    }

    /// The roles the policy is attached to, in order of their names.
    pub fn attached_to(&self, arn: &str) -> impl Iterator<Item = &Role> {
        self.users_of(&self.attached, arn)
    }

    /// The roles the policy bounds, in order of their names.
    pub fn bounded_by(&self, arn: &str) -> impl Iterator<Item = &Role> {
        self.users_of(&self.bounded, arn)
    }

    /// The ARNs of all policies attached to any role or bounding one.
    pub(super) fn used_policies(&self) -> BTreeSet<&String> {
        self.attached.keys().chain(self.bounded.keys()).collect()
    }

    fn users_of<'a>(
        &'a self,
        index: &'a BTreeMap<String, BTreeSet<String>>,
        arn: &str,
    ) -> impl Iterator<Item = &'a Role> + use<'a> {
        index
            .get(arn)
            .into_iter()
            .flatten()
            .filter_map(|key| self.roles.get(key))
    }

    fn note(&mut self, key: &str, role: &Role) {
        self.role_ids.insert(role.id.clone(), key.to_owned());
        for arn in &role.attached {
            let users = self.attached.entry(arn.clone()).or_default();
            users.insert(key.to_owned());
        }
        if let Some(arn) = &role.boundary {
            let users = self.bounded.entry(arn.clone()).or_default();
            users.insert(key.to_owned());
        }
    }

    fn forget(&mut self, key: &str, role: &Role) {
        self.role_ids.remove(&role.id);
        for arn in &role.attached {
            leave(&mut self.attached, arn, key);
        }
        if let Some(arn) = &role.boundary {
            leave(&mut self.bounded, arn, key);
        }
    }
}

fn leave(index: &mut BTreeMap<String, BTreeSet<String>>, arn: &str, key: &str) {
    if let Some(users) = index.get_mut(arn) {
        users.remove(key);
        if users.is_empty() {
            index.remove(arn);
        }
    }
}
