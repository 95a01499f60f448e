//! The sandbox's S3: buckets and objects, with conditional writes and deletes.
//!
//! Shapes and refusals are those of the S3 API reference (2006-03-01). No versions, no parts, no
//! policies: a bucket is its account's alone.

pub mod api;
mod buckets;
mod chunked;
mod list;
mod objects;
pub mod request;
pub mod state;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use md5::{Digest, Md5};

use super::call::{Call, Fault, Input};
use super::world::World;
use super::xml::{self, Element};
use request::Rest;

/// The XML namespace of its answers.
pub const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// What it answers: S3 says much in headers.
#[derive(Debug, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Its body.
    pub body: Bytes,
}

impl Reply {
    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    fn document(name: &str, children: Vec<Element>) -> Self {
        let root = Element::parent(format!("{name} xmlns=\"{NAMESPACE}\""), children);
        Self {
            body: Bytes::from(xml::document(&root)),
            ..Self::default()
        }
        .with(header::CONTENT_TYPE, "application/xml")
    }

    /// The same with a header; text that no header can hold is left out.
    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }
}

type Answer = Result<Reply, Fault>;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Answer {
    let Input::Rest(rest) = &call.input else {
        return Err(not_implemented());
    };
    match call.operation.as_str() {
        "ListBuckets" => Ok(buckets::list(world, call)),
        "CreateBucket" => buckets::create(world, call, rest),
        "HeadBucket" => buckets::head(world, call, rest),
        "DeleteBucket" => buckets::delete(world, call, rest),
        "ListObjectsV2" => list::list(world, call, rest),
        "PutObject" => objects::put(world, call, rest),
        "GetObject" => objects::get(world, call, rest, true),
        "HeadObject" => objects::get(world, call, rest, false),
        "DeleteObject" => objects::delete(world, call, rest),
        _ => Err(not_implemented()),
    }
}

/// A header or operation that the sandbox has not.
fn not_implemented() -> Fault {
    Fault::with_status(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
    )
}

/// An entity tag: the MD5 of the content in quotes (S3 API reference: objects of one part).
fn etag(body: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::digest(body)))
}

/// The bucket of a call, if it is the caller's and in the region that was signed for.
fn owned<'r>(world: &World, call: &Call, rest: &'r Rest) -> Result<&'r str, Fault> {
    let name = rest.bucket.as_deref().unwrap_or_default();
    let Some(bucket) = world.shared.s3.buckets.get(name) else {
        return Err(Fault::with_status(
            404,
            "NoSuchBucket",
            "The specified bucket does not exist",
        ));
    };
    if bucket.account != call.account {
        return Err(Fault::with_status(403, "AccessDenied", "Access Denied"));
    }
    if bucket.region != call.region {
        return Err(Fault::client(
            "AuthorizationHeaderMalformed",
            format!(
                "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
                call.region, bucket.region
            ),
        ));
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
