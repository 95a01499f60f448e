//! What domains left that are gone: home file systems whose tag names no living domain, and NFS groups
//! whose name does. They cost money, block the deletion of networks, and nothing else maps them to
//! the domain that they were of. This looks, and deletes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use aws_sdk_efs::types::FileSystemDescription;

use super::mount_target::mount_targets;
use super::{GROUP_PREFIXES, domain_in_tags, domain_is_gone, domain_of_group};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::{filter, groups};
use crate::kinds::sagemaker::{self, people};

/// What one domain left that is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orphan {
    /// The domain's id.
    pub domain: String,
    /// Its home file system. More than one where somebody made a copy with its tags.
    pub file_systems: Vec<HomeFileSystem>,
    /// Its NFS groups.
    pub groups: Vec<Group>,
}

/// A home file system without its domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeFileSystem {
    /// Its id.
    pub id: String,
    /// How much is on it, in bytes, as EFS meters it.
    pub bytes: u64,
    /// When it was made, in seconds since the epoch.
    pub made: i64,
    /// What of it is in subnets, which keeps those from going.
    pub mount_targets: Vec<MountTarget>,
}

impl HomeFileSystem {
    /// How old it is: `3 days old`.
    #[must_use]
    pub fn age(&self, now: SystemTime) -> String {
        people::age(Some(self.made), now).unwrap_or_default()
    }
}

/// A mount target of such a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountTarget {
    /// Its id.
    pub id: String,
    /// The subnet that it is in.
    pub subnet: String,
    /// The VPC of that subnet, if EFS tells.
    pub vpc: Option<String>,
}

/// A security group for NFS that such a domain left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its VPC, which it keeps from going.
    pub vpc: Option<String>,
}

/// What domains of this account and region left that are gone, in order of their ids.
///
/// # Errors
/// A failed call.
pub async fn orphans(aws: &Aws, place: &Place) -> Result<Vec<Orphan>, Failure> {
    let mut found: BTreeMap<String, Orphan> = BTreeMap::new();
    for file_system in file_systems(aws, place).await? {
        if let Some(domain) = domain_in_tags(&file_system) {
            let orphan = found.entry(domain.to_owned()).or_default();
            orphan.file_systems.push(HomeFileSystem {
                bytes: file_system
                    .size_in_bytes()
                    .and_then(|size| size.value().try_into().ok())
                    .unwrap_or_default(),
                made: file_system.creation_time().secs(),
                id: file_system.file_system_id,
                mount_targets: Vec::new(),
            });
        }
    }
    let patterns = GROUP_PREFIXES.map(|prefix| format!("{prefix}*"));
    for group in groups::list(aws, place, vec![filter("group-name", patterns)]).await? {
        if let Some(domain) = domain_of_group(&group) {
            let orphan = found.entry(domain.to_owned()).or_default();
            orphan.groups.push(Group {
                id: group.group_id.unwrap_or_default(),
                name: group.group_name.unwrap_or_default(),
                vpc: group.vpc_id,
            });
        }
    }
    let living = living(aws, place).await?;
    let mut left = Vec::new();
    for (domain, mut orphan) in found {
        // Absence from a list alone does not count: a domain may have been made meanwhile.
        if living.contains(&domain) || !domain_is_gone(aws, place, &domain).await? {
            continue;
        }
        for file_system in &mut orphan.file_systems {
            let targets = mount_targets(aws, place, &file_system.id).await?;
            let targets = targets.into_iter().map(|target| MountTarget {
                id: target.mount_target_id,
                subnet: target.subnet_id,
                vpc: target.vpc_id,
            });
            file_system.mount_targets = targets.collect();
            file_system
                .mount_targets
                .sort_by(|a, b| a.subnet.cmp(&b.subnet));
        }
        orphan.file_systems.sort_by(|a, b| a.id.cmp(&b.id));
        orphan.groups.sort_by(|a, b| a.name.cmp(&b.name));
        orphan.domain = domain;
        left.push(orphan);
    }
    Ok(left)
}

/// Every file system of the place. Their tags come with them (EFS API reference).
async fn file_systems(aws: &Aws, place: &Place) -> Result<Vec<FileSystemDescription>, Failure> {
    let client = aws.efs(place).await?;
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client.describe_file_systems().set_marker(marker.take());
        let answer = call(aws, "efs:DescribeFileSystems", Repeat::Safe, || {
            request.clone().send()
        })
        .await?;
        found.extend(answer.file_systems.unwrap_or_default());
        marker = answer.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// The ids of all domains of the place, whatever their status: one that is being deleted still has
/// its home.
async fn living(aws: &Aws, place: &Place) -> Result<BTreeSet<String>, Failure> {
    let client = aws.sagemaker(place).await?;
    let domains = sagemaker::domains(aws, &client).await?.into_iter();
    Ok(domains.filter_map(|domain| domain.domain_id).collect())
}
