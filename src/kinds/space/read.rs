//! How spaces are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::split;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Spaces, known by `d-…/space/name`.
pub(super) static SPACES: Described = Described {
    word: "space",
    operation: "sagemaker:DescribeSpace",
    // Behaviour: section 4.
    limit: Duration::from_secs(10 * 60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: sagemaker::name_as_written,
};

/// What DescribeSpace tells.
async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let (domain, name) = split(id);
    let answer = call(aws, "sagemaker:DescribeSpace", Repeat::Safe, || {
        client
            .describe_space()
            .domain_id(domain)
            .space_name(name)
            .send()
    })
    .await?;
    let mut members = sagemaker::arranged(sagemaker::SPACE, shapes::describe_space(&answer));
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
