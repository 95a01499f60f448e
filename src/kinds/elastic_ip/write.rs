//! Taking elastic IP addresses and giving them back.

use aws_sdk_ec2::types::{DomainType, ResourceType};

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::addresses;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::once::once;
use crate::kinds::{Actual, Context, Ready};
use crate::state::Record;

/// What a create of this node made: the one that carries its marks.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let found = addresses::list(aws, &node.place, marked(node)).await?;
    Ok(found.into_iter().find_map(|found| found.allocation_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const ALLOCATE: &str = "ec2:AllocateAddress";
    let client = cx.aws.ec2(&node.place).await?;
    let text = |name: &str| node.text(name).map(str::to_owned);
    let request = client
        .allocate_address()
        .domain(DomainType::Vpc)
        .set_address(text("address"))
        .set_public_ipv4_pool(text("public_ipv4_pool"))
        .set_network_border_group(text("network_border_group"))
        .set_tag_specifications(tags::specification(ResourceType::ElasticIp, node, true));
    let id = once(
        cx,
        || async {
            let answer = call(cx.aws, ALLOCATE, Repeat::Once, || request.clone().send()).await?;
            sent(answer.allocation_id, ALLOCATE)
        },
        || find(cx.aws, node),
    )
    .await?;
    announce_id(cx, node, &id);
    read_back(cx, node, &id).await
}

/// Gives it back once nothing has it any more.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    blockers::delete(
        cx,
        (id, id),
        || async {
            let sent = call(cx.aws, "ec2:ReleaseAddress", Repeat::Safe, || {
                client.release_address().allocation_id(id).send()
            })
            .await;
            match sent {
                Ok(_) => Ok(()),
                Err(failure) if failure.code.as_deref() == Some(NOT_OURS) => {
                    not_ours(cx, &record.place, id, failure).await
                }
                Err(failure) => Err(failure),
            }
        },
        || holder(cx, &record.place, id),
    )
    .await
}

/// The code for an address that was given back and is somebody else's by now, and for one that a
/// service holds (behaviour: errors).
const NOT_OURS: &str = "AuthFailure";

async fn not_ours(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    failure: Failure,
) -> Result<(), Failure> {
    match addresses::one(cx.aws, place, id).await? {
        None => Ok(()),
        Some(there) if there.association_id().is_some_and(|id| !id.is_empty()) => Err(Failure {
            cause: Cause::InUse,
            ..failure
        }),
        Some(_) => Err(failure),
    }
}

/// The interface that has the address.
async fn holder(cx: &Context<'_>, place: &Place, id: &str) -> Result<Vec<Blocker>, Failure> {
    let holder = blockers::of_address(cx.aws, place, id).await?;
    let holder = holder.map(|(interface, going)| Blocker {
        passing: going || (cx.touched)(&interface),
        what: format!("network interface {interface}, to which the address is mapped,"),
    });
    Ok(holder.into_iter().collect())
}
