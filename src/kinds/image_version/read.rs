//! How versions of images are looked at: known by the image's name and a number, `name/1`.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::alias;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Versions of images. They take no tags.
pub(super) static VERSIONS: Described = Described {
    word: "image version",
    operation: "sagemaker:DescribeImageVersion",
    limit: Duration::from_secs(10 * 60),
    tags: false,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: |members, _| members,
};

/// The image's name and the number of an id.
pub(super) fn split(id: &str) -> (&str, i32) {
    let (image, number) = id.split_once('/').unwrap_or((id, ""));
    (image, number.parse().unwrap_or_default())
}

async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let (image, number) = split(id);
    let operation = "sagemaker:DescribeImageVersion";
    let answer = call(aws, operation, Repeat::Safe, || {
        client
            .describe_image_version()
            .image_name(image)
            .version(number)
            .send()
    })
    .await?;
    let mut members = shapes::describe_image_version(&answer);
    // No describe tells the aliases.
    let aliases = alias::of(aws, client, image, number).await?;
    let aliases = aliases.iter().map(|alias| Value::string(alias.as_str()));
    members.insert(Arc::from("aliases"), Value::list(aliases.collect()));
    members.insert(Arc::from("image"), Value::string(image));
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
