//! Every domain of a place, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::DomainStatus;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::{Listed, sagemaker};

/// Those that are going are not among them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let all = sagemaker::domains(aws, &client).await?.into_iter();
    let staying = all.filter(|domain| domain.status != Some(DomainStatus::Deleting));
    let found = staying.filter_map(|domain| {
        let listed = Listed {
            id: domain.domain_id?,
            name: domain.domain_name,
            tags: BTreeMap::new(),
        };
        Some((domain.domain_arn?, listed))
    });
    sagemaker::listed_with_tags(aws, &client, found.collect(), tags).await
}
