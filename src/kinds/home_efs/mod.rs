//! What a SageMaker domain leaves behind when it goes: mount targets of its home file system, and
//! the two NFS security groups that name each other (behaviour: what a domain makes on its own).
//! The file system itself stays unless the domain says `home_efs = "delete"`.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, SecurityGroup};
use aws_sdk_efs::types::{LifeCycleState, MountTargetDescription};

use super::Context;
use super::ec2::blockers::{self, id_in};
use super::ec2::describe::{absent, filter, groups, interfaces, rules};
use super::security_group::revoke;
use super::wait::{self, Look, Wait};
use crate::aws::{Cause, Failure, Repeat, call};
use crate::config::Place;

/// The tag on the home file system; its value is the domain's ARN.
const MARK: &str = "ManagedByAmazonSageMakerResource";
/// What the names of the two groups start with; the domain's id follows.
const GROUP_PREFIXES: [&str; 2] = [
    "security-group-for-inbound-nfs-",
    "security-group-for-outbound-nfs-",
];
/// How long a mount target takes to go at most (behaviour: 1-2 minutes are usual).
const MOUNT_TARGET_LIMIT: Duration = Duration::from_secs(10 * 60);
/// How long a file system takes to go at most.
const FILE_SYSTEM_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Deletes a home file system with its mount targets, and the domain's NFS groups, after the
/// domain itself was deleted. What is gone already is left out.
///
/// # Errors
/// A failed call, or something that does not go in time.
pub async fn delete_everything(
    cx: &Context<'_>,
    place: &Place,
    domain: &str,
    file_system: Option<&str>,
) -> Result<(), Failure> {
    if let Some(file_system) = file_system {
        for target in mount_targets(cx, place, file_system).await? {
            delete_mount_target(cx, place, target.mount_target_id()).await?;
        }
        delete_file_system(cx, place, file_system).await?;
    }
    delete_groups(cx, place, vec![names_of(domain)]).await
}

/// Deletes the mount targets in this subnet that domains left which no longer exist, and with the
/// last one of a file system the domain's NFS groups. The file systems stay.
///
/// # Errors
/// A failed call, or something that does not go in time.
pub async fn clean_subnet(cx: &Context<'_>, place: &Place, subnet: &str) -> Result<(), Failure> {
    let there = interfaces::list(cx.aws, place, vec![filter("subnet-id", [subnet])]).await?;
    let file_systems: BTreeSet<&str> = there
        .iter()
        .filter_map(|interface| id_in(interface.description()?, "fs-"))
        .collect();
    for file_system in file_systems {
        let Some(domain) = domain_of(cx, place, file_system).await? else {
            continue;
        };
        if !domain_is_gone(cx, place, &domain).await? {
            continue;
        }
        for target in mount_targets(cx, place, file_system).await? {
            if target.subnet_id() == subnet {
                delete_mount_target(cx, place, target.mount_target_id()).await?;
            }
        }
        // Subnets that go at the same time each look here; the last one finds none left.
        if mount_targets(cx, place, file_system).await?.is_empty() {
            delete_groups(cx, place, vec![names_of(&domain)]).await?;
        }
    }
    Ok(())
}

/// Deletes the NFS groups in this VPC of domains that no longer exist.
///
/// # Errors
/// A failed call, or a group that does not go in time.
pub async fn clean_vpc(cx: &Context<'_>, place: &Place, vpc: &str) -> Result<(), Failure> {
    let patterns = GROUP_PREFIXES.map(|prefix| format!("{prefix}*"));
    let found = groups::list(
        cx.aws,
        place,
        vec![filter("vpc-id", [vpc]), filter("group-name", patterns)],
    )
    .await?;
    let domains: BTreeSet<&str> = found.iter().filter_map(domain_of_group).collect();
    for domain in domains {
        if domain_is_gone(cx, place, domain).await? {
            delete_groups(cx, place, vec![filter("vpc-id", [vpc]), names_of(domain)]).await?;
        }
    }
    Ok(())
}

fn names_of(domain: &str) -> Filter {
    filter(
        "group-name",
        GROUP_PREFIXES.map(|prefix| format!("{prefix}{domain}")),
    )
}

fn domain_of_group(group: &SecurityGroup) -> Option<&str> {
    let name = group.group_name()?;
    GROUP_PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
}

/// The id of the domain that a file system is the home of, if it is one.
async fn domain_of(
    cx: &Context<'_>,
    place: &Place,
    file_system: &str,
) -> Result<Option<String>, Failure> {
    let client = cx.aws.efs(place).await?;
    let answer = absent(
        call(cx.aws, "efs:DescribeFileSystems", Repeat::Safe, || {
            client
                .describe_file_systems()
                .file_system_id(file_system)
                .send()
        })
        .await,
    )?;
    Ok(answer.and_then(|answer| {
        let tag = answer
            .file_systems()
            .first()?
            .tags()
            .iter()
            .find(|tag| tag.key() == MARK)?;
        tag.value()
            .rsplit_once("domain/")
            .map(|(_, id)| id.to_owned())
    }))
}

