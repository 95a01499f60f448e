//! Making, changing and deleting VPC endpoints.

use aws_sdk_ec2::types::{Filter, IpAddressType, ResourceType, VpcEndpoint, VpcEndpointType};

use super::schema::{GATEWAY, INTERFACE};
use super::status;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::describe::{filter, vpc_endpoints};
use crate::kinds::ec2::made::{announce_id, carries, is_there, marked, read_back, sent, token};
use crate::kinds::ec2::tags;
use crate::kinds::iam::document_to_send;
use crate::kinds::once::once;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;
use crate::value::Value;

/// The living one that carries the marks of this node.
async fn own(aws: &Aws, node: &Ready) -> Result<Option<VpcEndpoint>, Failure> {
    let found = vpc_endpoints::list(aws, &node.place, marked(node)).await?;
    let is_own = |found: &VpcEndpoint| status::lives(found) && carries(found.tags(), node);
    Ok(found.into_iter().find(is_own))
}

/// What a create of this node made.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let found = own(aws, node).await?;
    Ok(found.and_then(|found| found.vpc_endpoint_id))
}

/// The ids of an attribute; `None` where it was not written.
fn ids(node: &Ready, name: &str) -> Option<Vec<String>> {
    Some(node.texts(name)).filter(|ids| !ids.is_empty())
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const CREATE: &str = "ec2:CreateVpcEndpoint";
    let client = cx.aws.ec2(&node.place).await?;
    let vpc = node.text("vpc").unwrap_or_default();
    let request = client
        .create_vpc_endpoint()
        .vpc_id(vpc)
        .service_name(node.text("service_name").unwrap_or_default())
        .vpc_endpoint_type(VpcEndpointType::from(node.text("type").unwrap_or(GATEWAY)))
        .set_route_table_ids(ids(node, "route_tables"))
        .set_subnet_ids(ids(node, "subnets"))
        .set_security_group_ids(ids(node, "security_groups"))
        .set_private_dns_enabled(node.get("private_dns").and_then(Value::as_bool))
        .set_policy_document(node.text("policy").map(document_to_send))
        .set_ip_address_type(node.text("ip_address_type").map(IpAddressType::from))
        .set_client_token(token(node))
        .set_tag_specifications(tags::specification(ResourceType::VpcEndpoint, node, true));
    let named: Vec<String> = ["route_tables", "subnets", "security_groups"]
        .into_iter()
        .flat_map(|name| node.texts(name))
        .collect();
    let mut needs: Vec<&str> = named.iter().map(String::as_str).collect();
    needs.push(vpc);
    if node.get("private_dns").and_then(Value::as_bool) == Some(true) {
        status::none_going(cx, &node.place, of_service(node)).await?;
    }
    let made = once(
        cx,
        || async {
            let answer = wait::visible(cx, &needs, || {
                call(cx.aws, CREATE, Repeat::Once, || request.clone().send())
            })
            .await?;
            sent(answer.vpc_endpoint, CREATE)
        },
        || own(cx.aws, node),
    )
    .await;
    let endpoint = match made {
        Ok(endpoint) => endpoint,
        Err(failure) => return Err(with_the_other(cx, node, failure).await?),
    };
    let id = sent(endpoint.vpc_endpoint_id, CREATE)?;
    announce_id(cx, node, &id);
    status::available(cx, &node.place, &id).await?;
    read_back(cx, node, &id).await
}

/// Filters for the endpoints of the node's service in its VPC.
fn of_service(node: &Ready) -> Vec<Filter> {
    vec![
        filter("vpc-id", node.text("vpc")),
        filter("service-name", node.text("service_name")),
    ]
}

/// Names the endpoints of the service that the VPC has already, where AWS refuses another one.
async fn with_the_other(
    cx: &Context<'_>,
    node: &Ready,
    failure: Failure,
) -> Result<Failure, Failure> {
    if !matches!(failure.cause, Cause::Invalid | Cause::AlreadyExists) {
        return Ok(failure);
    }
    let others = vpc_endpoints::list(cx.aws, &node.place, of_service(node)).await?;
    Ok(others
        .iter()
        .filter(|other| status::lives(other))
        .filter_map(|other| other.vpc_endpoint_id())
        .fold(failure, |failure, other| {
            failure.help(format!(
                "the VPC has the endpoint {other} of this service already"
            ))
        }))
}

