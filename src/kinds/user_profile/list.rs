//! Every user profile of a place, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::UserProfileStatus;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::iam::partition;
use crate::kinds::{Listed, sagemaker};

/// Those that are going are not among them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListUserProfiles", Repeat::Safe, || {
            client
                .list_user_profiles()
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        for profile in answer.user_profiles.unwrap_or_default() {
            if profile.status != Some(UserProfileStatus::Deleting)
                && let (Some(domain), Some(name)) = (profile.domain_id, profile.user_profile_name)
            {
                let id = format!("{domain}/{name}");
                // The list does not tell ARNs; a profile's has its name in lower case.
                let arn = format!(
                    "arn:{}:sagemaker:{}:{}:user-profile/{domain}/{}",
                    partition(&place.region),
                    place.region,
                    place.account,
                    name.to_lowercase()
                );
                let listed = Listed {
                    id,
                    name: Some(name),
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
