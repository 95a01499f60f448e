//! Reading managed policies: one by one when few are wanted, the whole account page by page when
//! many are.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, Policy};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::iam::{self, AT_ONCE, MANY, lists};
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::{Actual, Wanted, tagging, tags};
use crate::value::{Map, Value};

/// Reads policies by ARN.
pub(super) async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.iam(place).await?;
    let listed = if wanted.len() >= MANY {
        account(aws, place, wanted).await?
    } else {
        BTreeMap::new()
    };
    let reads = wanted
        .iter()
        .map(|one| one_of(aws, &client, one, listed.get(&one.id)))
        .collect();
    together(AT_ONCE, reads).await
}

/// What the account's pages show of it; a list may lag behind, so what it does not show is asked
/// for by ARN.
async fn one_of(
    aws: &Aws,
    client: &Client,
    wanted: &Wanted,
    listed: Option<&Map>,
) -> Result<Option<Actual>, Failure> {
    match listed {
        Some(attributes) => Ok(Some(actual(wanted, attributes.clone()))),
        None => look(aws, client, wanted).await,
    }
}

fn actual(wanted: &Wanted, attributes: Map) -> Actual {
    Actual::new(wanted.id.clone(), attributes)
}

async fn look(aws: &Aws, client: &Client, wanted: &Wanted) -> Result<Option<Actual>, Failure> {
    let arn = wanted.id.as_str();
    let answer = gone_is_none(
        call(aws, "iam:GetPolicy", Repeat::Safe, || {
            client.get_policy().policy_arn(arn).send()
        })
        .await,
    )?;
    let Some(policy) = answer.and_then(|answer| answer.policy) else {
        return Ok(None);
    };
    let mut members = attributes(&policy);
    let version = policy.default_version_id.unwrap_or_default();
    let answer = gone_is_none(
        call(aws, "iam:GetPolicyVersion", Repeat::Safe, || {
            client
                .get_policy_version()
                .policy_arn(arn)
                .version_id(&version)
                .send()
        })
        .await,
    )?;
    let Some(document) = answer
        .and_then(|answer| answer.policy_version)
        .and_then(|version| version.document)
    else {
        return Ok(None);
    };
    document_into(&mut members, &document, wanted);
    Ok(Some(actual(wanted, members)))
}

fn document_into(members: &mut Map, document: &str, wanted: &Wanted) {
    let value = iam::document_from_aws(document, wanted.attributes.get("document"));
    members.insert(Arc::from("document"), value);
}

/// What a policy's answer tells, its document apart.
pub(super) fn attributes(policy: &Policy) -> Map {
    let mut members = Map::new();
    iam::put(&mut members, "name", policy.policy_name.as_deref());
    iam::put(&mut members, "path", policy.path.as_deref());
    iam::put(&mut members, "description", policy.description.as_deref());
    iam::put(&mut members, "arn", policy.arn.as_deref());
    iam::put(&mut members, "id", policy.arn.as_deref());
    iam::put(&mut members, "unique_id", policy.policy_id.as_deref());
    iam::put(
        &mut members,
        "default_version_id",
        policy.default_version_id.as_deref(),
    );
    members.insert(Arc::from("tags"), iam::from_tags(policy.tags.as_ref()));
    members
}

/// The wanted policies that the pages of the account show in full. Tags are not on them: they come
/// in bulk from the tagging API where that agrees with what was recorded, which else leaves the
/// policy to be asked for by ARN.
async fn account(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<BTreeMap<String, Map>, Failure> {
    let arns: Vec<String> = wanted.iter().map(|one| one.id.clone()).collect();
    let tagged = tagging::in_bulk(aws, place, &arns).await?;
    let by_arn: BTreeMap<&str, &Wanted> = wanted.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut found = BTreeMap::new();
    lists::details(aws, place, EntityType::LocalManagedPolicy, |page| {
        for policy in page.policies.unwrap_or_default() {
            let Some(one) = policy.arn.as_deref().and_then(|arn| by_arn.get(arn)) else {
                continue;
            };
            let index = tagged.get(&one.id).cloned().unwrap_or_default();
            if let Some(members) = detailed(policy, one, tags::visible(index)) {
                found.insert(one.id.clone(), members);
            }
        }
    })
    .await?;
    Ok(found)
}

/// A policy of the account's pages; `None` where they cannot be believed.
fn detailed(policy: ManagedPolicyDetail, wanted: &Wanted, tags: Value) -> Option<Map> {
    if !tags::agree(wanted.attributes.get("tags"), &tags) {
        return None;
    }
    // The description is not on the pages and never changes in the life of a policy.
    let same_thing =
        wanted.attributes.get("unique_id").and_then(Value::as_str) == policy.policy_id.as_deref();
    if !same_thing {
        return None;
    }
    let recorded = wanted.attributes.get("description").and_then(Value::as_str);
    let document = policy
        .policy_version_list
        .unwrap_or_default()
        .into_iter()
        .find(|version| version.is_default_version)?
        .document?;
    let mut members = attributes(
        &Policy::builder()
            .set_policy_name(policy.policy_name)
            .set_path(policy.path)
            .set_arn(policy.arn)
            .set_policy_id(policy.policy_id)
            .set_default_version_id(policy.default_version_id)
            .set_description(policy.description.or(recorded.map(str::to_owned)))
            .build(),
    );
    members.insert(Arc::from("tags"), tags);
    document_into(&mut members, &document, wanted);
    Some(members)
}
