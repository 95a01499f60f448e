//! Bulk reads: by filter, in pages, in chunks of ids. One unknown id does not fail a whole call,
//! and what no page shows is asked for by id before it counts as gone (behaviour: reading much
//! with few calls).

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use aws_sdk_ec2::types::Filter;
use futures::{StreamExt, TryStreamExt, stream};

use crate::aws::{Aws, Cause, Failure};
use crate::config::Place;

/// Most values of one filter (EC2 guide: 200 values a filter).
const FILTER_VALUES: usize = 200;
/// How many reads of one kind run at a time.
const READS_AT_A_TIME: usize = 4;

/// A filter.
pub fn filter<I, S>(name: &str, values: I) -> Filter
where
    I: IntoIterator<Item = S>,
    S: Into<String>,
{
    Filter::builder()
        .name(name)
        .set_values(Some(values.into_iter().map(Into::into).collect()))
        .build()
}

/// Runs `read` for each chunk of `keys` that fits one filter, and joins the answers.
///
/// # Errors
/// The first failure.
pub async fn by_chunks<T, F, Fut>(keys: &BTreeSet<String>, read: F) -> Result<Vec<T>, Failure>
where
    F: Fn(Vec<String>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Vec<T>, Failure>> + Send,
    T: Send,
{
    let keys: Vec<&String> = keys.iter().collect();
    let reads: Vec<Fut> = keys
        .chunks(FILTER_VALUES)
        .map(|chunk| read(chunk.iter().map(|key| (*key).clone()).collect()))
        .collect();
    let answers: Vec<Vec<T>> = stream::iter(reads)
        .buffered(READS_AT_A_TIME)
        .try_collect()
        .await?;
    Ok(answers.into_iter().flatten().collect())
}

/// Runs `read` for each of `keys`, some at a time, and keeps what it finds.
///
/// # Errors
/// The first failure.
pub async fn one_by_one<T, F, Fut>(keys: Vec<String>, read: F) -> Result<Vec<T>, Failure>
where
    F: Fn(String) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Option<T>, Failure>> + Send,
    T: Send,
{
    let reads: Vec<Fut> = keys.into_iter().map(read).collect();
    let answers: Vec<Option<T>> = stream::iter(reads)
        .buffered(READS_AT_A_TIME)
        .try_collect()
        .await?;
    Ok(answers.into_iter().flatten().collect())
}

/// `None` where AWS says that there is no such thing.
///
/// # Errors
/// Every other failure.
pub fn absent<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The reads of one kind of thing: all by filter, one by id, many by id.
macro_rules! describes {
    ($(#[$meta:meta])* $module:ident [$($read:ident)+]: $item:ident, $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        $(#[$meta])*
        pub mod $module {
            use super::*;
            use crate::aws::{Repeat, call};
            use aws_sdk_ec2::types::$item as Item;

            $(describes! { @$read $call, $operation, $items, $id, $ids, $filter, $page })+
        }
    };
    (@list $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        describes! { @paged set_filters $call, $operation, $items, $page }
    };
    // The member is `Filter`, not `Filters` (behaviour: reading much with few calls).
    (@list_by_filter $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        describes! { @paged set_filter $call, $operation, $items, $page }
    };
    (@list_at_once $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        /// All that pass the filters; there are no pages.
        ///
        /// # Errors
        /// The first failure.
        pub async fn list(
            aws: &Aws,
            place: &Place,
            filters: Vec<Filter>,
        ) -> Result<Vec<Item>, Failure> {
            let client = aws.ec2(place).await?;
            let request = client.$call().set_filters(Some(filters));
            let answer = call(aws, $operation, Repeat::Safe, || request.clone().send()).await?;
            Ok(answer.$items.unwrap_or_default())
        }
    };
    (@paged $set_filters:ident $call:ident, $operation:literal, $items:ident, $page:literal) => {
        /// All that pass the filters, over all pages.
        ///
        /// # Errors
        /// The first failure.
        pub async fn list(
            aws: &Aws,
            place: &Place,
            filters: Vec<Filter>,
        ) -> Result<Vec<Item>, Failure> {
            let client = aws.ec2(place).await?;
            let mut found = Vec::new();
            let mut token: Option<String> = None;
            loop {
                let request = client
                    .$call()
                    .$set_filters(Some(filters.clone()))
                    .max_results($page)
                    .set_next_token(token.take());
                let answer =
                    call(aws, $operation, Repeat::Safe, || request.clone().send()).await?;
                found.extend(answer.$items.unwrap_or_default());
                token = answer.next_token.filter(|token| !token.is_empty());
                if token.is_none() {
                    return Ok(found);
                }
            }
        }
    };
    (@one $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        /// The one with this id, `None` if there is none.
        ///
        /// # Errors
        /// Every failure but "not found".
        pub async fn one(aws: &Aws, place: &Place, id: &str) -> Result<Option<Item>, Failure> {
            let client = aws.ec2(place).await?;
            let answer = absent(
                call(aws, $operation, Repeat::Safe, || client.$call().$ids(id).send()).await,
            )?;
            Ok(answer.and_then(|answer| answer.$items?.into_iter().next()))
        }
    };
    (@by_id $call:ident, $operation:literal, $items:ident, $id:ident, $ids:ident, $filter:literal, $page:literal) => {
        /// Those with these ids; the ones that are gone are not among them.
        ///
        /// # Errors
        /// The first failure.
        pub async fn by_id(
            aws: &Aws,
            place: &Place,
            ids: &BTreeSet<String>,
        ) -> Result<BTreeMap<String, Item>, Failure> {
            let listed =
                by_chunks(ids, |chunk| list(aws, place, vec![filter($filter, chunk)])).await?;
            let with_id = |item: Item| Some((item.$id.clone()?, item));
            let mut found: BTreeMap<String, Item> =
                listed.into_iter().filter_map(with_id).collect();
            let missing: Vec<String> = ids
                .iter()
                .filter(|id| !found.contains_key(*id))
                .cloned()
                .collect();
            let asked =
                one_by_one(missing, |id| async move { one(aws, place, &id).await }).await?;
            found.extend(asked.into_iter().filter_map(with_id));
            Ok(found)
        }
    };
}

describes! {
    /// VPCs.
    vpcs [list one by_id]: Vpc, describe_vpcs, "ec2:DescribeVpcs", vpcs, vpc_id, vpc_ids, "vpc-id", 1000
}
describes! {
    /// Subnets.
    subnets [list one by_id]: Subnet, describe_subnets, "ec2:DescribeSubnets", subnets, subnet_id, subnet_ids, "subnet-id", 1000
}
describes! {
    /// Internet gateways.
    gateways [list one by_id]: InternetGateway, describe_internet_gateways, "ec2:DescribeInternetGateways", internet_gateways, internet_gateway_id, internet_gateway_ids, "internet-gateway-id", 1000
}
describes! {
    /// Route tables, with their routes and associations.
    tables [list one by_id]: RouteTable, describe_route_tables, "ec2:DescribeRouteTables", route_tables, route_table_id, route_table_ids, "route-table-id", 100
}
describes! {
    /// Security groups.
    groups [list by_id one]: SecurityGroup, describe_security_groups, "ec2:DescribeSecurityGroups", security_groups, group_id, group_ids, "group-id", 1000
}
describes! {
    /// Security group rules; many are read by their group.
    rules [list one]: SecurityGroupRule, describe_security_group_rules, "ec2:DescribeSecurityGroupRules", security_group_rules, security_group_rule_id, security_group_rule_ids, "group-id", 1000
}
describes! {
    /// Peerings.
    peerings [list one by_id]: VpcPeeringConnection, describe_vpc_peering_connections, "ec2:DescribeVpcPeeringConnections", vpc_peering_connections, vpc_peering_connection_id, vpc_peering_connection_ids, "vpc-peering-connection-id", 1000
}
describes! {
    /// Elastic IP addresses.
    addresses [list_at_once one by_id]: Address, describe_addresses, "ec2:DescribeAddresses", addresses, allocation_id, allocation_ids, "allocation-id", 0
}
describes! {
    /// NAT gateways, those that were deleted a while ago included.
    nat_gateways [list_by_filter one by_id]: NatGateway, describe_nat_gateways, "ec2:DescribeNatGateways", nat_gateways, nat_gateway_id, nat_gateway_ids, "nat-gateway-id", 1000
}
describes! {
    /// VPC endpoints.
    vpc_endpoints [list one]: VpcEndpoint, describe_vpc_endpoints, "ec2:DescribeVpcEndpoints", vpc_endpoints, vpc_endpoint_id, vpc_endpoint_ids, "vpc-endpoint-id", 1000
}
describes! {
    /// Prefix lists of services.
    prefix_lists [list]: PrefixList, describe_prefix_lists, "ec2:DescribePrefixLists", prefix_lists, prefix_list_id, prefix_list_ids, "prefix-list-id", 1000
}
describes! {
    /// Network interfaces.
    interfaces [list]: NetworkInterface, describe_network_interfaces, "ec2:DescribeNetworkInterfaces", network_interfaces, network_interface_id, network_interface_ids, "network-interface-id", 1000
}
