//! Reading subnets.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{Subnet, SubnetCidrBlockStateCode};

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::subnets;
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::listed::listed;
use crate::kinds::{Actual, Listed, Wanted};
use crate::value::Value;

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted.iter().map(|one| one.id.clone()).collect();
    let found = subnets::by_id(aws, place, &ids).await?;
    Ok(wanted
        .iter()
        .map(|one| found.get(&one.id).map(actual))
        .collect())
}

/// Every subnet of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = subnets::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|one| listed(one.subnet_id, None, one.tags))
        .collect())
}

fn actual(subnet: &Subnet) -> Actual {
    let id = subnet.subnet_id().unwrap_or_default();
    let ipv6 = subnet
        .ipv6_cidr_block_association_set()
        .iter()
        .find(|association| {
            matches!(
                association
                    .ipv6_cidr_block_state()
                    .and_then(|state| state.state()),
                None | Some(
                    SubnetCidrBlockStateCode::Associated | SubnetCidrBlockStateCode::Associating
                )
            )
        });
    let mut fields = Fields::new()
        .text("id", Some(id))
        .text("arn", subnet.subnet_arn())
        .text("owner", subnet.owner_id())
        .text("vpc", subnet.vpc_id())
        .text("cidr", subnet.cidr_block())
        .text(
            "ipv6_cidr",
            ipv6.and_then(|association| association.ipv6_cidr_block()),
        )
        .flag("ipv6_native", subnet.ipv6_native())
        .text("az", subnet.availability_zone())
        .text("availability_zone_id", subnet.availability_zone_id())
        .text("outpost", subnet.outpost_arn())
        .flag("map_public_ip_on_launch", subnet.map_public_ip_on_launch())
        .flag(
            "assign_ipv6_address_on_creation",
            subnet.assign_ipv6_address_on_creation(),
        )
        .flag("enable_dns64", subnet.enable_dns64())
        .number(
            "available_ip_address_count",
            subnet.available_ip_address_count(),
        )
        .tags(Some(subnet.tags()), true);
    if let Some(options) = subnet.private_dns_name_options_on_launch() {
        let members = Fields::new()
            .text(
                "hostname_type",
                options.hostname_type().map(|kind| kind.as_str()),
            )
            .flag(
                "enable_resource_name_dns_a_record",
                options.enable_resource_name_dns_a_record(),
            )
            .flag(
                "enable_resource_name_dns_aaaa_record",
                options.enable_resource_name_dns_aaaa_record(),
            )
            .done();
        fields = fields.value("private_dns_name_options_on_launch", Value::map(members));
    }
    Actual::new(id, fields.done())
}
