//! Tags of SageMaker's things.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::types::Tag;

use crate::aws::{Failure, Repeat, call};
use crate::kinds::tags::tag_changes;
use crate::kinds::{Change, Context};

/// Tags for a call.
#[must_use]
pub fn to_tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Adds, changes and removes the tags that changed.
///
/// # Errors
/// What the calls fail with.
pub async fn retag(
    cx: &Context<'_>,
    client: &Client,
    arn: &str,
    changes: &[Change],
) -> Result<(), Failure> {
    let tags = tag_changes(changes);
    if !tags.set.is_empty() {
        call(cx.aws, "sagemaker:AddTags", Repeat::Safe, || {
            client
                .add_tags()
                .resource_arn(arn)
                .set_tags(Some(to_tags(&tags.set)))
                .send()
        })
        .await?;
    }
    if !tags.remove.is_empty() {
        call(cx.aws, "sagemaker:DeleteTags", Repeat::Safe, || {
            client
                .delete_tags()
                .resource_arn(arn)
                .set_tag_keys(Some(tags.remove.clone()))
                .send()
        })
        .await?;
    }
    Ok(())
}
