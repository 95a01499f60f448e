//! The states of a NAT gateway, and waiting for them (behaviour: section 4).

use std::time::Duration;

use aws_sdk_ec2::types::{NatGateway, NatGatewayState};

use crate::aws::{Cause, Failure};
use crate::config::Place;
use crate::kinds::Context;
use crate::kinds::ec2::describe::nat_gateways;
use crate::kinds::wait::{self, Look, Wait};
use crate::value::{Map, Value};

/// How long one takes to be available at most.
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// How long one takes to go at most.
pub const GONE_LIMIT: Duration = Duration::from_secs(30 * 60);

/// Whether it is there: one that is going or gone stays visible for a while.
pub fn lives(gateway: &NatGateway) -> bool {
    !matches!(
        gateway.state(),
        Some(NatGatewayState::Deleting | NatGatewayState::Deleted)
    )
}

fn state(gateway: &NatGateway) -> &str {
    gateway.state().map_or("unknown", NatGatewayState::as_str)
}

/// Why it can only be replaced: its create failed.
pub fn broken(actual: &Map) -> Option<String> {
    let text = |name: &str| actual.get(name).and_then(Value::as_str);
    (text("state") == Some("failed")).then(|| {
        let why = text("failure_message").unwrap_or("no reason given");
        format!("it could not be made: {why}")
    })
}

/// Waits until it is available.
///
/// # Errors
/// One that failed or is going; or the limit is over.
pub async fn available(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    const READ: &str = "ec2:DescribeNatGateways";
    let wait = Wait::new(format!("{id} to be available"), READ, LIMIT);
    wait::until(cx, wait, || async {
        let Some(gateway) = nat_gateways::one(cx.aws, place, id).await? else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        match gateway.state() {
            Some(NatGatewayState::Available) => Ok(Look::Done(())),
            Some(NatGatewayState::Failed) => Err(failed(&gateway, id)),
            _ if lives(&gateway) => Ok(Look::Pending(state(&gateway).to_owned())),
            _ => Err(Failure::new(
                Cause::Failed,
                "ec2:CreateNatGateway",
                format!("{id} is `{}`: somebody deletes it", state(&gateway)),
            )),
        }
    })
    .await
}

/// What AWS says of one that failed, with the way out that goes with its code (API model:
/// NatGateway, FailureCode).
fn failed(gateway: &NatGateway, id: &str) -> Failure {
    let why = gateway.failure_message().unwrap_or("no reason given");
    let mut failure = Failure::new(
        Cause::Failed,
        "ec2:CreateNatGateway",
        format!("{id} could not be made: {why}"),
    );
    failure.code = gateway.failure_code().map(str::to_owned);
    let help = match gateway.failure_code() {
        Some("Gateway.NotAttached") => {
            "attach an `internet_gateway` to the VPC, or write `connectivity_type = \"private\"`"
        }
        Some("Resource.AlreadyAssociated") => "give each NAT gateway an `elastic_ip` of its own",
        Some("InsufficientFreeAddressesInSubnet") => "choose a subnet with a free address",
        _ => "run the same command again: it makes another one",
    };
    failure.help(help)
}

/// Waits until it is gone.
///
/// # Errors
/// A failed read, or the limit is over.
pub async fn gone(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(
        format!("{id} to be deleted"),
        "ec2:DescribeNatGateways",
        GONE_LIMIT,
    );
    wait::until(cx, wait, || async {
        let found = nat_gateways::one(cx.aws, place, id).await?;
        Ok(match found {
            Some(gateway) if gateway.state() != Some(&NatGatewayState::Deleted) => {
                Look::Pending(state(&gateway).to_owned())
            }
            _ => Look::Done(()),
        })
    })
    .await
}
