//! How lifecycle configurations are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::content;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Lifecycle configurations, known by their name. They have no status: the call that makes or
/// deletes one is all.
pub(super) static CONFIGS: Described = Described {
    word: "lifecycle configuration",
    operation: "sagemaker:DescribeStudioLifecycleConfig",
    limit: Duration::from_secs(60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: |members, _| members,
};

async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let operation = "sagemaker:DescribeStudioLifecycleConfig";
    let answer = call(aws, operation, Repeat::Safe, || {
        client
            .describe_studio_lifecycle_config()
            .studio_lifecycle_config_name(id)
            .send()
    })
    .await?;
    let mut members = shapes::describe_studio_lifecycle_config(&answer);
    if let Some(content) = members.get_mut("content")
        && let Some(kept) = content.as_str()
    {
        *content = Value::string(content::decoded(kept));
    }
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
