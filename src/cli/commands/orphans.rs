//! `smd orphans`.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt as _, stream};
use serde_json::{Map, Value as Json, json};

use crate::aws::Aws;
use crate::cli::args::OrphansArgs;
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Looking};
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::cli::target;
use crate::config::{Access, Account, Caller, Place};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kinds::home_efs::{self, Orphan};
use crate::render;

/// Milliseconds of a second.
const MILLIS: i64 = 1_000;

/// Tells what domains left that are gone, in every account and region of the files and the record;
/// deletes and records nothing.
///
/// # Errors
/// The files are wrong, or AWS cannot be asked.
pub async fn run(console: &Console, environment: &Environment, args: &OrphansArgs) -> Outcome {
    let what = (&args.directory, &args.inputs, &args.sandbox);
    let Looking {
        project,
        recorded,
        aws,
    } = planning::look(console, environment, what, false).await?;
    let places = places(console, &aws, &project, &recorded).await?;
    if let Err(wrong) = target::check_places(&aws, places.iter()).await {
        return Err(planning::stop(console, &project, &wrong));
    }
    let parallelism = usize::from(args.parallelism.parallelism);
    let answers: Vec<_> = stream::iter(&places)
        .map(|place| look(&aws, place))
        .buffered(parallelism)
        .collect()
        .await;
    let mut found: Vec<(Place, Vec<Orphan>)> = Vec::new();
    let mut wrong = Diagnostics::new();
    for (place, answer) in places.into_iter().zip(answers) {
        match answer {
            Ok(orphans) => found.push((place, orphans)),
            Err(failure) => wrong.push(failure),
        }
    }
    if !wrong.is_empty() {
        return Err(planning::stop(console, &project, &wrong));
    }
    let options = super::show::options(console);
    console.data(&render::orphans_text(&found, aws.clock().now(), options));
    console.document(document(&found));
    Ok(match found.iter().all(|(_, orphans)| orphans.is_empty()) {
        true => Exit::Done,
        false => Exit::Check,
    })
}

async fn look(aws: &Aws, place: &Place) -> Result<Vec<Orphan>, Diagnostic> {
    let found = home_efs::orphans(aws, place).await;
    found.map_err(|failure| {
        failure.to_diagnostic().note(format!(
            "while looking for what domains left in account {}, {}",
            place.account, place.region
        ))
    })
}

/// Every account and region of the files and the record, each with one way in. Accounts count though
/// nothing is in them any more: that is when something may be left.
async fn places(
    console: &Console,
    aws: &Aws,
    project: &Project,
    recorded: &Recorded,
) -> Result<Vec<Place>, Stopped> {
    let configuration = &project.configuration;
    let records = recorded.state.iter().flat_map(|state| &state.records);
    let known: Vec<&Place> = configuration
        .nodes
        .values()
        .map(|node| &node.place)
        .chain(records.map(|(_, record)| &record.place))
        .collect();
    let mut accounts: Vec<Account> = configuration.accounts.values().cloned().collect();
    let is_whole = |account: &Account| account.id.is_some() && account.region.is_some();
    let whose = match accounts.iter().all(is_whole) && !(accounts.is_empty() && known.is_empty()) {
        true => None,
        false => Some(console.ok(target::caller(aws).await)?),
    };
    let mut places: BTreeMap<(Arc<str>, Arc<str>), Place> = BTreeMap::new();
    let mut add = |place: Place| {
        let key = (Arc::clone(&place.account), Arc::clone(&place.region));
        places.entry(key).or_insert(place);
    };
    for account in accounts.drain(..) {
        add(place_of(account, whose.as_ref()));
    }
    for place in known {
        add(place.clone());
    }
    if let Some(caller) = whose.filter(|_| places.is_empty()) {
        return Ok(vec![Place {
            account: caller.account,
            region: caller.region.unwrap_or_default(),
            access: Access::default(),
        }]);
    }
    Ok(places.into_values().collect())
}

/// Where an account's things are by default.
fn place_of(account: Account, caller: Option<&Caller>) -> Place {
    let own = caller.map(|caller| Arc::clone(&caller.account));
    let region = caller.and_then(|caller| caller.region.clone());
    Place {
        account: account.id.or(own).unwrap_or_default(),
        region: account.region.or(region).unwrap_or_default(),
        access: account.access,
    }
}

fn document(found: &[(Place, Vec<Orphan>)]) -> Map<String, Json> {
    let places = found.iter().map(|(place, orphans)| {
        json!({
            "account": place.account,
            "region": place.region,
            "orphans": orphans.iter().map(shown).collect::<Vec<_>>(),
        })
    });
    let mut document = new_document();
    document.insert("places".to_owned(), places.collect());
    document
}

fn shown(orphan: &Orphan) -> Json {
    let file_systems = orphan.file_systems.iter().map(|one| {
        let targets = one.mount_targets.iter();
        let targets =
            targets.map(|one| json!({"id": one.id, "subnet": one.subnet, "vpc": one.vpc}));
        json!({
            "id": one.id,
            "bytes": one.bytes,
            "created_ms": one.made.saturating_mul(MILLIS),
            "mount_targets": targets.collect::<Vec<_>>(),
        })
    });
    let groups = orphan.groups.iter();
    let groups = groups.map(|one| json!({"id": one.id, "name": one.name, "vpc": one.vpc}));
    json!({
        "domain": orphan.domain,
        "file_systems": file_systems.collect::<Vec<_>>(),
        "security_groups": groups.collect::<Vec<_>>(),
    })
}
