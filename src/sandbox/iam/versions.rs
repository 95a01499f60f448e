//! Versions of managed policies.

use serde_json::{Value, json};

use super::document::encoded;
use super::policies::{change, find, version};
use super::shown::version_id;
use super::state::{Policy, Version};
use super::{Answer, fault, managed, nothing, paged};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::time::iso;
use crate::sandbox::world::World;

/// Versions a policy may have (IAM user guide, "IAM and STS quotas").
const MAX_VERSIONS: usize = 5;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let new = version(args, call)?;
    let policy = change(world, call, args)?;
    if policy.versions.len() >= MAX_VERSIONS {
        return Err(fault::limit(format!(
            "A managed policy can have up to {MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version."
        )));
    }
    policy.last_version += 1;
    let number = policy.last_version;
    policy.versions.insert(number, new);
    policy.updated_ms = call.now_ms;
    if args.flag("SetAsDefault") {
        policy.default_version = number;
    }
    Ok(json!({"PolicyVersion": {
        "VersionId": version_id(number),
        "IsDefaultVersion": policy.default_version == number,
        "CreateDate": iso(call.now_ms),
    }}))
}

/// One version with its document.
pub(super) fn shown(policy: &Policy, number: u32, version: &Version) -> Value {
    json!({
        "Document": encoded(&version.document),
        "VersionId": version_id(number),
        "IsDefaultVersion": policy.default_version == number,
        "CreateDate": iso(version.created_ms),
    })
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    if let Some(shown) = managed::version(args.text("PolicyArn")) {
        return Ok(json!({"PolicyVersion": shown}));
    }
    let policy = find(world, call, args)?;
    let number = number(args, policy)?;
    let version = policy
        .versions
        .get(&number)
        .map(|version| shown(policy, number, version));
    Ok(json!({"PolicyVersion": version}))
}

fn number(args: &Args, policy: &Policy) -> Result<u32, Fault> {
    let id = args.text("VersionId");
    id.strip_prefix('v')
        .and_then(|number| number.parse().ok())
        .filter(|number| policy.versions.contains_key(number))
        .ok_or_else(|| {
            let arn = args.text("PolicyArn");
            fault::none(format!(
                "Policy {arn} version {id} does not exist or is not attachable."
            ))
        })
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    if let Some(version) = managed::version(args.text("PolicyArn")) {
        return Ok(json!({"Versions": [version], "IsTruncated": false}));
    }
    let policy = find(world, call, args)?;
    /// As many as there are numbers: the newest version comes first.
    const LAST: u32 = u32::MAX;
    let rows: Vec<(String, (u32, &Version))> = policy
        .versions
        .iter()
        .map(|(number, version)| (format!("{:010}", LAST - number), (*number, version)))
        .collect();
    let rows = rows.iter().map(|(key, row)| (key.as_str(), *row));
    paged(args, "Versions", rows, |(number, version)| {
        let mut shown = shown(policy, number, version);
        super::shown::set(&mut shown, json!({"Document": null}));
        shown
    })
}

pub(super) fn set_default(world: &mut World, call: &Call, args: &Args) -> Answer {
    let policy = change(world, call, args)?;
    let number = number(args, policy)?;
    policy.default_version = number;
    policy.updated_ms = call.now_ms;
    nothing()
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let policy = change(world, call, args)?;
    let number = number(args, policy)?;
    if policy.default_version == number {
        return Err(fault::in_use(
            "Cannot delete the default version of a policy.",
        ));
    }
    policy.versions.remove(&number);
    nothing()
}
