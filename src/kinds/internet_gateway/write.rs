//! Making, changing and deleting internet gateways.

use aws_sdk_ec2::types::{InternetGateway, ResourceType};

use super::attachment;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::gateways;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::once::once;
use crate::kinds::{Actual, Context, Ready};
use crate::state::Record;

/// The one that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<InternetGateway>, Failure> {
    let found = gateways::list(aws, &node.place, marked(node)).await?;
    Ok(found.into_iter().next())
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(own(aws, node)
        .await?
        .and_then(|found| found.internet_gateway_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let request = client
        .create_internet_gateway()
        .set_tag_specifications(tags::specification(
            ResourceType::InternetGateway,
            node,
            true,
        ));
    let gateway = once(
        cx,
        || async {
            let answer = call(cx.aws, "ec2:CreateInternetGateway", Repeat::Once, || {
                request.clone().send()
            })
            .await?;
            sent(answer.internet_gateway, "ec2:CreateInternetGateway")
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(gateway.internet_gateway_id, "ec2:CreateInternetGateway")?;
    announce_id(cx, node, &id);
    read_back(cx, node, &id).await
}

/// Deletes the gateway, detached first from wherever it is still attached.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    // Where it does not show, the delete itself finds out whether it is there.
    let gateway = gateways::one(cx.aws, &record.place, id).await?;
    for vpc in gateway
        .iter()
        .flat_map(|gateway| gateway.attachments())
        .filter_map(|attachment| attachment.vpc_id())
    {
        attachment::detach(cx, &record.place, id, vpc).await?;
    }
    blockers::delete(
        cx,
        (id, id),
        || {
            call(cx.aws, "ec2:DeleteInternetGateway", Repeat::Safe, || {
                client
                    .delete_internet_gateway()
                    .internet_gateway_id(id)
                    .send()
            })
        },
        || async {
            let there = gateways::one(cx.aws, &record.place, id).await?;
            Ok(there
                .iter()
                .flat_map(|gateway| gateway.attachments())
                .filter_map(|attachment| attachment.vpc_id())
                .map(|vpc| Blocker {
                    what: format!("the attachment to {vpc}"),
                    passing: true,
                })
                .collect())
        },
    )
    .await
}
