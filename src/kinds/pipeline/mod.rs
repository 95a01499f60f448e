//! Pipelines: a definition in JSON, run under a role.

mod check;
mod definition;
mod discover;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use self::read::PIPELINES;
use self::schema::PIPELINE;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Wanted, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::import;
use crate::value::{Map, Value};

static SCHEMAS: &[&Schema] = &[&PIPELINE];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(PIPELINE.kind, write)
    .named(|aws, node| {
        let name = node.text("name").unwrap_or_default().to_owned();
        Box::pin(PIPELINES.standing(aws, &node.place, name))
    })
    .imported("its name or ARN", |text| import::named(text, "pipeline"))];

/// The kind `pipeline`.
#[derive(Debug)]
pub struct Pipeline;

impl Kind for Pipeline {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derive(&self, _kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        match attribute {
            "arn" => sagemaker::derived_arn(facts, "pipeline"),
            "id" => sagemaker::derived_name(facts),
            _ => None,
        }
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn same(&self, _kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        if path != "definition" {
            return None;
        }
        definition::same(wanted.as_str()?, actual.as_str()?)
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual)
    }

    fn around<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        around: &'a Around,
    ) -> BoxFuture<'a, Result<Vec<Near>, Failure>> {
        Box::pin(discover::around(aws, place, around))
    }

    fn portray<'a>(
        &'a self,
        _: &'a Aws,
        _: &'a Place,
        _: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        discover::portray(portraits);
        Box::pin(async { Ok(()) })
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(PIPELINES.read(aws, place, wanted))
    }
}
