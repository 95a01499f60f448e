//! What other parts of the sandbox and its callers may do with KMS.

use super::keys;
use super::state::Alias;
use crate::sandbox::world::World;

/// Makes sure that the key of this name is there: an ARN of a key or alias, a key's id, or
/// `alias/…`; the last two in this account and region. What is no such name makes nothing.
pub fn ensure_key(world: &mut World, account: &str, region: &str, name: &str, now_ms: u64) {
    let (region, account, resource) = match keys::Named::parse(name) {
        Some(named) => (
            named.region.unwrap_or(region),
            named.account.unwrap_or(account),
            named.resource,
        ),
        None => return,
    };
    let id = match resource {
        keys::Resource::Key(id) => id.to_owned(),
        keys::Resource::Alias(alias) => {
            let known = world
                .peek(account, region)
                .is_some_and(|held| held.kms.aliases.contains(alias));
            if known {
                return;
            }
            let id = keys::new_id(world);
            let row = Alias { key: id.clone() };
            world.region(account, region).kms.aliases.insert(alias, row);
            id
        }
    };
    let kms = &world.region(account, region).kms;
    if !kms.keys.contains(&id)
        && let Ok(key) = keys::new_key("made by the sandbox", now_ms)
    {
        world.region(account, region).kms.keys.insert(id, key);
    }
}
