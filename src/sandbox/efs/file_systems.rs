//! File systems.

use serde_json::{Value, json};

use super::state::{FileSystem, Life};
use super::{Answer, fault, id_of, paged, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// File systems of an account in a region (EFS user guide, "Quotas": 1000).
const MAX_FILE_SYSTEMS: usize = 1_000;

/// Bytes of an empty file system, as EFS meters them.
const EMPTY_BYTES: u64 = 6_144;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let token = args.text("CreationToken");
    let efs = &world.region(&call.account, &call.region).efs;
    if let Some(id) = efs.by_token(token) {
        return Err(fault::conflict(
            "FileSystemAlreadyExists",
            format!("File system '{id}' already exists with creation token '{token}'"),
        ));
    }
    if efs.file_systems.len() >= MAX_FILE_SYSTEMS {
        return Err(Fault::with_status(
            403,
            "FileSystemLimitExceeded",
            format!("You already have the maximum number of file systems ({MAX_FILE_SYSTEMS})."),
        ));
    }
    let mode = args.maybe("ThroughputMode").unwrap_or("bursting");
    let provisioned = args.get("ProvisionedThroughputInMibps");
    if (mode == "provisioned") != provisioned.is_some() {
        return Err(fault::bad(
            "ProvisionedThroughputInMibps is required for, and only for, the provisioned throughput mode.",
        ));
    }
    let encrypted = args.flag("Encrypted");
    if args.maybe("KmsKeyId").is_some() && !encrypted {
        return Err(fault::bad("KmsKeyId is only for encrypted file systems."));
    }
    let settings = json!({
        "PerformanceMode": args.maybe("PerformanceMode").unwrap_or("generalPurpose"),
        "Encrypted": encrypted,
        "KmsKeyId": args.maybe("KmsKeyId").map(|key| key_arn(call, key)),
        "ThroughputMode": mode,
        "ProvisionedThroughputInMibps": provisioned,
        "AvailabilityZoneName": args.maybe("AvailabilityZoneName"),
    });
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let mut tags = Tags::new();
    tags::add(&mut tags, new).map_err(fault::tags)?;
    let row = FileSystem {
        token: token.to_owned(),
        created_ms: call.now_ms,
        life: Life::Made {
            ready_ms: world.behaviour.done_at(call.now_ms, takes::FILE_SYSTEM),
        },
        settings,
        tags,
    };
    let id = world.new_id("fs");
    let answer = shown(call, &id, &row, 0);
    world
        .region(&call.account, &call.region)
        .efs
        .put_file_system(&id, row);
    Ok(answer)
}

fn key_arn(call: &Call, key: &str) -> String {
    if key.starts_with("arn:") {
        key.to_owned()
    } else {
        format!("arn:aws:kms:{}:{}:key/{key}", call.region, call.account)
    }
}

/// The ARN of a file system.
pub(super) fn arn(account: &str, region: &str, id: &str) -> String {
    format!("arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}")
}

fn shown(call: &Call, id: &str, row: &FileSystem, mount_targets: usize) -> Value {
    let mut shown = json!({
        "OwnerId": call.account,
        "CreationToken": row.token,
        "FileSystemId": id,
        "FileSystemArn": arn(&call.account, &call.region, id),
        "CreationTime": epoch(row.created_ms),
        "LifeCycleState": row.life.state(call.now_ms),
        "Name": row.tags.get("Name"),
        "NumberOfMountTargets": mount_targets,
        "SizeInBytes": {"Value": EMPTY_BYTES, "ValueInIA": 0, "ValueInStandard": EMPTY_BYTES},
        "Tags": tags::list(&row.tags),
        "FileSystemProtection": {"ReplicationOverwriteProtection": "ENABLED"},
    });
    if let (Value::Object(shown), Value::Object(settings)) = (&mut shown, &row.settings) {
        shown.extend(settings.clone());
        shown.retain(|_, value| !value.is_null());
    }
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let efs = &world.region(&call.account, &call.region).efs;
    let wanted = args.maybe("FileSystemId").map(id_of);
    if let Some(id) = wanted.filter(|id| !efs.file_systems.contains(id)) {
        return Err(fault::no_file_system(id));
    }
    let token = args.maybe("CreationToken");
    // Ids are unique: the one that is asked for is looked up, not searched.
    let one = wanted.and_then(|id| efs.file_systems.below(id).next());
    let all = efs
        .file_systems
        .iter()
        .take(if wanted.is_some() { 0 } else { usize::MAX });
    let rows = one
        .into_iter()
        .chain(all)
        .filter(|(_, row)| token.is_none_or(|token| row.token == token));
    let names = ["MaxItems", "Marker", "NextMarker"];
    paged(args, "FileSystems", names, rows, |id, row| {
        shown(call, id, row, efs.mount_targets_of(id).len())
    })
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = id_of(args.text("FileSystemId"));
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::FILE_SYSTEM_DELETION);
    let efs = &mut world.region(&call.account, &call.region).efs;
    let mut row = find(efs.file_systems.get(id), id)?;
    if !efs.mount_targets_of(id).is_empty() {
        return Err(fault::conflict(
            "FileSystemInUse",
            format!("File system '{id}' is in use: it has mount targets."),
        ));
    }
    if row.life.state(call.now_ms) == "deleting" {
        return Ok(Value::Null);
    }
    row.life = Life::Deleting { gone_ms };
    efs.put_file_system(id, row);
    Ok(Value::Null)
}

/// The row, if it is there.
pub(super) fn find(row: Option<&FileSystem>, id: &str) -> Result<FileSystem, Fault> {
    row.cloned().ok_or_else(|| fault::no_file_system(id))
}
