//! Reading VPCs: one describe for many, and two attribute calls for each (behaviour: the DNS flags
//! are not in DescribeVpcs).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    Filter, NetworkAcl, Vpc, VpcAttributeName, VpcCidrBlockAssociation, VpcCidrBlockStateCode,
};
use futures::{StreamExt, TryStreamExt, stream};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::{absent, by_chunks, filter, groups, tables, vpcs};
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::ec2::listed::listed;
use crate::kinds::{Actual, Listed, Wanted};

/// How many attribute calls run at a time.
const ATTRIBUTE_READS_AT_A_TIME: usize = 8;

/// What hangs on a VPC's answer: what came with it, and its DNS flags.
#[derive(Debug, Default, Clone)]
struct Details {
    group: Option<String>,
    table: Option<String>,
    acl: Option<String>,
    dns_support: Option<bool>,
    dns_hostnames: Option<bool>,
}

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted.iter().filter_map(vpc_of).collect();
    let found = vpcs::by_id(aws, place, &ids).await?;
    let whole: BTreeSet<String> = wanted
        .iter()
        .filter(|one| &*one.kind == "vpc" && found.contains_key(&one.id))
        .map(|one| one.id.clone())
        .collect();
    let details = details(aws, place, &whole).await?;
    Ok(wanted
        .iter()
        .map(|one| {
            let vpc = found.get(&vpc_of(one)?)?;
            if &*one.kind == "vpc" {
                return Some(actual(place, vpc, details.get(&one.id)));
            }
            association(vpc, &one.id).map(|found| network(vpc, found))
        })
        .collect())
}

/// Every VPC of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = vpcs::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|one| listed(one.vpc_id, None, one.tags))
        .collect())
}

/// The VPC that a wanted thing is, or is in.
fn vpc_of(one: &Wanted) -> Option<String> {
    if &*one.kind == "vpc" {
        Some(one.id.clone())
    } else {
        Some(one.attributes.get("vpc")?.as_str()?.to_owned())
    }
}

/// The living association with this id.
pub fn association<'a>(vpc: &'a Vpc, id: &str) -> Option<&'a VpcCidrBlockAssociation> {
    vpc.cidr_block_association_set()
        .iter()
        .find(|association| association.association_id() == Some(id) && lives(association))
}

/// Whether an association is there or coming.
pub fn lives(association: &VpcCidrBlockAssociation) -> bool {
    matches!(
        association
            .cidr_block_state()
            .and_then(|state| state.state()),
        None | Some(VpcCidrBlockStateCode::Associated | VpcCidrBlockStateCode::Associating)
    )
}

/// A further network as it is there.
pub fn network(vpc: &Vpc, association: &VpcCidrBlockAssociation) -> Actual {
    let id = association.association_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("vpc", vpc.vpc_id())
            .text("cidr", association.cidr_block())
            .done(),
    )
}

fn actual(place: &Place, vpc: &Vpc, details: Option<&Details>) -> Actual {
    let id = vpc.vpc_id().unwrap_or_default();
    let none = Details::default();
    let details = details.unwrap_or(&none);
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("arn", Some(&arn(place, &format!("vpc/{id}"))))
            .text("owner", vpc.owner_id())
            .text("cidr", vpc.cidr_block())
            .text(
                "instance_tenancy",
                vpc.instance_tenancy().map(|tenancy| tenancy.as_str()),
            )
            .text("dhcp_options", vpc.dhcp_options_id())
            .flag("dns_support", details.dns_support)
            .flag("dns_hostnames", details.dns_hostnames)
            .text("default_security_group", details.group.as_deref())
            .text("main_route_table", details.table.as_deref())
            .text("default_network_acl", details.acl.as_deref())
            .tags(Some(vpc.tags()), true)
            .done(),
    )
}

