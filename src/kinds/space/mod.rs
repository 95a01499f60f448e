//! Spaces: private ones, which belong to a user profile and have a volume, and shared ones.

mod check;
mod discover;
mod owner;
mod read;
mod schema;
mod volume;
mod write;

#[cfg(test)]
mod tests;

use self::read::SPACES;
use self::schema::SPACE;
use super::sagemaker::Scope;
use super::schema::{ChangeRule, Schema};
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Inside, Kind, Ready, Removal, Wanted, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near};
use crate::kinds::import;
use crate::state::Record;
use crate::value::{Map, Value};

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 30;

static SCHEMAS: &[&Schema] = &[&SPACE];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(SPACE.kind, write)
    .named(|aws, node| Box::pin(SPACES.standing(aws, &node.place, id_of(node))))
    .imported("`d-…/space/NAME`, or its ARN", import::space)];

/// The kind `space`.
#[derive(Debug)]
pub struct Space;

impl Kind for Space {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        owner::edges(configuration);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn change_rule(&self, _kind: &str, path: &str, before: &Value, after: &Value) -> ChangeRule {
        volume::change_rule(path, before, after)
    }

    fn same(&self, _kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        owner::same(path, wanted, actual)
    }

    fn risks(
        &self,
        _kind: &str,
        _removal: Removal,
        record: &Record,
        _desired: Option<&Map>,
    ) -> Vec<String> {
        volume::lost_with(record)
            .map(|what| format!("deletes {what}"))
            .into_iter()
            .collect()
    }

    fn needs_consent(
        &self,
        _kind: &str,
        record: &Record,
        _desired: Option<&Map>,
    ) -> Option<String> {
        volume::lost_with(record)
    }

    fn has_people(&self, _kind: &str) -> bool {
        true
    }

    fn people<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Vec<Inside>>, Failure>> {
        Box::pin(sagemaker::inside(aws, place, wanted, |id| {
            let (domain, name) = split(id);
            Scope::Space(domain, name)
        }))
    }

    fn goes_with(&self, _kind: &str) -> Option<(&'static str, &'static str)> {
        Some(("domain", "domain"))
    }

    fn in_the_way(&self, _kind: &str, before: &Map, after: &Map) -> bool {
        let name = |map: &Map| Some(map.get("name")?.as_str()?.to_ascii_lowercase());
        name(before) == name(after)
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual)
    }

    fn usual_seconds(&self, _kind: &str) -> u64 {
        USUAL_SECONDS
    }

    fn around<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        around: &'a Around,
    ) -> BoxFuture<'a, Result<Vec<Near>, Failure>> {
        Box::pin(discover::around(aws, place, around))
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(SPACES.read(aws, place, wanted))
    }
}

/// The id `d-…/space/name`: a profile of the domain may have the same name.
fn id_of(node: &Ready) -> String {
    sagemaker::space_id(
        node.text("domain").unwrap_or_default(),
        node.text("name").unwrap_or_default(),
    )
}

/// The domain's id and the name.
fn split(id: &str) -> (&str, &str) {
    let (domain, rest) = sagemaker::split_id(id);
    (domain, sagemaker::split_id(rest).1)
}
