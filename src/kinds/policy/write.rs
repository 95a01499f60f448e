//! Making, changing and deleting managed policies.

use super::read;
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::once::once;
use crate::kinds::reading::{gone_is_none, there};
use crate::kinds::tags::tag_changes;
use crate::kinds::{Actual, Change, Context, Ready, iam, iam_document, wait};
use crate::state::Record;
use crate::value::Value;

/// Versions that IAM keeps (IAM guide, quotas).
const MAX_VERSIONS: usize = 5;

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.iam(&node.place).await?;
    let document = iam::document_to_send(node.text("document").unwrap_or_default());
    let tags = iam::to_tags(&node.all_tags())?;
    let answer = call(cx.aws, "iam:CreatePolicy", Repeat::Once, || {
        client
            .create_policy()
            .policy_name(node.text("name").unwrap_or_default())
            .set_path(node.text("path").map(str::to_owned))
            .set_description(node.text("description").map(str::to_owned))
            .policy_document(&document)
            .set_tags(Some(tags.clone()))
            .send()
    })
    .await
    .map_err(|failure| match failure.cause {
        Cause::AlreadyExists => failure.help(
            "names of policies are unique in the account, letter case ignored: write another `name`, or take the living policy away first",
        ),
        _ => failure,
    })?;
    let made = answer
        .policy
        .unwrap_or_else(|| aws_sdk_iam::types::Policy::builder().build());
    let arn = made.arn.clone().unwrap_or_default();
    (cx.made)(Actual::new(arn.clone(), read::attributes(&made)));
    iam::shown(cx, node, &arn, "iam:GetPolicy").await
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.iam(&node.place).await?;
    let arn = record.id.as_str();
    if changes.iter().any(|change| change.path == "document") {
        prune(cx, &client, arn, MAX_VERSIONS - 1).await?;
        let document = iam::document_to_send(node.text("document").unwrap_or_default());
        let request = client
            .create_policy_version()
            .policy_arn(arn)
            .policy_document(&document)
            .set_as_default(true);
        once(
            cx,
            || async {
                call(cx.aws, "iam:CreatePolicyVersion", Repeat::Once, || {
                    request.clone().send()
                })
                .await
                .map(|_| ())
            },
            || in_force(cx, node, arn),
        )
        .await?;
    }
    let tags = tag_changes(changes);
    if !tags.set.is_empty() {
        let set = iam::to_tags(&tags.set)?;
        call(cx.aws, "iam:TagPolicy", Repeat::Safe, || {
            client
                .tag_policy()
                .policy_arn(arn)
                .set_tags(Some(set.clone()))
                .send()
        })
        .await?;
    }
    if !tags.remove.is_empty() {
        call(cx.aws, "iam:UntagPolicy", Repeat::Safe, || {
            client
                .untag_policy()
                .policy_arn(arn)
                .set_tag_keys(Some(tags.remove.clone()))
                .send()
        })
        .await?;
    }
    iam::shown(cx, node, arn, "iam:GetPolicy").await
}

/// Whether the written document is in force by now.
async fn in_force(cx: &Context<'_>, node: &Ready, arn: &str) -> Result<Option<()>, Failure> {
    let found = there(cx.aws, node, &node.wanted(arn)).await?;
    let document = found
        .as_ref()
        .and_then(|found| found.attributes.get("document"));
    let is_so = match (document.and_then(Value::as_str), node.text("document")) {
        (Some(there), Some(written)) => iam_document::same_text(there, written),
        _ => false,
    };
    Ok(is_so.then_some(()))
}

/// Deletes the oldest versions that are not in force until at most `keep` are left.
async fn prune(
    cx: &Context<'_>,
    client: &aws_sdk_iam::Client,
    arn: &str,
    keep: usize,
) -> Result<(), Failure> {
    let answer = gone_is_none(
        call(cx.aws, "iam:ListPolicyVersions", Repeat::Safe, || {
            client.list_policy_versions().policy_arn(arn).send()
        })
        .await,
    )?;
    let versions = answer
        .and_then(|answer| answer.versions)
        .unwrap_or_default();
    let excess = versions.len().saturating_sub(keep);
    let mut old: Vec<(u64, String)> = versions
        .into_iter()
        .filter(|version| !version.is_default_version)
        .filter_map(|version| version.version_id)
        .map(|id| (number(&id), id))
        .collect();
    old.sort();
    for (_, version) in old.into_iter().take(excess) {
        gone_is_none(
            call(cx.aws, "iam:DeletePolicyVersion", Repeat::Safe, || {
                client
                    .delete_policy_version()
                    .policy_arn(arn)
                    .version_id(&version)
                    .send()
            })
            .await,
        )?;
    }
    Ok(())
}

/// 12 of `v12`: versions are numbered in the order they were made.
fn number(version: &str) -> u64 {
    version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.iam(&record.place).await?;
    let arn = record.id.as_str();
    prune(cx, &client, arn, 1).await?;
    let started = cx.clock.now();
    loop {
        let done = wait::deleted(cx, arn, || {
            call(cx.aws, "iam:DeletePolicy", Repeat::Safe, || {
                client.delete_policy().policy_arn(arn).send()
            })
        })
        .await;
        let mut failure = match done {
            Ok(_) => return Ok(()),
            Err(failure) if failure.cause == Cause::Dependency => failure,
            Err(failure) => return Err(failure),
        };
        // What this run has just taken away may show for a while.
        let foreign: Vec<String> = users(cx, &client, arn)
            .await?
            .into_iter()
            .filter(|(id, _)| !(cx.touched)(id))
            .map(|(_, words)| words)
            .collect();
        if !foreign.is_empty() {
            failure.message = format!("policy {arn} is still used by {}", foreign.join(", "));
            return Err(failure.help(
                "smd did not attach it there and leaves that alone: detach it, then run the same command again",
            ));
        }
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        if passed >= iam::PROPAGATION {
            return Err(failure);
        }
        (cx.progress)(format!("waiting for IAM to free {arn}"));
        cx.clock.sleep(iam::PAUSE).await;
    }
}

/// Who uses a policy: the id an attachment would have as a part of its role, and words for it.
async fn users(
    cx: &Context<'_>,
    client: &aws_sdk_iam::Client,
    arn: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = gone_is_none(
            call(cx.aws, "iam:ListEntitiesForPolicy", Repeat::Safe, || {
                client
                    .list_entities_for_policy()
                    .policy_arn(arn)
                    .max_items(iam::PAGE)
                    .set_marker(marker.clone())
                    .send()
            })
            .await,
        )?;
        let Some(answer) = answer else {
            return Ok(found);
        };
        let roles = answer.policy_roles.unwrap_or_default();
        for name in roles.into_iter().filter_map(|role| role.role_name) {
            found.push((format!("{name} {arn}"), format!("role `{name}`")));
        }
        let groups = answer.policy_groups.unwrap_or_default();
        for name in groups.into_iter().filter_map(|group| group.group_name) {
            found.push((String::new(), format!("group `{name}`")));
        }
        let people = answer.policy_users.unwrap_or_default();
        for name in people.into_iter().filter_map(|user| user.user_name) {
            found.push((String::new(), format!("user `{name}`")));
        }
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(number("v9") < number("v10"));
        assert_eq!(number("v3.d1"), 3);
    }
}
