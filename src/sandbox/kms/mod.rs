//! The sandbox's KMS: symmetric keys, their aliases, and the data keys they wrap.
//!
//! Shapes and refusals are those of the KMS API reference (2014-11-01) and its model.

pub mod api;
mod data_keys;
mod fault;
mod keys;
pub mod state;

use serde_json::Value;

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::world::World;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::KMS.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::KMS, operation, call.json()).map_err(fault::violation)?;
    let args = Args(args);
    match operation {
        "CreateKey" => keys::create(world, call, &args),
        "DescribeKey" => keys::describe(world, call, &args),
        "EnableKey" => keys::set_enabled(world, call, &args, true),
        "DisableKey" => keys::set_enabled(world, call, &args, false),
        "CreateAlias" => keys::create_alias(world, call, &args),
        "GenerateDataKey" => data_keys::generate(world, call, &args),
        "Decrypt" => data_keys::decrypt(world, call, &args),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

type Answer = Result<Value, Fault>;

#[cfg(test)]
mod tests;
