//! Deletes that something still hangs on: what it is, by name, instead of a silent wait.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, NetworkInterface, NetworkInterfaceStatus, NetworkInterfaceType};

use super::describe::{
    absent, addresses, filter, groups, interfaces, nat_gateways, rules, vpc_endpoints,
};
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Context, nat_gateway, vpc_endpoint, wait};

/// How long a delete waits for what is going away (interfaces of apps and mount targets linger for
/// minutes).
const GOING_LIMIT: Duration = Duration::from_secs(10 * 60);
/// How long it waits when AWS refuses but nothing is there to be seen.
const UNSEEN_LIMIT: Duration = Duration::from_secs(2 * 60);
/// Pause between two tries.
const PAUSE: Duration = Duration::from_secs(5);
/// How many blockers a message names.
const NAMED: usize = 12;

/// Something that hangs on what is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Its id and what it is, in words.
    pub what: String,
    /// Whether it is going away by itself or by this run.
    pub passing: bool,
}

/// Deletes, and where AWS refuses because something hangs on the thing, looks at what it is: waits
/// only for what is going away, and names the rest at once. Gone already is success.
///
/// # Errors
/// The failed call, with the blockers as help.
pub async fn delete<T, S, SFut, L, LFut>(
    cx: &Context<'_>,
    (id, what): (&str, &str),
    mut send: S,
    mut look: L,
) -> Result<(), Failure>
where
    S: FnMut() -> SFut + Send,
    SFut: Future<Output = Result<T, Failure>> + Send,
    L: FnMut() -> LFut + Send,
    LFut: Future<Output = Result<Vec<Blocker>, Failure>> + Send,
{
    let started = cx.clock.now();
    // A look may take minutes, since it clears away what it can: then AWS is asked again first.
    let mut unseen_since = None;
    loop {
        let failure = match wait::deleted(cx, id, &mut send).await {
            Ok(_) => return Ok(()),
            Err(failure) if matches!(failure.cause, Cause::Dependency | Cause::InUse) => failure,
            Err(failure) => return Err(failure),
        };
        let blockers = look().await?;
        let now = cx.clock.now();
        let passed = |since| now.duration_since(since).unwrap_or_default();
        let over = if blockers.is_empty() {
            passed(*unseen_since.get_or_insert(now)) >= UNSEEN_LIMIT
        } else {
            unseen_since = None;
            cx.is_over(started, GOING_LIMIT)
        };
        if blockers.iter().any(|blocker| !blocker.passing) || over {
            return Err(named(failure, what, &blockers));
        }
        (cx.progress)(match blockers.first() {
            Some(first) => format!("waiting for {} to go", first.what),
            None => format!("waiting for what hangs on {what}"),
        });
        cx.clock.sleep(PAUSE).await;
    }
}

fn named(mut failure: Failure, what: &str, blockers: &[Blocker]) -> Failure {
    for blocker in blockers.iter().take(NAMED) {
        failure = failure.help(format!("{} hangs on {what}", blocker.what));
    }
    if blockers.len() > NAMED {
        failure = failure.help(format!("and {} more", blockers.len() - NAMED));
    }
    failure
}

/// The network interfaces that pass the filters.
///
/// # Errors
/// A failed read.
pub async fn network_interfaces(
    cx: &Context<'_>,
    place: &Place,
    filters: Vec<Filter>,
) -> Result<Vec<Blocker>, Failure> {
    let mut blockers = Vec::new();
    for interface in interfaces::list(cx.aws, place, filters).await? {
        blockers.push(Blocker {
            passing: going(cx.aws, place, &interface).await?,
            what: described(&interface),
        });
    }
    Ok(blockers)
}

fn described(interface: &NetworkInterface) -> String {
    let mut text = format!(
        "network interface {}",
        interface.network_interface_id().unwrap_or("?")
    );
    if let Some(description) = interface.description().filter(|text| !text.is_empty()) {
        text.push_str(&format!(" `{description}`"));
    }
    match (interface.requester_id(), interface.owner_id()) {
        (Some(requester), _) if interface.requester_managed() == Some(true) => {
            text.push_str(&format!(", made by {requester}"));
        }
        (_, Some(owner)) => text.push_str(&format!(", of account {owner}")),
        _ => {}
    }
    if let Some(instance) = interface
        .attachment()
        .and_then(|attachment| attachment.instance_id())
    {
        text.push_str(&format!(", attached to {instance}"));
    }
    text
}

