//! Asking for peerings and deleting them, from the requester's side.

use aws_sdk_ec2::types::{
    ResourceType, VpcPeeringConnection, VpcPeeringConnectionStateReasonCode as Code,
};

use super::status;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::describe::{filter, peerings};
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::once::once;
use crate::kinds::{Actual, Context, Ready, wait};
use crate::state::Record;

/// The living one that carries the marks of this node. The accepter's side may carry marks too: only
/// the requester's counts.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<VpcPeeringConnection>, Failure> {
    let mut filters = marked(node);
    let requester = node.text("requester").unwrap_or_default();
    filters.push(filter("requester-vpc-info.vpc-id", [requester]));
    let found = peerings::list(aws, &node.place, filters).await?;
    Ok(found.into_iter().find(status::lives))
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let found = own(aws, node).await?;
    Ok(found.and_then(|found| found.vpc_peering_connection_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let requester = node.text("requester").unwrap_or_default();
    let accepter = node.text("accepter").unwrap_or_default();
    let other = |name: &str, own: &str| {
        node.text(name)
            .filter(|value| *value != own)
            .map(str::to_owned)
    };
    let request = client
        .create_vpc_peering_connection()
        .vpc_id(requester)
        .peer_vpc_id(accepter)
        .set_peer_owner_id(other("accepter_account", &node.place.account))
        .set_peer_region(other("accepter_region", &node.place.region))
        .set_tag_specifications(tags::specification(
            ResourceType::VpcPeeringConnection,
            node,
            true,
        ));
    let peering = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[requester, accepter], || {
                call(
                    cx.aws,
                    "ec2:CreateVpcPeeringConnection",
                    Repeat::Once,
                    || request.clone().send(),
                )
            })
            .await?;
            sent(
                answer.vpc_peering_connection,
                "ec2:CreateVpcPeeringConnection",
            )
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(
        peering.vpc_peering_connection_id,
        "ec2:CreateVpcPeeringConnection",
    )?;
    announce_id(cx, node, &id);
    status::wait_for(cx, &node.place, &id, "pending acceptance", |peering| {
        status::is_accepted(peering) || status::code(peering) == Some(&Code::PendingAcceptance)
    })
    .await?;
    read_back(cx, node, &id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    let answer = wait::deleted(cx, id, || {
        call(
            cx.aws,
            "ec2:DeleteVpcPeeringConnection",
            Repeat::Safe,
            || {
                client
                    .delete_vpc_peering_connection()
                    .vpc_peering_connection_id(id)
                    .send()
            },
        )
    })
    .await;
    match answer {
        Ok(Some(_)) => status::wait_gone(cx, &record.place, id).await,
        Ok(None) => Ok(()),
        // One that failed, expired or was deleted has no way to `deleting` (behaviour: errors).
        Err(failure) if failure.cause == Cause::InUse => {
            match peerings::one(cx.aws, &record.place, id).await? {
                Some(peering) if status::lives(&peering) => Err(failure),
                _ => Ok(()),
            }
        }
        Err(failure) => Err(failure),
    }
}
