//! What the kinds of Service Catalog share.

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_servicecatalog::types::Tag;
use sha2::{Digest, Sha256};

use crate::aws::{Cause, Failure};
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::{Ready, marks};

/// Reads of single things at the same time.
pub const AT_ONCE: usize = 4;
/// Rows of a page, the most that the API takes.
pub const PAGE: i32 = 20;

/// A token by which a create that is sent again makes no second thing: the same for the same node and
/// `of`, another one for what is made anew (its marks have another key).
#[must_use]
pub fn token(node: &Ready, of: &str) -> String {
    let mut hash = Sha256::new();
    for (key, mark) in &node.marks {
        hash.update(key);
        hash.update([0]);
        hash.update(mark);
        hash.update([0]);
    }
    hash.update(of);
    hex::encode(hash.finalize())
}

/// Tags for a call.
///
/// # Errors
/// A tag that the API's model does not take.
pub fn to_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    tags.iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| Failure::new(Cause::Invalid, "", error.to_string()))
        })
        .collect()
}

/// The tags of an answer by key.
#[must_use]
pub fn by_key(tags: Vec<Tag>) -> BTreeMap<String, String> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// Whether these tags carry all marks of the node.
fn is_marked(node: &Ready, tags: &BTreeMap<String, String>) -> bool {
    marks::are_on(&node.marks, |key| tags.get(key).map(String::as_str))
}

/// The first of these things that carries all marks of the node; `tags` reads those of one.
///
/// # Errors
/// A failed read.
pub async fn marked<F, Fut>(
    node: &Ready,
    ids: Vec<String>,
    tags: F,
) -> Result<Option<String>, Failure>
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = Result<Vec<Tag>, Failure>>,
{
    let mut reads = Vec::with_capacity(ids.len());
    for id in ids {
        let tags = tags(id.clone());
        reads.push(async move {
            // One that went meanwhile is not it.
            let tags = gone_is_none(tags.await)?;
            let is_it = tags.is_some_and(|tags| is_marked(node, &by_key(tags)));
            Ok(is_it.then_some(id))
        });
    }
    let found = together(AT_ONCE, reads).await?;
    Ok(found.into_iter().flatten().next())
}
