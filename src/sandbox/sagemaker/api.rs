//! What the rest of the sandbox asks SageMaker.

use crate::sandbox::world::World;

pub use super::tagging::{change_tags, tagged, tags_of};
pub use super::things::{NewThing, put_thing};

/// Whether the account has a domain in any region.
#[must_use]
pub fn has_domains(world: &World, account: &str) -> bool {
    world.peek_account(account).is_some_and(|held| {
        held.regions
            .values()
            .any(|region| region.sagemaker.has_domains())
    })
}
