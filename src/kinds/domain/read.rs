//! How domains are looked at.

use std::time::Duration;

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Described, shapes};
use crate::value::{Map, Value};

/// Attributes that name a key, which AWS answers by ARN however it was written.
const KEYS: [&str; 2] = ["kms_key", "home_efs_file_system_kms_key"];

/// Domains.
pub(super) static DOMAINS: Described = Described {
    word: "domain",
    operation: "sagemaker:DescribeDomain",
    // 4-7 minutes are usual (behaviour: section 4).
    limit: Duration::from_secs(20 * 60),
    tags: true,
    describe: |aws, client, id| Box::pin(describe(aws, client, id)),
    as_written,
};

/// What DescribeDomain tells.
async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let answer = call(aws, "sagemaker:DescribeDomain", Repeat::Safe, || {
        client.describe_domain().domain_id(id).send()
    })
    .await?;
    let mut members = sagemaker::arranged(sagemaker::DOMAIN, shapes::describe_domain(&answer));
    sagemaker::times(
        &mut members,
        answer.creation_time,
        answer.last_modified_time,
    );
    Ok(members)
}

/// A key that was written by its id keeps that spelling.
fn as_written(mut members: Map, recorded: &Map) -> Map {
    for name in KEYS {
        let Some(written) = recorded.get(name).and_then(Value::as_str) else {
            continue;
        };
        if let Some(value) = members.get_mut(name)
            && value
                .as_str()
                .is_some_and(|arn| arn.ends_with(&format!(":key/{written}")))
        {
            *value = Value::string(written);
        }
    }
    members
}
