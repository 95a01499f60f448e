//! NAT gateways in discovery: those of a VPC.

use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};
use crate::kinds::ec2::describe::{by_chunks, filter, nat_gateways};

/// The gateways of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let vpcs = around.ids("vpc").into_iter().collect();
    let found = by_chunks(&vpcs, |chunk| {
        nat_gateways::list(aws, place, vec![filter("vpc-id", chunk)])
    })
    .await?;
    let living = found.into_iter().filter(status::lives);
    Ok(living
        .filter_map(|gateway| gateway.nat_gateway_id.map(Near::here))
        .collect())
}

/// The address in the subnet is AWS's choice, as far as anybody can tell.
pub(super) fn portray(portraits: &mut [Portrait]) {
    for portrait in portraits {
        portrait.drop_text("private_ip_address", None);
    }
}
