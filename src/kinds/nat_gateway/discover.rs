//! NAT gateways in discovery: those of a VPC.

use aws_sdk_ec2::types::NatGateway;

use super::read::first;
use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::nat_gateways;
use crate::kinds::ec2::near;

/// What a further address of a gateway is called, which is no kind.
const ADDRESS: &str = "nat_gateway_address";

/// The gateways of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "vpc-id",
        |filters| nat_gateways::list(aws, place, filters),
        |one| status::lives(&one).then_some(one.nat_gateway_id).flatten(),
    )
    .await
}

/// The address in the subnet is AWS's choice, as far as anybody can tell. Further addresses are told:
/// they cannot be declared.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = nat_gateways::by_id(aws, place, &ids).await?;
    for portrait in portraits {
        portrait.drop_text("private_ip_address", None);
        if let Some(gateway) = found.get(&portrait.actual.id) {
            portrait.beside.extend(further(gateway));
        }
    }
    Ok(())
}

/// The addresses of a gateway beside its first, each with why it is not written.
fn further(gateway: &NatGateway) -> Vec<(&'static str, String, String)> {
    let first = first(gateway);
    let all = gateway.nat_gateway_addresses().iter();
    all.filter(|one| Some(*one) != first)
        .filter_map(|one| {
            let id = one.allocation_id().or(one.private_ip())?;
            let gateway = gateway.nat_gateway_id().unwrap_or_default();
            let why = format!("a further address of {gateway}: only its first can be declared");
            Some((ADDRESS, id.to_owned(), why))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::NatGatewayAddress;

    use super::*;

    #[test]
    fn further_addresses_are_told() {
        let one = |ip: &str, is_primary| {
            let address = NatGatewayAddress::builder().private_ip(ip);
            address.is_primary(is_primary)
        };
        let gateway = NatGateway::builder()
            .nat_gateway_id("nat-1")
            .nat_gateway_addresses(one("10.0.0.4", false).allocation_id("eipalloc-2").build())
            .nat_gateway_addresses(one("10.0.0.3", true).allocation_id("eipalloc-1").build())
            .nat_gateway_addresses(one("10.0.0.5", false).build())
            .build();
        let why = "a further address of nat-1: only its first can be declared".to_owned();
        assert_eq!(
            further(&gateway),
            [
                (ADDRESS, "eipalloc-2".to_owned(), why.clone()),
                (ADDRESS, "10.0.0.5".to_owned(), why)
            ]
        );
    }
}
