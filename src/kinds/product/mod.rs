//! The kind `product`: a Service Catalog product made from a CloudFormation template, which is put into
//! a bucket that the files name. A change of the template is a new version.

mod check;
mod read;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod write;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Removal, Wanted};
use crate::state::Record;
use crate::value::Map;

static SCHEMAS: &[&Schema] = &[&schema::PRODUCT];

/// What is done to it.
static WORK: &[Work] =
    &[work!(schema::PRODUCT.kind, write).found(|aws, node| Box::pin(write::find(aws, node)))];

/// The kind `product`.
#[derive(Debug)]
pub struct Product;

impl Kind for Product {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn risks(&self, _: &str, _: Removal, record: &Record, _: Option<&Map>) -> Vec<String> {
        let bucket = record.text("bucket").unwrap_or("the bucket");
        vec![format!("its templates stay in {bucket}")]
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(read::read(aws, place, wanted))
    }
}
