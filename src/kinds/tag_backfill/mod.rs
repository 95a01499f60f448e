//! The kind `tag_backfill`: things that were made before SageMaker tagged them by itself get their
//! domain's tag. What has it already, of this domain or another one, is left alone.

mod check;
mod choice;
mod ensure;
mod schema;
mod sources;
#[cfg(test)]
mod tests;

pub use choice::Choice;
pub use sources::{Found, Lacking};

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Removal, Wanted};
use crate::state::Record;
use crate::value::Map;

/// Its kind word.
pub const WORD: &str = schema::BACKFILL.kind;

static SCHEMAS: &[&Schema] = &[&schema::BACKFILL];

/// What is done to it. Tags stay when it goes: they say what is so.
static WORK: &[Work] = &[work!(schema::BACKFILL.kind, ensures ensure)];

/// The kind `tag_backfill`.
#[derive(Debug)]
pub struct TagBackfill;

impl Kind for TagBackfill {
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
        attributes.contains_key("kinds")
    }

    fn risks(&self, _: &str, _: Removal, _: &Record, _: Option<&Map>) -> Vec<String> {
        vec!["the tags stay on what has them".to_owned()]
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
