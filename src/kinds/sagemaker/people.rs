//! What people made in a domain, in a user profile or in a space: apps, spaces, profiles. It keeps
//! those from being deleted.

use std::time::{Duration, SystemTime};

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::types::{
    AppDetails, AppStatus, AppType, SpaceDetails, SpaceStatus, UserProfileDetails,
    UserProfileStatus,
};

use super::pages::pages;
use crate::aws::{Aws, Cause, Failure, Repeat, call};

/// Statuses of an app that is no longer there: it blocks nothing (behaviour: section 4).
const OVER: [&str; 2] = ["Deleted", "Failed"];
/// The status of what is going already.
const GOING: &str = "Deleting";

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All of a domain, by its id.
    Domain(&'a str),
    /// What belongs to a user profile: its domain's id and its name.
    Profile(&'a str, &'a str),
    /// What runs in a space: its domain's id and its name.
    Space(&'a str, &'a str),
}

impl<'a> Scope<'a> {
    /// The domain's id.
    #[must_use]
    pub fn domain(self) -> &'a str {
        match self {
            Self::Domain(domain) | Self::Profile(domain, _) | Self::Space(domain, _) => domain,
        }
    }
}

/// Whose an app is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A user profile's.
    Profile(String),
    /// A space's.
    Space(String),
}

/// An app that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its domain's id.
    pub domain: String,
    /// Whose it is.
    pub owner: Owner,
    /// AWS's word, `JupyterLab`.
    pub app_type: AppType,
    /// Its name.
    pub name: String,
    /// AWS's word for where it stands.
    pub status: String,
    /// When it was made, in seconds since the epoch.
    pub made: Option<i64>,
    /// The lifecycle configuration that it runs.
    pub lifecycle_config: Option<String>,
}

/// A space that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its domain's id.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// The profile that it belongs to; `None`: it is shared.
    pub owner: Option<String>,
    /// AWS's word for where it stands.
    pub status: String,
    /// When it was made, in seconds since the epoch.
    pub made: Option<i64>,
}

/// A user profile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its domain's id.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// AWS's word for where it stands.
    pub status: String,
    /// When it was made, in seconds since the epoch.
    pub made: Option<i64>,
}

impl App {
    fn of(app: AppDetails) -> Option<Self> {
        Some(Self {
            domain: app.domain_id?,
            owner: match (app.user_profile_name, app.space_name) {
                (Some(profile), _) => Owner::Profile(profile),
                (None, space) => Owner::Space(space?),
            },
            app_type: app.app_type?,
            name: app.app_name?,
            status: word(app.status.as_ref().map(AppStatus::as_str)),
            made: app.creation_time.map(|time| time.secs()),
            lifecycle_config: app.resource_spec.and_then(|spec| spec.lifecycle_config_arn),
        })
    }

    /// ``app `JupyterLab/default` of space `x` ``.
    #[must_use]
    pub fn words(&self) -> String {
        let owner = match &self.owner {
            Owner::Profile(name) => format!("user profile `{name}`"),
            Owner::Space(name) => format!("space `{name}`"),
        };
        format!("app `{}/{}` of {owner}", self.app_type.as_str(), self.name)
    }

    /// Whether it is going already.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.status == GOING
    }
}

impl Space {
    fn of(space: SpaceDetails) -> Option<Self> {
        Some(Self {
            domain: space.domain_id?,
            name: space.space_name?,
            owner: space
                .ownership_settings_summary
                .and_then(|summary| summary.owner_user_profile_name),
            status: word(space.status.as_ref().map(SpaceStatus::as_str)),
            made: space.creation_time.map(|time| time.secs()),
        })
    }

    /// ``space `x` of user profile `jo` ``.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.owner {
            Some(owner) => format!("space `{}` of user profile `{owner}`", self.name),
            None => format!("shared space `{}`", self.name),
        }
    }

    /// Whether it is going already.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.status == GOING
    }
}

impl Profile {
    fn of(profile: UserProfileDetails) -> Option<Self> {
        Some(Self {
            domain: profile.domain_id?,
            name: profile.user_profile_name?,
            status: word(profile.status.as_ref().map(UserProfileStatus::as_str)),
            made: profile.creation_time.map(|time| time.secs()),
        })
    }

    /// Whether it is going already.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.status == GOING
    }

    /// ``user profile `jo` ``.
    #[must_use]
    pub fn words(&self) -> String {
        format!("user profile `{}`", self.name)
    }
}

