//! Everything the sandbox holds: accounts, regions, and the service state in them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cost_explorer::state::Billing;
use super::ec2::peering_state::Peerings;
use super::ec2::state::Ec2;
use super::efs::state::Efs;
use super::iam::state::Iam;
use super::kms::state::Kms;
use super::ram::state::Ram;
use super::s3::state::S3;
use super::sagemaker::state::SageMaker;
use super::service_catalog::state::ServiceCatalog;
use super::table::{Rows, Table, Tables};

/// The account of a caller whose access key names none (moto's default account, so that the same
/// scripts run on both).
pub const DEFAULT_ACCOUNT: &str = "123456789012";
/// The region in the sandbox of what names none, where the environment names none either (moto's
/// and most examples' region).
pub const DEFAULT_REGION: &str = "us-east-1";

/// What one account has in one region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Region {
    /// VPCs and what is in them.
    pub ec2: Ec2,
    /// File systems.
    pub efs: Efs,
    /// Keys and their aliases.
    pub kms: Kms,
    /// Domains, profiles, spaces, apps.
    pub sagemaker: SageMaker,
    /// Portfolios and products.
    pub service_catalog: ServiceCatalog,
}

impl Tables for Region {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        self.ec2.each_table(visit);
        self.efs.each_table(visit);
        self.kms.each_table(visit);
        self.sagemaker.each_table(visit);
        self.service_catalog.each_table(visit);
    }

    fn reindex(&mut self) {
        self.ec2.reindex();
        self.efs.reindex();
        self.sagemaker.reindex();
    }
}

/// What one account has everywhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Roles and policies.
    pub iam: Iam,
    /// By region name.
    pub regions: BTreeMap<String, Region>,
}

/// What belongs to no single account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shared {
    /// Temporary credentials by access key id.
    pub sessions: Table<Session>,
    /// VPC peering connections, seen from both their sides.
    pub peerings: Peerings,
    /// What billing knows of tags.
    pub billing: Billing,
    /// Resource shares, seen from both sides.
    pub ram: Ram,
    /// Buckets and objects: the names of buckets are one for all accounts.
    pub s3: S3,
}

impl Tables for Shared {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("sessions", &mut self.sessions);
        self.peerings.each_table(visit);
        self.billing.each_table(visit);
        self.ram.each_table(visit);
        self.s3.each_table(visit);
    }

    fn reindex(&mut self) {
        self.peerings.reindex();
    }
}

/// Temporary credentials that STS handed out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The role's account.
    pub account: String,
    /// `arn:aws:sts::444455556666:assumed-role/smd-deploy/session`.
    pub arn: String,
    /// When they end, milliseconds since the epoch.
    pub expires_ms: u64,
}

/// How the sandbox behaves.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// Whether status machines take the time they take on AWS (on the sandbox's clock) or are
    /// done at once.
    pub waits: bool,
    /// VPCs, and as many internet gateways, an account may have in a region. AWS starts at 5 and
    /// raises it on request; the sandbox starts where benches fit.
    pub vpcs_per_region: usize,
    /// Elastic IP addresses an account may have in a region: AWS starts at 5, like VPCs.
    pub addresses_per_region: usize,
    /// Security groups an account may have in a region: 2500 on AWS.
    pub groups_per_region: usize,
    /// How long other services do not see a new role or a changed trust policy, in milliseconds
    /// of the sandbox's clock. It counts as a wait: without waits there is none.
    pub iam_propagation_ms: u64,
}

/// How long IAM takes unless the options say otherwise (people see 5 to 15 s on AWS).
const IAM_PROPAGATION_MS: u64 = 6_000;

/// VPCs, elastic IP addresses and security groups per region unless the options say otherwise.
const ROOMY_VPCS_PER_REGION: usize = 100_000;
const ROOMY_ADDRESSES_PER_REGION: usize = 1000;
const GROUPS_PER_REGION: usize = 2500;

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            waits: true,
            vpcs_per_region: ROOMY_VPCS_PER_REGION,
            addresses_per_region: ROOMY_ADDRESSES_PER_REGION,
            groups_per_region: GROUPS_PER_REGION,
            iam_propagation_ms: IAM_PROPAGATION_MS,
        }
    }
}

