//! The options of each side, set by that side once the peering is active (behaviour: peering DNS
//! option).

use std::time::Duration;

use aws_sdk_ec2::types::{
    PeeringConnectionOptionsRequest, VpcPeeringConnectionStateReasonCode as Code,
};

use super::{read, status};
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::peerings;
use crate::kinds::ec2::made::read_back;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;
use crate::value::Value;

/// How long a side may say that the peering is not active although it shows as such.
const NOT_ACTIVE_LIMIT: Duration = Duration::from_secs(2 * 60);

/// What a create of this node did is seen on the peering itself.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(node.text("peering").map(str::to_owned))
}

/// Sets the options of a side.
pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let id = node.text("peering").unwrap_or_default();
    status::wait_for(cx, &node.place, id, "active", |peering| {
        status::code(peering) == Some(&Code::Active)
    })
    .await?;
    let on = node
        .get("dns_resolution")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    set(cx, &node.place, &node.kind, id, on).await?;
    (cx.made)(Actual::new(id, node.attributes.clone()));
    read_back(cx, node, id).await
}

/// Sets them anew.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    _: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    create(cx, node).await
}

async fn set(
    cx: &Context<'_>,
    place: &Place,
    kind: &str,
    id: &str,
    on: bool,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(place).await?;
    let options = PeeringConnectionOptionsRequest::builder()
        .allow_dns_resolution_from_remote_vpc(on)
        .build();
    let request = client
        .modify_vpc_peering_connection_options()
        .vpc_peering_connection_id(id);
    let request = if kind == "peering.requester_options" {
        request.requester_peering_connection_options(options)
    } else {
        request.accepter_peering_connection_options(options)
    };
    let touched = (cx.touched)(id);
    wait::retry(
        cx,
        NOT_ACTIVE_LIMIT,
        &format!("{id} to take options"),
        |failure| {
            touched
                && (failure.cause == Cause::NotFound
                    || failure.code.as_deref() == Some("OperationNotPermitted"))
        },
        || {
            call(
                cx.aws,
                "ec2:ModifyVpcPeeringConnectionOptions",
                Repeat::Safe,
                || request.clone().send(),
            )
        },
    )
    .await
    .map(|_| ())
}

/// Puts a side's options back to AWS's default, if there still is a peering to have them.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let id = record.id.as_str();
    let there = peerings::one(cx.aws, &record.place, id).await?;
    let Some(peering) = there.filter(|peering| status::code(peering) == Some(&Code::Active)) else {
        return Ok(());
    };
    let now = read::options(&peering, &record.kind);
    let is_on = now
        .attributes
        .get("dns_resolution")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    if is_on {
        set(cx, &record.place, &record.kind, id, false).await?;
    }
    Ok(())
}
