//! Making, changing and deleting security groups.

use std::time::Duration;

use aws_sdk_ec2::types::ResourceType;

use super::rule;
use crate::aws::{Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers;
use crate::kinds::ec2::describe::{filter, rules};
use crate::kinds::ec2::made::{announce_id, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;
use crate::value::Value;

/// What a group without a written description carries: AWS wants one.
const DESCRIPTION: &str = "Managed by smd";
/// How long AWS's own egress rule is looked for after a group was made.
const DEFAULT_RULE_LIMIT: Duration = Duration::from_secs(60);

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let vpc = node.text("vpc").unwrap_or_default();
    let request = client
        .create_security_group()
        .group_name(node.text("name").unwrap_or_default())
        .description(node.text("description").unwrap_or(DESCRIPTION))
        .vpc_id(vpc)
        .set_tag_specifications(tags::specification(
            ResourceType::SecurityGroup,
            node,
            false,
        ));
    // Sent once: what a lost answer may have made is looked for by its name, which AWS takes once.
    let answer = wait::visible(cx, &[vpc], || {
        call(cx.aws, "ec2:CreateSecurityGroup", Repeat::Once, || {
            request.clone().send()
        })
    })
    .await?;
    let id = sent(answer.group_id, "ec2:CreateSecurityGroup")?;
    announce_id(cx, node, &id);
    if keeps_no_default_egress(node) {
        remove_default_egress(cx, &node.place, &id).await?;
    }
    read_back(cx, node, &id).await
}

/// Takes away the egress rules that AWS made with the group: no other can be there yet.
async fn remove_default_egress(
    cx: &Context<'_>,
    place: &Place,
    group: &str,
) -> Result<(), Failure> {
    let started = cx.clock.now();
    let wait = wait::Wait::new(
        format!("the egress rule of {group} to show"),
        "ec2:DescribeSecurityGroupRules",
        wait::PROPAGATION,
    );
    let made_by_aws: Vec<String> = wait::until(cx, wait, || async {
        let there = rules::list(cx.aws, place, vec![filter("group-id", [group])]).await?;
        let ids: Vec<String> = there
            .into_iter()
            .filter(|rule| rule.is_egress() == Some(true))
            .filter_map(|rule| rule.security_group_rule_id)
            .collect();
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        Ok(if ids.is_empty() && passed < DEFAULT_RULE_LIMIT {
            wait::Look::Pending("not there yet".to_owned())
        } else {
            wait::Look::Done(ids)
        })
    })
    .await?;
    if made_by_aws.is_empty() {
        return Ok(());
    }
    rule::revoke(cx, place, group, true, made_by_aws).await
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    if record.unfinished && keeps_no_default_egress(node) {
        remove_left_default_egress(cx, &node.place, &record.id).await?;
    }
    tags::update(cx, &node.place, &record.id, changes, false).await?;
    read_back(cx, node, &record.id).await
}

fn keeps_no_default_egress(node: &Ready) -> bool {
    node.get("default_egress").and_then(Value::as_bool) == Some(false)
}

/// Takes away what a run that was broken off between the group and its rule has left of AWS's own
/// egress: it would let out what the files do not. A rule that smd made carries its mark.
async fn remove_left_default_egress(
    cx: &Context<'_>,
    place: &Place,
    group: &str,
) -> Result<(), Failure> {
    // A rule that was made a moment ago may not show yet.
    let left = wait::shows(cx, || async {
        let there = rules::list(cx.aws, place, vec![filter("group-id", [group])]).await?;
        let left: Vec<String> = there
            .into_iter()
            .filter(rule::came_with_its_group)
            .filter_map(|found| found.security_group_rule_id)
            .collect();
        Ok((!left.is_empty()).then_some(left))
    })
    .await?;
    let Some(left) = left else {
        return Ok(());
    };
    rule::revoke(cx, place, group, true, left).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    blockers::delete(
        cx,
        (id, id),
        || {
            call(cx.aws, "ec2:DeleteSecurityGroup", Repeat::Safe, || {
                client.delete_security_group().group_id(id).send()
            })
        },
        || blockers::of_group(cx, &record.place, id),
    )
    .await
}
