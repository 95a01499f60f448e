//! The states of a peering, and waiting for them.

use std::time::Duration;

use aws_sdk_ec2::types::{VpcPeeringConnection, VpcPeeringConnectionStateReasonCode as Code};

use crate::aws::{Cause, Failure};
use crate::config::Place;
use crate::kinds::Context;
use crate::kinds::ec2::describe::peerings;
use crate::kinds::wait::{self, Look, Wait};

/// How long a peering takes from one state to the next at most (behaviour: 1 minute is usual; the
/// other account or region sees it a while later).
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// The state of a peering.
pub fn code(peering: &VpcPeeringConnection) -> Option<&Code> {
    peering.status().and_then(|status| status.code())
}

/// Whether it is accepted: active, or on the way there.
pub fn is_accepted(peering: &VpcPeeringConnection) -> bool {
    matches!(code(peering), Some(Code::Active | Code::Provisioning))
}

/// Whether it is there: failed, rejected, expired and deleted ones stay visible for a while
/// (behaviour: peering leftovers).
pub fn lives(peering: &VpcPeeringConnection) -> bool {
    !matches!(
        code(peering),
        Some(Code::Failed | Code::Rejected | Code::Expired | Code::Deleted | Code::Deleting)
    )
}

/// Waits in `place` until the peering is in a state that `is_done` takes.
///
/// # Errors
/// One that failed, was rejected, expired or deleted; or the limit is over.
pub async fn wait_for(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    what: &str,
    is_done: impl Fn(&VpcPeeringConnection) -> bool + Send + Sync,
) -> Result<VpcPeeringConnection, Failure> {
    let wait = Wait::new(
        format!("{id} to be {what}"),
        "ec2:DescribeVpcPeeringConnections",
        LIMIT,
    );
    let is_done = &is_done;
    wait::until(cx, wait, || async move {
        let Some(peering) = peerings::one(cx.aws, place, id).await? else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        if is_done(&peering) {
            return Ok(Look::Done(peering));
        }
        let state = code(&peering).map_or("unknown", Code::as_str).to_owned();
        if lives(&peering) {
            return Ok(Look::Pending(state));
        }
        let why = peering
            .status()
            .and_then(|status| status.message())
            .unwrap_or("no reason given");
        Err(Failure::new(
            Cause::Failed,
            "ec2:CreateVpcPeeringConnection",
            format!("{id} is `{state}`: {why}"),
        )
        .help("check that the networks of the two VPCs do not overlap, and that account, region and id of the accepter are right"))
    })
    .await
}

/// Waits until it is gone.
///
/// # Errors
/// A failed read, or the limit is over.
pub async fn wait_gone(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(
        format!("{id} to be deleted"),
        "ec2:DescribeVpcPeeringConnections",
        LIMIT,
    );
    wait::until(cx, wait, || async move {
        let there = peerings::one(cx.aws, place, id).await?;
        Ok(match there {
            Some(peering) if lives(&peering) || code(&peering) == Some(&Code::Deleting) => {
                Look::Pending("deleting".to_owned())
            }
            _ => Look::Done(()),
        })
    })
    .await
}
