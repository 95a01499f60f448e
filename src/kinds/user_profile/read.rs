//! Reading user profiles: one describe each, which no call spares, and tags in bulk.

use std::sync::Arc;

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::sagemaker::{self, AT_ONCE, shapes};
use crate::kinds::{Actual, Wanted};
use crate::value::{Map, Value};

/// Reads profiles by `d-…/name`.
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

/// What DescribeUserProfile tells.
pub(super) async fn describe(aws: &Aws, client: &Client, id: &str) -> Result<Map, Failure> {
    let (domain, name) = super::split(id);
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
    sagemaker::time(&mut members, "creation_time", answer.creation_time.as_ref());
    sagemaker::time(
        &mut members,
        "last_modified_time",
        answer.last_modified_time.as_ref(),
    );
    Ok(members)
}

/// Letter case does not make a name another one: it keeps the recorded spelling.
fn as_written(mut members: Map, recorded: &Map) -> Map {
    let written = recorded.get("name").and_then(Value::as_str);
    if let (Some(written), Some(value)) = (written, members.get_mut("name"))
        && value
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(written))
    {
        *value = Value::string(written);
    }
    members
}