async fn domain_is_gone(cx: &Context<'_>, place: &Place, domain: &str) -> Result<bool, Failure> {
    let client = cx.aws.sagemaker(place).await?;
    let answer = absent(
        call(cx.aws, "sagemaker:DescribeDomain", Repeat::Safe, || {
            client.describe_domain().domain_id(domain).send()
        })
        .await,
    )?;
    Ok(answer.is_none())
}

/// The mount targets of a file system, none if it is gone.
async fn mount_targets(
    cx: &Context<'_>,
    place: &Place,
    file_system: &str,
) -> Result<Vec<MountTargetDescription>, Failure> {
    let client = cx.aws.efs(place).await?;
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client
            .describe_mount_targets()
            .file_system_id(file_system)
            .set_marker(marker.take());
        let answer = absent(
            call(cx.aws, "efs:DescribeMountTargets", Repeat::Safe, || {
                request.clone().send()
            })
            .await,
        )?;
        let Some(answer) = answer else {
            return Ok(found);
        };
        found.extend(
            answer
                .mount_targets
                .unwrap_or_default()
                .into_iter()
                .filter(|target| target.life_cycle_state() != &LifeCycleState::Deleted),
        );
        marker = answer.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(found);
        }
    }
}

async fn delete_mount_target(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let client = cx.aws.efs(place).await?;
    let wait = Wait::new(
        format!("mount target {id} to go"),
        "efs:DescribeMountTargets",
        MOUNT_TARGET_LIMIT,
    );
    wait::until(cx, wait, || {
        let client = client.clone();
        async move {
            // Asked anew each time: one that is still being made refuses until it is available.
            let sent = call(cx.aws, "efs:DeleteMountTarget", Repeat::Safe, || {
                client.delete_mount_target().mount_target_id(id).send()
            })
            .await;
            match sent {
                Ok(_) => {}
                Err(failure) if failure.cause == Cause::NotFound => return Ok(Look::Done(())),
                Err(failure) if failure.cause == Cause::InUse => {}
                Err(failure) => return Err(failure),
            }
            let there = absent(
                call(cx.aws, "efs:DescribeMountTargets", Repeat::Safe, || {
                    client.describe_mount_targets().mount_target_id(id).send()
                })
                .await,
            )?;
            let target = there.and_then(|answer| answer.mount_targets?.into_iter().next());
            Ok(match target {
                None => Look::Done(()),
                Some(target) if target.life_cycle_state() == &LifeCycleState::Deleted => {
                    Look::Done(())
                }
                Some(target) => Look::Pending(target.life_cycle_state().as_str().to_owned()),
            })
        }
    })
    .await
}

async fn delete_file_system(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let client = cx.aws.efs(place).await?;
    let wait = Wait::new(
        format!("file system {id} to go"),
        "efs:DescribeFileSystems",
        FILE_SYSTEM_LIMIT,
    );
    wait::until(cx, wait, || {
        let client = client.clone();
        async move {
            // A mount target that went a moment ago may still be counted: then asked anew.
            let sent = call(cx.aws, "efs:DeleteFileSystem", Repeat::Safe, || {
                client.delete_file_system().file_system_id(id).send()
            })
            .await;
            match sent {
                Ok(_) => {}
                Err(failure) if failure.cause == Cause::NotFound => return Ok(Look::Done(())),
                Err(failure) if failure.cause == Cause::InUse => {}
                Err(failure) => return Err(failure),
            }
            let there = absent(
                call(cx.aws, "efs:DescribeFileSystems", Repeat::Safe, || {
                    client.describe_file_systems().file_system_id(id).send()
                })
                .await,
            )?;
            let system = there.and_then(|answer| answer.file_systems?.into_iter().next());
            Ok(match system {
                None => Look::Done(()),
                Some(system) if system.life_cycle_state() == &LifeCycleState::Deleted => {
                    Look::Done(())
                }
                Some(system) => Look::Pending(system.life_cycle_state().as_str().to_owned()),
            })
        }
    })
    .await
}

/// Deletes the groups that pass the filters, their rules first: they name each other.
async fn delete_groups(
    cx: &Context<'_>,
    place: &Place,
    filters: Vec<Filter>,
) -> Result<(), Failure> {
    let found = groups::list(cx.aws, place, filters).await?;
    let ids: Vec<String> = found
        .into_iter()
        .filter_map(|group| group.group_id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let client = cx.aws.ec2(place).await?;
    let mut by_group: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for rule in rules::list(cx.aws, place, vec![filter("group-id", ids.clone())]).await? {
        if let (Some(group), Some(id)) = (rule.group_id, rule.security_group_rule_id) {
            by_group
                .entry((group, rule.is_egress.unwrap_or_default()))
                .or_default()
                .push(id);
        }
    }
    for ((group, egress), rules) in by_group {
        revoke(cx, place, &group, egress, rules).await?;
    }
    for id in &ids {
        blockers::delete(
            cx,
            id,
            || {
                call(cx.aws, "ec2:DeleteSecurityGroup", Repeat::Safe, || {
                    client.delete_security_group().group_id(id).send()
                })
            },
            || blockers::of_group(cx, place, id),
        )
        .await?;
    }
    Ok(())
}
