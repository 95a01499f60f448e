//! Waiting for a thing to be in service or gone, and for its role to be known.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use crate::aws::{Cause, Failure};
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Context, iam};
use crate::value::{Data, Map, Value};

/// Waits until a thing is in service; `describe` gives its attributes.
///
/// # Errors
/// A failed status with AWS's reason, and what the calls fail with.
pub async fn in_service<F, Fut>(
    cx: &Context<'_>,
    what: &str,
    id: &str,
    operation: &'static str,
    limit: Duration,
    describe: F,
) -> Result<Map, Failure>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<Map, Failure>> + Send,
{
    let wait = Wait::new(format!("{what} to be in service"), operation, limit);
    wait::until(cx, wait, || async {
        let members = wait::visible(cx, &[id], &describe).await?;
        match phase(&members) {
            Phase::Rest => Ok(Look::Done(members)),
            Phase::Failed | Phase::UpdateFailed | Phase::DeleteFailed => {
                Err(ended(what, operation, &members))
            }
            Phase::Busy | Phase::Going => Ok(Look::Pending(status(&members).to_owned())),
        }
    })
    .await
}

/// Waits until a thing is gone.
///
/// # Errors
/// A failed deletion with AWS's reason, and what the calls fail with.
pub async fn gone<F, Fut>(
    cx: &Context<'_>,
    what: &str,
    operation: &'static str,
    limit: Duration,
    describe: F,
) -> Result<(), Failure>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<Map, Failure>> + Send,
{
    let wait = Wait::new(format!("{what} to be gone"), operation, limit);
    wait::until(cx, wait, || async {
        match describe().await {
            Ok(members) if phase(&members) == Phase::DeleteFailed => {
                Err(ended(what, operation, &members))
            }
            Ok(members) => Ok(Look::Pending(status(&members).to_owned())),
            Err(failure) if failure.cause == Cause::NotFound => Ok(Look::Done(())),
            Err(failure) => Err(failure),
        }
    })
    .await
}

/// Why a thing can only be replaced: its create failed, or it is going, and no call brings it back.
#[must_use]
pub fn broken(actual: &Map) -> Option<String> {
    match (
        phase(actual),
        actual.get("failure_reason").and_then(Value::as_str),
    ) {
        (Phase::Failed, Some(reason)) => Some(format!("making it failed: {reason}")),
        (Phase::Failed, None) => Some("making it failed".to_owned()),
        (Phase::Going, _) => Some("it is being deleted".to_owned()),
        _ => None,
    }
}

/// What a status means, whatever AWS's word for it is: `InService`, `Active` and `CREATED` are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is there, and no call is at work on it.
    Rest,
    /// It is being made or changed.
    Busy,
    /// It is being deleted.
    Going,
    /// It could not be made.
    Failed,
    /// It could not be changed.
    UpdateFailed,
    /// It could not be deleted.
    DeleteFailed,
}

/// Whether it is being deleted already: what goes with it goes whatever is done now.
#[must_use]
pub fn is_going(actual: &Map) -> bool {
    phase(actual) == Phase::Going
}

/// What its status means. What has none is made, changed and deleted by the call alone; a status
/// that this smd has not heard of passes.
pub(super) fn phase(members: &Map) -> Phase {
    let Some(status) = members.get("status").and_then(Value::as_str) else {
        return Phase::Rest;
    };
    match status {
        "InService" | "Active" | "CREATED" => Phase::Rest,
        "Deleting" | "DELETING" => Phase::Going,
        "Failed" | "CREATE_FAILED" => Phase::Failed,
        "Update_Failed" | "UPDATE_FAILED" => Phase::UpdateFailed,
        "Delete_Failed" | "DELETE_FAILED" => Phase::DeleteFailed,
        _ => Phase::Busy,
    }
}

/// AWS's word for where it stands.
fn status(members: &Map) -> &str {
    members
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("of no status")
}

fn ended(what: &str, operation: &'static str, members: &Map) -> Failure {
    let status = status(members);
    let reason = members
        .get("failure_reason")
        .and_then(Value::as_str)
        .unwrap_or("AWS gives no reason");
    let way_out = match phase(members) {
        Phase::Failed => {
            "correct what the reason names, then apply again: what failed to be made is deleted and made anew"
        }
        Phase::UpdateFailed => {
            "correct what the reason names, then apply again: the update is sent anew"
        }
        _ => {
            "correct what the reason names, then run the same command again: the deletion is sent anew"
        }
    };
    Failure::new(
        Cause::Failed,
        operation,
        format!("{what} ended as `{status}`: {reason}"),
    )
    .help(way_out)
}

/// The ARNs of roles anywhere in the values.
#[must_use]
pub fn roles_in(members: &Map) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match &value.data {
            Data::String(text) if text.contains(":role/") => {
                found.insert(text.to_string());
            }
            Data::List(items) => items.iter().for_each(|item| walk(item, found)),
            Data::Map(members) => members.values().for_each(|member| walk(member, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    members.values().for_each(|value| walk(value, &mut found));
    found
}

/// Calls again for up to two minutes while SageMaker does not know, or cannot assume, a role that
/// this run, or the one just before it, made or changed. The wording differs by operation, so a
/// refused request that speaks of a role is what counts (behaviour: section 6).
///
/// # Errors
/// The last failure.
pub async fn with_roles<T, F, Fut>(
    cx: &Context<'_>,
    roles: &BTreeSet<String>,
    send: F,
) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let touched = roles.iter().any(|role| iam::touched_by_run(cx, role));
    wait::retry(
        cx,
        iam::PROPAGATION,
        "SageMaker to know the execution role",
        |failure| touched && speaks_of_role(failure),
        send,
    )
    .await
}

fn speaks_of_role(failure: &Failure) -> bool {
    failure.cause == Cause::RoleNotReady
        || (failure.code.as_deref() == Some("ValidationException")
            && failure.message.to_ascii_lowercase().contains("role"))
}
