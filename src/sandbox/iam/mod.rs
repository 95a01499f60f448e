//! The sandbox's IAM.

pub mod state;

use super::call::{Call, Fault};
use super::world::World;
use super::xml::Element;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(_world: &mut World, call: &Call) -> Result<Vec<Element>, Fault> {
    Err(Fault::invalid_action(&call.operation))
}
