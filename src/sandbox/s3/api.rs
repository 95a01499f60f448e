//! What the rest of the sandbox asks S3.

use super::buckets::is_name;
use super::state::{Bucket, row};
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;

/// Puts a bucket there, as if somebody had made it; one that the account has stays as it is.
///
/// # Errors
/// A name that S3 refuses, or that another account has.
pub fn put_bucket(
    world: &mut World,
    (account, region): (&str, &str),
    name: &str,
    created_ms: u64,
) -> Result<(), Fault> {
    if !is_name(name) {
        let text = format!("`{name}` is no name of a bucket");
        return Err(Fault::client("InvalidBucketName", text));
    }
    let buckets = &mut world.shared.s3.buckets;
    match buckets.get(name) {
        Some(bucket) if bucket.account != account => {
            let text = format!("another account has the bucket `{name}`");
            Err(Fault::client("BucketAlreadyExists", text))
        }
        Some(_) => Ok(()),
        None => {
            let bucket = Bucket {
                account: account.to_owned(),
                region: region.to_owned(),
                created_ms,
            };
            buckets.insert(name.to_owned(), bucket);
            Ok(())
        }
    }
}

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
