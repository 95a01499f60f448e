//! Roles.

use serde_json::{Value, json};

use super::document::{self, Use};
use super::shown::{self, Detail};
use super::state::Role;
use super::{Answer, fault, in_path, nothing, paged, path, trust, unique_id};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags;
use crate::sandbox::world::World;

/// Roles an account may have (IAM user guide, "IAM and STS quotas": 1000, up to 5000 on request).
const MAX_ROLES: usize = 5_000;

/// Characters of a trust policy (same page).
const MAX_TRUST: usize = 2_048;

/// Seconds a session lasts at most, unless the role says otherwise.
const DEFAULT_SESSION: i64 = 3_600;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text("RoleName");
    let iam = &world.account(&call.account).iam;
    if iam.role(name).is_some() {
        return Err(fault::exists(format!(
            "Role with name {name} already exists."
        )));
    }
    if iam.roles.len() >= MAX_ROLES {
        return Err(fault::limit(format!(
            "Cannot exceed quota for RolesPerAccount: {MAX_ROLES}"
        )));
    }
    let trust = read_trust(world, args.text("AssumeRolePolicyDocument"))?;
    let tags = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let boundary = args.maybe("PermissionsBoundary").map(str::to_owned);
    if let Some(arn) = &boundary {
        super::role_policies::check_attachable(world, &call.account, arn)?;
    }
    let role = Role {
        id: unique_id(world, trust::ROLE_ID_PREFIX),
        name: name.to_owned(),
        path: path(args),
        description: args.maybe("Description").map(str::to_owned),
        trust,
        max_session: args.number("MaxSessionDuration").unwrap_or(DEFAULT_SESSION),
        created_ms: call.now_ms,
        trust_changed_ms: call.now_ms,
        inline: Default::default(),
        attached: Default::default(),
        boundary,
        tags,
        linked_service: None,
        sandbox_made: false,
    };
    let mut shown = shown::role(world, &call.account, &role, Detail::Whole);
    shown::set(&mut shown, json!({"RoleLastUsed": null}));
    world.account(&call.account).iam.put_role(role);
    Ok(json!({"Role": shown}))
}

fn read_trust(world: &World, text: &str) -> Result<Value, Fault> {
    if document::size(text) > MAX_TRUST {
        return Err(fault::limit(format!(
            "Cannot exceed quota for ACLSizePerRole: {MAX_TRUST}"
        )));
    }
    trust::stored(world, document::read(text, Use::Trust)?)
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find(world, call, args)?;
    Ok(json!({"Role": shown::role(world, &call.account, &role, Detail::Whole)}))
}

/// The role the call names.
pub(super) fn find(world: &World, call: &Call, args: &Args) -> Result<Role, Fault> {
    let name = args.text("RoleName");
    world
        .peek_account(&call.account)
        .and_then(|account| account.iam.role(name))
        .cloned()
        .ok_or_else(|| fault::no_role(name))
}

/// The role the call names, which must not be one that only its service may change.
pub(super) fn find_own(world: &World, call: &Call, args: &Args) -> Result<Role, Fault> {
    let role = find(world, call, args)?;
    if role.linked_service.is_some() {
        return Err(Fault::client(
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
                role.name
            ),
        ));
    }
    Ok(role)
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let world: &World = world;
    let roles = world
        .peek_account(&call.account)
        .into_iter()
        .flat_map(|account| account.iam.roles.iter());
    let rows = roles
        .filter(|(_, role)| in_path(args, &role.path))
        .map(|(key, role)| (key.as_str(), role));
    paged(args, "Roles", rows, |role| {
        shown::role(world, &call.account, role, Detail::Listed)
    })
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find(world, call, args)?;
    if let Some(description) = args.maybe("Description") {
        role.description = Some(description.to_owned());
    }
    if let Some(seconds) = args.number("MaxSessionDuration") {
        role.max_session = seconds;
    }
    let answer = if call.operation == "UpdateRoleDescription" {
        json!({"Role": shown::role(world, &call.account, &role, Detail::Whole)})
    } else {
        Value::Null
    };
    world.account(&call.account).iam.put_role(role);
    Ok(answer)
}

pub(super) fn update_trust(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    role.trust = read_trust(world, args.text("PolicyDocument"))?;
    role.trust_changed_ms = call.now_ms;
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find_own(world, call, args)?;
    if !role.attached.is_empty() {
        return Err(fault::in_use(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    if !role.inline.is_empty() {
        return Err(fault::in_use(
            "Cannot delete entity, must delete policies first.",
        ));
    }
    world.account(&call.account).iam.drop_role(&role.name);
    nothing()
}

pub(super) fn tag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let more = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut role.tags, more).map_err(fault::tags)?;
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn untag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    for key in args.texts("TagKeys") {
        role.tags.remove(key);
    }
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn list_tags(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find(world, call, args)?;
    let rows = role
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

pub(super) fn instance_profiles(world: &mut World, call: &Call, args: &Args) -> Answer {
    find(world, call, args)?;
    // The sandbox has no operation that makes an instance profile.
    paged(
        args,
        "InstanceProfiles",
        std::iter::empty::<(&str, ())>(),
        |()| Value::Null,
    )
}
