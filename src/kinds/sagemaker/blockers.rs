//! What people made in a domain and what therefore keeps it, or a profile, from being deleted.

use aws_sdk_sagemaker::Client;

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;

/// Statuses of an app that is no longer there: it blocks nothing (behaviour: section 4).
const OVER: [&str; 2] = ["Deleted", "Failed"];

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The domain's id.
    pub domain: &'a str,
    /// Only what belongs to this user profile.
    pub profile: Option<&'a str>,
}

/// Apps and spaces, in words with their owners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blockers {
    /// ``app `JupyterLab/default` of user profile `jo` ``.
    pub apps: Vec<String>,
    /// ``space `x` of user profile `jo` ``.
    pub spaces: Vec<String>,
}

impl Blockers {
    /// The refusal to delete `what`, which names every app and space; `None` if there are none.
    #[must_use]
    pub fn refusal(&self, operation: &'static str, what: &str) -> Option<Failure> {
        let counts: Vec<String> = [("app", &self.apps), ("space", &self.spaces)]
            .into_iter()
            .filter(|(_, all)| !all.is_empty())
            .map(|(word, all)| match all.len() {
                1 => format!("1 {word}"),
                many => format!("{many} {word}s"),
            })
            .collect();
        if counts.is_empty() {
            return None;
        }
        let mut failure = Failure::new(
            Cause::InUse,
            operation,
            format!("{what} still has {}", counts.join(" and ")),
        );
        failure.help.extend(self.apps.iter().cloned());
        failure.help.extend(self.spaces.iter().cloned());
        Some(failure.help("these belong to people: delete them in Studio, apps first, then run the same command again"))
    }
}

/// Lists what is there.
///
/// # Errors
/// What the calls fail with; a domain that is gone has nothing.
pub async fn blockers(aws: &Aws, client: &Client, scope: Scope<'_>) -> Result<Blockers, Failure> {
    Ok(Blockers {
        apps: apps(aws, client, scope).await?,
        spaces: spaces(aws, client, scope).await?,
    })
}

async fn apps(aws: &Aws, client: &Client, scope: Scope<'_>) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListApps", Repeat::Safe, || {
            client
                .list_apps()
                .domain_id_equals(scope.domain)
                .set_user_profile_name_equals(scope.profile.map(str::to_owned))
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await;
        let Some(answer) = gone_is_none(answer)? else {
            return Ok(found);
        };
        for app in answer.apps.unwrap_or_default() {
            let status = app.status.as_ref().map_or("", |status| status.as_str());
            if OVER.contains(&status) {
                continue;
            }
            let owner = match (&app.user_profile_name, &app.space_name) {
                (Some(profile), _) => format!("user profile `{profile}`"),
                (None, Some(space)) => format!("space `{space}`"),
                (None, None) => "nobody".to_owned(),
            };
            found.push(format!(
                "app `{}/{}` of {owner} ({status})",
                app.app_type.as_ref().map_or("", |ty| ty.as_str()),
                app.app_name.as_deref().unwrap_or_default(),
            ));
        }
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

async fn spaces(aws: &Aws, client: &Client, scope: Scope<'_>) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListSpaces", Repeat::Safe, || {
            client
                .list_spaces()
                .domain_id_equals(scope.domain)
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await;
        let Some(answer) = gone_is_none(answer)? else {
            return Ok(found);
        };
        for space in answer.spaces.unwrap_or_default() {
            let owner = space
                .ownership_settings_summary
                .and_then(|summary| summary.owner_user_profile_name);
            let theirs = scope.profile.is_none_or(|profile| {
                owner
                    .as_deref()
                    .is_some_and(|owner| owner.eq_ignore_ascii_case(profile))
            });
            if theirs {
                let owner = owner.map_or_else(
                    || "shared".to_owned(),
                    |owner| format!("of user profile `{owner}`"),
                );
                let name = space.space_name.unwrap_or_default();
                found.push(format!("space `{name}`, {owner}"));
            }
        }
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}
