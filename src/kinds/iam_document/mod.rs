//! IAM documents by meaning: one canonical form, comparison, text for people and for the wire.
//!
//! AWS gives a document back with other letter case, single-element lists as scalars, accounts as
//! root ARNs and lists in another order (behaviour: section 11). The canonical form holds what was
//! meant: members in IAM's own order, every multi-valued member a sorted list without doubles,
//! accounts as twelve digits, service prefixes of actions in lower case, `Version` always there.

mod canonical;
mod compare;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value as Json;

pub use canonical::canonical;
pub use compare::{names_unique_id, resolve_ids, same, same_text};

/// The version that a document written without one gets: the one with policy variables.
pub const VERSION: &str = "2012-10-17";

/// The version that AWS takes a stored document without one for.
const STORED_VERSION: &str = "2008-10-17";

/// Stable JSON on several lines, for line diffs and as the value of a document attribute. The
/// members stand as they are in `document`: give it a canonical one.
#[must_use]
pub fn to_text(document: &Json) -> String {
    format!("{document:#}")
}

/// The shortest JSON of a canonical document, as it is sent: one-element lists are scalars.
#[must_use]
pub fn to_wire(document: &Json) -> String {
    fn shrink(value: &Json, depth: usize) -> Json {
        match value {
            // `Statement` stays a list: both forms are taken, and tools expect the list.
            Json::Array(items) if depth > 1 => match items.as_slice() {
                [Json::String(one)] => Json::String(one.clone()),
                _ => value.clone(),
            },
            Json::Array(items) => items.iter().map(|item| shrink(item, depth + 1)).collect(),
            Json::Object(members) => members
                .iter()
                .map(|(name, member)| (name.clone(), shrink(member, depth + 1)))
                .collect(),
            _ => value.clone(),
        }
    }
    shrink(document, 0).to_string()
}

/// How many characters AWS counts: white space is free (IAM guide, quotas).
#[must_use]
pub fn size(document: &Json) -> usize {
    to_wire(document)
        .chars()
        .filter(|c| !c.is_whitespace())
        .count()
}

/// The canonical form of a document as AWS answers it, percent-encoded or not.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn from_aws(answer: &str) -> Result<Json, String> {
    let mut parsed: Json = serde_json::from_str(&decoded(answer))
        .map_err(|error| format!("it is not JSON: {error}"))?;
    if let Some(members) = parsed.as_object_mut() {
        members
            .entry("Version")
            .or_insert_with(|| Json::from(STORED_VERSION));
    }
    canonical(&parsed)
}

/// IAM answers percent-encoded JSON, EC2 the JSON itself.
fn decoded(answer: &str) -> Cow<'_, str> {
    if answer.trim_start().starts_with('{') {
        return Cow::Borrowed(answer);
    }
    percent_encoding::percent_decode_str(answer).decode_utf8_lossy()
}

/// The canonical text of a document as AWS answers it. One that breaks IAM's grammar (AWS stores
/// some) is kept as the JSON it is, so that a diff can show it.
#[must_use]
pub fn text_from_aws(answer: &str) -> String {
    from_aws(answer).map_or_else(
        |_| decoded(answer).into_owned(),
        |document| to_text(&document),
    )
}

/// Whether an `Allow` statement of a canonical trust document lets this service assume the role.
#[must_use]
pub fn trusts_service(document: &Json, host: &str) -> bool {
    statements(document).any(|statement| {
        let allows = statement.get("Effect").and_then(Json::as_str) == Some("Allow");
        let named = statement
            .get("Principal")
            .and_then(|principal| principal.get("Service"))
            .is_some_and(|services| texts(services).any(|service| service == host));
        let assumes = statement.get("Action").is_some_and(|actions| {
            texts(actions).any(|action| {
                ["sts:assumerole", "sts:*", "*"].contains(&action.to_ascii_lowercase().as_str())
            })
        });
        allows && named && assumes
    })
}

/// The statements of a canonical document.
pub fn statements(document: &Json) -> impl Iterator<Item = &Json> {
    document
        .get("Statement")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
}

/// The texts of a canonical multi-valued member.
fn texts(value: &Json) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
}
