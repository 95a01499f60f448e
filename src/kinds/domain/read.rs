//! Reading domains: one describe each, which no call spares, and tags in bulk.

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::sagemaker::{self, AT_ONCE, shapes};
use crate::kinds::{Actual, Wanted};
use crate::value::{Map, Value};

/// Attributes that name a key, which AWS answers by ARN however it was written.
const KEYS: [&str; 2] = ["kms_key", "home_efs_file_system_kms_key"];

/// Reads domains by id.
pub(super) async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.sagemaker(place).await?;
    let reads = wanted.iter().map(|one| look(aws, &client, one)).collect();
    let found = together(AT_ONCE, reads).await?;
    sagemaker::with_tags(aws, place, wanted, found).await
}

async fn look(aws: &Aws, client: &Client, wanted: &Wanted) -> Result<Option<Map>, Failure> {
    let found = gone_is_none(describe(aws, client, &wanted.id).await)?;
    Ok(found.map(|members| as_written(members, &wanted.attributes)))
}

/// What DescribeDomain tells.
pub(super) async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let answer = call(aws, "sagemaker:DescribeDomain", Repeat::Safe, || {
        client.describe_domain().domain_id(id).send()
    })
    .await?;
    let mut members = sagemaker::arranged(sagemaker::DOMAIN, shapes::describe_domain(&answer));
    sagemaker::time(&mut members, "creation_time", answer.creation_time.as_ref());
    sagemaker::time(
        &mut members,
        "last_modified_time",
        answer.last_modified_time.as_ref(),
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
