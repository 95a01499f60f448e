//! Reading NAT gateways. Those that are going or gone still show, and are none.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ConnectivityType, NatGateway, NatGatewayAddress, NatGatewayState};

use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::nat_gateways;
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::{Actual, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted.iter().map(|one| one.id.clone()).collect();
    let found = nat_gateways::by_id(aws, place, &ids).await?;
    let living = |one: &Wanted| found.get(&one.id).filter(|gateway| status::lives(gateway));
    Ok(wanted
        .iter()
        .map(|one| living(one).map(|gateway| actual(place, gateway)))
        .collect())
}

/// The first address of a gateway; only that one is smd's.
pub(super) fn first(gateway: &NatGateway) -> Option<&NatGatewayAddress> {
    let all = gateway.nat_gateway_addresses();
    let primary = all.iter().find(|one| one.is_primary() == Some(true));
    primary.or(all.first())
}

fn actual(place: &Place, gateway: &NatGateway) -> Actual {
    let id = gateway.nat_gateway_id().unwrap_or_default();
    let address = first(gateway);
    let connectivity = gateway.connectivity_type().map(ConnectivityType::as_str);
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("arn", Some(&arn(place, &format!("natgateway/{id}"))))
            .text("vpc", gateway.vpc_id())
            .text("subnet", gateway.subnet_id())
            .text("connectivity_type", connectivity)
            .text("elastic_ip", address.and_then(|one| one.allocation_id()))
            .text("public_ip", address.and_then(|one| one.public_ip()))
            .text(
                "private_ip_address",
                address.and_then(|one| one.private_ip()),
            )
            .text(
                "network_interface",
                address.and_then(|one| one.network_interface_id()),
            )
            .text("state", gateway.state().map(NatGatewayState::as_str))
            .text("failure_message", gateway.failure_message())
            .tags(Some(gateway.tags()), true)
            .done(),
    )
}
