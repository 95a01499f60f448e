//! A domain that is gone and whose deletion did not come to its end: what it left is still there.

use std::sync::Arc;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::{Actual, Wanted, home_efs};
use crate::value::{Map, Value};

/// What is said of such a domain: no status of AWS's, which shows it no more.
const STATUS: &str = "Deleted";

/// Puts in those of `wanted` that are not `found`, were to go with their home file system, and left
/// something of it: else nobody would know of it any more, and it blocks the network's deletion.
///
/// # Errors
/// A failed call.
pub(super) async fn add(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
    found: &mut [Option<Actual>],
) -> Result<(), Failure> {
    let gone: Vec<&Wanted> = wanted
        .iter()
        .zip(found.iter())
        .filter(|(wanted, found)| found.is_none() && text(wanted, "home_efs") == Some("delete"))
        .map(|(wanted, _)| wanted)
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let domains: Vec<(&str, Option<&str>)> = gone
        .iter()
        .map(|wanted| (&*wanted.id, text(wanted, "home_efs_file_system_id")))
        .collect();
    let left = home_efs::left_by(aws, place, &domains).await?;
    for (wanted, found) in wanted.iter().zip(found) {
        if found.is_none()
            && let Some(with_file_system) = left.get(&wanted.id)
        {
            let mut attributes = Map::clone(&wanted.attributes);
            attributes.insert(Arc::from("status"), Value::string(STATUS));
            if !with_file_system {
                attributes.remove("home_efs_file_system_id");
            }
            *found = Some(Actual::new(wanted.id.clone(), attributes));
        }
    }
    Ok(())
}

fn text<'a>(wanted: &'a Wanted, name: &str) -> Option<&'a str> {
    wanted.attributes.get(name).and_then(Value::as_str)
}

/// Whether it is such a domain.
pub(super) fn is_gone(status: Option<&str>) -> bool {
    status == Some(STATUS)
}

/// Why such a domain can only be replaced.
pub(super) fn broken(actual: &Map) -> Option<String> {
    is_gone(actual.get("status").and_then(Value::as_str)).then(|| {
        "it is gone, but what it left behind is not (`home_efs = \"retain\"` would leave that alone)"
            .to_owned()
    })
}