async fn details(
    aws: &Aws,
    place: &Place,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, Details>, Failure> {
    let mut details: BTreeMap<String, Details> = ids
        .iter()
        .map(|id| (id.clone(), Details::default()))
        .collect();
    let mut with = |vpc: Option<&str>, set: &mut dyn FnMut(&mut Details)| {
        if let Some(found) = vpc.and_then(|vpc| details.get_mut(vpc)) {
            set(found);
        }
    };
    let (groups, tables, acls, flags) = futures::try_join!(
        by_chunks(ids, |chunk| groups::list(
            aws,
            place,
            vec![filter("vpc-id", chunk), filter("group-name", ["default"])]
        )),
        by_chunks(ids, |chunk| tables::list(
            aws,
            place,
            vec![
                filter("vpc-id", chunk),
                filter("association.main", ["true"])
            ]
        )),
        by_chunks(ids, |chunk| default_acls(aws, place, chunk)),
        flags(aws, place, ids),
    )?;
    for group in groups {
        with(group.vpc_id.as_deref(), &mut |details| {
            details.group.clone_from(&group.group_id);
        });
    }
    for table in tables {
        with(table.vpc_id.as_deref(), &mut |details| {
            details.table.clone_from(&table.route_table_id);
        });
    }
    for (vpc, acl) in acls {
        with(Some(&vpc), &mut |details| details.acl = Some(acl.clone()));
    }
    for (vpc, name, value) in flags {
        with(Some(&vpc), &mut |details| {
            if name == VpcAttributeName::EnableDnsSupport {
                details.dns_support = value;
            } else {
                details.dns_hostnames = value;
            }
        });
    }
    Ok(details)
}

/// The network ACLs that came with these VPCs, as (VPC, ACL).
async fn default_acls(
    aws: &Aws,
    place: &Place,
    vpcs: Vec<String>,
) -> Result<Vec<(String, String)>, Failure> {
    let found = acls(
        aws,
        place,
        vec![filter("vpc-id", vpcs), filter("default", ["true"])],
    )
    .await?;
    let found = found.into_iter();
    Ok(found
        .filter_map(|acl| Some((acl.vpc_id?, acl.network_acl_id?)))
        .collect())
}

/// All network ACLs that pass the filters, over all pages.
///
/// # Errors
/// The first failure.
pub(super) async fn acls(
    aws: &Aws,
    place: &Place,
    filters: Vec<Filter>,
) -> Result<Vec<NetworkAcl>, Failure> {
    let client = aws.ec2(place).await?;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let request = client
            .describe_network_acls()
            .set_filters(Some(filters.clone()))
            .max_results(1000)
            .set_next_token(token.take());
        let answer = call(aws, "ec2:DescribeNetworkAcls", Repeat::Safe, || {
            request.clone().send()
        })
        .await?;
        found.extend(answer.network_acls.unwrap_or_default());
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// The two DNS flags of each VPC, as (VPC, flag, value).
async fn flags(
    aws: &Aws,
    place: &Place,
    ids: &BTreeSet<String>,
) -> Result<Vec<(String, VpcAttributeName, Option<bool>)>, Failure> {
    let client = aws.ec2(place).await?;
    let asked: Vec<_> = ids
        .iter()
        .flat_map(|id| {
            [
                VpcAttributeName::EnableDnsSupport,
                VpcAttributeName::EnableDnsHostnames,
            ]
            .map(|name| flag(aws, &client, id.clone(), name))
        })
        .collect();
    stream::iter(asked)
        .buffered(ATTRIBUTE_READS_AT_A_TIME)
        .try_collect()
        .await
}

async fn flag(
    aws: &Aws,
    client: &aws_sdk_ec2::Client,
    vpc: String,
    name: VpcAttributeName,
) -> Result<(String, VpcAttributeName, Option<bool>), Failure> {
    let answer = absent(
        call(aws, "ec2:DescribeVpcAttribute", Repeat::Safe, || {
            client
                .describe_vpc_attribute()
                .vpc_id(&vpc)
                .attribute(name.clone())
                .send()
        })
        .await,
    )?;
    let value = answer.and_then(|answer| {
        if name == VpcAttributeName::EnableDnsSupport {
            answer.enable_dns_support?.value
        } else {
            answer.enable_dns_hostnames?.value
        }
    });
    Ok((vpc, name, value))
}
