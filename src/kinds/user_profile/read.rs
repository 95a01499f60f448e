//! How user profiles are looked at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes, split_id};
use crate::value::{Map, Value};

/// User profiles, known by `d-…/name`.
pub(super) static PROFILES: Described = Described {
    word: "user profile",
    operation: "sagemaker:DescribeUserProfile",
    // Behaviour: section 4.
    limit: Duration::from_secs(10 * 60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written: sagemaker::name_as_written,
};

/// What DescribeUserProfile tells.
async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let (domain, name) = split_id(id);
    let answer = call(aws, "sagemaker:DescribeUserProfile", Repeat::Safe, || {
        client
            .describe_user_profile()
            .domain_id(domain)
            .user_profile_name(name)
            .send()
    })
    .await?;
    let mut members = sagemaker::arranged(
        sagemaker::USER_PROFILE,
        shapes::describe_user_profile(&answer),
    );
    members.insert(Arc::from("id"), Value::string(id));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}
