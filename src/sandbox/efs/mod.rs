//! The sandbox's EFS: file systems, their mount targets and access points.
//!
//! Shapes and refusals are those of the EFS API reference (2015-02-01) and its model.

mod access_points;
pub mod api;
mod fault;
mod file_systems;
mod mount_targets;
pub mod routes;
pub mod state;
mod tagging;

use serde_json::{Map, Value, json};

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::world::World;
use super::{ec2, page};

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::EFS.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::EFS, operation, call.json()).map_err(fault::violation)?;
    let args = Args(args);
    match operation {
        "CreateFileSystem" => file_systems::create(world, call, &args),
        "DescribeFileSystems" => file_systems::describe(world, call, &args),
        "DeleteFileSystem" => file_systems::delete(world, call, &args),
        "CreateMountTarget" => mount_targets::create(world, call, &args),
        "DescribeMountTargets" => mount_targets::describe(world, call, &args),
        "DeleteMountTarget" => mount_targets::delete(world, call, &args),
        "DescribeMountTargetSecurityGroups" => mount_targets::groups(world, call, &args),
        "ModifyMountTargetSecurityGroups" => mount_targets::set_groups(world, call, &args),
        "CreateAccessPoint" => access_points::create(world, call, &args),
        "DescribeAccessPoints" => access_points::describe(world, call, &args),
        "DeleteAccessPoint" => access_points::delete(world, call, &args),
        "TagResource" => tagging::tag(world, call, &args),
        "UntagResource" => tagging::untag(world, call, &args),
        "ListTagsForResource" => tagging::list(world, call, &args),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

/// Lets deletions that are due by now come to their end; the interfaces of mount targets go too.
pub fn settle(world: &mut World, account: &str, region: &str, now_ms: u64) {
    if !world
        .peek(account, region)
        .is_some_and(|held| held.efs.has_gone(now_ms))
    {
        return;
    }
    for interface in world.region(account, region).efs.drop_gone(now_ms) {
        ec2::api::delete_interface(world, account, region, &interface);
    }
}

type Answer = Result<Value, Fault>;

/// How long EFS takes on AWS, in milliseconds (behaviour: one to two minutes for a mount target).
mod takes {
    pub(super) const FILE_SYSTEM: u64 = 5_000;
    pub(super) const MOUNT_TARGET: u64 = 90_000;
    pub(super) const MOUNT_TARGET_DELETION: u64 = 40_000;
    pub(super) const FILE_SYSTEM_DELETION: u64 = 10_000;
    pub(super) const ACCESS_POINT: u64 = 3_000;
}

/// One page of rows by id, under `name`. EFS has two pairs of names for size and token.
fn paged<'a, T: 'a>(
    args: &Args,
    name: &str,
    [size, token, next]: [&str; 3],
    rows: impl Iterator<Item = (&'a String, T)>,
    show: impl Fn(&str, T) -> Value,
) -> Answer {
    /// Rows of a page unless the call says otherwise.
    const DEFAULT_PAGE: usize = 100;
    let rows = rows.map(|(id, row)| ((0, id.as_str()), (id, row)));
    let page = page::page(
        rows,
        false,
        args.maybe(token),
        args.size(size, DEFAULT_PAGE),
    )
    .ok_or_else(|| fault::bad(format!("Invalid {token}")))?;
    let shown: Value = page
        .rows
        .into_iter()
        .map(|(id, row)| show(id, row))
        .collect();
    let mut answer = Map::new();
    answer.insert(name.to_owned(), shown);
    if let Some(token) = page.next {
        answer.insert(next.to_owned(), json!(token));
    }
    Ok(Value::Object(answer))
}

/// The id in what may be an id or an ARN.
fn id_of(given: &str) -> &str {
    given.rsplit('/').next().unwrap_or(given)
}

#[cfg(test)]
mod tests;
