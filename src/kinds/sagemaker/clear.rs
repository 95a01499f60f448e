//! Deleting what people made, with consent: apps first, then spaces, then user profiles
//! (behaviour: section 5).

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::AT_ONCE;
use super::people::{self, App, Blockers, Owner, Profile, Scope, Space};
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::Context;
use crate::kinds::reading::together;
use crate::kinds::wait::{self, Look, Wait};

/// Longest wait for all to be gone: up to 20 minutes were seen of apps, some of spaces and of profiles
/// (behaviour: section 4).
const LIMIT: Duration = Duration::from_secs(50 * 60);
/// The status of what AWS could not delete.
const FAILED: &str = "Delete_Failed";

/// What keeps a thing from going that AWS refused to delete: by consent what people made in it is
/// deleted (`true`: there was something, and it is gone), else it is named. `false`: it is not that.
///
/// Without consent nothing is deleted, and of what a run takes back neither: what this run made goes
/// without asking, but not what people put into it since.
///
/// # Errors
/// The refusal of `operation` that names what `what` still has, and what the calls fail with.
pub async fn held(
    cx: &Context<'_>,
    client: &Client,
    scope: Scope<'_>,
    (operation, what): (&'static str, &str),
) -> Result<bool, Failure> {
    // Asked for only now: what keeps a thing is rare, and each list is a call.
    if cx.consented && !cx.fresh && clear(cx, client, scope, (operation, what)).await? {
        return Ok(true);
    }
    let blockers = people::blockers(cx.aws, client, scope).await?;
    match blockers.refusal(operation, what) {
        Some(refusal) => Err(refusal),
        None => Ok(false),
    }
}

/// Deletes every app, space and, in a domain, every user profile of a scope and waits until they are
/// gone; says whether there were any. What goes already is waited for, and what is busy or came since is
/// asked to go with the next look.
async fn clear(
    cx: &Context<'_>,
    client: &Client,
    scope: Scope<'_>,
    (operation, what): (&'static str, &str),
) -> Result<bool, Failure> {
    // What was asked to go, or went by itself, in words.
    let asked: Mutex<BTreeSet<String>> = Mutex::default();
    let wait = Wait::new(
        format!("what people made in domain {} to be gone", scope.domain()),
        "sagemaker:ListApps",
        LIMIT,
    );
    let cleared = wait::until(cx, wait, || async {
        let Blockers { apps, spaces } = people::blockers(cx.aws, client, scope).await?;
        // Apps before the spaces and profiles that they run in, spaces before their owners.
        let left = if !apps.is_empty() {
            sent(cx, &asked, apps, |app| delete_app(cx, client, app)).await?
        } else if !spaces.is_empty() {
            sent(cx, &asked, spaces, |space| delete_space(cx, client, space)).await?
        } else if let Scope::Domain(domain) = scope {
            let profiles = people::profiles(cx.aws, client, Some(domain)).await?;
            sent(cx, &asked, profiles, |one| delete_profile(cx, client, one)).await?
        } else {
            None
        };
        Ok(left.map_or_else(
            || Look::Done(!lock(&asked).is_empty()),
            |left| Look::Pending(format!("{left} left")),
        ))
    })
    .await;
    match cleared {
        Err(failure) if failure.cause == Cause::TimedOut => {
            let blockers = people::blockers(cx.aws, client, scope).await?;
            Err(blockers.refusal(operation, what).unwrap_or(failure))
        }
        cleared => cleared,
    }
}

fn lock<T>(held: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What people make and AWS deletes in the background.
trait Made: Send {
    /// What one is called.
    const WORD: &'static str;

    /// It, in words.
    fn words(&self) -> String;

    /// AWS's word for where it stands.
    fn status(&self) -> &str;

    /// Whether it is going already.
    fn is_going(&self) -> bool;
}

macro_rules! made {
    ($($kind:ident $word:literal),*) => {$(
        impl Made for $kind {
            const WORD: &'static str = $word;

            fn words(&self) -> String {
                self.words()
            }

            fn status(&self) -> &str {
                &self.status
            }

            fn is_going(&self) -> bool {
                self.is_going()
            }
        }
    )*};
}

made!(App "app", Space "space", Profile "user profile");

/// Asks what is not going to go; how much is `left`, in words, `None` if nothing is.
async fn sent<T, F, Fut>(
    cx: &Context<'_>,
    asked: &Mutex<BTreeSet<String>>,
    left: Vec<T>,
    delete: F,
) -> Result<Option<String>, Failure>
where
    T: Made,
    F: Fn(T) -> Fut + Send,
    Fut: Future<Output = Result<(), Failure>> + Send,
{
    let count = left.len();
    let mut sends = Vec::new();
    for one in left {
        let words = one.words();
        let is_new = lock(asked).insert(words.clone());
        // What could not be deleted earlier is worth another try, but not more than one.
        if !is_new && one.status() == FAILED {
            let message = format!("{words} could not be deleted: it ended as `{FAILED}`");
            return Err(Failure::new(Cause::Failed, "", message)
                .help("look at it in Studio, then run the same command again"));
        }
        if !one.is_going() {
            if is_new {
                (cx.progress)(format!("deleting {words}"));
            }
            sends.push(delete(one));
        }
    }
    together(AT_ONCE, sends).await?;
    Ok((count > 0).then(|| people::counted(count, T::WORD)))
}

async fn delete_app(cx: &Context<'_>, client: &Client, app: App) -> Result<(), Failure> {
    let (profile, space) = match app.owner {
        Owner::Profile(name) => (Some(name), None),
        Owner::Space(name) => (None, Some(name)),
    };
    let answer = call(cx.aws, "sagemaker:DeleteApp", Repeat::Safe, || {
        client
            .delete_app()
            .domain_id(&app.domain)
            .set_user_profile_name(profile.clone())
            .set_space_name(space.clone())
            .app_type(app.app_type.clone())
            .app_name(&app.name)
            .send()
    })
    .await;
    match gone_or_busy(answer) {
        Err(failure) if is_over(&failure) => Ok(()),
        answer => answer,
    }
}

/// Whether the app was deleted or never made (behaviour: section 6).
fn is_over(failure: &Failure) -> bool {
    let said = |words: &str| failure.message.contains(words);
    said("has already been deleted") || said("previously failed and was automatically deleted")
}

async fn delete_space(cx: &Context<'_>, client: &Client, space: Space) -> Result<(), Failure> {
    gone_or_busy(
        call(cx.aws, "sagemaker:DeleteSpace", Repeat::Safe, || {
            client
                .delete_space()
                .domain_id(&space.domain)
                .space_name(&space.name)
                .send()
        })
        .await,
    )
}

async fn delete_profile(
    cx: &Context<'_>,
    client: &Client,
    profile: Profile,
) -> Result<(), Failure> {
    gone_or_busy(
        call(cx.aws, "sagemaker:DeleteUserProfile", Repeat::Safe, || {
            client
                .delete_user_profile()
                .domain_id(&profile.domain)
                .user_profile_name(&profile.name)
                .send()
        })
        .await,
    )
}

/// A thing that is gone, or that something is at work on: the next look tells, and asks again.
fn gone_or_busy<T>(answer: Result<T, Failure>) -> Result<(), Failure> {
    match answer {
        Ok(_) => Ok(()),
        Err(failure) if matches!(failure.cause, Cause::NotFound | Cause::InUse) => Ok(()),
        Err(failure) => Err(failure),
    }
}
