//! Making, changing and deleting shares.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ram::types::{ResourceOwner, ResourceShare, Tag, TagFilter};

use super::{list, permission};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::ec2::made::{announce_id, read_back, sent};
use crate::kinds::once::once;
use crate::kinds::tags::tag_changes;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready, marks};
use crate::state::Record;

/// How long RAM takes from one status to the next at most (behaviour: section 4, 5 minutes).
pub const LIMIT: Duration = Duration::from_secs(5 * 60);

fn to_tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tags = tags.iter();
    tags.map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// The living share that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<ResourceShare>, Failure> {
    let filters: Vec<TagFilter> = node
        .marks
        .iter()
        .map(|(key, value)| TagFilter::builder().tag_key(key).tag_values(value).build())
        .collect();
    let found = list::shares(aws, &node.place, &filters).await?;
    // An endpoint that knows no tag filters answers with all shares.
    let is_own = |share: &ResourceShare| {
        marks::are_on(&node.marks, |key| {
            let mut tags = share.tags().iter();
            tags.find(|tag| tag.key() == Some(key))?.value()
        })
    };
    Ok(found.into_iter().find(is_own))
}

/// What a create of this node made: names of shares are not unique, the marks are.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(own(aws, node).await?.and_then(|own| own.resource_share_arn))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const OPERATION: &str = "ram:CreateResourceShare";
    let client = cx.aws.ram(&node.place).await?;
    let external = node.get("allow_external_principals");
    let request = client
        .create_resource_share()
        .name(node.text("name").unwrap_or_default())
        .set_allow_external_principals(external.and_then(|value| value.as_bool()))
        .set_permission_arns(
            node.text("permission")
                .map(|word| vec![permission::arn(word)]),
        )
        .set_tags(Some(to_tags(&node.all_tags())));
    let share = once(
        cx,
        || async {
            let answer = call(cx.aws, OPERATION, Repeat::Once, || request.clone().send()).await?;
            sent(answer.resource_share, OPERATION)
        },
        || own(cx.aws, node),
    )
    .await?;
    let arn = sent(share.resource_share_arn, OPERATION)?;
    announce_id(cx, node, &arn);
    read_back(cx, node, &arn).await
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.ram(&node.place).await?;
    let arn = record.id.as_str();
    let changed = |path: &str| changes.iter().find(|change| change.path == path);
    let name = changed("name").and_then(|change| change.after.as_str());
    // Without a word of the files it goes back to AWS's default.
    let external =
        changed("allow_external_principals").map(|change| change.after.as_bool().unwrap_or(true));
    if name.is_some() || external.is_some() {
        call(cx.aws, "ram:UpdateResourceShare", Repeat::Safe, || {
            client
                .update_resource_share()
                .resource_share_arn(arn)
                .set_name(name.map(str::to_owned))
                .set_allow_external_principals(external)
                .send()
        })
        .await?;
    }
    let word = changed("permission").and_then(|change| change.after.as_str());
    if let Some(word) = word {
        call(
            cx.aws,
            "ram:AssociateResourceSharePermission",
            Repeat::Safe,
            || {
                client
                    .associate_resource_share_permission()
                    .resource_share_arn(arn)
                    .permission_arn(permission::arn(word))
                    .replace(true)
                    .send()
            },
        )
        .await?;
    }
    let tags = tag_changes(changes);
    if !tags.set.is_empty() {
        call(cx.aws, "ram:TagResource", Repeat::Safe, || {
            client
                .tag_resource()
                .resource_share_arn(arn)
                .set_tags(Some(to_tags(&tags.set)))
                .send()
        })
        .await?;
    }
    if !tags.remove.is_empty() {
        call(cx.aws, "ram:UntagResource", Repeat::Safe, || {
            client
                .untag_resource()
                .resource_share_arn(arn)
                .set_tag_keys(Some(tags.remove.clone()))
                .send()
        })
        .await?;
    }
    read_back(cx, node, arn).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ram(&record.place).await?;
    let arn = record.id.as_str();
    let done = wait::deleted(cx, arn, || {
        call(cx.aws, "ram:DeleteResourceShare", Repeat::Safe, || {
            client
                .delete_resource_share()
                .resource_share_arn(arn)
                .send()
        })
    })
    .await?;
    if done.is_none() {
        return Ok(());
    }
    let wait = Wait::new(format!("{arn} to be gone"), "ram:GetResourceShares", LIMIT);
    wait::until(cx, wait, || async {
        let left = list::share(cx.aws, &record.place, ResourceOwner::SelfValue, arn).await?;
        Ok(match left {
            Some(_) => Look::Pending("deleting".to_owned()),
            None => Look::Done(()),
        })
    })
    .await
}
