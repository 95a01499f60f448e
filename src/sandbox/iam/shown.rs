//! Roles and policies as IAM shows them.

use serde_json::{Map, Value, json};

use super::document::encoded;
use super::state::{Iam, Policy, Role};
use super::trust;
use crate::sandbox::tags;
use crate::sandbox::time::iso;
use crate::sandbox::world::World;

/// How much of a role an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Lists leave out the boundary, tags and the last use.
    Listed,
    /// Everything.
    Whole,
}

/// A role.
pub(super) fn role(world: &World, account: &str, role: &Role, detail: Detail) -> Value {
    let mut shown = json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn(account),
        "CreateDate": iso(role.created_ms),
        "AssumeRolePolicyDocument": trust_document(world, role),
        "Description": role.description,
        "MaxSessionDuration": role.max_session,
    });
    if detail == Detail::Whole {
        set(&mut shown, whole(role));
    }
    shown
}

/// What is known of a role only where it is asked for by itself.
pub(super) fn whole(role: &Role) -> Value {
    json!({
        "PermissionsBoundary": role.boundary.as_ref().map(|arn| json!({
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        })),
        "Tags": if role.tags.is_empty() { Value::Null } else { tags::list(&role.tags) },
        "RoleLastUsed": {},
    })
}

/// The role's trust policy, URL-encoded.
pub(super) fn trust_document(world: &World, role: &Role) -> String {
    encoded(&trust::shown(world, &role.trust).to_string())
}

/// A managed policy. Lists leave out the description and tags.
pub(super) fn policy(iam: &Iam, account: &str, policy: &Policy, detail: Detail) -> Value {
    let arn = policy.arn(account);
    let mut shown = json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": arn,
        "Path": policy.path,
        "DefaultVersionId": version_id(policy.default_version),
        "AttachmentCount": iam.attached_to(&arn).count(),
        "PermissionsBoundaryUsageCount": iam.bounded_by(&arn).count(),
        "IsAttachable": true,
        "CreateDate": iso(policy.created_ms),
        "UpdateDate": iso(policy.updated_ms),
    });
    if detail == Detail::Whole {
        set(
            &mut shown,
            json!({"Description": policy.description, "Tags": tags::list(&policy.tags)}),
        );
    }
    shown
}

/// `v3`.
pub(super) fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// Adds the members of one object to another.
pub(super) fn set(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        let more: Map<String, Value> = more;
        object.extend(more);
    }
}
