//! Subnets in discovery: those of a VPC; the ones that came with a default VPC are left out.

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::subnets;
use crate::kinds::ec2::near;

/// The subnets of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "vpc-id",
        |filters| subnets::list(aws, place, filters),
        |one| one.subnet_id,
    )
    .await
}

/// Leaves default subnets out. A zone is written by its name, which says its id too.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = subnets::by_id(aws, place, &ids).await?;
    for portrait in portraits {
        let subnet = found.get(&portrait.actual.id);
        if subnet.is_some_and(|subnet| subnet.default_for_az() == Some(true)) {
            portrait.left_out = Some("a default subnet, which AWS made".to_owned());
        }
        if portrait.actual.attributes.contains_key("az") {
            portrait.drop_text("availability_zone_id", None);
        }
        if let Some(false) = portrait
            .actual
            .attributes
            .get("ipv6_native")
            .and_then(|value| value.as_bool())
        {
            portrait.actual.attributes.remove("ipv6_native");
        }
    }
    Ok(())
}
