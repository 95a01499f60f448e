//! Everything the sandbox holds: accounts, regions, and the service state in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ec2::state::Ec2;
use super::efs::state::Efs;
use super::iam::state::Iam;
use super::sagemaker::state::SageMaker;

/// What one account has in one region.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Region {
    /// VPCs and what is in them.
    pub ec2: Ec2,
    /// File systems.
    pub efs: Efs,
    /// Domains, profiles, spaces, apps.
    pub sagemaker: SageMaker,
}

/// What one account has everywhere.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Account {
    /// Roles and policies.
    pub iam: Iam,
    /// By region name.
    pub regions: BTreeMap<String, Region>,
}

/// How the sandbox behaves.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// Whether status machines take the time they take on AWS (on the sandbox's clock) or are
    /// done at once.
    pub waits: bool,
}

/// Everything the sandbox holds.
#[derive(Debug)]
pub struct World {
    /// By account id.
    pub accounts: BTreeMap<String, Account>,
    /// How it behaves.
    pub behaviour: Behaviour,
    next_id: u64,
}

impl World {
    /// The account, made empty when it is not there yet.
    pub fn account(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_default()
    }

    /// What the account has in the region, made when it is not there yet.
    pub fn region(&mut self, account: &str, region: &str) -> &mut Region {
        self.account(account)
            .regions
            .entry(region.to_owned())
            .or_default()
    }

    /// A new EC2-like id: prefix, dash, 17 hex digits; the same in every run of the same calls.
    pub fn new_id(&mut self, prefix: &str) -> String {
        use sha2::{Digest, Sha256};
        self.next_id += 1;
        let digest = hex::encode(Sha256::digest(format!("{prefix}/{}", self.next_id)));
        format!("{prefix}-{}", digest.get(..17).unwrap_or_default())
    }
}
