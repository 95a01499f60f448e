//! VPC peering connections: one row each, seen from both its sides.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::index::Ids;
use crate::sandbox::table::{Rows, Table, Tables};

/// All peering connections of the sandbox, with those of each VPC at hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Peerings {
    rows: Table<Peering>,
    #[serde(skip)]
    by_vpc: BTreeMap<String, Ids>,
}

impl Tables for Peerings {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("vpc_peering_connections", &mut self.rows);
    }

    fn reindex(&mut self) {
        self.by_vpc.clear();
        for (id, peering) in self.rows.iter() {
            for side in [&peering.requester, &peering.accepter] {
                self.by_vpc
                    .entry(side.vpc.clone())
                    .or_default()
                    .insert(id.clone());
            }
        }
    }
}

/// A VPC peering connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Peering {
    /// The side that asked.
    pub requester: Side,
    /// The side that is asked.
    pub accepter: Side,
    /// Where it stands.
    pub phase: Phase,
    /// When it got there, milliseconds since the epoch.
    pub since: u64,
}

/// One side of a peering connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Side {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The VPC.
    pub vpc: String,
    /// The VPC's blocks when the connection was made (the accepter's: when it was accepted).
    pub cidrs: Vec<Ipv4Net>,
    /// Whether this side's resolver answers the other side's private names.
    pub dns_resolution: bool,
}

/// Where a peering connection stands; [`Peering::status`] adds what only time changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Asked for.
    Pending,
    /// Accepted.
    Accepted,
    /// Turned down.
    Rejected,
    /// Never possible.
    Failed(String),
    /// Deleted by this account.
    Deleted(String),
}

/// A request stands for 7 days (behaviour: VPC peering guide, basics).
const EXPIRES_AFTER_MS: u64 = 7 * DAY_MS;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// `provisioning` and `deleting` take about a second.
const SETTLES_AFTER_MS: u64 = 1000;
/// A failed one is shown for 2 hours, a deleted one for 2 hours to who deleted it and 2 days to
/// the other side, rejected and expired ones for 2 days (behaviour: VPC peering guide, basics).
const SHOWN_BRIEFLY_MS: u64 = 2 * 60 * 60 * 1000;
const SHOWN_LONG_MS: u64 = 2 * DAY_MS;

impl Peering {
    /// AWS's status code at this time.
    #[must_use]
    pub fn status(&self, now_ms: u64, waits: bool) -> &'static str {
        let settling = waits && now_ms < self.since.saturating_add(SETTLES_AFTER_MS);
        match &self.phase {
            Phase::Pending if now_ms >= self.expires_at() => "expired",
            Phase::Pending => "pending-acceptance",
            Phase::Accepted if settling => "provisioning",
            Phase::Accepted => "active",
            Phase::Rejected => "rejected",
            Phase::Failed(_) => "failed",
            Phase::Deleted(_) if settling => "deleting",
            Phase::Deleted(_) => "deleted",
        }
    }

    /// AWS's words for the status.
    #[must_use]
    pub fn status_message(&self, now_ms: u64, waits: bool) -> String {
        match (self.status(now_ms, waits), &self.phase) {
            ("pending-acceptance", _) => {
                format!("Pending Acceptance by {}", self.accepter.account)
            }
            ("active", _) => "Active".to_owned(),
            ("provisioning", _) => "Provisioning".to_owned(),
            ("expired", _) => "Expired".to_owned(),
            (_, Phase::Rejected) => format!("Rejected by {}", self.accepter.account),
            (_, Phase::Failed(why)) => why.clone(),
            ("deleting", Phase::Deleted(by)) => format!("Deleting by {by}"),
            (_, Phase::Deleted(by)) => format!("Deleted by {by}"),
            (status, _) => status.to_owned(),
        }
    }

    /// When a pending request expires, milliseconds since the epoch.
    #[must_use]
    pub fn expires_at(&self) -> u64 {
        self.since.saturating_add(EXPIRES_AFTER_MS)
    }

    /// Whether it stands in the way of another one between its VPCs, and leads traffic once
    /// active.
    #[must_use]
    pub fn is_live(&self, now_ms: u64) -> bool {
        match self.phase {
            Phase::Pending => now_ms < self.expires_at(),
            Phase::Accepted => true,
            _ => false,
        }
    }

    /// Whether an account still sees it.
    #[must_use]
    pub fn is_shown_to(&self, account: &str, now_ms: u64) -> bool {
        let until = match &self.phase {
            Phase::Accepted => return true,
            Phase::Pending => self.expires_at().saturating_add(SHOWN_LONG_MS),
            Phase::Rejected => self.since.saturating_add(SHOWN_LONG_MS),
            Phase::Failed(_) => self.since.saturating_add(SHOWN_BRIEFLY_MS),
            Phase::Deleted(by) if by == account => self.since.saturating_add(SHOWN_BRIEFLY_MS),
            Phase::Deleted(_) => self.since.saturating_add(SHOWN_LONG_MS),
        };
        now_ms < until
    }

    /// Whether one of its sides is in this account and region.
    #[must_use]
    pub fn touches(&self, account: &str, region: &str) -> bool {
        [&self.requester, &self.accepter]
            .into_iter()
            .any(|side| side.is_in(account, region))
    }

    /// The side that is not this VPC.
    #[must_use]
    pub fn other_side(&self, vpc: &str) -> &Side {
        if self.requester.vpc == vpc {
            &self.accepter
        } else {
            &self.requester
        }
    }
}

impl Side {
    /// Whether it is in this account and region.
    #[must_use]
    pub fn is_in(&self, account: &str, region: &str) -> bool {
        self.account == account && self.region == region
    }
}

impl Peerings {
    /// The connection of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Peering> {
        self.rows.get(id)
    }

    /// The connection of this id, to be changed (but not its VPCs).
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Peering> {
        self.rows.get_mut(id)
    }

    /// Puts a new connection in.
    pub fn insert(&mut self, id: &str, peering: Peering) {
        for side in [&peering.requester, &peering.accepter] {
            self.by_vpc
                .entry(side.vpc.clone())
                .or_default()
                .insert(id.to_owned());
        }
        self.rows.insert(id, peering);
    }

    /// All connections, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Peering)> {
        self.rows.iter()
    }

    /// The connections of a VPC, in order of their ids.
    pub fn of_vpc<'a>(
        &'a self,
        vpc: &str,
    ) -> impl Iterator<Item = (&'a String, &'a Peering)> + use<'a> {
        self.by_vpc
            .get(vpc)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((id, self.rows.get(id)?)))
    }

    /// The live connection between two VPCs.
    #[must_use]
    pub fn between(&self, one: &str, other: &str, now_ms: u64) -> Option<(&String, &Peering)> {
        self.of_vpc(one)
            .find(|(_, peering)| peering.other_side(one).vpc == other && peering.is_live(now_ms))
    }
}