impl Behaviour {
    /// When something that takes `millis` milliseconds on AWS is done, if it starts at `now_ms`.
    #[must_use]
    pub fn done_at(&self, now_ms: u64, millis: u64) -> u64 {
        if self.waits { now_ms + millis } else { now_ms }
    }
}

/// How far a world got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How many ids were made, so that none is made twice.
    pub next_id: u64,
    /// The time of the last call, milliseconds since the epoch: time does not go back.
    pub now_ms: u64,
}

/// Everything the sandbox holds.
#[derive(Debug, Clone, Default)]
pub struct World {
    accounts: BTreeMap<String, Account>,
    /// What belongs to no single account.
    pub shared: Shared,
    /// How it behaves.
    pub behaviour: Behaviour,
    next_id: u64,
    now_ms: u64,
    /// Accounts and regions handed out for change since the last drain.
    touched: BTreeSet<(String, Option<String>)>,
}

/// A row as it goes to disk: where it is, its id and its JSON (`None`: gone).
#[derive(Debug)]
pub struct ChangedRow {
    /// `None` for [`Shared`].
    pub account: Option<String>,
    /// `None` for what an account has everywhere.
    pub region: Option<String>,
    /// The table's name, as [`Tables::each_table`] tells it.
    pub table: &'static str,
    /// The row's id.
    pub id: String,
    /// Its JSON.
    pub row: Option<String>,
}

