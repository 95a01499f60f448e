//! What the rest of the sandbox asks S3.

use super::state::row;
use crate::sandbox::world::World;

/// Whether an object is at this address, `https://BUCKET.s3.REGION.amazonaws.com/KEY`.
#[must_use]
pub fn has_object_at(world: &World, url: &str) -> bool {
    let parts = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'));
    let Some((host, key)) = parts else {
        return false;
    };
    let bucket = host.split_once(".s3.").map_or("", |(bucket, _)| bucket);
    world.shared.s3.objects.contains(&row(bucket, key))
}
