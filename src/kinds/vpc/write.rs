//! Making, changing and deleting VPCs and their further networks.

use std::time::Duration;

use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Tenancy, VpcState, VpcTenancy};

use super::read;
use crate::aws::{Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers::{self, Blocker};
use crate::kinds::ec2::describe::{absent, filter, gateways, groups, subnets, tables, vpcs};
use crate::kinds::ec2::made::{announce_id, marked, once, sent, settled, wanted};
use crate::kinds::ec2::tags;
use crate::kinds::home_efs;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::Value;

/// How long a VPC takes at most (behaviour: botocore's waiter, 15 s x 40).
const LIMIT: Duration = Duration::from_secs(10 * 60);

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
        || async {
            let found = vpcs::list(cx.aws, &node.place, marked(node)).await?;
            Ok(found.into_iter().next())
        },
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

async fn read_back(cx: &Context<'_>, node: &Ready, id: &str) -> Result<Actual, Failure> {
    let wanted = wanted(node, id);
    settled(cx, node, || async {
        let mut found = read::read(cx.aws, &node.place, &wanted).await?;
        Ok(found.pop().flatten())
    })
    .await
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
        id,
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

/// Adds a further network.
pub async fn associate(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
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
        || async {
            let found = vpcs::one(cx.aws, &node.place, vpc).await?;
            Ok(found.and_then(|found| {
                found
                    .cidr_block_association_set()
                    .iter()
                    .find(|one| one.cidr_block() == Some(cidr) && read::lives(one))
                    .and_then(|one| one.association_id().map(str::to_owned))
            }))
        },
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
pub async fn disassociate(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    absent(
        call(cx.aws, "ec2:DisassociateVpcCidrBlock", Repeat::Safe, || {
            client
                .disassociate_vpc_cidr_block()
                .association_id(id)
                .send()
        })
        .await,
    )?;
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
