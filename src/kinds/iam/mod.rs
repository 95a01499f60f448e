//! What roles and policies share: ARNs, tags, documents, and AWS's delay in showing them.

pub mod check;
pub mod lists;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_iam::types::Tag;

use super::iam_document;
use super::reading::there;
use super::wait::{self, Look, Wait};
use super::{Actual, Context, Facts, Ready};
use crate::aws::{Cause, Failure};
use crate::value::{Map, Value};

/// How long IAM may take to show what was made a moment ago (behaviour: section 6).
pub const PROPAGATION: Duration = Duration::from_secs(2 * 60);
/// Pause between two tries of a delete that something still hangs on.
pub const PAUSE: Duration = Duration::from_secs(2);
/// From this many things on, the whole account is read page by page instead of one by one.
pub const MANY: usize = 20;
/// Reads of single things that run at the same time.
pub const AT_ONCE: usize = 8;
/// Things on one page of a list.
pub const PAGE: i32 = 1000;

/// The partition a region is in (`aws-cn` for `cn-north-1`).
#[must_use]
pub fn partition(region: &str) -> &'static str {
    [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
    ]
    .into_iter()
    .find(|(start, _)| region.starts_with(start))
    .map_or("aws", |(_, partition)| partition)
}

/// The ARN of a role or policy that follows from account, path and name; `None` while one of them
/// is not known.
pub fn derived_arn(facts: &dyn Facts, what: &str) -> Option<Value> {
    let place = facts.place()?;
    if place.account.is_empty() || place.region.is_empty() {
        return None;
    }
    let name = facts.attribute("name")?;
    let path = match facts.attribute("path") {
        None => "/".to_owned(),
        Some(path) if path.is_null() => "/".to_owned(),
        Some(path) => path.as_str()?.to_owned(),
    };
    Some(Value::string(format!(
        "arn:{}:iam::{}:{what}{path}{}",
        partition(&place.region),
        place.account,
        name.as_str()?
    )))
}

/// Tags for a call.
///
/// # Errors
/// None in practice: both members are given.
pub fn to_tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, Failure> {
    tags.iter()
        .map(|(key, value)| {
            Tag::builder()
                .key(key)
                .value(value)
                .build()
                .map_err(|error| Failure::new(Cause::Invalid, "", error.to_string()))
        })
        .collect()
}

/// Tags of an answer, without those that someone else owns.
#[must_use]
pub fn from_tags(tags: Option<&Vec<Tag>>) -> Value {
    super::tags::visible(
        tags.into_iter()
            .flatten()
            .map(|tag| (tag.key.clone(), tag.value.clone())),
    )
}

/// A document as it is sent: the shortest text of what an attribute holds.
#[must_use]
pub fn document_to_send(text: &str) -> String {
    iam_document::canonical(&serde_json::Value::from(text)).map_or_else(
        |_| text.to_owned(),
        |document| iam_document::to_wire(&document),
    )
}

/// A document as AWS answers it, in the recorded text where it still means the same.
#[must_use]
pub fn document_from_aws(answer: &str, recorded: Option<&Value>) -> Value {
    settled(iam_document::text_from_aws(answer), recorded)
}

/// The recorded text where it means the same.
#[must_use]
pub fn settled(text: String, recorded: Option<&Value>) -> Value {
    match recorded.and_then(Value::as_str) {
        Some(recorded) if iam_document::same_text(recorded, &text) => Value::string(recorded),
        _ => Value::string(text),
    }
}

/// All tags of an answer, ownership marks included.
#[must_use]
pub fn all_tags(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    tags.into_iter()
        .flatten()
        .map(|tag| (tag.key, tag.value))
        .collect()
}

/// Puts a text that AWS gave, unless it is empty.
pub fn put(members: &mut Map, name: &'static str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        members.insert(Arc::from(name), Value::string(text));
    }
}

/// Reads what was made or changed until IAM shows it; `operation` is the call that looks.
///
/// # Errors
/// A failed read, or a thing that does not show in time.
pub async fn shown(
    cx: &Context<'_>,
    node: &Ready,
    id: &str,
    operation: &'static str,
) -> Result<Actual, Failure> {
    let what = Wait::new(format!("IAM to show {id}"), operation, PROPAGATION);
    let wanted = node.wanted(id);
    wait::until(cx, what, || async {
        Ok(match there(cx.aws, node, &wanted).await? {
            Some(actual) if has_settled(&actual) => Look::Done(actual),
            _ => Look::Pending("not shown yet".to_owned()),
        })
    })
    .await
}

/// A role's ARN may show as its unique id at first (behaviour: section 6).
fn has_settled(actual: &Actual) -> bool {
    actual
        .attributes
        .get("arn")
        .and_then(Value::as_str)
        .is_none_or(|arn| arn.starts_with("arn:"))
}

/// Whether a failure passes once IAM shows what was made lately: a thing that is not there yet, or a
/// principal that a trust document names.
#[must_use]
pub fn passes(cx: &Context<'_>, failure: &Failure, touched: &[&str]) -> bool {
    let unseen = failure.cause == Cause::NotFound
        || failure.cause == Cause::RoleNotReady
        || (failure
            .code
            .as_deref()
            .is_some_and(|code| code.starts_with("MalformedPolicyDocument"))
            && failure.message.contains("Invalid principal"));
    unseen && touched.iter().any(|id| touched_by_run(cx, id))
}

/// Whether this run, or the one just before it, made or changed the thing with this ARN or name.
#[must_use]
pub fn touched_by_run(cx: &Context<'_>, arn_or_name: &str) -> bool {
    (cx.touched)(arn_or_name)
        || arn_or_name
            .rsplit_once('/')
            .is_some_and(|(_, name)| (cx.touched)(name))
}

/// The principals that a trust document names.
#[must_use]
pub fn principals(trust: &str) -> Vec<String> {
    let Ok(document) = iam_document::canonical(&serde_json::Value::from(trust)) else {
        return Vec::new();
    };
    iam_document::statements(&document)
        .filter_map(|statement| statement.get("Principal")?.get("AWS")?.as_array())
        .flatten()
        .filter_map(|principal| principal.as_str().map(str::to_owned))
        .collect()
}
