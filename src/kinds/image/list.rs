//! Every image of a place, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::ImageStatus;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Listed, sagemaker};

/// Those that are going are not among them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListImages", Repeat::Safe, || {
            client
                .list_images()
                .max_results(sagemaker::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        for image in answer.images.unwrap_or_default() {
            if image.image_status != Some(ImageStatus::Deleting)
                && let (Some(name), Some(arn)) = (image.image_name, image.image_arn)
            {
                let listed = Listed {
                    id: name.clone(),
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
