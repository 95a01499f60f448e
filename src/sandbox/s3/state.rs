//! What the sandbox's S3 holds. Bucket names belong to all accounts together.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::sandbox::table::{Rows, Table, Tables};

/// Buckets and objects.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct S3 {
    pub(super) buckets: Table<Bucket>,
    /// By `BUCKET/KEY`: a bucket's name holds no slash.
    pub(super) objects: Table<Object>,
}

impl S3 {
    /// `BUCKET/KEY` of every object, in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.objects.keys()
    }
}

impl Tables for S3 {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("s3_buckets", &mut self.buckets);
        visit("s3_objects", &mut self.objects);
    }
}

/// A bucket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bucket {
    /// Whose it is.
    pub account: String,
    /// Where it is.
    pub region: String,
    /// Milliseconds since the epoch.
    pub created_ms: u64,
}

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    /// Its content.
    #[serde(serialize_with = "write_body", deserialize_with = "read_body")]
    pub body: Bytes,
    /// Its entity tag, in quotes.
    pub etag: String,
    /// `application/octet-stream` where nothing was said.
    pub content_type: String,
    /// `x-amz-meta-…`, by what follows that.
    pub metadata: BTreeMap<String, String>,
    /// Milliseconds since the epoch.
    pub modified_ms: u64,
}

fn write_body<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(body))
}

fn read_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD
        .decode(text)
        .map(Bytes::from)
        .map_err(serde::de::Error::custom)
}

/// The id of an object's row.
#[must_use]
pub fn row(bucket: &str, key: &str) -> String {
    format!("{bucket}/{key}")
}
