//! What the rest of the sandbox asks of EFS.

use std::collections::BTreeSet;

use serde_json::json;

use super::mount_targets::{self, New};
use super::state::{FileSystem, Life};
use super::{access_points, file_systems, tagging, takes};
use crate::sandbox::call::Fault;
use crate::sandbox::ec2;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// A file system that a service makes.
#[derive(Debug, Clone)]
pub struct NewFileSystem<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// Creation token.
    pub token: &'a str,
    /// The key it is encrypted by; AWS's own where none is given.
    pub kms_key: Option<&'a str>,
    /// Its tags.
    pub tags: Tags,
    /// The sandbox's time.
    pub now_ms: u64,
}

/// Makes an encrypted file system, and answers its id.
pub fn create_file_system(world: &mut World, new: NewFileSystem<'_>) -> String {
    let (account, region) = (new.account, new.region);
    // The AWS managed key of EFS; one per account and region.
    let own_key = || format!("arn:aws:kms:{region}:{account}:key/aws-elasticfilesystem");
    let id = world.new_id("fs");
    let row = FileSystem {
        token: new.token.to_owned(),
        created_ms: new.now_ms,
        life: Life::Made {
            ready_ms: world.behaviour.done_at(new.now_ms, takes::FILE_SYSTEM),
        },
        settings: json!({
            "PerformanceMode": "generalPurpose",
            "Encrypted": true,
            "KmsKeyId": new.kms_key.map_or_else(own_key, str::to_owned),
            "ThroughputMode": "bursting",
        }),
        tags: new.tags,
    };
    world.region(account, region).efs.put_file_system(&id, row);
    id
}

/// Makes a mount target for a service, which need not wait for the file system. Answers its id.
///
/// # Errors
/// As CreateMountTarget refuses.
pub fn create_mount_target(
    world: &mut World,
    account: &str,
    region: &str,
    (file_system, subnet, groups): (&str, &str, &[String]),
    now_ms: u64,
) -> Result<String, Fault> {
    mount_targets::make(
        world,
        &New {
            account,
            region,
            file_system,
            subnet,
            groups,
            ip: None,
            now_ms,
        },
    )
}

/// The availability zones in which the file system has mount targets.
#[must_use]
pub fn mounted_zones(
    world: &World,
    account: &str,
    region: &str,
    file_system: &str,
) -> BTreeSet<String> {
    let Some(held) = world.peek(account, region) else {
        return BTreeSet::new();
    };
    let ids = held.efs.mount_targets_of(file_system);
    ids.iter()
        .filter_map(|id| held.efs.mount_targets.get(id))
        .map(|row| row.zone.clone())
        .collect()
}

/// Takes a file system away with its mount targets and their interfaces, at once.
pub fn remove_file_system(world: &mut World, account: &str, region: &str, id: &str) {
    let gone = Life::Deleting { gone_ms: 0 };
    let efs = &mut world.region(account, region).efs;
    for target in efs.mount_targets_of(id) {
        if let Some(mut row) = efs.mount_targets.get(&target).cloned() {
            row.life = gone.clone();
            efs.put_mount_target(&target, row);
        }
    }
    if let Some(mut row) = efs.file_systems.get(id).cloned() {
        row.life = gone;
        efs.put_file_system(id, row);
    }
    for interface in efs.drop_gone(0) {
        ec2::api::delete_interface(world, account, region, &interface);
    }
}

/// Everything in EFS that can have tags, as (ARN, tags).
#[must_use]
pub fn tagged(world: &World, account: &str, region: &str) -> Vec<(String, Tags)> {
    let Some(held) = world.peek(account, region) else {
        return Vec::new();
    };
    let points = held.efs.access_points.iter();
    let points =
        points.map(|(id, row)| (access_points::arn(account, region, id), row.tags.clone()));
    let systems = held.efs.file_systems.iter();
    let systems =
        systems.map(|(id, row)| (file_systems::arn(account, region, id), row.tags.clone()));
    points.chain(systems).collect()
}

/// The tags of the thing of this ARN.
#[must_use]
pub fn tags_of(world: &World, account: &str, region: &str, arn: &str) -> Option<Tags> {
    let efs = &world.peek(account, region)?.efs;
    let id = arn.rsplit('/').next()?;
    if let Some(row) = efs.file_systems.get(id) {
        return (file_systems::arn(account, region, id) == arn).then(|| row.tags.clone());
    }
    let row = efs.access_points.get(id)?;
    (access_points::arn(account, region, id) == arn).then(|| row.tags.clone())
}

/// Changes the tags of the thing of this id.
///
/// # Errors
/// If it is not there, or there would be too many.
pub fn change_tags(
    world: &mut World,
    account: &str,
    region: &str,
    id: &str,
    (add, remove): (Tags, &[&str]),
) -> Result<(), Fault> {
    let held = tagging::change(&mut world.region(account, region).efs, id)?;
    tags::add(held, add).map_err(super::fault::tags)?;
    for key in remove {
        held.remove(*key);
    }
    Ok(())
}
