//! What a SageMaker domain leaves behind when it goes: mount targets of its home file system, and
//! the two NFS security groups that name each other (behaviour: what a domain makes on its own).
//! The file system itself stays unless the domain says `home_efs = "delete"`.

mod going;
mod mount_target;
mod orphans;
#[cfg(test)]
mod tests;

pub use orphans::{Group, HomeFileSystem, MountTarget, Orphan, orphans};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, SecurityGroup};
use aws_sdk_efs::types::{FileSystemDescription, MountTargetDescription};
use aws_sdk_sagemaker::operation::describe_domain::DescribeDomainOutput;
use aws_sdk_sagemaker::types::DomainStatus;

use self::going::until_gone;
use self::mount_target::mount_targets;
use super::Context;
use super::ec2::blockers::{self, Blocker, id_in};
use super::ec2::describe::{absent, by_chunks, filter, groups, interfaces, rules, subnets};
use super::security_group::revoke;
use super::wait::Wait;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;

/// The tag on the home file system; its value is the domain's ARN.
pub const MARK: &str = "ManagedByAmazonSageMakerResource";
/// What the names of the two groups start with; the domain's id follows.
const GROUP_PREFIXES: [&str; 2] = [
    "security-group-for-inbound-nfs-",
    "security-group-for-outbound-nfs-",
];
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
        for target in mount_targets(cx.aws, place, file_system).await? {
            mount_target::delete(cx, place, target.mount_target_id()).await?;
        }
        delete_file_system(cx, place, file_system).await?;
    }
    delete_groups(cx, place, vec![names_of(domain)]).await
}

/// Deletes the NFS groups of a domain that is gone, where its file system is gone too: they are of no
/// use to anybody, and block the network's deletion.
///
/// # Errors
/// A failed call, or a group that does not go in time.
pub async fn delete_useless_groups(
    cx: &Context<'_>,
    place: &Place,
    domain: &str,
    file_system: Option<&str>,
) -> Result<(), Failure> {
    if let Some(file_system) = file_system
        && there(cx.aws, place, file_system).await?.is_some()
    {
        return Ok(());
    }
    delete_groups(cx, place, vec![names_of(domain)]).await
}

/// Which of these domains, that are gone, left something behind: an NFS group, or the file system
/// that is named beside it; and whether that file system is among it.
///
/// # Errors
/// A failed call.
pub async fn left_by(
    aws: &Aws,
    place: &Place,
    domains: &[(&str, Option<&str>)],
) -> Result<BTreeMap<String, bool>, Failure> {
    let names: BTreeSet<String> = domains
        .iter()
        .flat_map(|(domain, _)| GROUP_PREFIXES.map(|prefix| format!("{prefix}{domain}")))
        .collect();
    let found = by_chunks(&names, |names| {
        groups::list(aws, place, vec![filter("group-name", names)])
    })
    .await?;
    let groups = found.iter().filter_map(domain_of_group);
    let mut left: BTreeMap<String, bool> =
        groups.map(|domain| (domain.to_owned(), false)).collect();
    for (domain, file_system) in domains {
        if let Some(file_system) = file_system
            && there(aws, place, file_system).await?.is_some()
        {
            left.insert((*domain).to_owned(), true);
        }
    }
    Ok(left)
}

/// Takes home file systems out of a subnet that goes: deletes the mount targets that domains left
/// which no longer exist, and with the last one of a file system the domain's NFS groups; moves
/// those of domains that live and no longer name this subnet to another subnet of theirs in the
/// same zone, if there is one (UpdateDomain leaves mount targets where they are, and a file system
/// has one in each zone). The file systems stay. Answers the domains that still name the subnet.
///
/// # Errors
/// A failed call, or something that does not go in time.
pub async fn clean_subnet(
    cx: &Context<'_>,
    place: &Place,
    subnet: &str,
) -> Result<Vec<Blocker>, Failure> {
    let there = interfaces::list(cx.aws, place, vec![filter("subnet-id", [subnet])]).await?;
    let file_systems: BTreeSet<&str> = there
        .iter()
        .filter_map(|interface| id_in(interface.description()?, "fs-"))
        .collect();
    let mut blockers = Vec::new();
    for file_system in file_systems {
        let Some(id) = domain_of(cx, place, file_system).await? else {
            continue;
        };
        let domain = describe_domain(cx.aws, place, &id).await?;
        if let Some(domain) = &domain
            && let Some(blocker) = blocker(&id, domain, subnet)
        {
            blockers.push(blocker);
            continue;
        }
        for target in mount_targets(cx.aws, place, file_system).await? {
            if target.subnet_id() == subnet {
                match &domain {
                    None => mount_target::delete(cx, place, target.mount_target_id()).await?,
                    Some(domain) => relocate(cx, place, domain.subnet_ids(), &target).await?,
                }
            }
        }
        // Subnets that go at the same time each look here; the last one finds none left.
        if domain.is_none() && mount_targets(cx.aws, place, file_system).await?.is_empty() {
            delete_groups(cx, place, vec![names_of(&id)]).await?;
        }
    }
    Ok(blockers)
}

