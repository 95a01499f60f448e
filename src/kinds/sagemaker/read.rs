//! Tags of what was described: in bulk where the tagging index agrees with what was recorded, else
//! from SageMaker itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::primitives::{DateTime, DateTimeFormat};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::{Actual, Listed, Wanted, tagging, tags};
use crate::value::{Map, Value};

/// Describe calls that run at the same time: SageMaker's control plane takes few a second.
pub const AT_ONCE: usize = 8;

/// Adds its tags to each thing that is there. A thing that goes meanwhile is gone.
///
/// # Errors
/// What the calls fail with.
pub async fn with_tags(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
    found: Vec<Option<Map>>,
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.sagemaker(place).await?;
    let arns: Vec<String> = found.iter().flatten().filter_map(arn_of).collect();
    let index = tagging::in_bulk(aws, place, &arns).await?;
    let reads = wanted
        .iter()
        .zip(found)
        .map(|(one, found)| tagged(aws, &client, &index, one, found))
        .collect();
    together(AT_ONCE, reads).await
}

async fn tagged(
    aws: &Aws,
    client: &Client,
    index: &BTreeMap<String, BTreeMap<String, String>>,
    wanted: &Wanted,
    found: Option<Map>,
) -> Result<Option<Actual>, Failure> {
    let Some(mut members) = found else {
        return Ok(None);
    };
    let arn = arn_of(&members).unwrap_or_default();
    let recorded = wanted.attributes.get("tags");
    let indexed = index.get(&arn).cloned().map(tags::visible);
    let tags = match indexed {
        Some(tags) if tags::agree(recorded, &tags) => tags,
        _ => match all_tags(aws, client, &arn).await? {
            Some(all) => tags::visible(all),
            None => return Ok(None),
        },
    };
    members.insert(Arc::from("tags"), tags);
    Ok(Some(Actual::new(wanted.id.clone(), members)))
}

fn arn_of(members: &Map) -> Option<String> {
    members.get("arn")?.as_str().map(str::to_owned)
}

/// All tags of the thing with this ARN, ownership marks included; `None` if it is gone.
///
/// # Errors
/// What the calls fail with.
pub async fn all_tags(
    aws: &Aws,
    client: &Client,
    arn: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let mut all = BTreeMap::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListTags", Repeat::Safe, || {
            client
                .list_tags()
                .resource_arn(arn)
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await;
        let Some(answer) = gone_is_none(answer)? else {
            return Ok(None);
        };
        all.extend(
            answer
                .tags
                .unwrap_or_default()
                .into_iter()
                .filter_map(|tag| Some((tag.key?, tag.value?))),
        );
        token = answer.next_token;
        if token.is_none() {
            return Ok(Some(all));
        }
    }
}

/// Listed things, given with their ARNs; with their tags where those are asked for. One that goes
/// meanwhile is left out.
///
/// # Errors
/// What the calls fail with.
pub async fn listed_with_tags(
    aws: &Aws,
    client: &Client,
    found: Vec<(String, Listed)>,
    tags: bool,
) -> Result<Vec<Listed>, Failure> {
    if !tags {
        return Ok(found.into_iter().map(|(_, listed)| listed).collect());
    }
    let reads = found
        .into_iter()
        .map(|(arn, listed)| async move {
            let tags = all_tags(aws, client, &arn).await?;
            Ok(tags.map(|tags| Listed { tags, ..listed }))
        })
        .collect();
    let tagged: Vec<Option<Listed>> = together(AT_ONCE, reads).await?;
    Ok(tagged.into_iter().flatten().collect())
}

/// Puts the times of making and of the last change into the map as text.
pub fn times(members: &mut Map, made: Option<DateTime>, changed: Option<DateTime>) {
    for (name, time) in [("creation_time", made), ("last_modified_time", changed)] {
        if let Some(text) = time.and_then(|time| time.fmt(DateTimeFormat::DateTime).ok()) {
            members.insert(Arc::from(name), Value::string(text));
        }
    }
}
