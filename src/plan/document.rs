//! The plan as one JSON document for machines.

use serde_json::{Map as Object, Value as Json, json};

use super::model::{OutputChange, Plan, Step};
use super::paths;
use crate::address::Address;
use crate::value::{Data, Map, Value};

/// The document of `smd plan --format json`. What is not known yet is `null` in `before` and `after`
/// with its path in `unknown`; sensitive values are left out with their paths in `sensitive`. Same
/// plan and diagnostics, same bytes.
#[must_use]
pub fn document(plan: &Plan, diagnostics: Json) -> Json {
    let summary = plan.summary();
    let outputs: Object<String, Json> = plan
        .outputs
        .iter()
        .map(|(name, change)| (name.clone(), output(change)))
        .collect();
    json!({
        "format_version": plan.format_version,
        "stack": plan.stack,
        "summary": {
            "create": summary.create,
            "update": summary.update,
            "replace": summary.replace,
            "delete": summary.delete,
            "unchanged": summary.unchanged,
        },
        "steps": plan.steps.iter().map(step).collect::<Vec<_>>(),
        "outputs": outputs,
        "diagnostics": diagnostics,
    })
}

fn step(step: &Step) -> Json {
    let mut unknown = Vec::new();
    for (name, value) in step.after.iter().flatten() {
        paths::unknown(value, name, &mut unknown);
    }
    unknown.sort();
    let mut sensitive: Vec<&String> = step
        .changes
        .iter()
        .filter(|change| change.sensitive)
        .map(|change| &change.path)
        .chain(step.sensitive.keys())
        .collect();
    sensitive.sort();
    sensitive.dedup();
    let reasons: Vec<Json> = step
        .reasons
        .iter()
        .map(|reason| {
            json!({
                "code": reason.code,
                "path": reason.path,
                "message": reason.message,
            })
        })
        .collect();
    json!({
        "address": step.address.as_str(),
        "kind": step.kind,
        "account": &*step.place.account,
        "region": &*step.place.region,
        "action": step.action,
        "reasons": reasons,
        "depends_on": step.depends_on.iter().map(Address::as_str).collect::<Vec<_>>(),
        "before": step.before.as_ref().map(members),
        "after": step.after.as_ref().map(members),
        "unknown": unknown,
        "sensitive": sensitive,
    })
}

fn output(change: &OutputChange) -> Json {
    let mut unknown = Vec::new();
    paths::unknown(&change.after, "", &mut unknown);
    json!({
        "before": plain(&change.before),
        "after": plain(&change.after),
        "unknown": !unknown.is_empty(),
        "sensitive": change.sensitive,
    })
}

fn members(map: &Map) -> Json {
    Json::Object(
        map.iter()
            .map(|(name, value)| (name.to_string(), plain(value)))
            .collect(),
    )
}

/// A value as JSON; what is unknown or sensitive in it is `null`.
fn plain(value: &Value) -> Json {
    match &value.data {
        _ if value.sensitive => Json::Null,
        Data::Unknown(_) => Json::Null,
        Data::List(items) => Json::Array(items.iter().map(plain).collect()),
        Data::Map(map) => members(map),
        _ => value.to_json().unwrap_or(Json::Null),
    }
}
