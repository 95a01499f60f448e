//! What people made inside of domains, profiles and spaces, for the plan that would delete it.

use std::time::SystemTime;

use super::people::{self, App, Owner, Scope};
use crate::aws::{Aws, Failure};
use crate::config::Place;
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
    let mut all = Vec::new();
    for one in wanted {
        let scope = scope(&one.id);
        let mut found = Vec::new();
        if let Scope::Domain(domain) = scope {
            for profile in people::profiles(aws, &client, Some(domain)).await? {
                found.push(Inside {
                    id: format!("{domain}/{}", profile.name),
                    what: told(&profile.words(), &profile.status, profile.made, now),
                    risk: None,
                });
            }
        }
        let spaces = people::spaces_in(aws, &client, scope).await?;
        found.extend(spaces.iter().map(|space| Inside {
            id: space_id(&space.domain, &space.name),
            what: told(&space.words(), &space.status, space.made, now),
            risk: None,
        }));
        let apps = people::apps_in(aws, &client, scope, &spaces).await?;
        found.extend(apps.iter().map(|app| Inside {
            id: app_id(app),
            what: told(&app.words(), &app.status, app.made, now),
            risk: None,
        }));
        all.push(found);
    }
    Ok(all)
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
