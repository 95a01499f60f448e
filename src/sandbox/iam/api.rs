//! What the rest of the sandbox asks IAM.

use serde_json::json;

use super::condition::Context;
use super::state::Role;
use super::trust::{self, Caller, IdentityArn};
use super::{linked, managed, unique_id};
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;

/// Seconds a session of a deploy role lasts at most: the longest AWS knows.
const DEPLOY_SESSION: i64 = 43_200;

/// Makes the role smd deploys by in `account`, unless it is there: `name_with_path` is `name` or
/// `path/to/name`. Anyone in the sandbox may take it and it may do everything. It is listed like
/// any role, but [`Role::sandbox_made`] tells it from what calls made.
pub fn ensure_deploy_role(world: &mut World, account: &str, name_with_path: &str) {
    let full = name_with_path.trim_matches('/');
    let (path, name) = match full.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), full),
    };
    if world.account(account).iam.role(name).is_some() {
        return;
    }
    let role = Role {
        id: unique_id(world, trust::ROLE_ID_PREFIX),
        name: name.to_owned(),
        path,
        description: Some("the role smd deploys by, made by the sandbox".to_owned()),
        trust: json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        }]}),
        max_session: DEPLOY_SESSION,
        created_ms: 0,
        trust_changed_ms: 0,
        inline: Default::default(),
        attached: [managed::arn("AdministratorAccess")].into(),
        boundary: None,
        tags: Default::default(),
        linked_service: None,
        sandbox_made: true,
    };
    world.account(account).iam.put_role(role);
}

/// Makes the role linked to the service, unless it is there.
///
/// # Errors
/// `InvalidInput` for a service the sandbox knows no role of.
pub fn ensure_service_linked_role(
    world: &mut World,
    account: &str,
    service: &str,
    now_ms: u64,
) -> Result<(), Fault> {
    linked::ensure(world, account, service, now_ms).map(|_| ())
}

/// The role of this ARN and its account.
#[must_use]
pub fn role_by_arn<'w>(world: &'w World, arn: &str) -> Option<&'w Role> {
    let parsed = IdentityArn::parse(arn)?;
    let role = world
        .peek_account(parsed.account)?
        .iam
        .role(parsed.role_name()?)?;
    (role.arn(parsed.account) == arn).then_some(role)
}

/// Why a service cannot take a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotTake {
    /// There is no such role.
    Absent,
    /// It is there, but other services do not see it, or its last change of trust, yet.
    NotYetSeen,
    /// Its trust policy does not name the service.
    NotTrusted,
}

/// Whether `service` (`sagemaker.amazonaws.com`) can take the role at `now_ms`.
///
/// # Errors
/// Why it cannot.
pub fn service_can_take(
    world: &World,
    arn: &str,
    service: &str,
    now_ms: u64,
) -> Result<(), CannotTake> {
    let role = role_by_arn(world, arn).ok_or(CannotTake::Absent)?;
    let behaviour = &world.behaviour;
    let seen_at = behaviour.done_at(role.trust_changed_ms, behaviour.iam_propagation_ms);
    if now_ms < seen_at {
        return Err(CannotTake::NotYetSeen);
    }
    let context = Context::default();
    if trust::allows(
        &role.trust,
        "sts:AssumeRole",
        &Caller::Service(service),
        &context,
    ) {
        Ok(())
    } else {
        Err(CannotTake::NotTrusted)
    }
}

/// Refuses what is no permissions policy.
///
/// # Errors
/// `MalformedPolicyDocument`.
pub fn check_policy(document: &str) -> Result<(), Fault> {
    super::document::read(document, super::document::Use::Permissions).map(|_| ())
}
