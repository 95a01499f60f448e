//! Calls that AWS would do twice: sent again only when nobody finds what a lost answer may have made.

use std::future::Future;

use super::{Context, wait};
use crate::aws::{ASSUME_ROLE, Cause, Failure};

/// How often a create is sent in all when its answers are lost.
pub const ATTEMPTS: u32 = 3;

/// Sends a create that has no client token, or one that not everybody heeds. When its answer is lost, `find` looks for what it may
/// have made, by the ownership marks; only if nothing is there is it sent again.
///
/// # Errors
/// The last failure.
pub async fn once<T, S, SFut, F, FFut>(
    cx: &Context<'_>,
    mut send: S,
    mut find: F,
) -> Result<T, Failure>
where
    S: FnMut() -> SFut + Send,
    SFut: Future<Output = Result<T, Failure>> + Send,
    F: FnMut() -> FFut + Send,
    FFut: Future<Output = Result<Option<T>, Failure>> + Send,
    T: Send,
{
    let mut attempt = 1;
    loop {
        let failure = match send().await {
            Ok(made) => return Ok(made),
            Err(failure) => failure,
        };
        if !may_be_done(&failure) || attempt == ATTEMPTS {
            return Err(failure);
        }
        (cx.progress)("looking for what a lost answer may have made".to_owned());
        if let Some(found) = wait::shows(cx, &mut find).await? {
            return Ok(found);
        }
        attempt += 1;
    }
}

/// Whether the work may have been done though the call failed: not where the way in failed before it.
#[must_use]
pub fn may_be_done(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::LostAnswer | Cause::Transient)
        && failure.operation != ASSUME_ROLE
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::once;
    use crate::aws::{Cause, Failure};
    use crate::kinds::scene::Scene;

    #[tokio::test]
    async fn what_shows_late_is_not_made_again() {
        let scene = Scene::new();
        let (mut sent, mut looks) = (0, 0);
        let made = scene
            .context(async |cx| {
                let send = || {
                    sent += 1;
                    async { Err(Failure::new(Cause::LostAnswer, "ec2:CreateVpc", "lost")) }
                };
                let find = || {
                    looks += 1;
                    let found = (looks == 4).then_some("vpc-1");
                    async move { Ok(found) }
                };
                once(cx, send, find).await
            })
            .await;
        assert_eq!((made, sent), (Ok("vpc-1"), 1));
    }
}