/// Whether an interface is going away: it is being detached, or a service made it for something
/// that is gone and takes it back in a while (apps, mount targets, NAT gateways).
///
/// # Errors
/// A failed read.
pub async fn going(
    aws: &Aws,
    place: &Place,
    interface: &NetworkInterface,
) -> Result<bool, Failure> {
    if matches!(interface.status(), Some(NetworkInterfaceStatus::Detaching)) {
        return Ok(true);
    }
    if interface.interface_type() == Some(&NetworkInterfaceType::NatGateway) {
        let gateway = interface.description().and_then(|text| id_in(text, "nat-"));
        return match gateway {
            Some(gateway) => nat_gateway_going(aws, place, gateway).await,
            None => Ok(false),
        };
    }
    if interface.interface_type() == Some(&NetworkInterfaceType::VpcEndpoint) {
        let endpoint = interface
            .description()
            .and_then(|text| id_in(text, "vpce-"));
        let own = interface.network_interface_id().unwrap_or_default();
        return match endpoint {
            Some(endpoint) => endpoint_going(aws, place, endpoint, own).await,
            None => Ok(false),
        };
    }
    let lasting = matches!(
        interface.interface_type(),
        Some(
            NetworkInterfaceType::GatewayLoadBalancerEndpoint
                | NetworkInterfaceType::NetworkLoadBalancer
                | NetworkInterfaceType::TransitGateway
                | NetworkInterfaceType::Lambda
        )
    );
    if interface.requester_managed() != Some(true) || lasting {
        return Ok(false);
    }
    match interface
        .description()
        .and_then(|text| id_in(text, "fsmt-"))
    {
        Some(mount_target) => mount_target_going(aws, place, mount_target).await,
        None => Ok(true),
    }
}

async fn nat_gateway_going(aws: &Aws, place: &Place, id: &str) -> Result<bool, Failure> {
    let found = nat_gateways::one(aws, place, id).await?;
    Ok(found.is_none_or(|found| !nat_gateway::lives(&found)))
}

/// Whether an endpoint goes, or goes without this interface: its subnet was taken away.
async fn endpoint_going(
    aws: &Aws,
    place: &Place,
    id: &str,
    interface: &str,
) -> Result<bool, Failure> {
    let found = vpc_endpoints::one(aws, place, id).await?;
    Ok(found.is_none_or(|found| {
        let mut kept = found.network_interface_ids().iter();
        !vpc_endpoint::lives(&found) || !kept.any(|one| one == interface)
    }))
}

async fn mount_target_going(aws: &Aws, place: &Place, id: &str) -> Result<bool, Failure> {
    use aws_sdk_efs::types::LifeCycleState;
    let client = aws.efs(place).await?;
    let answer = absent(
        call(aws, "efs:DescribeMountTargets", Repeat::Safe, || {
            client.describe_mount_targets().mount_target_id(id).send()
        })
        .await,
    )?;
    Ok(answer.is_none_or(|answer| {
        answer.mount_targets().iter().all(|target| {
            matches!(
                target.life_cycle_state(),
                LifeCycleState::Deleting | LifeCycleState::Deleted
            )
        })
    }))
}

/// The id with this prefix in a text, such as the `fs-…` of a mount target's description.
pub fn id_in<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .find(|word| word.starts_with(prefix))
}

/// The interface to which an elastic IP address is mapped, and whether it is going away.
///
/// # Errors
/// A failed read.
pub async fn of_address(
    aws: &Aws,
    place: &Place,
    allocation: &str,
) -> Result<Option<(String, bool)>, Failure> {
    let there = addresses::one(aws, place, allocation).await?;
    // moto gives an empty id where AWS gives none.
    let mapped = there.and_then(|there| there.network_interface_id);
    let Some(id) = mapped.filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let filters = vec![filter("network-interface-id", [id.as_str()])];
    let passing = match interfaces::list(aws, place, filters).await?.first() {
        Some(interface) => going(aws, place, interface).await?,
        None => true,
    };
    Ok(Some((id, passing)))
}

/// What hangs on a security group: interfaces that carry it, and rules of other groups that name
/// it.
///
/// # Errors
/// A failed read.
pub async fn of_group(
    cx: &Context<'_>,
    place: &Place,
    group: &str,
) -> Result<Vec<Blocker>, Failure> {
    let mut found = network_interfaces(cx, place, vec![filter("group-id", [group])]).await?;
    found.extend(rules_naming(cx, place, group).await?);
    Ok(found)
}

/// The rules of other groups that name this group.
///
/// # Errors
/// A failed read.
async fn rules_naming(
    cx: &Context<'_>,
    place: &Place,
    group: &str,
) -> Result<Vec<Blocker>, Failure> {
    let mut others = BTreeSet::new();
    for name in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let found = groups::list(cx.aws, place, vec![filter(name, [group])]).await?;
        others.extend(found.into_iter().filter_map(|other| other.group_id));
    }
    others.remove(group);
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let all = rules::list(cx.aws, place, vec![filter("group-id", others)]).await?;
    Ok(all
        .iter()
        .filter(|rule| {
            rule.referenced_group_info()
                .and_then(|info| info.group_id())
                == Some(group)
        })
        .map(|rule| {
            let id = rule.security_group_rule_id().unwrap_or("?");
            let direction = if rule.is_egress() == Some(true) {
                "egress"
            } else {
                "ingress"
            };
            Blocker {
                what: format!(
                    "{direction} rule {id} of group {} of account {}",
                    rule.group_id().unwrap_or("?"),
                    rule.group_owner_id().unwrap_or("?")
                ),
                passing: (cx.touched)(id),
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_descriptions() {
        let text = "EFS mount target for fs-0abc (fsmt-0def)";
        assert_eq!(id_in(text, "fs-"), Some("fs-0abc"));
        assert_eq!(id_in(text, "fsmt-"), Some("fsmt-0def"));
        assert_eq!(id_in("primary", "fs-"), None);
    }
}
