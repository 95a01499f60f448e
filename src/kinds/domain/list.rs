//! Every domain of a place, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::DomainStatus;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Listed, sagemaker};

/// Those that are going are not among them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListDomains", Repeat::Safe, || {
            client.list_domains().set_next_token(token.clone()).send()
        })
        .await?;
        for domain in answer.domains.unwrap_or_default() {
            if domain.status != Some(DomainStatus::Deleting)
                && let (Some(id), Some(arn)) = (domain.domain_id, domain.domain_arn)
            {
                let listed = Listed {
                    id,
                    name: domain.domain_name,
                    tags: BTreeMap::new(),
                };
                found.push((arn, listed));
            }
        }
        token = answer.next_token;
        if token.is_none() {
            break;
        }
    }
    sagemaker::listed_with_tags(aws, &client, found, tags).await
}
