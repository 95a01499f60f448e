//! The sandbox's IAM: roles and policies of an account.
//!
//! Names, limits and refusals are those of the IAM API reference and its model; documents are
//! answered URL-encoded, trust policies keep roles as their unique ids.

pub mod api;
mod authorization_details;
mod condition;
mod document;
mod fault;
mod linked;
mod managed;
mod policies;
mod role_policies;
mod roles;
mod shown;
mod simulate;
pub mod state;
pub mod trust;
mod versions;

use serde_json::{Map, Value};

pub use condition::Context;

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::page;
use super::world::World;
use super::xml::Element;

/// Answers a call with the children of its `…Result` element.
///
/// # Errors
/// AWS's refusals.
pub fn call(world: &mut World, call: &Call) -> Result<Vec<Element>, Fault> {
    let operation = call.operation.as_str();
    let input = model::input(&model::IAM, operation, &call.query());
    let args = Args(model::check(&model::IAM, operation, &input)?);
    let answer = match operation {
        "CreateRole" => roles::create(world, call, &args),
        "GetRole" => roles::get(world, call, &args),
        "ListRoles" => roles::list(world, call, &args),
        "UpdateRole" | "UpdateRoleDescription" => roles::update(world, call, &args),
        "UpdateAssumeRolePolicy" => roles::update_trust(world, call, &args),
        "DeleteRole" => roles::delete(world, call, &args),
        "TagRole" => roles::tag(world, call, &args),
        "UntagRole" => roles::untag(world, call, &args),
        "ListRoleTags" => roles::list_tags(world, call, &args),
        "ListInstanceProfilesForRole" => roles::instance_profiles(world, call, &args),
        "PutRolePolicy" => role_policies::put(world, call, &args),
        "GetRolePolicy" => role_policies::get(world, call, &args),
        "ListRolePolicies" => role_policies::list(world, call, &args),
        "DeleteRolePolicy" => role_policies::delete(world, call, &args),
        "AttachRolePolicy" => role_policies::attach(world, call, &args),
        "DetachRolePolicy" => role_policies::detach(world, call, &args),
        "ListAttachedRolePolicies" => role_policies::list_attached(world, call, &args),
        "PutRolePermissionsBoundary" => role_policies::put_boundary(world, call, &args),
        "DeleteRolePermissionsBoundary" => role_policies::delete_boundary(world, call, &args),
        "CreatePolicy" => policies::create(world, call, &args),
        "GetPolicy" => policies::get(world, call, &args),
        "ListPolicies" => policies::list(world, call, &args),
        "DeletePolicy" => policies::delete(world, call, &args),
        "TagPolicy" => policies::tag(world, call, &args),
        "UntagPolicy" => policies::untag(world, call, &args),
        "ListPolicyTags" => policies::list_tags(world, call, &args),
        "ListEntitiesForPolicy" => policies::list_entities(world, call, &args),
        "CreatePolicyVersion" => versions::create(world, call, &args),
        "GetPolicyVersion" => versions::get(world, call, &args),
        "ListPolicyVersions" => versions::list(world, call, &args),
        "SetDefaultPolicyVersion" => versions::set_default(world, call, &args),
        "DeletePolicyVersion" => versions::delete(world, call, &args),
        "GetAccountAuthorizationDetails" => authorization_details::get(world, call, &args),
        "CreateServiceLinkedRole" => linked::create(world, call, &args),
        "DeleteServiceLinkedRole" => linked::delete(world, call, &args),
        "GetServiceLinkedRoleDeletionStatus" => linked::deletion_status(&args),
        "SimulatePrincipalPolicy" => simulate::principal(world, call, &args),
        _ => Err(Fault::invalid_action(operation)),
    }?;
    Ok(model::elements(&answer))
}

type Answer = Result<Value, Fault>;

/// The answer of a call that answers nothing.
fn nothing() -> Answer {
    Ok(Value::Null)
}

/// How many rows a page has unless the call says otherwise.
const DEFAULT_PAGE: usize = 100;

/// One page of rows with their keys, under `name`, with IAM's marks of a page.
fn paged<'a, T>(
    args: &Args,
    name: &str,
    rows: impl Iterator<Item = (&'a str, T)>,
    show: impl Fn(T) -> Value,
) -> Answer {
    let mut answer = Map::new();
    let (page, next) = page_of(args, rows)?;
    answer.insert(name.to_owned(), page.into_iter().map(show).collect());
    mark(&mut answer, next);
    Ok(Value::Object(answer))
}

/// One page of rows and what the next is asked with.
fn page_of<'a, T>(
    args: &Args,
    rows: impl Iterator<Item = (&'a str, T)>,
) -> Result<(Vec<T>, Option<String>), Fault> {
    let rows = rows.map(|(key, row)| ((0, key), row));
    let size = args.size("MaxItems", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("Marker"), size)
        .ok_or_else(|| fault::invalid("Invalid Marker"))?;
    Ok((page.rows, page.next))
}

/// Adds IAM's marks of a page.
fn mark(answer: &mut Map<String, Value>, next: Option<String>) {
    answer.insert("IsTruncated".to_owned(), next.is_some().into());
    if let Some(next) = next {
        answer.insert("Marker".to_owned(), next.into());
    }
}

/// A unique id as IAM makes them: a prefix that tells the kind, and 17 letters and digits.
fn unique_id(world: &mut World, prefix: &str) -> String {
    let id = world.new_id(prefix);
    let digits = id.rsplit('-').next().unwrap_or_default();
    format!("{prefix}{}", digits.to_ascii_uppercase())
}

/// The path of a new role or policy.
fn path(args: &Args) -> String {
    args.maybe("Path").unwrap_or("/").to_owned()
}

/// Whether `path` begins as the call asks.
fn in_path(args: &Args, path: &str) -> bool {
    args.maybe("PathPrefix")
        .is_none_or(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests;
