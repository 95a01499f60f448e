//! What the rest of the sandbox asks of RAM.

use super::associations::reaches;
use super::permissions::of_share;
use super::state::{Kind, association_id};
use crate::sandbox::tags::Tags;
use crate::sandbox::world::World;

/// Whether the resource is shared with this account in such a way that it may do this
/// (`sagemaker:DescribePipeline`).
#[must_use]
pub fn allows(world: &World, resource: &str, account: &str, action: &str, now_ms: u64) -> bool {
    let ram = &world.shared.ram;
    let within = ram
        .shares
        .keys()
        .filter_map(|share| ram.associations.get(&association_id(share, resource)));
    let mut within = within.filter(|one| one.kind == Kind::Resource);
    within.any(|one| {
        one.status(now_ms) == "ASSOCIATED"
            && reaches(world, &one.share, account, now_ms)
            && of_share(world, &one.share)
                .iter()
                .any(|permission| permission.actions.contains(&action))
    })
}

/// Every share of an account in a region with its tags.
#[must_use]
pub fn tagged(world: &World, account: &str, region: &str) -> Vec<(String, Tags)> {
    let shares = world.shared.ram.shares.iter();
    shares
        .filter(|(_, share)| share.owner == account && share.region == region && !share.deleted)
        .map(|(arn, share)| (arn.clone(), share.tags.clone()))
        .collect()
}
