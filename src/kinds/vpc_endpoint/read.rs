//! Reading VPC endpoints: one by its id, several with all of their place, page by page, since not every
//! endpoint of the API heeds a filter by ids.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::VpcEndpoint;

use super::schema::{GATEWAY, INTERFACE, TYPES};
use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::{by_chunks, filter, one_by_one, prefix_lists, vpc_endpoints};
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::iam::document_from_aws;
use crate::kinds::{Actual, Wanted};
use crate::value::Value;

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let found = by_id(aws, place, wanted).await?;
    let services = found
        .values()
        .filter(|endpoint| type_of(endpoint) == Some(GATEWAY))
        .filter_map(|endpoint| endpoint.service_name.clone())
        .collect();
    let lists = lists(aws, place, &services).await?;
    Ok(wanted
        .iter()
        .map(|one| {
            let endpoint = found.get(&one.id)?;
            let service = endpoint.service_name()?;
            Some(actual(place, endpoint, lists.get(service), one))
        })
        .collect())
}

async fn by_id(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<BTreeMap<String, VpcEndpoint>, Failure> {
    let with_id = |endpoint: VpcEndpoint| Some((endpoint.vpc_endpoint_id.clone()?, endpoint));
    let ids: BTreeSet<&str> = wanted.iter().map(|one| one.id.as_str()).collect();
    let listed = match ids.len() {
        0 | 1 => Vec::new(),
        _ => vpc_endpoints::list(aws, place, Vec::new()).await?,
    };
    let mut found: BTreeMap<String, VpcEndpoint> = listed
        .into_iter()
        .filter_map(with_id)
        .filter(|(id, _)| ids.contains(id.as_str()))
        .collect();
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| !found.contains_key(**id))
        .map(|id| (*id).to_owned())
        .collect();
    let asked = one_by_one(missing, |id| async move {
        vpc_endpoints::one(aws, place, &id).await
    })
    .await?;
    found.extend(asked.into_iter().filter_map(with_id));
    found.retain(|_, endpoint| status::lives(endpoint));
    Ok(found)
}

/// The prefix lists of services, by their names.
async fn lists(
    aws: &Aws,
    place: &Place,
    services: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let found = by_chunks(services, |chunk| {
        prefix_lists::list(aws, place, vec![filter("prefix-list-name", chunk)])
    })
    .await?;
    Ok(found
        .into_iter()
        .filter_map(|list| Some((list.prefix_list_name?, list.prefix_list_id?)))
        .collect())
}

/// The type in smd's word.
pub fn type_of(endpoint: &VpcEndpoint) -> Option<&'static str> {
    let there = endpoint.vpc_endpoint_type()?.as_str();
    let mut types = TYPES.iter().copied();
    types.find(|word| word.eq_ignore_ascii_case(there))
}

/// The ids in the order in which they are recorded: sets have none of their own.
fn in_order(found: &[String], recorded: Option<&Value>) -> Value {
    let recorded = recorded.and_then(Value::as_list).unwrap_or_default();
    let at = |id: &String| {
        let mut known = recorded.iter();
        let at = known.position(|one| one.as_str() == Some(id.as_str()));
        (at.unwrap_or(usize::MAX), id.clone())
    };
    let mut ids = found.to_vec();
    ids.sort_by_key(at);
    Value::list(ids.into_iter().map(Value::string).collect::<Vec<_>>())
}

fn actual(place: &Place, endpoint: &VpcEndpoint, list: Option<&String>, one: &Wanted) -> Actual {
    let id = endpoint.vpc_endpoint_id().unwrap_or_default();
    let recorded = |name: &str| one.attributes.get(name);
    let mut fields = Fields::new()
        .text("id", Some(id))
        .text("arn", Some(&arn(place, &format!("vpc-endpoint/{id}"))))
        .text("owner", endpoint.owner_id())
        .text("vpc", endpoint.vpc_id())
        .text("service_name", endpoint.service_name())
        .text("type", type_of(endpoint))
        .text("state", Some(status::state(endpoint)));
    if let Some(policy) = endpoint.policy_document().filter(|text| !text.is_empty()) {
        fields = fields.value("policy", document_from_aws(policy, recorded("policy")));
    }
    if type_of(endpoint) == Some(INTERFACE) {
        let groups: Vec<String> = endpoint
            .groups()
            .iter()
            .filter_map(|group| group.group_id.clone())
            .collect();
        let names = endpoint.dns_entries().iter();
        let names = names.filter_map(|entry| entry.dns_name().map(Value::string));
        fields = fields
            .value(
                "subnets",
                in_order(endpoint.subnet_ids(), recorded("subnets")),
            )
            .value(
                "security_groups",
                in_order(&groups, recorded("security_groups")),
            )
            .flag("private_dns", endpoint.private_dns_enabled())
            .text(
                "ip_address_type",
                endpoint.ip_address_type().map(|word| word.as_str()),
            )
            .value(
                "network_interfaces",
                in_order(endpoint.network_interface_ids(), None),
            )
            .value("dns_names", Value::list(names.collect::<Vec<_>>()));
    } else {
        fields = fields
            .value(
                "route_tables",
                in_order(endpoint.route_table_ids(), recorded("route_tables")),
            )
            .text("prefix_list", list.map(String::as_str));
    }
    Actual::new(id, fields.tags(Some(endpoint.tags()), true).done())
}
