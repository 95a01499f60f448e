//! The states of a VPC endpoint, and waiting for them (behaviour: section 4; letter case differs on
//! the wire).

use std::time::Duration;

use aws_sdk_ec2::types::{Filter, VpcEndpoint};

use crate::aws::{Cause, Failure};
use crate::config::Place;
use crate::kinds::Context;
use crate::kinds::ec2::describe::vpc_endpoints;
use crate::kinds::wait::{self, Look, Wait};
use crate::value::{Map, Value};

/// How long one takes from one state to the next at most.
const LIMIT: Duration = Duration::from_secs(10 * 60);
const READ: &str = "ec2:DescribeVpcEndpoints";

/// The state of an endpoint.
pub fn state(endpoint: &VpcEndpoint) -> &str {
    endpoint.state().map_or("unknown", |state| state.as_str())
}

fn is(state: &str, words: &[&str]) -> bool {
    words.iter().any(|word| state.eq_ignore_ascii_case(word))
}

/// Whether it is there: one that is gone may stay visible for a while.
pub fn lives(endpoint: &VpcEndpoint) -> bool {
    !is(state(endpoint), &["deleting", "deleted"])
}

/// Waits until no endpoint that passes the filters is on its way out: until its end it has its private
/// name.
///
/// # Errors
/// A failed read, or the limit is over.
pub async fn none_going(
    cx: &Context<'_>,
    place: &Place,
    filters: Vec<Filter>,
) -> Result<(), Failure> {
    let wait = Wait::new(
        "an endpoint that is going to let go of its name",
        READ,
        LIMIT,
    );
    wait::until(cx, wait, || async {
        let found = vpc_endpoints::list(cx.aws, place, filters.clone()).await?;
        let going = |endpoint: &VpcEndpoint| is(state(endpoint), &["deleting"]);
        Ok(match found.iter().any(going) {
            true => Look::Pending("deleting".to_owned()),
            false => Look::Done(()),
        })
    })
    .await
}

/// Whether it ended badly.
fn has_failed(state: &str) -> bool {
    is(state, &["failed", "rejected", "expired"])
}

/// Why it can only be replaced.
pub fn broken(actual: &Map) -> Option<String> {
    let state = actual.get("state").and_then(Value::as_str)?;
    has_failed(state).then(|| format!("it is `{state}`"))
}

/// Waits until it can be used, or until only its owner is waited for, who accepts it.
///
/// # Errors
/// One that failed, was rejected or is going; or the limit is over.
pub async fn available(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(format!("{id} to be available"), READ, LIMIT);
    wait::until(cx, wait, || async {
        let Some(endpoint) = vpc_endpoints::one(cx.aws, place, id).await? else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        let state = state(&endpoint);
        if is(state, &["available", "pendingAcceptance"]) {
            return Ok(Look::Done(()));
        }
        if lives(&endpoint) && !has_failed(state) {
            return Ok(Look::Pending(state.to_owned()));
        }
        let said = endpoint.last_error().and_then(|error| error.message());
        let why = said.or(endpoint.failure_reason());
        Err(Failure::new(
            Cause::Failed,
            "ec2:CreateVpcEndpoint",
            format!("{id} is `{state}`: {}", why.unwrap_or("no reason given")),
        ))
    })
    .await
}

/// Waits until it is gone, and with it its interfaces.
///
/// # Errors
/// A failed read, or the limit is over.
pub async fn gone(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let wait = Wait::new(format!("{id} to be deleted"), READ, LIMIT);
    wait::until(cx, wait, || async {
        let found = vpc_endpoints::one(cx.aws, place, id).await?;
        Ok(match found {
            Some(endpoint) if !is(state(&endpoint), &["deleted"]) => {
                Look::Pending(state(&endpoint).to_owned())
            }
            _ => Look::Done(()),
        })
    })
    .await
}
