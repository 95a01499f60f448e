//! The kind `cost_allocation_tag`: tag keys that split the bill of the account that pays. A key that
//! billing does not know yet waits for it.

mod check;
mod ensure;
mod schema;
#[cfg(test)]
mod tests;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Removal, Wanted};
use crate::state::Record;
use crate::value::Map;

static SCHEMAS: &[&Schema] = &[&schema::TAG];

/// What is done to it. The keys stay active when it goes: they are the payer's, and other stacks may
/// count on them.
static WORK: &[Work] = &[work!(schema::TAG.kind, ensures ensure)];

/// The kind `cost_allocation_tag`.
#[derive(Debug)]
pub struct CostAllocationTag;

impl Kind for CostAllocationTag {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn ensures(&self, _: &str) -> bool {
        true
    }

    fn looks_ahead(&self, _: &str, attributes: &Map) -> bool {
        attributes.contains_key("keys")
    }

    fn risks(&self, _: &str, _: Removal, _: &Record, _: Option<&Map>) -> Vec<String> {
        vec!["the keys stay active: they are the payer's".to_owned()]
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(ensure::read(aws, place, wanted))
    }
}
