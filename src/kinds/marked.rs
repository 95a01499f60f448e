//! Everything of an account that carries a tag, whatever kind it is: by the tagging API, and for
//! roles and policies, which that API does not know, by IAM's own lists.

use std::collections::BTreeMap;

use aws_sdk_iam::types::PolicyScopeType;
use aws_sdk_resourcegroupstagging::types::TagFilter;

use super::iam::{self, lists};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;

/// Something that carries a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its ARN.
    pub arn: String,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// What carries the tag in the account and region of this place, but for what IAM holds.
///
/// # Errors
/// A failed read.
pub async fn regional(
    aws: &Aws,
    place: &Place,
    key: &str,
    value: &str,
) -> Result<Vec<Marked>, Failure> {
    let client = aws.tagging(place).await?;
    let filter = TagFilter::builder().key(key).values(value).build();
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "tagging:GetResources", Repeat::Safe, || {
            client
                .get_resources()
                .tag_filters(filter.clone())
                .set_pagination_token(token.clone())
                .send()
        })
        .await?;
        for mapping in answer.resource_tag_mapping_list.unwrap_or_default() {
            let tags = mapping.tags.unwrap_or_default();
            if let Some(arn) = mapping.resource_arn {
                found.push(Marked {
                    arn,
                    tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
                });
            }
        }
        token = answer.pagination_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// The roles and policies of the account of this place that carry the tag.
///
/// # Errors
/// A failed read.
pub async fn global(
    aws: &Aws,
    place: &Place,
    key: &str,
    value: &str,
) -> Result<Vec<Marked>, Failure> {
    let mut all = roles(aws, place).await?;
    all.extend(policies(aws, place).await?);
    all.retain(|one| one.tags.get(key).is_some_and(|there| there == value));
    Ok(all)
}

async fn roles(aws: &Aws, place: &Place) -> Result<Vec<Marked>, Failure> {
    let mut found = Vec::new();
    lists::role_details(aws, place, |role| {
        if let Some(arn) = role.arn {
            let tags = iam::all_tags(role.tags);
            found.push(Marked { arn, tags });
        }
    })
    .await?;
    Ok(found)
}

async fn policies(aws: &Aws, place: &Place) -> Result<Vec<Marked>, Failure> {
    let found = lists::policies(aws, place, PolicyScopeType::Local, true).await?;
    let marked = found.into_iter().map(|policy| Marked {
        arn: policy.id,
        tags: policy.tags,
    });
    Ok(marked.collect())
}
