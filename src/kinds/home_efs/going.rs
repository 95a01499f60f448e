//! Deleting what EFS refuses to delete for a while, and watching it go.

use std::future::Future;

use aws_sdk_efs::types::LifeCycleState;

use crate::aws::{Cause, Failure};
use crate::kinds::Context;
use crate::kinds::ec2::describe::absent;
use crate::kinds::wait::{self, Look, Wait};

/// Asks for the deletion anew until it is taken and `look` finds the thing no more: `None` or
/// `deleted`.
///
/// # Errors
/// A failed call, or one that does not go in time.
pub(super) async fn until_gone<T, S, SFut, L, LFut>(
    cx: &Context<'_>,
    wait: Wait,
    send: S,
    look: L,
) -> Result<(), Failure>
where
    S: Fn() -> SFut + Send + Sync,
    SFut: Future<Output = Result<T, Failure>> + Send,
    L: Fn() -> LFut + Send + Sync,
    LFut: Future<Output = Result<Option<LifeCycleState>, Failure>> + Send,
{
    wait::until(cx, wait, || {
        let (sent, look) = (send(), &look);
        async move {
            match sent.await {
                Ok(_) => {}
                Err(failure) if failure.cause == Cause::NotFound => return Ok(Look::Done(())),
                Err(failure) if failure.cause == Cause::InUse => {}
                Err(failure) => return Err(failure),
            }
            Ok(match absent(look().await)?.flatten() {
                None | Some(LifeCycleState::Deleted) => Look::Done(()),
                Some(state) => Look::Pending(state.as_str().to_owned()),
            })
        }
    })
    .await
}