impl World {
    /// An empty world.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        Self {
            behaviour,
            ..Self::default()
        }
    }

    /// A world read from disk. Indexes are made here.
    #[must_use]
    pub fn restored(
        behaviour: Behaviour,
        accounts: BTreeMap<String, Account>,
        shared: Shared,
        at: Progress,
    ) -> Self {
        Self {
            accounts,
            shared,
            behaviour,
            next_id: at.next_id,
            now_ms: at.now_ms,
            touched: BTreeSet::new(),
        }
    }

    /// All accounts by id, to be read.
    #[must_use]
    pub fn accounts(&self) -> &BTreeMap<String, Account> {
        &self.accounts
    }

    /// The account, to be read.
    #[must_use]
    pub fn peek_account(&self, account: &str) -> Option<&Account> {
        self.accounts.get(account)
    }

    /// What the account has in the region, to be read.
    #[must_use]
    pub fn peek(&self, account: &str, region: &str) -> Option<&Region> {
        self.accounts.get(account)?.regions.get(region)
    }

    /// The account, made empty when it is not there yet. Change regions through
    /// [`World::region`] only: that is how the change is noticed.
    pub fn account(&mut self, account: &str) -> &mut Account {
        self.touched.insert((account.to_owned(), None));
        self.accounts.entry(account.to_owned()).or_default()
    }

    /// What the account has in the region, made when it is not there yet.
    pub fn region(&mut self, account: &str, region: &str) -> &mut Region {
        self.touched
            .insert((account.to_owned(), Some(region.to_owned())));
        self.accounts
            .entry(account.to_owned())
            .or_default()
            .regions
            .entry(region.to_owned())
            .or_default()
    }

    /// A new EC2-like id: prefix, dash, 17 hex digits; the same in every run of the same calls.
    pub fn new_id(&mut self, prefix: &str) -> String {
        use sha2::{Digest, Sha256};
        /// The length of AWS's long ids.
        const HEX_DIGITS: usize = 17;
        self.next_id += 1;
        let digest = hex::encode(Sha256::digest(format!("{prefix}/{}", self.next_id)));
        format!("{prefix}-{}", digest.get(..HEX_DIGITS).unwrap_or_default())
    }

    /// How far it got: kept on disk.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            next_id: self.next_id,
            now_ms: self.now_ms,
        }
    }

    /// Goes on from where it was, when it is read from disk.
    pub fn resume(&mut self, at: Progress) {
        self.next_id = at.next_id;
        self.now_ms = at.now_ms;
    }

    /// Notes the time of a call.
    pub fn note_time(&mut self, now_ms: u64) {
        self.now_ms = self.now_ms.max(now_ms);
    }

    /// The rows changed since the last call.
    ///
    /// # Errors
    /// If a row cannot be written as JSON.
    pub fn drain_changes(&mut self) -> serde_json::Result<Vec<ChangedRow>> {
        let mut rows = Vec::new();
        let mut failure = None;
        let mut collect = |account: Option<&str>,
                           region: Option<&str>,
                           name: &'static str,
                           table: &mut dyn Rows| {
            match table.drain_changes() {
                Ok(changes) => rows.extend(changes.into_iter().map(|(id, row)| ChangedRow {
                    account: account.map(str::to_owned),
                    region: region.map(str::to_owned),
                    table: name,
                    id,
                    row,
                })),
                Err(error) => failure = Some(error),
            }
        };
        self.shared
            .each_table(&mut |name, table| collect(None, None, name, table));
        for (account, region) in std::mem::take(&mut self.touched) {
            let Some(found) = self.accounts.get_mut(&account) else {
                continue;
            };
            match region {
                None => found
                    .iam
                    .each_table(&mut |name, table| collect(Some(&account), None, name, table)),
                Some(region) => {
                    if let Some(found) = found.regions.get_mut(&region) {
                        found.each_table(&mut |name, table| {
                            collect(Some(&account), Some(&region), name, table);
                        });
                    }
                }
            }
        }
        failure.map_or(Ok(rows), Err)
    }

    /// Puts one row back, as [`World::drain_changes`] gave it. Call [`World::reindex`] after the
    /// last one. `false` if no table has that name.
    ///
    /// # Errors
    /// If the JSON is not such a row.
    pub fn restore(
        &mut self,
        account: Option<&str>,
        region: Option<&str>,
        table: &str,
        id: &str,
        row: Option<serde_json::Value>,
    ) -> serde_json::Result<bool> {
        let mut row = Some(row);
        let mut outcome = Ok(false);
        let mut put = |name: &'static str, found: &mut dyn Rows| {
            if name == table
                && let Some(row) = row.take()
            {
                outcome = found.restore(id.to_owned(), row).map(|()| true);
            }
        };
        match (account, region) {
            (None, _) => self.shared.each_table(&mut put),
            (Some(account), None) => self
                .accounts
                .entry(account.to_owned())
                .or_default()
                .iam
                .each_table(&mut put),
            (Some(account), Some(region)) => self
                .accounts
                .entry(account.to_owned())
                .or_default()
                .regions
                .entry(region.to_owned())
                .or_default()
                .each_table(&mut put),
        }
        outcome
    }

    /// Makes anew what is computed from the tables.
    pub fn reindex(&mut self) {
        self.shared.reindex();
        for account in self.accounts.values_mut() {
            account.iam.reindex();
            account.regions.values_mut().for_each(Tables::reindex);
        }
    }

    /// Forgets which rows changed, where nothing is kept on disk.
    pub fn forget_changes(&mut self) {
        let mut forget = |_: &'static str, table: &mut dyn Rows| table.forget_changes();
        self.shared.each_table(&mut forget);
        for (account, region) in std::mem::take(&mut self.touched) {
            let Some(found) = self.accounts.get_mut(&account) else {
                continue;
            };
            match region {
                None => found.iam.each_table(&mut forget),
                Some(region) => {
                    if let Some(found) = found.regions.get_mut(&region) {
                        found.each_table(&mut forget);
                    }
                }
            }
        }
    }

    /// Accounts that hold something, with the regions where they do.
    pub fn inhabited(&mut self) -> BTreeMap<String, Vec<String>> {
        let holds = |tables: &mut dyn Tables| {
            let mut rows = 0;
            tables.each_table(&mut |_, table| rows += table.count());
            rows > 0
        };
        self.accounts
            .iter_mut()
            .filter_map(|(id, account)| {
                let regions: Vec<String> = account
                    .regions
                    .iter_mut()
                    .filter_map(|(name, region)| holds(region).then(|| name.clone()))
                    .collect();
                (holds(&mut account.iam) || !regions.is_empty()).then(|| (id.clone(), regions))
            })
            .collect()
    }

    /// How many things there are, by the name of their table.
    pub fn counts(&mut self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        let mut count = |name: &'static str, table: &mut dyn Rows| {
            *counts.entry(name).or_insert(0) += table.count();
        };
        self.shared.each_table(&mut count);
        for account in self.accounts.values_mut() {
            account.iam.each_table(&mut count);
            for region in account.regions.values_mut() {
                region.each_table(&mut count);
            }
        }
        counts.retain(|_, count| *count > 0);
        counts
    }
}
