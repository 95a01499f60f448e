//! Internet gateways in discovery: those attached to a VPC.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::read::attached;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};
use crate::kinds::ec2::describe::{by_chunks, filter, gateways};
use crate::value::Value;

/// The gateways of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let vpcs = around.ids("vpc").into_iter().collect();
    let found = by_chunks(&vpcs, |chunk| {
        gateways::list(aws, place, vec![filter("attachment.vpc-id", chunk)])
    })
    .await?;
    Ok(found
        .into_iter()
        .filter_map(|gateway| gateway.internet_gateway_id.map(Near::here))
        .collect())
}

/// Adds the VPC that each is attached to.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids: BTreeSet<String> = portraits.iter().map(|one| one.actual.id.clone()).collect();
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
