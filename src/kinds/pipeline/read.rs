//! How pipelines are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::definition;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Pipelines, known by their name.
pub(super) static PIPELINES: Described = Described {
    word: "pipeline",
    operation: "sagemaker:DescribePipeline",
    limit: Duration::from_secs(5 * 60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written,
};

async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let answer = call(aws, "sagemaker:DescribePipeline", Repeat::Safe, || {
        client.describe_pipeline().pipeline_name(id).send()
    })
    .await?;
    let mut members = shapes::describe_pipeline(&answer);
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}

/// A definition that means the same keeps the recorded spelling.
fn as_written(mut members: Map, recorded: &Map) -> Map {
    let written = recorded.get("definition").and_then(Value::as_str);
    if let (Some(written), Some(value)) = (written, members.get_mut("definition"))
        && value
            .as_str()
            .is_some_and(|there| definition::same(written, there) == Some(true))
    {
        *value = Value::string(written);
    }
    members
}
