//! Buckets.

use http::{HeaderName, StatusCode, header};

use super::request::Rest;
use super::state::{Bucket, row};
use super::{Answer, Reply, owned};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::time::iso_millis;
use crate::sandbox::world::World;
use crate::sandbox::xml::Element;

/// The region whose buckets name none, and where making one's own bucket again is no error (S3
/// API reference, CreateBucket).
const FIRST_REGION: &str = "us-east-1";

pub(super) fn list(world: &World, call: &Call) -> Reply {
    let buckets = world.shared.s3.buckets.iter();
    let mine = buckets.filter(|(_, bucket)| bucket.account == call.account);
    let shown = mine.map(|(name, bucket)| {
        vec![
            Element::text("Name", name),
            Element::text("CreationDate", iso_millis(bucket.created_ms)),
            Element::text("BucketRegion", &bucket.region),
        ]
    });
    Reply::document(
        "ListAllMyBucketsResult",
        vec![
            Element::parent("Owner", vec![Element::text("ID", &call.account)]),
            Element::list("Buckets", "Bucket", shown.collect()),
        ],
    )
}

pub(super) fn create(world: &mut World, call: &Call, rest: &Rest) -> Answer {
    let name = rest.bucket.clone().unwrap_or_default();
    if !is_name(&name) {
        return Err(Fault::client(
            "InvalidBucketName",
            "The specified bucket is not valid.",
        ));
    }
    let body = String::from_utf8_lossy(&rest.body);
    let constraint = body
        .split_once("<LocationConstraint>")
        .and_then(|(_, rest)| rest.split_once('<'))
        .map_or(FIRST_REGION, |(region, _)| region);
    if constraint != call.region {
        return Err(Fault::client(
            "IllegalLocationConstraintException",
            format!(
                "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
            ),
        ));
    }
    match world.shared.s3.buckets.get(&name) {
        Some(bucket) if bucket.account != call.account => {
            return Err(Fault::with_status(
                409,
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
            ));
        }
        Some(bucket) if bucket.region != FIRST_REGION => {
            return Err(Fault::with_status(
                409,
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
            ));
        }
        Some(_) => {}
        None => world.shared.s3.buckets.insert(
            name.clone(),
            Bucket {
                account: call.account.clone(),
                region: call.region.clone(),
                created_ms: call.now_ms,
            },
        ),
    }
    Ok(Reply::empty(StatusCode::OK).with(header::LOCATION, &format!("/{name}")))
}

pub(super) fn head(world: &World, call: &Call, rest: &Rest) -> Answer {
    owned(world, call, rest)?;
    let region = HeaderName::from_static("x-amz-bucket-region");
    Ok(Reply::empty(StatusCode::OK).with(region, &call.region))
}

pub(super) fn delete(world: &mut World, call: &Call, rest: &Rest) -> Answer {
    let name = owned(world, call, rest)?;
    let inside = row(name, "");
    if world.shared.s3.objects.below(&inside).next().is_some() {
        return Err(Fault::with_status(
            409,
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty",
        ));
    }
    world.shared.s3.buckets.remove(name);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// S3 user guide, "bucket naming rules".
pub(super) fn is_name(name: &str) -> bool {
    const LENGTH: std::ops::RangeInclusive<usize> = 3..=63;
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    LENGTH.contains(&name.len())
        && name.chars().all(|c| letter(c) || c == '-' || c == '.')
        && name.starts_with(letter)
        && name.ends_with(letter)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}
