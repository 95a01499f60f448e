//! The list of a bucket's objects, in pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::request::Rest;
use super::state::{Object, row};
use super::{Answer, Reply, owned};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::time::iso_millis;
use crate::sandbox::world::World;
use crate::sandbox::xml::Element;

/// The largest page, and the usual one (S3 API reference, ListObjectsV2).
const MAX_KEYS: usize = 1000;
/// What stays as it is in keys of `encoding-type=url`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'*');

/// What a page shows.
enum Shown<'a> {
    Object(&'a str, &'a Object),
    /// All keys with this beginning.
    Common(&'a str),
}

pub(super) fn list(world: &World, call: &Call, rest: &Rest) -> Answer {
    let bucket = owned(world, call, rest)?;
    let asked = |name: &str| rest.query.get(name).map(String::as_str);
    let prefix = asked("prefix").unwrap_or_default();
    let delimiter = asked("delimiter").filter(|text| !text.is_empty());
    let max_keys = match asked("max-keys").map(str::parse::<usize>) {
        None => MAX_KEYS,
        Some(Ok(number)) => number.min(MAX_KEYS),
        Some(Err(_)) => return Err(invalid("max-keys")),
    };
    let token = asked("continuation-token");
    let after = match token {
        Some(token) => hex::decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| invalid("continuation-token"))?,
        None => asked("start-after").unwrap_or_default().to_owned(),
    };
    let skip = row(bucket, "").len();
    let below = row(bucket, prefix);
    let mut page: Vec<Shown<'_>> = Vec::new();
    let mut last = "";
    let mut truncated = false;
    for (id, object) in world.shared.s3.objects.below(&below) {
        let key = id.get(skip..).unwrap_or_default();
        let common = delimiter.and_then(|delimiter| {
            let rest = key.get(prefix.len()..)?;
            let end = prefix.len() + rest.find(delimiter)? + delimiter.len();
            key.get(..end)
        });
        let name = common.unwrap_or(key);
        let seen = common.is_some() && name == last;
        if seen || name <= after.as_str() || (common.is_some() && after.starts_with(name)) {
            continue;
        }
        if page.len() == max_keys {
            truncated = max_keys > 0;
            break;
        }
        last = name;
        page.push(match common {
            Some(common) => Shown::Common(common),
            None => Shown::Object(key, object),
        });
    }
    let url = asked("encoding-type") == Some("url");
    let written = |text: &str| match url {
        true => utf8_percent_encode(text, PLAIN).to_string(),
        false => text.to_owned(),
    };
    let mut children = vec![
        Element::text("Name", bucket),
        Element::text("Prefix", written(prefix)),
        Element::text("KeyCount", page.len()),
        Element::text("MaxKeys", max_keys),
        Element::text("IsTruncated", truncated),
    ];
    children.extend(delimiter.map(|text| Element::text("Delimiter", written(text))));
    children.extend(url.then(|| Element::text("EncodingType", "url")));
    children.extend(token.map(|token| Element::text("ContinuationToken", token)));
    if truncated {
        children.push(Element::text("NextContinuationToken", hex::encode(last)));
    }
    children.extend(page.iter().map(|shown| match shown {
        Shown::Object(key, object) => Element::parent(
            "Contents",
            vec![
                Element::text("Key", written(key)),
                Element::text("LastModified", iso_millis(object.modified_ms)),
                Element::text("ETag", &object.etag),
                Element::text("Size", object.body.len()),
                Element::text("StorageClass", "STANDARD"),
            ],
        ),
        Shown::Common(common) => Element::parent(
            "CommonPrefixes",
            vec![Element::text("Prefix", written(common))],
        ),
    }));
    Ok(Reply::document("ListBucketResult", children))
}

fn invalid(name: &str) -> Fault {
    Fault::client(
        "InvalidArgument",
        format!("The {name} provided is incorrect"),
    )
}
