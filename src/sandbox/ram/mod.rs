//! The sandbox's AWS Resource Access Manager: shares, what is in them, whom they are shared with, and
//! the invitations that an account outside of the organisation has to accept.
//!
//! The accounts of a sandbox are one organisation. Sharing within it is off until somebody calls
//! EnableSharingWithAwsOrganization, as on AWS: until then every account is invited.
//!
//! Shapes and refusals are those of the RAM API reference (2018-01-04) and its model.

pub mod api;
mod associations;
mod fault;
mod invitations;
mod permissions;
pub mod routes;
mod shares;
pub mod state;
mod tagging;

use serde_json::{Value, json};

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::page;
use super::world::World;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::RAM.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::RAM, operation, call.json()).map_err(fault::violation)?;
    let args = Args(args);
    match operation {
        "CreateResourceShare" => shares::create(world, call, &args),
        "GetResourceShares" => shares::get(world, call, &args),
        "UpdateResourceShare" => shares::update(world, call, &args),
        "DeleteResourceShare" => shares::delete(world, call, &args),
        "AssociateResourceShare" => associations::associate(world, call, &args),
        "DisassociateResourceShare" => associations::disassociate(world, call, &args),
        "GetResourceShareAssociations" => associations::get(world, call, &args),
        "GetResourceShareInvitations" => invitations::get(world, call, &args),
        "AcceptResourceShareInvitation" => invitations::accept(world, call, &args),
        "RejectResourceShareInvitation" => invitations::reject(world, call, &args),
        "ListResourceSharePermissions" => permissions::list(world, call, &args),
        "AssociateResourceSharePermission" => permissions::associate(world, call, &args),
        "TagResource" => tagging::tag(world, call, &args),
        "UntagResource" => tagging::untag(world, call, &args),
        "EnableSharingWithAwsOrganization" => {
            world.shared.ram.share_within_organization();
            Ok(json!({"returnValue": true}))
        }
        _ => Err(Fault::unknown_operation(operation)),
    }
}

type Answer = Result<Value, Fault>;

/// How long RAM takes on AWS, in milliseconds (people see some seconds for each).
mod takes {
    pub(super) const ASSOCIATION: u64 = 4_000;
    pub(super) const INVITATION: u64 = 6_000;
    /// How long an invitation can be accepted (RAM user guide, "Accepting and rejecting resource
    /// share invitations": seven days).
    pub(super) const INVITATION_LIFE: u64 = 7 * 24 * 60 * 60 * 1000;
}

/// One page of rows by key, under `name`.
fn paged<'a>(args: &Args, name: &str, rows: impl Iterator<Item = (&'a str, Value)>) -> Answer {
    /// Rows of a page unless the call says otherwise; the model's most.
    const DEFAULT_PAGE: usize = 500;
    let rows = rows.map(|(key, row)| ((0, key), row));
    let size = args.size("maxResults", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("nextToken"), size)
        .ok_or_else(|| Fault::client("InvalidNextTokenException", "The nextToken is not valid."))?;
    Ok(page.answer(name, "nextToken"))
}

#[cfg(test)]
mod tests;
