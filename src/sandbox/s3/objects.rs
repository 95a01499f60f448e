//! Objects, and the conditions of their writes, reads and deletes (S3 user guide, "conditional
//! requests").

use bytes::Bytes;
use http::{HeaderName, StatusCode, header};

use super::request::Rest;
use super::state::{Object, row};
use super::{Answer, Reply, etag, owned};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::time::http_date;
use crate::sandbox::world::World;

/// The longest key, in bytes of UTF-8.
const MAX_KEY_BYTES: usize = 1024;
/// What the names of a user's own metadata begin with.
const METADATA: &str = "x-amz-meta-";
/// The type of what has none.
const OCTETS: &str = "binary/octet-stream";

pub(super) fn put(world: &mut World, call: &Call, rest: &Rest) -> Answer {
    let (bucket, key) = (owned(world, call, rest)?, key(rest));
    if key.len() > MAX_KEY_BYTES {
        return Err(Fault::client("KeyTooLongError", "Your key is too long"));
    }
    let id = row(bucket, key);
    let there = world.shared.s3.objects.get(&id);
    match rest.header("if-none-match") {
        None => {}
        Some("*") if there.is_some() => return Err(precondition_failed()),
        Some("*") => {}
        Some(_) => return Err(super::not_implemented()),
    }
    matches(there, rest)?;
    let metadata = rest.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(METADATA)?;
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    });
    let tag = etag(&rest.body);
    let object = Object {
        body: rest.body.clone(),
        etag: tag.clone(),
        content_type: rest.header("content-type").unwrap_or(OCTETS).to_owned(),
        metadata: metadata.collect(),
        modified_ms: call.now_ms,
    };
    world.shared.s3.objects.insert(id, object);
    Ok(Reply::empty(StatusCode::OK).with(header::ETAG, &tag))
}

pub(super) fn get(world: &World, call: &Call, rest: &Rest, with_body: bool) -> Answer {
    let (bucket, key) = (owned(world, call, rest)?, key(rest));
    if rest.headers.contains_key(header::RANGE) {
        return Err(super::not_implemented());
    }
    let there = world.shared.s3.objects.get(&row(bucket, key));
    let Some(object) = there else {
        return Err(no_such_key());
    };
    matches(there, rest)?;
    let unchanged = rest
        .header("if-none-match")
        .is_some_and(|wanted| same(wanted, &object.etag));
    if unchanged {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED).with(header::ETAG, &object.etag));
    }
    let mut reply = Reply::empty(StatusCode::OK)
        .with(header::ETAG, &object.etag)
        .with(header::CONTENT_TYPE, &object.content_type)
        .with(header::CONTENT_LENGTH, &object.body.len().to_string())
        .with(header::LAST_MODIFIED, &http_date(object.modified_ms))
        .with(header::ACCEPT_RANGES, "none");
    for (name, value) in &object.metadata {
        if let Ok(name) = HeaderName::try_from(format!("{METADATA}{name}")) {
            reply = reply.with(name, value);
        }
    }
    reply.body = match with_body {
        true => object.body.clone(),
        false => Bytes::new(),
    };
    Ok(reply)
}

pub(super) fn delete(world: &mut World, call: &Call, rest: &Rest) -> Answer {
    let (bucket, key) = (owned(world, call, rest)?, key(rest));
    let id = row(bucket, key);
    matches(world.shared.s3.objects.get(&id), rest)?;
    world.shared.s3.objects.remove(&id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn key(rest: &Rest) -> &str {
    rest.key.as_deref().unwrap_or_default()
}

/// What `If-Match` asks for.
fn matches(there: Option<&Object>, rest: &Rest) -> Result<(), Fault> {
    match (rest.header("if-match"), there) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(no_such_key()),
        (Some(wanted), Some(object)) if wanted == "*" || same(wanted, &object.etag) => Ok(()),
        _ => Err(precondition_failed()),
    }
}

/// Whether two entity tags are the same; S3 takes them with and without quotes.
fn same(one: &str, other: &str) -> bool {
    one.trim_matches('"') == other.trim_matches('"')
}

fn no_such_key() -> Fault {
    Fault::with_status(404, "NoSuchKey", "The specified key does not exist.")
}

fn precondition_failed() -> Fault {
    Fault::with_status(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
}
