//! What tests and tools arrange that no call can.

use crate::sandbox::world::World;

/// Says that another account pays for this one: it may then not look after tags of the bill.
pub fn link(world: &mut World, account: &str, payer: &str) {
    world.shared.billing.link(account, payer);
}
