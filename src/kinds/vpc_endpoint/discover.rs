//! VPC endpoints in discovery: those of a VPC, but for what other services made there.

use std::collections::BTreeSet;

use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::{by_chunks, filter, vpc_endpoints};
use crate::kinds::ec2::near;
use crate::value::Map;

/// The endpoints of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "vpc-id",
        |filters| vpc_endpoints::list(aws, place, filters),
        |one| status::lives(&one).then_some(one.vpc_endpoint_id).flatten(),
    )
    .await
}

/// Leaves out those that a service made and looks after.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = by_chunks(&ids, |chunk| {
        vpc_endpoints::list(aws, place, vec![filter("vpc-endpoint-id", chunk)])
    })
    .await?;
    let managed: BTreeSet<&str> = found
        .iter()
        .filter(|endpoint| endpoint.requester_managed() == Some(true))
        .filter_map(|endpoint| endpoint.vpc_endpoint_id())
        .collect();
    for portrait in portraits {
        if managed.contains(portrait.actual.id.as_str()) {
            portrait.left_out = Some("an endpoint that a service of AWS made".to_owned());
        }
    }
    Ok(())
}

/// An endpoint is called after its service: `s3`, `sagemaker_api`.
pub(super) fn nickname(place_free: &Map) -> Option<String> {
    let service = place_free.get("service_name")?.as_str()?;
    // `com.amazonaws.REGION.SERVICE`, `aws.sagemaker.REGION.SERVICE`.
    const BEFORE_SERVICE: usize = 3;
    let words: Vec<&str> = service.split('.').skip(BEFORE_SERVICE).collect();
    (!words.is_empty()).then(|| words.join("_"))
}
