//! What the sandbox's EFS holds in one account and region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::table::{Rows, Table, Tables};
use crate::sandbox::tags::Tags;

/// What the sandbox's EFS holds. Rows are changed through the `put_` and `drop_` functions, which
/// keep the indexes true.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Efs {
    pub(super) file_systems: Table<FileSystem>,
    pub(super) mount_targets: Table<MountTarget>,
    pub(super) access_points: Table<AccessPoint>,
    #[serde(skip)]
    index: Index,
}

#[derive(Debug, Clone, Default)]
struct Index {
    /// File systems by creation token.
    tokens: BTreeMap<String, String>,
    /// Mount targets by file system.
    mount_targets: BTreeMap<String, BTreeSet<String>>,
    /// Access points by file system.
    access_points: BTreeMap<String, BTreeSet<String>>,
    /// What is being deleted, by the time it is gone.
    leaving: BTreeSet<(u64, String)>,
}

impl Tables for Efs {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("efs_file_systems", &mut self.file_systems);
        visit("efs_mount_targets", &mut self.mount_targets);
        visit("efs_access_points", &mut self.access_points);
    }

    fn reindex(&mut self) {
        let mut index = Index::default();
        for (id, row) in self.file_systems.iter() {
            index.tokens.insert(row.token.clone(), id.clone());
            index.note(id, &row.life);
        }
        for (id, row) in self.mount_targets.iter() {
            let of = index.mount_targets.entry(row.file_system.clone());
            of.or_default().insert(id.clone());
            index.note(id, &row.life);
        }
        for (id, row) in self.access_points.iter() {
            let of = index.access_points.entry(row.file_system.clone());
            of.or_default().insert(id.clone());
            index.note(id, &row.life);
        }
        self.index = index;
    }
}

impl Index {
    fn note(&mut self, id: &str, life: &Life) {
        if let Life::Deleting { gone_ms } = life {
            self.leaving.insert((*gone_ms, id.to_owned()));
        }
    }
}

/// Where something of EFS is in its life. Times are milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Life {
    /// There; to be used from a time on.
    Made {
        /// When it is `available`.
        ready_ms: u64,
    },
    /// Going.
    Deleting {
        /// When it is gone.
        gone_ms: u64,
    },
}

impl Life {
    /// AWS's word for it.
    #[must_use]
    pub fn state(&self, now_ms: u64) -> &'static str {
        match self {
            Self::Made { ready_ms } if now_ms < *ready_ms => "creating",
            Self::Made { .. } => "available",
            Self::Deleting { .. } => "deleting",
        }
    }

    /// Whether it can be used and changed.
    #[must_use]
    pub fn is_available(&self, now_ms: u64) -> bool {
        self.state(now_ms) == "available"
    }
}

/// A file system.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileSystem {
    /// The caller's own mark: making it twice is refused.
    pub token: String,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
    /// Where it is in its life.
    pub life: Life,
    /// `PerformanceMode`, `Encrypted`, `KmsKeyId`, `ThroughputMode` and the like, as answered.
    pub settings: Value,
    /// By key; may hold a service's own (`ManagedByAmazonSageMakerResource`).
    pub tags: Tags,
}

/// A mount target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MountTarget {
    /// Its file system.
    pub file_system: String,
    /// Its subnet.
    pub subnet: String,
    /// Its VPC.
    pub vpc: String,
    /// `eu-west-1a`.
    pub zone: String,
    /// `euw1-az1`.
    pub zone_id: String,
    /// Its network interface.
    pub interface: String,
    /// Its address.
    pub ip: String,
    /// Where it is in its life.
    pub life: Life,
}

/// An access point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessPoint {
    /// Its file system.
    pub file_system: String,
    /// The caller's own mark.
    pub token: String,
    /// `PosixUser` and `RootDirectory`, as given.
    pub settings: Value,
    /// By key.
    pub tags: Tags,
    /// Where it is in its life.
    pub life: Life,
}

impl Efs {
    /// Puts a file system in, or in place of the one of that id.
    pub(super) fn put_file_system(&mut self, id: &str, row: FileSystem) {
        self.index.tokens.insert(row.token.clone(), id.to_owned());
        self.index.note(id, &row.life);
        self.file_systems.insert(id, row);
    }

    /// Puts a mount target in, or in place of the one of that id.
    pub(super) fn put_mount_target(&mut self, id: &str, row: MountTarget) {
        let of = self.index.mount_targets.entry(row.file_system.clone());
        of.or_default().insert(id.to_owned());
        self.index.note(id, &row.life);
        self.mount_targets.insert(id, row);
    }

    /// Puts an access point in, or in place of the one of that id.
    pub(super) fn put_access_point(&mut self, id: &str, row: AccessPoint) {
        let of = self.index.access_points.entry(row.file_system.clone());
        of.or_default().insert(id.to_owned());
        self.index.note(id, &row.life);
        self.access_points.insert(id, row);
    }

    /// The file system made with this token.
    pub(super) fn by_token(&self, token: &str) -> Option<&String> {
        self.index.tokens.get(token)
    }

    /// The mount targets of a file system, in order of their ids.
    pub(super) fn mount_targets_of(&self, id: &str) -> Vec<String> {
        let of = self.index.mount_targets.get(id);
        of.into_iter().flatten().cloned().collect()
    }

    /// The access points of a file system, in order of their ids.
    pub(super) fn access_points_of(&self, id: &str) -> Vec<String> {
        let of = self.index.access_points.get(id);
        of.into_iter().flatten().cloned().collect()
    }

    /// Whether something is gone by now, though its row is still there.
    pub(super) fn has_gone(&self, now_ms: u64) -> bool {
        self.index
            .leaving
            .first()
            .is_some_and(|(gone_ms, _)| *gone_ms <= now_ms)
    }

    /// Takes out the rows of what is gone by now. Answers the interfaces of mount targets.
    pub(super) fn drop_gone(&mut self, now_ms: u64) -> Vec<String> {
        let mut interfaces = Vec::new();
        while self.has_gone(now_ms) {
            let Some((_, id)) = self.index.leaving.pop_first() else {
                break;
            };
            if let Some(row) = self.file_systems.remove(&id) {
                self.index.tokens.remove(&row.token);
                for point in self.index.access_points.remove(&id).into_iter().flatten() {
                    self.access_points.remove(&point);
                }
            }
            if let Some(row) = self.mount_targets.remove(&id) {
                leave(&mut self.index.mount_targets, &row.file_system, &id);
                interfaces.push(row.interface);
            }
            if let Some(row) = self.access_points.remove(&id) {
                leave(&mut self.index.access_points, &row.file_system, &id);
            }
        }
        interfaces
    }
}

fn leave(index: &mut BTreeMap<String, BTreeSet<String>>, of: &str, id: &str) {
    if let Some(ids) = index.get_mut(of) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(of);
        }
    }
}
