//! What tests and tools arrange that no call can.

use crate::sandbox::world::World;

/// Says that another account pays for this one: it may then not look after tags of the bill.
pub fn link(world: &mut World, account: &str, payer: &str) {
    world.shared.billing.link(account, payer);
}

/// Lets billing know a tag key already, as one that came into use long ago.
pub fn know(world: &mut World, key: &str) {
    world.shared.billing.know(key);
}
