//! What people made inside of domains, profiles and spaces, for the plan that would delete it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::AT_ONCE;
use super::people::{self, App, Blockers, Owner, Profile, Scope};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::reading::together;
use crate::kinds::{Inside, Wanted};

/// The id of a space, as its kind records it.
#[must_use]
pub fn space_id(domain: &str, name: &str) -> String {
    format!("{domain}/space/{name}")
}

/// What people made in each of these, in words with owner, status and age; `scope` gives the scope of
/// an id.
///
/// # Errors
/// What the calls fail with.
pub async fn inside<'w>(
    aws: &Aws,
    place: &Place,
    wanted: &'w [Wanted],
    scope: impl Fn(&'w str) -> Scope<'w>,
) -> Result<Vec<Vec<Inside>>, Failure> {
    let client = aws.sagemaker(place).await?;
    let now = aws.clock().now();
    let scopes: Vec<Scope<'_>> = wanted.iter().map(|one| scope(&one.id)).collect();
    // By domain: whether its profiles are asked for too. Its lists serve all that is wanted in it.
    let mut domains: BTreeMap<&str, bool> = BTreeMap::new();
    for scope in &scopes {
        *domains.entry(scope.domain()).or_default() |= matches!(scope, Scope::Domain(_));
    }
    let looks = domains.into_iter().map(|(domain, profiles)| {
        let client = &client;
        async move {
            let profiles = match profiles {
                true => people::profiles(aws, client, Some(domain)).await?,
                false => Vec::new(),
            };
            let blockers = people::blockers(aws, client, Scope::Domain(domain)).await?;
            Ok((domain, (profiles, blockers)))
        }
    });
    let found = together(AT_ONCE, looks.collect()).await?;
    let found: BTreeMap<&str, (Vec<Profile>, Blockers)> = found.into_iter().collect();
    Ok(scopes
        .into_iter()
        .map(|scope| match found.get(scope.domain()) {
            Some((profiles, blockers)) => listed(scope, profiles, blockers.clone(), now),
            None => Vec::new(),
        })
        .collect())
}

/// What of a domain's profiles, spaces and apps is in a scope.
fn listed(
    scope: Scope<'_>,
    profiles: &[Profile],
    blockers: Blockers,
    now: SystemTime,
) -> Vec<Inside> {
    let inside = |id: String, words: &str, status: &str, made: Option<i64>| Inside {
        id,
        what: told(words, status, made, now),
        risk: None,
    };
    let profiles = match scope {
        Scope::Domain(_) => profiles,
        Scope::Profile(..) | Scope::Space(..) => &[],
    };
    let Blockers { apps, spaces } = blockers.within(scope);
    let profiles = profiles.iter().map(|one| {
        let id = format!("{}/{}", one.domain, one.name);
        inside(id, &one.words(), &one.status, one.made)
    });
    let spaces = spaces.iter().map(|one| {
        let id = space_id(&one.domain, &one.name);
        inside(id, &one.words(), &one.status, one.made)
    });
    let apps = apps
        .iter()
        .map(|one| inside(app_id(one), &one.words(), &one.status, one.made));
    profiles.chain(spaces).chain(apps).collect()
}

/// Apps are on no record: their id is theirs alone.
fn app_id(app: &App) -> String {
    let owner = match &app.owner {
        Owner::Profile(name) => format!("user-profile/{name}"),
        Owner::Space(name) => format!("space/{name}"),
    };
    let app_type = app.app_type.as_str();
    format!("{}/app/{owner}/{app_type}/{}", app.domain, app.name)
}

fn told(words: &str, status: &str, made: Option<i64>, now: SystemTime) -> String {
    match people::age(made, now) {
        Some(age) => format!("{words} ({status}, {age})"),
        None => format!("{words} ({status})"),
    }
}
