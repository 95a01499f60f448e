//! How app image configurations are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// App image configurations, known by their name. They have no status: a call is all.
pub(super) static CONFIGS: Described = Described {
    word: "app image configuration",
    operation: "sagemaker:DescribeAppImageConfig",
    limit: Duration::from_secs(60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: |members, _| members,
};

async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let operation = "sagemaker:DescribeAppImageConfig";
    let answer = call(aws, operation, Repeat::Safe, || {
        client
            .describe_app_image_config()
            .app_image_config_name(id)
            .send()
    })
    .await?;
    let mut members = shapes::describe_app_image_config(&answer);
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
