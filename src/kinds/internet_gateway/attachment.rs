//! Attaching internet gateways to VPCs and detaching them.

use std::time::Duration;

use super::read;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::{filter, gateways, interfaces};
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;

/// How long an attachment takes at most.
const LIMIT: Duration = Duration::from_secs(5 * 60);
/// How long a detachment takes at most (behaviour: 20 min).
const DETACH_LIMIT: Duration = Duration::from_secs(20 * 60);

/// What a create of this node did: gateway and VPC say which.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let of = |name| node.text(name).unwrap_or_default();
    Ok(Some(read::attachment(of("gateway"), of("vpc")).id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let (gateway, vpc) = (
        node.text("gateway").unwrap_or_default(),
        node.text("vpc").unwrap_or_default(),
    );
    attach(cx, &node.place, gateway, vpc).await
}

async fn attach(
    cx: &Context<'_>,
    place: &Place,
    gateway: &str,
    vpc: &str,
) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(place).await?;
    let sent = wait::visible(cx, &[gateway, vpc], || {
        // By value: attaching it again to the same VPC changes nothing.
        call(cx.aws, "ec2:AttachInternetGateway", Repeat::Safe, || {
            client
                .attach_internet_gateway()
                .internet_gateway_id(gateway)
                .vpc_id(vpc)
                .send()
        })
    })
    .await;
    if let Err(failure) = sent {
        let there = gateways::one(cx.aws, place, gateway).await?;
        if !there.is_some_and(|there| read::attaching(&there, vpc)) {
            return Err(with_the_other(cx, place, vpc, failure).await?);
        }
    }
    (cx.made)(read::attachment(gateway, vpc));
    let wait = Wait::new(
        format!("{gateway} to be attached to {vpc}"),
        "ec2:DescribeInternetGateways",
        LIMIT,
    );
    wait::until(cx, wait, || async {
        let there = gateways::one(cx.aws, place, gateway).await?;
        Ok(match there {
            Some(there) if read::attached(&there, vpc) => {
                Look::Done(read::attachment(gateway, vpc))
            }
            _ => Look::Pending("attaching".to_owned()),
        })
    })
    .await
}

/// Names the gateway that the VPC has already.
async fn with_the_other(
    cx: &Context<'_>,
    place: &Place,
    vpc: &str,
    failure: Failure,
) -> Result<Failure, Failure> {
    let others = gateways::list(cx.aws, place, vec![filter("attachment.vpc-id", [vpc])]).await?;
    Ok(others
        .iter()
        .filter_map(|other| other.internet_gateway_id())
        .fold(failure, |failure, other| {
            failure.help(format!("{vpc} has the internet gateway {other} already"))
        }))
}

/// Nothing of an attachment changes in place.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    delete(cx, record).await?;
    create(cx, node).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    match read::gateway_of(&record.id) {
        (gateway, Some(vpc)) => detach(cx, &record.place, gateway, vpc).await,
        _ => Ok(()),
    }
}

/// Detaches, and waits until it is.
pub async fn detach(
    cx: &Context<'_>,
    place: &Place,
    gateway: &str,
    vpc: &str,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(place).await?;
    blockers::delete(
        cx,
        (
            &read::attachment(gateway, vpc).id,
            &format!("the attachment of {gateway} to {vpc}"),
        ),
        || {
            call(cx.aws, "ec2:DetachInternetGateway", Repeat::Safe, || {
                client
                    .detach_internet_gateway()
                    .internet_gateway_id(gateway)
                    .vpc_id(vpc)
                    .send()
            })
        },
        || addresses(cx, place, vpc),
    )
    .await?;
    let wait = Wait::new(
        format!("{gateway} to be detached from {vpc}"),
        "ec2:DescribeInternetGateways",
        DETACH_LIMIT,
    );
    wait::until(cx, wait, || async {
        let there = gateways::one(cx.aws, place, gateway).await?;
        let still = there.is_some_and(|there| {
            there
                .attachments()
                .iter()
                .any(|attachment| attachment.vpc_id() == Some(vpc))
        });
        Ok(if still {
            Look::Pending("detaching".to_owned())
        } else {
            Look::Done(())
        })
    })
    .await
    .or_else(|failure| match failure.cause {
        Cause::NotFound => Ok(()),
        _ => Err(failure),
    })
}

/// The interfaces of a VPC with public addresses: what keeps its gateway (behaviour: detach fails
/// while a NAT gateway or elastic address is mapped).
async fn addresses(cx: &Context<'_>, place: &Place, vpc: &str) -> Result<Vec<Blocker>, Failure> {
    let there = interfaces::list(cx.aws, place, vec![filter("vpc-id", [vpc])]).await?;
    let mut found = Vec::new();
    for interface in &there {
        let address = interface.association().and_then(|one| one.public_ip());
        if let (Some(address), Some(id)) = (address, interface.network_interface_id()) {
            found.push(Blocker {
                what: format!("the public address {address} of network interface {id}"),
                passing: (cx.touched)(id) || blockers::going(cx.aws, place, interface).await?,
            });
        }
    }
    Ok(found)
}
