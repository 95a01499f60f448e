//! Internet gateways in discovery: those attached to a VPC.

use std::sync::Arc;

use super::read::attached;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::gateways;
use crate::kinds::ec2::near;
use crate::value::Value;

/// The gateways of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "attachment.vpc-id",
        |filters| gateways::list(aws, place, filters),
        |one| one.internet_gateway_id,
    )
    .await
}

/// Adds the VPC that each is attached to.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = gateways::by_id(aws, place, &ids).await?;
    for portrait in portraits {
        let Some(gateway) = found.get(&portrait.actual.id) else {
            continue;
        };
        let vpcs = gateway.attachments().iter().filter_map(|one| one.vpc_id());
        for vpc in vpcs.filter(|vpc| attached(gateway, vpc)) {
            let members = &mut portrait.actual.attributes;
            members.insert(Arc::from("vpc"), Value::string(vpc));
        }
    }
    Ok(())
}
