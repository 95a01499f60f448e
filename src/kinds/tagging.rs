//! Tags in bulk by the tagging API, whose index is slow and is believed only where it agrees with
//! what was recorded (behaviour: section 8).

use std::collections::BTreeMap;

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;

/// Most ARNs of one GetResources call.
const ARNS_PER_CALL: usize = 100;

/// Tags of things by ARN. Empty where the API may not be used: the caller then asks each service.
///
/// # Errors
/// What the call fails with, other than a refusal.
pub async fn in_bulk(
    aws: &Aws,
    place: &Place,
    arns: &[String],
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
    let mut found = BTreeMap::new();
    if arns.is_empty() {
        return Ok(found);
    }
    let client = aws.tagging(place).await?;
    for some in arns.chunks(ARNS_PER_CALL) {
        let answer = call(aws, "tagging:GetResources", Repeat::Safe, || {
            client
                .get_resources()
                .set_resource_arn_list(Some(some.to_vec()))
                .send()
        })
        .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) if may_not_be_used(&failure) => return Ok(BTreeMap::new()),
            Err(failure) => return Err(failure),
        };
        for mapping in answer.resource_tag_mapping_list.unwrap_or_default() {
            if let Some(arn) = mapping.resource_arn {
                let tags = mapping.tags.unwrap_or_default();
                found.insert(arn, tags.into_iter().map(|t| (t.key, t.value)).collect());
            }
        }
    }
    Ok(found)
}

/// Whether the call itself is refused or not known, which says nothing of the things.
fn may_not_be_used(failure: &Failure) -> bool {
    matches!(
        failure.cause,
        Cause::AccessDenied | Cause::Invalid | Cause::Other
    )
}
