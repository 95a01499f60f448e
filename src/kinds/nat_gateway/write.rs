//! Making and deleting NAT gateways.

use aws_sdk_ec2::types::{ConnectivityType, NatGateway, ResourceType};

use super::status;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers;
use crate::kinds::ec2::describe::nat_gateways;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, carries, marked, read_back, sent, token};
use crate::kinds::ec2::tags;
use crate::kinds::once::once;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Context, Ready};
use crate::state::Record;

/// The living one that carries the marks of this node; one that failed is one too.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<NatGateway>, Failure> {
    let found = nat_gateways::list(aws, &node.place, marked(node)).await?;
    let is_own = |found: &NatGateway| status::lives(found) && carries(found.tags(), node);
    Ok(found.into_iter().find(is_own))
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let found = own(aws, node).await?;
    Ok(found.and_then(|found| found.nat_gateway_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const CREATE: &str = "ec2:CreateNatGateway";
    let client = cx.aws.ec2(&node.place).await?;
    let text = |name: &str| node.text(name).map(str::to_owned);
    let subnet = node.text("subnet").unwrap_or_default();
    let address = node.text("elastic_ip").unwrap_or_default();
    let request = client
        .create_nat_gateway()
        .subnet_id(subnet)
        .set_allocation_id(text("elastic_ip"))
        .set_connectivity_type(node.text("connectivity_type").map(ConnectivityType::from))
        .set_private_ip_address(text("private_ip_address"))
        .set_client_token(token(node))
        .set_tag_specifications(tags::specification(ResourceType::Natgateway, node, true));
    if !address.is_empty() {
        address_free(cx, &node.place, address).await?;
    }
    let gateway = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[subnet, address], || {
                call(cx.aws, CREATE, Repeat::Once, || request.clone().send())
            })
            .await?;
            sent(answer.nat_gateway, CREATE)
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(gateway.nat_gateway_id, CREATE)?;
    announce_id(cx, node, &id);
    status::available(cx, &node.place, &id).await?;
    read_back(cx, node, &id).await
}

/// Waits while the address is mapped to what is going away: a gateway whose deletion an earlier run
/// began has it until its end, and AWS would let the new one fail.
async fn address_free(cx: &Context<'_>, place: &Place, address: &str) -> Result<(), Failure> {
    let wait = Wait::new(
        format!("{address} to be free"),
        "ec2:DescribeAddresses",
        status::GONE_LIMIT,
    );
    wait::until(cx, wait, || async {
        let holder = blockers::of_address(cx.aws, place, address).await?;
        Ok(match holder {
            Some((interface, true)) => Look::Pending(format!("mapped to {interface}")),
            _ => Look::Done(()),
        })
    })
    .await
}

/// Deletes it and waits until it is gone: only then is its address free.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    let sent = wait::deleted(cx, id, || {
        call(cx.aws, "ec2:DeleteNatGateway", Repeat::Safe, || {
            client.delete_nat_gateway().nat_gateway_id(id).send()
        })
    })
    .await?;
    match sent {
        Some(_) => status::gone(cx, &record.place, id).await,
        None => Ok(()),
    }
}