/// AWS's word for a status, if it gave one.
fn word(status: Option<&str>) -> String {
    status.unwrap_or_default().to_owned()
}

/// How old a thing is that was made then: `3 days old`.
#[must_use]
pub fn age(made: Option<i64>, now: SystemTime) -> Option<String> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(made?.try_into().ok()?);
    let seconds = now.duration_since(made).unwrap_or_default().as_secs();
    let (unit, word) = match seconds {
        DAY.. => (DAY, "day"),
        HOUR.. => (HOUR, "hour"),
        _ => (MINUTE, "minute"),
    };
    let count = seconds / unit;
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("{count} {word}{plural} old"))
}

/// Apps and spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blockers {
    /// The apps.
    pub apps: Vec<App>,
    /// The spaces.
    pub spaces: Vec<Space>,
}

impl Blockers {
    /// Every app and space in words, with its status.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let apps = self.apps.iter().map(|app| (app.words(), &app.status));
        let spaces = self
            .spaces
            .iter()
            .map(|space| (space.words(), &space.status));
        apps.chain(spaces)
            .map(|(words, status)| format!("{words} ({status})"))
            .collect()
    }

    /// The refusal to delete `what`, which names every app and space; `None` if there are none.
    #[must_use]
    pub fn refusal(&self, operation: &'static str, what: &str) -> Option<Failure> {
        let counts: Vec<String> = [("app", self.apps.len()), ("space", self.spaces.len())]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(word, count)| counted(count, word))
            .collect();
        if counts.is_empty() {
            return None;
        }
        let mut failure = Failure::new(
            Cause::InUse,
            operation,
            format!("{what} still has {}", counts.join(" and ")),
        );
        failure.help.extend(self.words());
        Some(failure.help("these belong to people: delete them in Studio, apps first, or plan again: the plan names them, and with its `--consent` smd deletes them"))
    }

    /// Those of a whole domain that belong to a scope in it: of a user profile its apps, its spaces and
    /// the apps in these; of a space its apps.
    #[must_use]
    pub fn within(mut self, scope: Scope<'_>) -> Self {
        let (profile, space) = match scope {
            Scope::Domain(_) => return self,
            Scope::Profile(_, name) => (Some(name), None),
            Scope::Space(_, name) => (None, Some(name)),
        };
        // Names of profiles and spaces have no letter case.
        let is = |name: &str, wanted: Option<&str>| {
            wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(name))
        };
        self.spaces
            .retain(|space| space.owner.as_deref().is_some_and(|own| is(own, profile)));
        let Self { apps, spaces } = &mut self;
        apps.retain(|app| match &app.owner {
            Owner::Profile(owner) => is(owner, profile),
            Owner::Space(owner) => {
                let mut own = spaces.iter();
                is(owner, space) || own.any(|own| is(&own.name, Some(owner)))
            }
        });
        self
    }
}

/// `1 app`, `2 apps`.
#[must_use]
pub fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    }
}

/// Lists the apps and spaces that are there, those in the spaces of a user profile included.
///
/// # Errors
/// What the calls fail with; a domain that is gone has nothing.
pub async fn blockers(aws: &Aws, client: &Client, scope: Scope<'_>) -> Result<Blockers, Failure> {
    let domain = scope.domain();
    let all = match scope {
        Scope::Space(..) => Blockers {
            apps: apps(aws, client, Some(scope)).await?,
            spaces: Vec::new(),
        },
        // Of a profile one list of the whole domain too, where it may have many spaces.
        Scope::Domain(_) | Scope::Profile(..) => Blockers {
            spaces: spaces(aws, client, Some(domain)).await?,
            apps: apps(aws, client, Some(Scope::Domain(domain))).await?,
        },
    };
    Ok(all.within(scope))
}

/// The apps that run with this lifecycle configuration, in words with their domain.
///
/// # Errors
/// What the calls fail with.
pub async fn apps_with(aws: &Aws, client: &Client, arn: &str) -> Result<Vec<String>, Failure> {
    let all = apps(aws, client, None).await?;
    let with = all
        .iter()
        .filter(|app| app.lifecycle_config.as_deref() == Some(arn));
    Ok(with
        .map(|app| format!("{} in domain {} ({})", app.words(), app.domain, app.status))
        .collect())
}

