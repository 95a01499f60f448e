//! The sandbox's Cost Explorer: which tag keys billing knows, and which of them split the bill.
//!
//! Billing reads the tags of all accounts of the sandbox, which are one organisation, with a delay: a
//! key that came into use is known a day later (behaviour: section 13). Any account is its own payer
//! until [`api::link`] says that another one pays for it.
//!
//! Shapes and refusals are those of the Cost Explorer API reference (2017-10-25) and its model.

pub mod api;
pub mod state;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::state::TagKey;
use super::call::{Call, Fault};
use super::model::{self, Args, Violation};
use super::time::iso;
use super::world::World;
use super::{ec2, efs, page, ram, sagemaker, tags};

/// How long billing takes to know a key that came into use (behaviour: section 13, up to 24 hours).
const KNOWN_AFTER_MS: u64 = 24 * 60 * 60 * 1000;
/// Rows of a page unless the call says otherwise (model).
const DEFAULT_PAGE: usize = 100;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::COST_EXPLORER.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::COST_EXPLORER, operation, call.json()).map_err(violation)?;
    let args = Args(args);
    if world.shared.billing.payer_of(&call.account).is_some() {
        return Err(Fault::client(
            "AccessDeniedException",
            "Linked account doesn't have access to cost allocation tags.",
        ));
    }
    observe(world, call.now_ms);
    match operation {
        "ListCostAllocationTags" => list(world, call, &args),
        "UpdateCostAllocationTagsStatus" => Ok(update(world, call, &args)),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) => Fault::client("SerializationException", message),
        Violation::Constraints(message) => Fault::client("ValidationException", message),
    }
}

/// Notes which keys are in use by now. Keys that AWS reserves are its own to activate.
fn observe(world: &mut World, now_ms: u64) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (account, held) in world.accounts() {
        for region in held.regions.keys() {
            let all = ec2::api::tagged(world, account, region)
                .into_iter()
                .chain(sagemaker::api::tagged(world, account, region))
                .chain(efs::api::tagged(world, account, region))
                .chain(ram::api::tagged(world, account, region));
            used.extend(all.flat_map(|(_, tags)| tags.into_keys()));
        }
    }
    used.retain(|key| !tags::is_reserved(key));
    let known_ms = world.behaviour.done_at(now_ms, KNOWN_AFTER_MS);
    for key in used {
        if !world.shared.billing.keys.contains(&key) {
            let row = TagKey {
                known_ms,
                payers: BTreeSet::new(),
                changed_ms: now_ms,
            };
            world.shared.billing.keys.insert(key, row);
        }
    }
}

fn list(world: &World, call: &Call, args: &Args) -> Result<Value, Fault> {
    let keys = args.texts("TagKeys");
    let status = |row: &TagKey| {
        if row.payers.contains(&call.account) {
            "Active"
        } else {
            "Inactive"
        }
    };
    // AWS's own keys are in no account of the sandbox.
    let of_type = args.maybe("Type").is_none_or(|kind| kind == "UserDefined");
    let rows = world.shared.billing.keys.iter().filter(|(key, row)| {
        of_type
            && row.known_ms <= call.now_ms
            && (keys.is_empty() || keys.contains(&key.as_str()))
            && args
                .maybe("Status")
                .is_none_or(|wanted| status(row) == wanted)
    });
    let rows = rows.map(|(key, row)| {
        let shown = json!({
            "TagKey": key,
            "Type": "UserDefined",
            "Status": status(row),
            "LastUpdatedDate": iso(row.changed_ms),
        });
        ((0, key.as_str()), shown)
    });
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("NextToken"), size)
        .ok_or_else(|| Fault::client("InvalidNextTokenException", "The NextToken is not valid."))?;
    Ok(page.answer("CostAllocationTags", "NextToken"))
}

/// Does what can be done, and tells of each key that cannot in the body of a good answer.
fn update(world: &mut World, call: &Call, args: &Args) -> Value {
    let mut errors = Vec::new();
    let entries = args.get("CostAllocationTagsStatus");
    for entry in entries.and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let key = text("TagKey");
        let known = world.shared.billing.keys.get_mut(key);
        match known.filter(|row| row.known_ms <= call.now_ms) {
            Some(row) => {
                if text("Status") == "Active" {
                    row.payers.insert(call.account.clone());
                } else {
                    row.payers.remove(&call.account);
                }
                row.changed_ms = call.now_ms;
            }
            None => errors.push(json!({
                "TagKey": key,
                "Code": "TagKeysNotFound",
                "Message": "Tag keys not found.",
            })),
        }
    }
    json!({"Errors": errors})
}

#[cfg(test)]
mod tests;
