//! Deleting what people made, with consent: apps first, then spaces, then user profiles
//! (behaviour: section 5).

use std::time::Duration;

use aws_sdk_sagemaker::Client;

use super::AT_ONCE;
use super::people::{self, App, Owner, Scope, Space};
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::Context;
use crate::kinds::reading::together;
use crate::kinds::wait::{self, Look, Wait};

/// Longest wait for apps to be gone: up to 20 minutes were seen (behaviour: section 4).
const APPS_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Longest wait for spaces or profiles to be gone (behaviour: section 4).
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// The status of what AWS could not delete.
const FAILED: &str = "Delete_Failed";

/// Deletes every app, space and, in a domain, every user profile of a scope and waits until they are
/// gone; says whether there were any. What goes already is waited for. Without consent nothing is
/// deleted, and of what a run takes back neither: what this run made goes without asking, but not what
/// people put into it since.
///
/// # Errors
/// What the calls fail with, a deletion that failed, and a wait that takes too long.
pub async fn clear(cx: &Context<'_>, client: &Client, scope: Scope<'_>) -> Result<bool, Failure> {
    if !cx.consented || cx.fresh {
        return Ok(false);
    }
    let mut cleared = false;
    let spaces = people::spaces_in(cx.aws, client, scope).await?;
    // Before the spaces and profiles that they run in.
    let apps = people::apps_in(cx.aws, client, scope, &spaces).await?;
    if !apps.is_empty() {
        cleared = true;
        delete_apps(cx, client, scope, &spaces, apps).await?;
    }
    if !spaces.is_empty() {
        cleared = true;
        delete_spaces(cx, client, scope, spaces).await?;
    }
    if let Scope::Domain(domain) = scope {
        cleared |= delete_profiles(cx, client, domain).await?;
    }
    Ok(cleared)
}

async fn delete_apps(
    cx: &Context<'_>,
    client: &Client,
    scope: Scope<'_>,
    spaces: &[Space],
    apps: Vec<App>,
) -> Result<(), Failure> {
    let sends = apps.iter().filter(|app| !app.is_going()).map(|app| {
        (cx.progress)(format!("deleting {}", app.words()));
        delete_app(cx, client, app)
    });
    together(AT_ONCE, sends.collect()).await?;
    let operation = "sagemaker:ListApps";
    let what = format!("apps in domain {} to be gone", scope.domain());
    wait::until(cx, Wait::new(what, operation, APPS_LIMIT), || async {
        let left = people::apps_in(cx.aws, client, scope, spaces).await?;
        Ok(match left.len() {
            0 => Look::Done(()),
            count => Look::Pending(format!("{} left", people::counted(count, "app"))),
        })
    })
    .await
}

async fn delete_app(cx: &Context<'_>, client: &Client, app: &App) -> Result<(), Failure> {
    let (profile, space) = match &app.owner {
        Owner::Profile(name) => (Some(name.clone()), None),
        Owner::Space(name) => (None, Some(name.clone())),
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
    match answer {
        Ok(_) => Ok(()),
        Err(failure) if is_over(&failure) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Whether the app is gone, or going, or was never made (behaviour: section 6).
fn is_over(failure: &Failure) -> bool {
    let said = |words: &str| failure.message.contains(words);
    matches!(failure.cause, Cause::NotFound | Cause::InUse)
        || said("has already been deleted")
        || said("previously failed and was automatically deleted")
}

async fn delete_spaces(
    cx: &Context<'_>,
    client: &Client,
    scope: Scope<'_>,
    spaces: Vec<Space>,
) -> Result<(), Failure> {
    let sends = spaces
        .iter()
        .filter(|space| !space.is_going())
        .map(|space| {
            (cx.progress)(format!("deleting {}", space.words()));
            async move {
                let answer = call(cx.aws, "sagemaker:DeleteSpace", Repeat::Safe, || {
                    client
                        .delete_space()
                        .domain_id(&space.domain)
                        .space_name(&space.name)
                        .send()
                })
                .await;
                gone_or_going(answer)
            }
        });
    together(AT_ONCE, sends.collect()).await?;
    let what = format!("spaces in domain {} to be gone", scope.domain());
    wait::until(
        cx,
        Wait::new(what, "sagemaker:ListSpaces", LIMIT),
        || async {
            let left = people::spaces_in(cx.aws, client, scope).await?;
            let names = left.iter().map(|space| (space.words(), &*space.status));
            rest(names, "space", "sagemaker:DeleteSpace")
        },
    )
    .await
}

/// Says whether there were any.
async fn delete_profiles(cx: &Context<'_>, client: &Client, domain: &str) -> Result<bool, Failure> {
    let profiles = people::profiles(cx.aws, client, Some(domain)).await?;
    if profiles.is_empty() {
        return Ok(false);
    }
    let sends = profiles.iter().filter(|one| !one.is_going()).map(|one| {
        (cx.progress)(format!("deleting {}", one.words()));
        async move {
            let answer = call(cx.aws, "sagemaker:DeleteUserProfile", Repeat::Safe, || {
                client
                    .delete_user_profile()
                    .domain_id(domain)
                    .user_profile_name(&one.name)
                    .send()
            })
            .await;
            gone_or_going(answer)
        }
    });
    together(AT_ONCE, sends.collect()).await?;
    let what = format!("user profiles of domain {domain} to be gone");
    let wait = Wait::new(what, "sagemaker:ListUserProfiles", LIMIT);
    wait::until(cx, wait, || async {
        let left = people::profiles(cx.aws, client, Some(domain)).await?;
        let names = left.iter().map(|one| (one.words(), &*one.status));
        rest(names, "user profile", "sagemaker:DeleteUserProfile")
    })
    .await?;
    Ok(true)
}

/// A thing that is gone, or that a call is at work on: the wait that follows tells how it ends.
fn gone_or_going<T>(answer: Result<T, Failure>) -> Result<(), Failure> {
    match answer {
        Ok(_) => Ok(()),
        Err(failure) if matches!(failure.cause, Cause::NotFound | Cause::InUse) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// What one look at what is left means.
fn rest<'a>(
    left: impl Iterator<Item = (String, &'a str)>,
    word: &str,
    operation: &'static str,
) -> Result<Look<()>, Failure> {
    let mut count = 0;
    for (words, status) in left {
        if status == FAILED {
            let message = format!("{words} could not be deleted: it ended as `{status}`");
            return Err(Failure::new(Cause::Failed, operation, message)
                .help("look at it in Studio, then run the same command again"));
        }
        count += 1;
    }
    Ok(match count {
        0 => Look::Done(()),
        count => Look::Pending(format!("{} left", people::counted(count, word))),
    })
}
