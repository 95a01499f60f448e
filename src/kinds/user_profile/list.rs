//! Every user profile of a place, for `existing`.

use std::collections::BTreeMap;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::iam::partition;
use crate::kinds::sagemaker::people;
use crate::kinds::{Listed, sagemaker};

/// Those that are going are not among them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let all = people::profiles(aws, &client, None).await?.into_iter();
    let found = all.filter(|profile| !profile.is_going()).map(|profile| {
        let people::Profile { domain, name, .. } = profile;
        // The list does not tell ARNs; a profile's has its name in lower case.
        let arn = format!(
            "arn:{}:sagemaker:{}:{}:user-profile/{domain}/{}",
            partition(&place.region),
            place.region,
            place.account,
            name.to_lowercase()
        );
        let listed = Listed {
            id: format!("{domain}/{name}"),
            name: Some(name),
            tags: BTreeMap::new(),
        };
        (arn, listed)
    });
    sagemaker::listed_with_tags(aws, &client, found.collect(), tags).await
}
