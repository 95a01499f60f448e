//! Making, changing and deleting route tables.

use aws_sdk_ec2::types::{ResourceType, RouteTable};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::tables;
pub use crate::kinds::ec2::made::retag as update;
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::once::once;
use crate::kinds::{Actual, Context, Ready, wait};
use crate::state::Record;

/// The one that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<RouteTable>, Failure> {
    let found = tables::list(aws, &node.place, marked(node)).await?;
    Ok(found.into_iter().next())
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(own(aws, node).await?.and_then(|found| found.route_table_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let vpc = node.text("vpc").unwrap_or_default();
    let request = client
        .create_route_table()
        .vpc_id(vpc)
        .set_tag_specifications(tags::specification(ResourceType::RouteTable, node, true));
    let table = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[vpc], || {
                call(cx.aws, "ec2:CreateRouteTable", Repeat::Once, || {
                    request.clone().send()
                })
            })
            .await?;
            sent(answer.route_table, "ec2:CreateRouteTable")
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(table.route_table_id, "ec2:CreateRouteTable")?;
    announce_id(cx, node, &id);
    read_back(cx, node, &id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    blockers::delete(
        cx,
        (id, id),
        || {
            call(cx.aws, "ec2:DeleteRouteTable", Repeat::Safe, || {
                client.delete_route_table().route_table_id(id).send()
            })
        },
        || async {
            let there = tables::one(cx.aws, &record.place, id).await?;
            Ok(there
                .iter()
                .flat_map(|table| table.associations())
                .map(|one| {
                    let association = one.route_table_association_id().unwrap_or("?");
                    let what = match (one.main(), one.subnet_id()) {
                        (Some(true), _) => {
                            format!("the association {association} as the main table of its VPC")
                        }
                        (_, subnet) => format!(
                            "the association {association} of {}",
                            subnet.unwrap_or("a gateway")
                        ),
                    };
                    Blocker {
                        what,
                        passing: (cx.touched)(association),
                    }
                })
                .collect())
        },
    )
    .await
}
