//! Every app image configuration of a place, for `existing`.

use std::collections::BTreeMap;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Listed, sagemaker};

pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let operation = "sagemaker:ListAppImageConfigs";
        let answer = call(aws, operation, Repeat::Safe, || {
            client
                .list_app_image_configs()
                .max_results(sagemaker::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        for config in answer.app_image_configs.unwrap_or_default() {
            if let (Some(name), Some(arn)) =
                (config.app_image_config_name, config.app_image_config_arn)
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
