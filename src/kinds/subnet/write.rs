//! Making, changing and deleting subnets.

use std::time::Duration;

use aws_sdk_ec2::types::{AttributeBooleanValue, HostnameType, ResourceType, Subnet, SubnetState};

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::blockers;
use crate::kinds::ec2::describe::{filter, subnets};
use crate::kinds::ec2::made::{announce_id, marked, read_back, sent};
use crate::kinds::ec2::tags;
use crate::kinds::home_efs;
use crate::kinds::once::once;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// How long a subnet takes at most (behaviour: botocore's waiter).
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// What holds the naming options.
const NAMING: &str = "private_dns_name_options_on_launch";
/// What a new subnet has where nothing is written.
const HOSTNAME_TYPE: &str = "ip-name";

/// The one that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<Subnet>, Failure> {
    let found = subnets::list(aws, &node.place, marked(node)).await?;
    Ok(found.into_iter().next())
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(own(aws, node).await?.and_then(|found| found.subnet_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let text = |name: &str| node.text(name).map(str::to_owned);
    let vpc = node.text("vpc").unwrap_or_default();
    let request = client
        .create_subnet()
        .vpc_id(vpc)
        .set_cidr_block(text("cidr"))
        .set_ipv6_cidr_block(text("ipv6_cidr"))
        .set_ipv6_native(node.get("ipv6_native").and_then(Value::as_bool))
        .set_availability_zone(text("az"))
        .set_availability_zone_id(text("availability_zone_id"))
        .set_outpost_arn(text("outpost"))
        .set_tag_specifications(tags::specification(ResourceType::Subnet, node, true));
    let subnet = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[vpc], || {
                call(cx.aws, "ec2:CreateSubnet", Repeat::Once, || {
                    request.clone().send()
                })
            })
            .await?;
            sent(answer.subnet, "ec2:CreateSubnet")
        },
        || own(cx.aws, node),
    )
    .await?;
    let id = sent(subnet.subnet_id, "ec2:CreateSubnet")?;
    announce_id(cx, node, &id);
    available(cx, &node.place, &id).await?;
    for (path, value) in settings(&node.attributes) {
        if value != default_of(&path) {
            set(cx, &node.place, &id, &path, &value).await?;
        }
    }
    read_back(cx, node, &id).await
}

async fn available(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(
        format!("{id} to be available"),
        "ec2:DescribeSubnets",
        LIMIT,
    );
    wait::until(cx, wait, || async {
        let Some(subnet) = subnets::one(cx.aws, place, id).await? else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        match subnet.state() {
            None | Some(SubnetState::Available) => Ok(Look::Done(())),
            Some(state) if state.as_str().starts_with("failed") => Err(Failure::new(
                Cause::Failed,
                "ec2:CreateSubnet",
                format!("{id} ended as `{}`", state.as_str()),
            )),
            Some(state) => Ok(Look::Pending(state.as_str().to_owned())),
        }
    })
    .await
}

/// The settings that ModifySubnetAttribute takes, by path, as far as they are in `attributes`.
fn settings(attributes: &Map) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for name in [
        "map_public_ip_on_launch",
        "assign_ipv6_address_on_creation",
        "enable_dns64",
    ] {
        if let Some(value) = attributes.get(name).filter(|value| !value.is_null()) {
            found.push((name.to_owned(), value.clone()));
        }
    }
    for (member, value) in attributes
        .get(NAMING)
        .and_then(Value::as_map)
        .into_iter()
        .flatten()
    {
        if !value.is_null() {
            found.push((format!("{NAMING}.{member}"), value.clone()));
        }
    }
    found
}

fn default_of(path: &str) -> Value {
    if path.ends_with("hostname_type") {
        Value::string(HOSTNAME_TYPE)
    } else {
        Value::bool(false)
    }
}

/// One ModifySubnetAttribute: it takes one attribute a call.
async fn set(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    path: &str,
    value: &Value,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(place).await?;
    let request = client.modify_subnet_attribute().subnet_id(id);
    let flag = AttributeBooleanValue::builder()
        .value(value.as_bool().unwrap_or_default())
        .build();
    let request = match path.rsplit('.').next().unwrap_or(path) {
        "map_public_ip_on_launch" => request.map_public_ip_on_launch(flag),
        "assign_ipv6_address_on_creation" => request.assign_ipv6_address_on_creation(flag),
        "enable_dns64" => request.enable_dns64(flag),
        "enable_resource_name_dns_a_record" => {
            request.enable_resource_name_dns_a_record_on_launch(flag)
        }
        "enable_resource_name_dns_aaaa_record" => {
            request.enable_resource_name_dns_aaaa_record_on_launch(flag)
        }
        "hostname_type" => request.private_dns_hostname_type_on_launch(HostnameType::from(
            value.as_str().unwrap_or(HOSTNAME_TYPE),
        )),
        _ => return Ok(()),
    };
    wait::visible(cx, &[id], || {
        call(cx.aws, "ec2:ModifySubnetAttribute", Repeat::Safe, || {
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
    for change in changes {
        for (path, value) in changed(change, &record.written) {
            set(cx, &node.place, id, &path, &value).await?;
        }
    }
    tags::update(cx, &node.place, id, changes, true).await?;
    read_back(cx, node, id).await
}

/// The settings that a change touches, with their new values; what was written and is taken away
/// goes back to AWS's default, what never was is left alone.
fn changed(change: &Change, written: &Map) -> Vec<(String, Value)> {
    if change.path != NAMING {
        let value = if change.after.is_null() {
            default_of(&change.path)
        } else {
            change.after.clone()
        };
        return vec![(change.path.clone(), value)];
    }
    let members = |value: Option<&Value>| -> Map {
        value.and_then(Value::as_map).cloned().unwrap_or_default()
    };
    let (before, after) = (members(Some(&change.before)), members(Some(&change.after)));
    let was_written = members(written.get(NAMING));
    let path = |key: &str| format!("{NAMING}.{key}");
    let set = after
        .iter()
        .filter(|(key, value)| !value.is_null() && before.get(*key) != Some(*value))
        .map(|(key, value)| (path(key), value.clone()));
    let cleared = was_written
        .keys()
        .filter(|key| after.get(*key).is_none_or(Value::is_null))
        .map(|key| (path(key), default_of(&path(key))));
    set.chain(cleared).collect()
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    blockers::delete(
        cx,
        (id, id),
        || {
            call(cx.aws, "ec2:DeleteSubnet", Repeat::Safe, || {
                client.delete_subnet().subnet_id(id).send()
            })
        },
        || async {
            let mut found = home_efs::clean_subnet(cx, &record.place, id).await?;
            if found.iter().any(|blocker| blocker.passing) {
                // The interface of a domain that is going still looks as if it stayed.
                return Ok(found);
            }
            let filters = vec![filter("subnet-id", [id])];
            found.extend(blockers::network_interfaces(cx, &record.place, filters).await?);
            Ok(found)
        },
    )
    .await
}