/// What a domain does to a subnet that it names, or from which it is going away.
fn blocker(id: &str, domain: &DescribeDomainOutput, subnet: &str) -> Option<Blocker> {
    let name = domain.domain_name().unwrap_or_default();
    if domain.status() == Some(&DomainStatus::Deleting) {
        return Some(Blocker {
            what: format!("domain `{name}` ({id}), which is being deleted,"),
            passing: true,
        });
    }
    let named = domain.subnet_ids().iter().any(|named| named == subnet);
    named.then(|| Blocker {
        what: format!("domain `{name}` ({id}), which names this subnet in its `subnets`,"),
        passing: false,
    })
}

/// Deletes a mount target and makes another one in its zone, in one of the domain's subnets that
/// stay, so that the home directories can still be reached from there.
async fn relocate(
    cx: &Context<'_>,
    place: &Place,
    stay: &[String],
    target: &MountTargetDescription,
) -> Result<(), Failure> {
    let stay: BTreeSet<String> = stay.iter().cloned().collect();
    let zone = target.availability_zone_id();
    let to = subnets::by_id(cx.aws, place, &stay)
        .await?
        .into_iter()
        .find(|(_, subnet)| zone.is_some() && subnet.availability_zone_id() == zone)
        .map(|(id, _)| id);
    let Some(to) = to else {
        return mount_target::delete(cx, place, target.mount_target_id()).await;
    };
    let groups = mount_target::groups(cx, place, target.mount_target_id()).await?;
    mount_target::delete(cx, place, target.mount_target_id()).await?;
    let file_system = target.file_system_id();
    mount_target::create(cx, place, file_system, &to, &groups)
        .await
        .map_err(|failure| {
            failure.help(format!(
                "home directories cannot be reached from {} until {file_system} has a mount target there: make one in {to} with the security groups {}",
                zone.unwrap_or("this zone"),
                groups.join(", "),
            ))
        })
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
        if domain_is_gone(cx.aws, place, domain).await? {
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
    let found = there(cx.aws, place, file_system).await?;
    Ok(found.and_then(|found| domain_in_tags(&found).map(str::to_owned)))
}

/// The id of the domain that a file system's tags say it is the home of.
fn domain_in_tags(file_system: &FileSystemDescription) -> Option<&str> {
    let tag = file_system.tags().iter().find(|tag| tag.key() == MARK)?;
    tag.value().rsplit_once("domain/").map(|(_, id)| id)
}

/// The file system with this id, if it is there.
async fn there(
    aws: &Aws,
    place: &Place,
    file_system: &str,
) -> Result<Option<FileSystemDescription>, Failure> {
    let client = aws.efs(place).await?;
    let answer = absent(
        call(aws, "efs:DescribeFileSystems", Repeat::Safe, || {
            client
                .describe_file_systems()
                .file_system_id(file_system)
                .send()
        })
        .await,
    )?;
    Ok(answer.and_then(|answer| answer.file_systems.unwrap_or_default().into_iter().next()))
}

async fn domain_is_gone(aws: &Aws, place: &Place, domain: &str) -> Result<bool, Failure> {
    Ok(describe_domain(aws, place, domain).await?.is_none())
}

async fn describe_domain(
    aws: &Aws,
    place: &Place,
    domain: &str,
) -> Result<Option<DescribeDomainOutput>, Failure> {
    let client = aws.sagemaker(place).await?;
    absent(
        call(aws, "sagemaker:DescribeDomain", Repeat::Safe, || {
            client.describe_domain().domain_id(domain).send()
        })
        .await,
    )
}

async fn delete_file_system(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let client = cx.aws.efs(place).await?;
    let wait = Wait::new(
        format!("file system {id} to go"),
        "efs:DescribeFileSystems",
        FILE_SYSTEM_LIMIT,
    );
    // A mount target that went a moment ago may still be counted.
    until_gone(
        cx,
        wait,
        || {
            call(cx.aws, "efs:DeleteFileSystem", Repeat::Safe, || {
                client.delete_file_system().file_system_id(id).send()
            })
        },
        || async {
            let answer = call(cx.aws, "efs:DescribeFileSystems", Repeat::Safe, || {
                client.describe_file_systems().file_system_id(id).send()
            })
            .await?;
            let system = answer.file_systems.unwrap_or_default().into_iter().next();
            Ok(system.map(|system| system.life_cycle_state))
        },
    )
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
            (id, id),
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
