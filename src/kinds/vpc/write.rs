//! Making, changing and deleting VPCs and their further networks.

use std::time::Duration;

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Tenancy, Vpc, VpcState, VpcTenancy};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::{filter, gateways, groups, subnets, tables, vpc_endpoints, vpcs};
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::home_efs;
use crate::kinds::once::once;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::Value;

/// How long a VPC takes at most (behaviour: botocore's waiter, 15 s x 40).
pub const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The one that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<Vpc>, Failure> {
    let found = vpcs::list(aws, &node.place, marked(node)).await?;
    Ok(found.into_iter().next())
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(own(aws, node).await?.and_then(|found| found.vpc_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let request = client
        .create_vpc()
        .set_cidr_block(node.text("cidr").map(str::to_owned))
        .set_ipv4_ipam_pool_id(node.text("ipv4_ipam_pool").map(str::to_owned))
        .set_ipv4_netmask_length(number(node.get("ipv4_netmask_length")))
        .set_instance_tenancy(node.text("instance_tenancy").map(Tenancy::from))
        .set_tag_specifications(tags::specification(ResourceType::Vpc, node, true));
    let vpc = once(
        cx,
        || async {
            let answer = call(cx.aws, "ec2:CreateVpc", Repeat::Once, || {
                request.clone().send()
            })
            .await?;
            sent(answer.vpc, "ec2:CreateVpc")
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(vpc.vpc_id, "ec2:CreateVpc")?;
    announce_id(cx, node, &id);
    available(cx, &node.place, &id).await?;
    // AWS's defaults: DNS support on, DNS hostnames off.
    if node.get("dns_support").and_then(Value::as_bool) == Some(false) {
        set_flag(cx, &node.place, &id, "dns_support", false).await?;
    }
    if node.get("dns_hostnames").and_then(Value::as_bool) == Some(true) {
        set_flag(cx, &node.place, &id, "dns_hostnames", true).await?;
    }
    read_back(cx, node, &id).await
}

fn number(value: Option<&Value>) -> Option<i32> {
    i32::try_from(value?.as_int()?).ok()
}

async fn available(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(format!("{id} to be available"), "ec2:DescribeVpcs", LIMIT);
    wait::until(cx, wait, || async {
        Ok(match vpcs::one(cx.aws, place, id).await? {
            None => Look::Pending("not there yet".to_owned()),
            Some(vpc) => match vpc.state() {
                None | Some(VpcState::Available) => Look::Done(()),
                Some(state) => Look::Pending(state.as_str().to_owned()),
            },
        })
    })
    .await
}

/// One ModifyVpcAttribute: it takes one attribute a call.
async fn set_flag(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    name: &str,
    on: bool,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(place).await?;
    let value = AttributeBooleanValue::builder().value(on).build();
    let request = client.modify_vpc_attribute().vpc_id(id);
    let request = if name == "dns_support" {
        request.enable_dns_support(value)
    } else {
        request.enable_dns_hostnames(value)
    };
    wait::visible(cx, &[id], || {
        call(cx.aws, "ec2:ModifyVpcAttribute", Repeat::Safe, || {
            request.clone().send()
        })
    })
    .await
    .map(|_| ())
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let id = record.id.as_str();
    let mut flags: Vec<(&str, bool)> = changes
        .iter()
        .filter_map(|change| match change.path.as_str() {
            "dns_support" => Some(("dns_support", change.after.as_bool().unwrap_or(true))),
            "dns_hostnames" => Some(("dns_hostnames", change.after.as_bool().unwrap_or(false))),
            _ => None,
        })
        .collect();
    // Hostnames need support: support goes on first, and off last.
    flags.sort_by_key(|(name, on)| (*name == "dns_support") != *on);
    for (name, on) in flags {
        set_flag(cx, &node.place, id, name, on).await?;
    }
    if changes
        .iter()
        .any(|change| change.path == "instance_tenancy")
    {
        let client = cx.aws.ec2(&node.place).await?;
        call(cx.aws, "ec2:ModifyVpcTenancy", Repeat::Safe, || {
            client
                .modify_vpc_tenancy()
                .vpc_id(id)
                .instance_tenancy(VpcTenancy::Default)
                .send()
        })
        .await?;
    }
    tags::update(cx, &node.place, id, changes, true).await?;
    read_back(cx, node, id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    blockers::delete(
        cx,
        (id, id),
        || {
            call(cx.aws, "ec2:DeleteVpc", Repeat::Safe, || {
                client.delete_vpc().vpc_id(id).send()
            })
        },
        || async {
            home_efs::clean_vpc(cx, &record.place, id).await?;
            contents(cx, &record.place, id).await
        },
    )
    .await
}

/// What is in a VPC, beside what came with it and goes with it.
async fn contents(cx: &Context<'_>, place: &Place, vpc: &str) -> Result<Vec<Blocker>, Failure> {
    let inside = || vec![filter("vpc-id", [vpc])];
    let mut ids: Vec<(&str, Option<String>)> = Vec::new();
    for subnet in subnets::list(cx.aws, place, inside()).await? {
        ids.push(("subnet", subnet.subnet_id));
    }
    for group in groups::list(cx.aws, place, inside()).await? {
        if group.group_name() != Some("default") {
            ids.push(("security group", group.group_id));
        }
    }
    for table in tables::list(cx.aws, place, inside()).await? {
        if !table
            .associations()
            .iter()
            .any(|association| association.main() == Some(true))
        {
            ids.push(("route table", table.route_table_id));
        }
    }
    for gateway in gateways::list(cx.aws, place, vec![filter("attachment.vpc-id", [vpc])]).await? {
        ids.push(("internet gateway", gateway.internet_gateway_id));
    }
    for endpoint in vpc_endpoints::list(cx.aws, place, inside()).await? {
        ids.push(("VPC endpoint", endpoint.vpc_endpoint_id));
    }
    let mut found: Vec<Blocker> = ids
        .into_iter()
        .filter_map(|(what, id)| {
            let id = id?;
            Some(Blocker {
                passing: (cx.touched)(&id),
                what: format!("{what} {id}"),
            })
        })
        .collect();
    found.extend(blockers::network_interfaces(cx, place, inside()).await?);
    Ok(found)
}
