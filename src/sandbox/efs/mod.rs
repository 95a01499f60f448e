//! The sandbox's EFS.

pub mod routes;
pub mod state;

use super::call::{Call, Fault};
use super::world::World;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(_world: &mut World, call: &Call) -> Result<serde_json::Value, Fault> {
    Err(Fault::unknown_operation(&call.operation))
}
