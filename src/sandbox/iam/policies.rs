//! Managed policies.

use serde_json::{Map, Value, json};

use super::document::{self, Use};
use super::role_policies::policy_name;
use super::shown::{self, Detail};
use super::state::{Policy, Version};
use super::{Answer, fault, in_path, managed, mark, nothing, page_of, paged, path, unique_id};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags;
use crate::sandbox::world::World;

/// Customer managed policies of an account (IAM user guide, "IAM and STS quotas": 1500, up to 5000
/// on request).
const MAX_POLICIES: usize = 5_000;

/// Characters of a managed policy, white space not counted (same page).
const MAX_SIZE: usize = 6_144;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text("PolicyName");
    let iam = &world.account(&call.account).iam;
    if iam.policy(name).is_some() {
        return Err(fault::exists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    if iam.policies.len() >= MAX_POLICIES {
        return Err(fault::limit(format!(
            "Cannot exceed quota for PoliciesPerAccount: {MAX_POLICIES}"
        )));
    }
    let tags = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let first = version(args, call)?;
    let policy = Policy {
        id: unique_id(world, "ANPA"),
        name: name.to_owned(),
        path: path(args),
        description: args.maybe("Description").map(str::to_owned),
        versions: [(1, first)].into(),
        default_version: 1,
        last_version: 1,
        created_ms: call.now_ms,
        updated_ms: call.now_ms,
        tags,
    };
    let iam = &mut world.account(&call.account).iam;
    let mut shown = shown::policy(iam, &call.account, &policy, Detail::Whole);
    shown::set(&mut shown, json!({"Description": null}));
    iam.policies.insert(name.to_ascii_lowercase(), policy);
    Ok(json!({"Policy": shown}))
}

/// The new version that the call carries.
pub(super) fn version(args: &Args, call: &Call) -> Result<Version, Fault> {
    let document = args.text("PolicyDocument").to_owned();
    document::read(&document, Use::Permissions)?;
    if document::size(&document) > MAX_SIZE {
        return Err(fault::limit(format!(
            "Cannot exceed quota for PolicySize: {MAX_SIZE}"
        )));
    }
    Ok(Version {
        document,
        created_ms: call.now_ms,
    })
}

/// The customer managed policy the call names.
pub(super) fn find<'w>(world: &'w World, call: &Call, args: &Args) -> Result<&'w Policy, Fault> {
    let arn = args.text("PolicyArn");
    world
        .peek_account(&call.account)
        .and_then(|account| account.iam.policy(policy_name(arn)))
        .filter(|policy| policy.arn(&call.account) == arn)
        .ok_or_else(|| fault::no_policy(arn))
}

/// The customer managed policy the call names, to be changed.
pub(super) fn change<'w>(
    world: &'w mut World,
    call: &Call,
    args: &Args,
) -> Result<&'w mut Policy, Fault> {
    let arn = args.text("PolicyArn");
    if managed::name(arn).is_some() {
        return Err(Fault::with_status(
            403,
            "AccessDenied",
            format!(
                "User: {} is not authorized to change resource: policy {arn}",
                call.caller_arn
            ),
        ));
    }
    find(world, call, args)?;
    let key = policy_name(arn).to_ascii_lowercase();
    let policies = &mut world.account(&call.account).iam.policies;
    policies.get_mut(&key).ok_or_else(|| fault::no_policy(arn))
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("PolicyArn");
    let iam = &world.account(&call.account).iam;
    if let Some(shown) = managed::policy(iam, arn) {
        return Ok(json!({"Policy": shown}));
    }
    let policy = find(world, call, args)?;
    let iam = world
        .peek_account(&call.account)
        .map(|account| &account.iam);
    Ok(json!({"Policy": iam.map(|iam| shown::policy(iam, &call.account, policy, Detail::Whole))}))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let iam = &world.account(&call.account).iam;
    let scope = args.maybe("Scope").unwrap_or("All");
    let by_use = match args.maybe("PolicyUsageFilter") {
        Some("PermissionsBoundary") => "PermissionsBoundaryUsageCount",
        _ => "AttachmentCount",
    };
    let wanted = |policy: &Value| {
        let of = |name: &str| policy.get(name);
        in_path(args, of("Path").and_then(Value::as_str).unwrap_or_default())
            && (!args.flag("OnlyAttached") || of(by_use).and_then(Value::as_u64) > Some(0))
    };
    let mut rows: Vec<(String, Value)> = Vec::new();
    if scope != "AWS" {
        rows.extend(iam.policies.iter().map(|(key, policy)| {
            let shown = shown::policy(iam, &call.account, policy, Detail::Listed);
            (format!("own/{key}"), shown)
        }));
    }
    if scope != "Local" {
        rows.extend(managed::all(iam).into_iter().filter_map(|arn| {
            let shown = managed::policy(iam, &arn)?;
            Some((arn, shown))
        }));
    }
    let rows = rows.iter().filter(|(_, policy)| wanted(policy));
    paged(
        args,
        "Policies",
        rows.map(|(key, row)| (key.as_str(), row)),
        Value::clone,
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let policy = change(world, call, args)?.clone();
    let iam = &mut world.account(&call.account).iam;
    let arn = args.text("PolicyArn");
    if iam.attached_to(arn).next().is_some() || iam.bounded_by(arn).next().is_some() {
        return Err(fault::in_use(
            "Cannot delete a policy attached to entities.",
        ));
    }
    if policy.versions.len() > 1 {
        return Err(fault::in_use(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        ));
    }
    iam.policies.remove(&policy.name.to_ascii_lowercase());
    nothing()
}

pub(super) fn tag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let more = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let policy = change(world, call, args)?;
    tags::add(&mut policy.tags, more).map_err(fault::tags)?;
    nothing()
}

pub(super) fn untag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let policy = change(world, call, args)?;
    for key in args.texts("TagKeys") {
        policy.tags.remove(key);
    }
    nothing()
}

pub(super) fn list_tags(world: &mut World, call: &Call, args: &Args) -> Answer {
    let policy = find(world, call, args)?;
    let rows = policy
        .tags
        .iter()
        .map(|(key, value)| (key.as_str(), (key, value)));
    paged(
        args,
        "Tags",
        rows,
        |(key, value)| json!({"Key": key, "Value": value}),
    )
}

pub(super) fn list_entities(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("PolicyArn");
    if managed::name(arn).is_none() {
        find(world, call, args)?;
    }
    let iam = &world.account(&call.account).iam;
    let use_filter = args.maybe("PolicyUsageFilter");
    let roles = args.maybe("EntityFilter").is_none_or(|kind| kind == "Role");
    let mut found: Vec<_> = Vec::new();
    if roles && use_filter != Some("PermissionsBoundary") {
        found.extend(iam.attached_to(arn));
    }
    if roles && use_filter != Some("PermissionsPolicy") {
        let bounded = iam.bounded_by(arn);
        found.extend(bounded.filter(|role| use_filter.is_some() || !role.attached.contains(arn)));
    }
    let rows = found
        .into_iter()
        .filter(|role| in_path(args, &role.path))
        .map(|role| (role.name.as_str(), role));
    let (rows, next) = page_of(args, rows)?;
    let roles: Value = rows
        .into_iter()
        .map(|role| json!({"RoleName": role.name, "RoleId": role.id}))
        .collect();
    let mut answer = Map::new();
    answer.insert("PolicyGroups".to_owned(), json!([]));
    answer.insert("PolicyUsers".to_owned(), json!([]));
    answer.insert("PolicyRoles".to_owned(), roles);
    mark(&mut answer, next);
    Ok(Value::Object(answer))
}
