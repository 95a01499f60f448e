//! How images are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Images, known by their name.
pub(super) static IMAGES: Described = Described {
    word: "image",
    operation: "sagemaker:DescribeImage",
    limit: Duration::from_secs(10 * 60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: |members, _| members,
};

async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let answer = call(aws, "sagemaker:DescribeImage", Repeat::Safe, || {
        client.describe_image().image_name(id).send()
    })
    .await?;
    let mut members = shapes::describe_image(&answer);
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
