//! Waiting for a thing that settings named until a moment ago to be free.

use std::time::SystemTime;

use crate::aws::Failure;
use crate::kinds::{Context, iam};

/// One pause for AWS to see that no settings name the thing any more: this run took it out of them.
///
/// # Errors
/// The refusal, once waiting since `began` has taken long enough: something else names it.
pub async fn until_free(
    cx: &Context<'_>,
    what: &str,
    began: SystemTime,
    refused: Failure,
) -> Result<(), Failure> {
    until_unseen(cx, what, began, refused).await.map_err(|refused| {
        refused.help(
            "take it out of the settings of every domain, user profile and space that names it, then run the same command again",
        )
    })
}

/// One pause for AWS to see that what kept the thing is gone: this run deleted it.
///
/// # Errors
/// The refusal, once waiting since `began` has taken long enough: something else keeps it.
pub async fn until_unseen(
    cx: &Context<'_>,
    what: &str,
    began: SystemTime,
    refused: Failure,
) -> Result<(), Failure> {
    let passed = cx.clock.now().duration_since(began).unwrap_or_default();
    if passed >= iam::PROPAGATION || cx.is_past_deadline() {
        return Err(refused);
    }
    (cx.progress)(format!("waiting for {what} to be free"));
    cx.clock.sleep(iam::PAUSE).await;
    Ok(())
}