/// The ids of a changed set that are new, and those that are no longer wanted.
fn difference(change: &Change) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let ids = |value: &Value| -> Vec<String> {
        let items = value.as_list().unwrap_or_default().iter();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (before, after) = (ids(&change.before), ids(&change.after));
    let without = |ids: &[String], others: &[String]| -> Option<Vec<String>> {
        let rest: Vec<String> = ids
            .iter()
            .filter(|id| !others.contains(id))
            .cloned()
            .collect();
        Some(rest).filter(|rest| !rest.is_empty())
    };
    (without(&after, &before), without(&before, &after))
}

/// Sends what changed in one call, and waits until it is so.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let id = record.id.as_str();
    let mut request = client.modify_vpc_endpoint().vpc_endpoint_id(id);
    let mut changed = false;
    let mut needs = vec![id.to_owned()];
    for change in changes {
        let (more, fewer) = difference(change);
        needs.extend(more.iter().flatten().cloned());
        request = match change.path.as_str() {
            "route_tables" => request
                .set_add_route_table_ids(more)
                .set_remove_route_table_ids(fewer),
            "subnets" => request
                .set_add_subnet_ids(more)
                .set_remove_subnet_ids(fewer),
            "security_groups" => request
                .set_add_security_group_ids(more)
                .set_remove_security_group_ids(fewer),
            "private_dns" => {
                request.private_dns_enabled(change.after.as_bool().unwrap_or_default())
            }
            "policy" => {
                let policy = change.after.as_str().unwrap_or(super::FULL_ACCESS);
                request.policy_document(document_to_send(policy))
            }
            "ip_address_type" => {
                request.set_ip_address_type(change.after.as_str().map(IpAddressType::from))
            }
            _ => continue,
        };
        changed = true;
    }
    if changed {
        // One that a run before this made may still be pending.
        status::available(cx, &node.place, id).await?;
        let takes_name =
            |change: &Change| change.path == "private_dns" && change.after.as_bool() == Some(true);
        if changes.iter().any(takes_name) {
            status::none_going(cx, &node.place, of_service(node)).await?;
        }
        let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
        let sent = wait::visible(cx, &needs, || {
            call(cx.aws, "ec2:ModifyVpcEndpoint", Repeat::Safe, || {
                request.clone().send()
            })
        })
        .await;
        // Sent again after a lost answer it may be refused, since what it adds is there.
        if let Err(failure) = sent
            && !is_there(cx, node, id).await?
        {
            return Err(with_the_other(cx, node, failure).await?);
        }
        status::available(cx, &node.place, id).await?;
    }
    tags::update(cx, &node.place, id, changes, true).await?;
    read_back(cx, node, id).await
}

/// Deletes it and waits until it is gone: until then its interfaces hold subnets and groups.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    const DELETE: &str = "ec2:DeleteVpcEndpoints";
    let client = cx.aws.ec2(&record.place).await?;
    let id = record.id.as_str();
    let sent = wait::deleted(cx, id, || async {
        let answer = call(cx.aws, DELETE, Repeat::Safe, || {
            client.delete_vpc_endpoints().vpc_endpoint_ids(id).send()
        })
        .await?;
        // What cannot be deleted is told in an answer that is good otherwise.
        let refused = answer.unsuccessful().iter().find_map(|item| item.error());
        match refused {
            None => Ok(()),
            Some(error) => Err(Failure::refused(
                DELETE,
                error.code().unwrap_or_default(),
                error.message().unwrap_or("no reason given"),
            )),
        }
    })
    .await?;
    match sent {
        Some(()) => status::gone(cx, &record.place, id).await,
        None => Ok(()),
    }
}

/// Whether this node's endpoint is network interfaces, as far as the files tell.
pub fn is_interface(kind: Option<&Value>) -> bool {
    kind.and_then(Value::as_str)
        .is_some_and(|word| word.eq_ignore_ascii_case(INTERFACE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_difference_of_a_set_is_sent() {
        let list =
            |ids: &[&str]| Value::list(ids.iter().map(|id| Value::string(*id)).collect::<Vec<_>>());
        let check = |before: Value, after: Value, wanted: [&[&str]; 2]| {
            let (more, fewer) = difference(&Change {
                path: "subnets".to_owned(),
                before,
                after,
            });
            let wanted = wanted.map(|ids| {
                let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
                Some(ids).filter(|ids| !ids.is_empty())
            });
            assert_eq!([more, fewer], wanted);
        };
        check(list(&["a", "b"]), list(&["c", "b"]), [&["c"], &["a"]]);
        check(Value::null(), list(&["c"]), [&["c"], &[]]);
        check(list(&["a"]), Value::null(), [&[], &["a"]]);
    }
}
