//! What a role may do: inline policies, attached managed policies, the permissions boundary.

use serde_json::json;

use super::document::{self, Use};
use super::roles::{find, find_own};
use super::trust::IdentityArn;
use super::{Answer, fault, in_path, managed, nothing, paged};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// Characters of all inline policies of a role, white space not counted (IAM user guide, "IAM and
/// STS quotas").
const MAX_INLINE: usize = 10_240;

/// Managed policies attached to one role (same page: 10, up to 20 on request).
const MAX_ATTACHED: usize = 10;

pub(super) fn put(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let text = args.text("PolicyDocument");
    document::read(text, Use::Permissions)?;
    role.inline
        .insert(args.text("PolicyName").to_owned(), text.to_owned());
    let total: usize = role.inline.values().map(|text| document::size(text)).sum();
    if total > MAX_INLINE {
        let name = &role.name;
        return Err(fault::limit(format!(
            "Maximum policy size of {MAX_INLINE} bytes exceeded for role {name}"
        )));
    }
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find(world, call, args)?;
    let name = args.text("PolicyName");
    let document = role.inline.get(name).ok_or_else(|| no_inline(name))?;
    Ok(json!({
        "RoleName": role.name,
        "PolicyName": name,
        "PolicyDocument": document::encoded(document),
    }))
}

fn no_inline(name: &str) -> Fault {
    fault::none(format!("The role policy with name {name} cannot be found."))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find(world, call, args)?;
    let rows = role.inline.keys().map(|name| (name.as_str(), name));
    paged(args, "PolicyNames", rows, |name| json!(name))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let name = args.text("PolicyName");
    role.inline.remove(name).ok_or_else(|| no_inline(name))?;
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn attach(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let arn = args.text("PolicyArn");
    check_attachable(world, &call.account, arn)?;
    if role.attached.insert(arn.to_owned()) && role.attached.len() > MAX_ATTACHED {
        return Err(fault::limit(format!(
            "Cannot exceed quota for PoliciesPerRole: {MAX_ATTACHED}"
        )));
    }
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn detach(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let arn = args.text("PolicyArn");
    if !role.attached.remove(arn) {
        return Err(fault::no_policy(arn));
    }
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn list_attached(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = find(world, call, args)?;
    let rows = role
        .attached
        .iter()
        .filter(|arn| in_path(args, path_of(arn)));
    paged(
        args,
        "AttachedPolicies",
        rows.map(|arn| (arn.as_str(), arn)),
        |arn| attached(arn),
    )
}

/// An attached policy as lists show it.
pub(super) fn attached(arn: &str) -> serde_json::Value {
    json!({"PolicyName": policy_name(arn), "PolicyArn": arn})
}

pub(super) fn put_boundary(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    let arn = args.text("PermissionsBoundary");
    check_attachable(world, &call.account, arn)?;
    role.boundary = Some(arn.to_owned());
    world.account(&call.account).iam.put_role(role);
    nothing()
}

pub(super) fn delete_boundary(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut role = find_own(world, call, args)?;
    if role.boundary.take().is_none() {
        let name = &role.name;
        return Err(fault::none(format!(
            "Role {name} has no permissions boundary."
        )));
    }
    world.account(&call.account).iam.put_role(role);
    nothing()
}

/// Refuses what is no managed policy of AWS or of the account.
pub(super) fn check_attachable(world: &World, account: &str, arn: &str) -> Result<(), Fault> {
    if managed::name(arn).is_some() {
        return Ok(());
    }
    let shape = IdentityArn::parse(arn).filter(|shape| shape.resource.starts_with("policy/"));
    let Some(shape) = shape else {
        return Err(fault::input(format!("ARN {arn} is not valid.")));
    };
    let there = shape.account == account
        && world
            .peek_account(account)
            .and_then(|held| held.iam.policy(policy_name(arn)))
            .is_some_and(|policy| policy.arn(account) == arn);
    if there {
        return Ok(());
    }
    Err(fault::none(format!(
        "Policy {arn} does not exist or is not attachable."
    )))
}

/// The last part of a policy's ARN.
pub(super) fn policy_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

fn path_of(arn: &str) -> &str {
    let resource = arn.split_once(":policy").map_or("/", |(_, path)| path);
    resource.strip_suffix(policy_name(arn)).unwrap_or("/")
}
