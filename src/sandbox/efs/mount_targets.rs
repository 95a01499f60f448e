//! Mount targets: a file system's addresses in a VPC, one per availability zone.

use serde_json::{Value, json};

use super::state::{Life, MountTarget};
use super::{Answer, fault, id_of, paged, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::ec2::api::{self as network, NewInterface};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// Security groups of a mount target (EFS user guide, "Quotas").
const MAX_GROUPS: usize = 5;

/// What EFS names itself as in the interfaces it makes.
const REQUESTER: &str = "amazon-elasticfilesystem";

/// A mount target to be made.
#[derive(Debug, Clone)]
pub(super) struct New<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) file_system: &'a str,
    pub(super) subnet: &'a str,
    pub(super) groups: &'a [String],
    pub(super) ip: Option<&'a str>,
    pub(super) now_ms: u64,
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let file_system = id_of(args.text("FileSystemId"));
    let efs = &world.region(&call.account, &call.region).efs;
    let row = efs.file_systems.get(file_system);
    let row = row.ok_or_else(|| fault::no_file_system(file_system))?;
    if !row.life.is_available(call.now_ms) {
        return Err(fault::not_available(file_system));
    }
    let groups: Vec<String> = args
        .texts("SecurityGroups")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let id = make(
        world,
        &New {
            account: &call.account,
            region: &call.region,
            file_system,
            subnet: args.text("SubnetId"),
            groups: &groups,
            ip: args.maybe("IpAddress"),
            now_ms: call.now_ms,
        },
    )?;
    let efs = &world.region(&call.account, &call.region).efs;
    Ok(efs
        .mount_targets
        .get(&id)
        .map_or(Value::Null, |row| shown(call, &id, row)))
}

/// Makes a mount target with its interface, and answers its id.
pub(super) fn make(world: &mut World, new: &New<'_>) -> Result<String, Fault> {
    let (account, region) = (new.account, new.region);
    check_group_count(new.groups.len())?;
    let subnet = network::subnet(world, account, region, new.subnet).ok_or_else(|| {
        Fault::client(
            "SubnetNotFound",
            format!("The subnet ID '{}' does not exist", new.subnet),
        )
    })?;
    let efs = &world.region(account, region).efs;
    for id in efs.mount_targets_of(new.file_system) {
        let Some(other) = efs.mount_targets.get(&id) else {
            continue;
        };
        if other.zone == subnet.zone {
            return Err(fault::conflict(
                "MountTargetConflict",
                format!("mount target already exists in this AZ: {id}"),
            ));
        }
        if other.vpc != subnet.vpc {
            return Err(fault::conflict(
                "MountTargetConflict",
                format!(
                    "requested subnet for new mount target is not in the same VPC as existing mount targets: {}",
                    other.vpc
                ),
            ));
        }
    }
    let private_ip = match new.ip {
        Some(text) => Some(
            text.parse()
                .map_err(|_| fault::bad(format!("invalid IP address {text}")))?,
        ),
        None => None,
    };
    let id = world.new_id("fsmt");
    let interface = NewInterface {
        subnet: new.subnet,
        groups: new.groups,
        description: &format!("EFS mount target for {} ({id})", new.file_system),
        requester: REQUESTER,
        kind: "efs",
        private_ip,
    };
    let (interface, ip) =
        network::create_interface(world, account, region, &interface).map_err(fault::of_network)?;
    let ready_ms = world.behaviour.done_at(new.now_ms, takes::MOUNT_TARGET);
    world.region(account, region).efs.put_mount_target(
        &id,
        MountTarget {
            file_system: new.file_system.to_owned(),
            subnet: new.subnet.to_owned(),
            vpc: subnet.vpc,
            zone: subnet.zone,
            zone_id: subnet.zone_id,
            interface,
            ip: ip.to_string(),
            life: Life::Made { ready_ms },
        },
    );
    Ok(id)
}

fn check_group_count(count: usize) -> Result<(), Fault> {
    if count > MAX_GROUPS {
        return Err(Fault::client(
            "SecurityGroupLimitExceeded",
            format!("A mount target takes at most {MAX_GROUPS} security groups."),
        ));
    }
    Ok(())
}

fn shown(call: &Call, id: &str, row: &MountTarget) -> Value {
    json!({
        "OwnerId": call.account,
        "MountTargetId": id,
        "FileSystemId": row.file_system,
        "SubnetId": row.subnet,
        "LifeCycleState": row.life.state(call.now_ms),
        "IpAddress": row.ip,
        "NetworkInterfaceId": row.interface,
        "AvailabilityZoneId": row.zone_id,
        "AvailabilityZoneName": row.zone,
        "VpcId": row.vpc,
    })
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let efs = &world.region(&call.account, &call.region).efs;
    let named = |name| args.maybe(name).map(id_of);
    let (file_system, mount_target, access_point) = (
        named("FileSystemId"),
        named("MountTargetId"),
        named("AccessPointId"),
    );
    let ids = match (file_system, mount_target, access_point) {
        (Some(id), None, None) if efs.file_systems.contains(id) => efs.mount_targets_of(id),
        (Some(id), None, None) => return Err(fault::no_file_system(id)),
        (None, Some(id), None) if efs.mount_targets.contains(id) => vec![id.to_owned()],
        (None, Some(id), None) => return Err(fault::no_mount_target(id)),
        (None, None, Some(id)) => match efs.access_points.get(id) {
            Some(point) => efs.mount_targets_of(&point.file_system),
            None => return Err(fault::no_access_point(id)),
        },
        _ => {
            return Err(fault::bad(
                "Specify exactly one of FileSystemId, MountTargetId and AccessPointId.",
            ));
        }
    };
    let rows = ids
        .iter()
        .filter_map(|id| Some((id, efs.mount_targets.get(id)?)));
    paged(
        args,
        "MountTargets",
        ["MaxItems", "Marker", "NextMarker"],
        rows,
        |id, row| shown(call, id, row),
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("MountTargetId");
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::MOUNT_TARGET_DELETION);
    let mut row = find(world, call, id)?;
    if row.life.state(call.now_ms) != "deleting" {
        row.life = Life::Deleting { gone_ms };
        world
            .region(&call.account, &call.region)
            .efs
            .put_mount_target(id, row);
    }
    Ok(Value::Null)
}

fn find(world: &World, call: &Call, id: &str) -> Result<MountTarget, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.efs.mount_targets.get(id))
        .cloned()
        .ok_or_else(|| fault::no_mount_target(id))
}

pub(super) fn groups(world: &mut World, call: &Call, args: &Args) -> Answer {
    let row = find(world, call, args.text("MountTargetId"))?;
    let interface = network::interface(world, &call.account, &call.region, &row.interface);
    let groups = interface
        .map(|interface| interface.groups.clone())
        .unwrap_or_default();
    Ok(json!({"SecurityGroups": groups}))
}

pub(super) fn set_groups(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("MountTargetId");
    let row = find(world, call, id)?;
    if !row.life.is_available(call.now_ms) {
        return Err(fault::conflict(
            "IncorrectMountTargetState",
            format!("Mount target '{id}' is not in the 'available' life cycle state."),
        ));
    }
    let groups: Vec<String> = args
        .texts("SecurityGroups")
        .into_iter()
        .map(str::to_owned)
        .collect();
    check_group_count(groups.len())?;
    network::set_interface_groups(world, &call.account, &call.region, &row.interface, &groups)
        .map_err(fault::of_network)?;
    Ok(Value::Null)
}
