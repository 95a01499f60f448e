//! Managed policies. A change of the document is a new version; IAM keeps five.

mod check;
mod discover;
mod list;
mod read;
pub mod schema;
mod standing;
mod write;

use self::schema::POLICY;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Listed, Wanted, iam, import};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Portrait, Ways};
use crate::value::Value;

static SCHEMAS: &[&Schema] = &[&POLICY];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(POLICY.kind, write)
    .named(|aws, node| Box::pin(standing::standing(aws, node)))
    .imported("its ARN", import::policy)];

/// The kind `policy`.
#[derive(Debug)]
pub struct Policy;

impl Kind for Policy {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derive(&self, _kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        matches!(attribute, "arn" | "id")
            .then(|| iam::derived_arn(facts, "policy"))
            .flatten()
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
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
        Box::pin(read::read(aws, place, wanted))
    }

    fn list<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        tags: bool,
    ) -> BoxFuture<'a, Result<Option<Vec<Listed>>, Failure>> {
        Box::pin(async move { list::list(aws, place, tags).await.map(Some) })
    }
}
