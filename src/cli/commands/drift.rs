//! `smd drift`.

use serde_json::{Map, Value as Json, json};

use crate::apply;
use crate::cli::args::DriftArgs;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Looking};
use crate::kinds;
use crate::plan::{self, Drift, Drifted};
use crate::render;
use crate::value::Value;

/// Tells what was changed outside smd; changes and records nothing.
///
/// # Errors
/// Nothing is recorded, or AWS cannot be asked.
pub async fn run(console: &Console, environment: &Environment, args: &DriftArgs) -> Outcome {
    let what = (&args.directory, &args.inputs, &args.sandbox);
    let Looking {
        project,
        recorded,
        aws,
    } = planning::look(console, environment, what, true).await?;
    let state = recorded.needed(console)?;
    let parallelism = usize::from(args.parallelism.parallelism);
    let kinds = kinds::registry();
    let found = apply::read(&aws, kinds, &state.records, parallelism, true).await;
    let actual = match found {
        Ok(actual) => actual,
        Err(diagnostics) => return Err(planning::stop(console, &project, &diagnostics)),
    };
    let drift = plan::drift(&project.configuration, state, &actual, kinds);
    let options = super::show::options(console);
    console.data(&render::drift_text(&state.stack, &drift, options));
    console.document(document(&state.stack, &drift));
    Ok(match drift.things.is_empty() {
        true => Exit::Done,
        false => Exit::Drift,
    })
}

fn document(stack: &str, drift: &Drift) -> Map<String, Json> {
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(stack));
    let things: Vec<Json> = drift.things.iter().map(thing).collect();
    document.insert("drift".to_owned(), Json::Array(things));
    let foreign: Vec<Json> = drift
        .foreign
        .iter()
        .flat_map(|(address, inside)| {
            inside
                .iter()
                .map(move |one| json!({ "inside": address, "id": one.id, "what": one.what }))
        })
        .collect();
    document.insert("foreign".to_owned(), Json::Array(foreign));
    document.insert("unchanged".to_owned(), json!(drift.unchanged));
    document
}

fn thing(thing: &Drifted) -> Json {
    let plain = |value: &Value| value.to_json().unwrap_or(Json::Null);
    let attributes: Vec<Json> = thing
        .changed
        .iter()
        .flatten()
        .map(|one| {
            json!({
                "path": one.path,
                "applied": plain(&one.applied),
                "there": plain(&one.there),
            })
        })
        .collect();
    json!({
        "address": thing.address,
        "kind": thing.kind,
        "account": thing.place.account,
        "region": thing.place.region,
        "id": thing.id,
        "change": if thing.changed.is_some() { "changed" } else { "gone" },
        "attributes": attributes,
    })
}
