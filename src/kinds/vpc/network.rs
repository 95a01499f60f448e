//! Adding further networks to a VPC and taking them away.

use super::read;
use super::write::LIMIT;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::describe::vpcs;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, sent};
use crate::kinds::once::once;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Context, Ready};
use crate::state::Record;

/// What a create of this node made: the living association of its VPC with its network.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let of = |name| node.text(name).unwrap_or_default();
    let found = vpcs::one(aws, &node.place, of("vpc")).await?;
    Ok(found.and_then(|found| {
        found
            .cidr_block_association_set()
            .iter()
            .find(|one| one.cidr_block() == Some(of("cidr")) && read::lives(one))
            .and_then(|one| one.association_id().map(str::to_owned))
    }))
}

/// Adds a further network.
pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let (vpc, cidr) = (
        node.text("vpc").unwrap_or_default(),
        node.text("cidr").unwrap_or_default(),
    );
    let request = client
        .associate_vpc_cidr_block()
        .vpc_id(vpc)
        .cidr_block(cidr);
    let id = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[vpc], || {
                call(cx.aws, "ec2:AssociateVpcCidrBlock", Repeat::Once, || {
                    request.clone().send()
                })
            })
            .await?;
            sent(
                answer
                    .cidr_block_association
                    .and_then(|association| association.association_id),
                "ec2:AssociateVpcCidrBlock",
            )
        },
        || find(cx.aws, node),
    )
    .await?;
    announce_id(cx, node, &id);
    let wait = Wait::new(
        format!("{cidr} to be associated with {vpc}"),
        "ec2:DescribeVpcs",
        LIMIT,
    );
    wait::until(cx, wait, || async {
        use aws_sdk_ec2::types::VpcCidrBlockStateCode as Code;
        let Some(found) = vpcs::one(cx.aws, &node.place, vpc).await? else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        let association = found
            .cidr_block_association_set()
            .iter()
            .find(|one| one.association_id() == Some(id.as_str()));
        let Some(association) = association else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        let state = association.cidr_block_state();
        match state.and_then(|state| state.state()) {
            None | Some(Code::Associated) => Ok(Look::Done(read::network(&found, association))),
            Some(Code::Failed | Code::Failing) => Err(Failure::new(
                Cause::Failed,
                "ec2:AssociateVpcCidrBlock",
                format!(
                    "{cidr} could not be associated with {vpc}: {}",
                    state
                        .and_then(|state| state.status_message())
                        .unwrap_or("no reason given")
                ),
            )),
            Some(code) => Ok(Look::Pending(code.as_str().to_owned())),
        }
    })
    .await
}

/// Takes a further network away.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    wait::deleted(cx, id, || {
        call(cx.aws, "ec2:DisassociateVpcCidrBlock", Repeat::Safe, || {
            client
                .disassociate_vpc_cidr_block()
                .association_id(id)
                .send()
        })
    })
    .await?;
    let Some(vpc) = record.text("vpc") else {
        return Ok(());
    };
    let wait = Wait::new(format!("{id} to go"), "ec2:DescribeVpcs", LIMIT);
    wait::until(cx, wait, || async {
        let found = vpcs::one(cx.aws, &record.place, vpc).await?;
        Ok(match found {
            Some(found)
                if found.cidr_block_association_set().iter().any(|one| {
                    use aws_sdk_ec2::types::VpcCidrBlockStateCode as Code;
                    one.association_id() == Some(id)
                        && !matches!(
                            one.cidr_block_state().and_then(|state| state.state()),
                            Some(Code::Disassociated)
                        )
                }) =>
            {
                Look::Pending("disassociating".to_owned())
            }
            _ => Look::Done(()),
        })
    })
    .await
}