/// The apps in a scope, or in the account and region, that are not over.
///
/// # Errors
/// What the calls fail with; a domain that is gone has none.
pub async fn apps(
    aws: &Aws,
    client: &Client,
    scope: Option<Scope<'_>>,
) -> Result<Vec<App>, Failure> {
    let (profile, space) = match scope {
        Some(Scope::Profile(_, name)) => (Some(name.to_owned()), None),
        Some(Scope::Space(_, name)) => (None, Some(name.to_owned())),
        Some(Scope::Domain(_)) | None => (None, None),
    };
    let found = pages(|token| {
        let (profile, space) = (profile.clone(), space.clone());
        async move {
            let answer = call(aws, "sagemaker:ListApps", Repeat::Safe, || {
                client
                    .list_apps()
                    .set_domain_id_equals(scope.map(|scope| scope.domain().to_owned()))
                    .set_user_profile_name_equals(profile.clone())
                    .set_space_name_equals(space.clone())
                    .max_results(super::PAGE)
                    .set_next_token(token.clone())
                    .send()
            })
            .await?;
            Ok((answer.apps.unwrap_or_default(), answer.next_token))
        }
    })
    .await?;
    let found = found.into_iter().filter_map(App::of);
    Ok(found.filter(|app| !OVER.contains(&&*app.status)).collect())
}

/// The spaces of a domain, or of the account and region.
///
/// # Errors
/// What the calls fail with; a domain that is gone has none.
pub async fn spaces(
    aws: &Aws,
    client: &Client,
    domain: Option<&str>,
) -> Result<Vec<Space>, Failure> {
    let found = pages(|token| async move {
        let answer = call(aws, "sagemaker:ListSpaces", Repeat::Safe, || {
            client
                .list_spaces()
                .set_domain_id_equals(domain.map(str::to_owned))
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        Ok((answer.spaces.unwrap_or_default(), answer.next_token))
    })
    .await?;
    Ok(found.into_iter().filter_map(Space::of).collect())
}

/// The user profiles of a domain, or of the account and region.
///
/// # Errors
/// What the calls fail with; a domain that is gone has none.
pub async fn profiles(
    aws: &Aws,
    client: &Client,
    domain: Option<&str>,
) -> Result<Vec<Profile>, Failure> {
    let found = pages(|token| async move {
        let answer = call(aws, "sagemaker:ListUserProfiles", Repeat::Safe, || {
            client
                .list_user_profiles()
                .set_domain_id_equals(domain.map(str::to_owned))
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        Ok((answer.user_profiles.unwrap_or_default(), answer.next_token))
    })
    .await?;
    Ok(found.into_iter().filter_map(Profile::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_its_spaces_and_what_runs_in_them() {
        let app = |owner: Owner| App {
            domain: "d-1".to_owned(),
            owner,
            app_type: AppType::JupyterLab,
            name: "default".to_owned(),
            status: "InService".to_owned(),
            made: None,
            lifecycle_config: None,
        };
        let space = |name: &str, owner: Option<&str>| Space {
            domain: "d-1".to_owned(),
            name: name.to_owned(),
            owner: owner.map(str::to_owned),
            status: "InService".to_owned(),
            made: None,
        };
        let all = Blockers {
            apps: vec![
                app(Owner::Profile("JO".to_owned())),
                app(Owner::Space("Lab".to_owned())),
                app(Owner::Space("common".to_owned())),
                app(Owner::Profile("al".to_owned())),
            ],
            spaces: vec![space("lab", Some("Jo")), space("common", None)],
        };
        let of = |scope| all.clone().within(scope).words().join("; ");
        assert_eq!(all.words().len(), 6);
        assert_eq!(all.clone().within(Scope::Domain("d-1")), all);
        insta::assert_snapshot!(
            of(Scope::Profile("d-1", "jo")),
            @"app `JupyterLab/default` of user profile `JO` (InService); app `JupyterLab/default` of space `Lab` (InService); space `lab` of user profile `Jo` (InService)"
        );
        insta::assert_snapshot!(
            of(Scope::Space("d-1", "lab")),
            @"app `JupyterLab/default` of space `Lab` (InService)"
        );
    }

    #[test]
    fn ages_in_their_largest_unit() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let old = |seconds: i64| age(Some(1_000_000 - seconds), now).unwrap();
        assert_eq!(old(0), "0 minutes old");
        assert_eq!(old(61), "1 minute old");
        assert_eq!(old(2 * 3600), "2 hours old");
        assert_eq!(old(3 * 86_400 + 5), "3 days old");
        assert_eq!(age(None, now), None);
    }
}
