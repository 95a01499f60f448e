//! Accepting a peering, with the accepter's credentials in its region.

use aws_sdk_ec2::types::{VpcPeeringConnection, VpcPeeringConnectionStateReasonCode as Code};

use super::status;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::made::read_back;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::tags;
use crate::kinds::{Actual, Context, Ready, wait};
use crate::state::Record;

/// What a create of this node did is seen on the peering itself.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(node.text("peering").map(str::to_owned))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let id = node.text("peering").unwrap_or_default();
    // The other account or region sees the request a while after it was made.
    let asked = status::wait_for(cx, &node.place, id, "pending acceptance", |peering| {
        status::is_accepted(peering) || status::code(peering) == Some(&Code::PendingAcceptance)
    })
    .await?;
    if !status::is_accepted(&asked) {
        let answer = wait::visible(cx, &[id], || {
            // Repeated, it is refused as accepted, and its state is looked at.
            call(
                cx.aws,
                "ec2:AcceptVpcPeeringConnection",
                Repeat::Safe,
                || {
                    client
                        .accept_vpc_peering_connection()
                        .vpc_peering_connection_id(id)
                        .send()
                },
            )
        })
        .await;
        match answer {
            Ok(_) => {}
            Err(failure) if matches!(failure.cause, Cause::InUse | Cause::AlreadyExists) => {}
            Err(failure) => return Err(failure),
        }
    }
    (cx.made)(Actual::new(id, node.attributes.clone()));
    let peering = status::wait_for(cx, &node.place, id, "active", |peering| {
        status::code(peering) == Some(&Code::Active)
    })
    .await?;
    if has_own_tags(&peering, &node.place) {
        tags::set(cx, &node.place, id, &tags::of(node, true)).await?;
    }
    read_back(cx, node, id).await
}

/// Whether the accepter's side has tags of its own: in another account or region (behaviour:
/// peering tags live per account and region).
fn has_own_tags(peering: &VpcPeeringConnection, place: &Place) -> bool {
    let Some(requester) = peering.requester_vpc_info() else {
        return false;
    };
    requester.owner_id() != Some(&*place.account)
        || requester
            .region()
            .is_some_and(|region| region != &*place.region)
}

/// Accepting cannot be taken back: deleting the peering ends it.
pub async fn delete(_: &Context<'_>, _: &Record) -> Result<(), Failure> {
    Ok(())
}
