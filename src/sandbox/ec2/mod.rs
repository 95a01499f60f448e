//! The sandbox's EC2: VPCs and what is in them.
//!
//! One file per kind of thing; [`request`] reads arguments, [`filter`] and [`page`] do what all
//! Describe calls share, [`api`] is what other services of the sandbox use.

pub mod api;
pub mod arn;
pub mod ids;
pub mod index;
pub mod peering_state;
pub mod state;
pub mod zones;

mod security_group;
mod security_group_rule;
mod subnet;
mod tags;

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
