//! Which S3 operation a method, host, path and query mean.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;

use super::chunked;
use crate::sandbox::call::Fault;

/// A request of S3, taken apart.
#[derive(Debug, Clone)]
pub struct Rest {
    /// The bucket it names.
    pub bucket: Option<String>,
    /// The key it names.
    pub key: Option<String>,
    /// Its query.
    pub query: BTreeMap<String, String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, out of its chunks.
    pub body: Bytes,
}

impl Rest {
    /// The text of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Query parameters that name no sub-resource.
const PLAIN: [&str; 10] = [
    "x-id",
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "max-buckets",
    "continuation-token",
    "start-after",
    "encoding-type",
    "fetch-owner",
];

/// Reads a request: its operation, and the rest of it.
///
/// # Errors
/// An operation that the sandbox has not, or a body that is not what its headers say.
pub fn read(
    request: &Request<Bytes>,
    query: BTreeMap<String, String>,
) -> Result<(&'static str, Rest), Fault> {
    let path = request.uri().path().trim_start_matches('/');
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (bucket, key) = match virtual_bucket(request) {
        Some(bucket) => (bucket, path),
        None => {
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            (decoded(bucket), key)
        }
    };
    let rest = Rest {
        bucket: Some(bucket).filter(|name| !name.is_empty()),
        key: Some(decoded(key)).filter(|key| !key.is_empty()),
        query,
        headers: request.headers().clone(),
        body: chunked::body(request)?,
    };
    Ok((operation(request.method(), &rest)?, rest))
}

fn operation(method: &Method, rest: &Rest) -> Result<&'static str, Fault> {
    let signed = |name: &str| name.to_ascii_lowercase().starts_with("x-amz-");
    let sub_resource = rest
        .query
        .keys()
        .any(|name| !PLAIN.contains(&name.as_str()) && !signed(name));
    // Copies, parts, versions and the many settings of buckets.
    if sub_resource || rest.headers.contains_key("x-amz-copy-source") {
        return Err(super::not_implemented());
    }
    let named = (rest.bucket.is_some(), rest.key.is_some());
    Ok(match (method.as_str(), named) {
        ("GET", (false, _)) => "ListBuckets",
        ("GET", (true, false)) if rest.query.get("list-type").is_some_and(|v| v == "2") => {
            "ListObjectsV2"
        }
        ("PUT", (true, false)) => "CreateBucket",
        ("HEAD", (true, false)) => "HeadBucket",
        ("DELETE", (true, false)) => "DeleteBucket",
        ("PUT", (true, true)) => "PutObject",
        ("GET", (true, true)) => "GetObject",
        ("HEAD", (true, true)) => "HeadObject",
        ("DELETE", (true, true)) => "DeleteObject",
        _ => return Err(super::not_implemented()),
    })
}

/// The bucket in the host: `BUCKET.s3.eu-west-1.amazonaws.com`, `BUCKET.localhost`.
fn virtual_bucket(request: &Request<Bytes>) -> Option<String> {
    let host = request.uri().host().or_else(|| {
        let host = request.headers().get("host")?.to_str().ok()?;
        Some(host.rsplit_once(':').map_or(host, |(host, _)| host))
    })?;
    if let Some(host) = host.strip_suffix(".localhost") {
        let bucket = host.strip_suffix(".s3").unwrap_or(host);
        return (bucket != "s3").then(|| bucket.to_owned());
    }
    let (bucket, end) = host.split_once(".s3")?;
    (end.starts_with(['.', '-']) && end.contains(".amazonaws.com")).then(|| bucket.to_owned())
}
