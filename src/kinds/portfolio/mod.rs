//! The kind `portfolio`: a Service Catalog portfolio. Its products, who may use it, and the roles that
//! products are launched with are parts.

mod constraint;
mod implied;
mod link;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod write;

use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Kind, Wanted};

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[
    &schema::PORTFOLIO,
    &schema::MEMBER,
    &schema::PRINCIPAL,
    &schema::CONSTRAINT,
];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::PORTFOLIO.kind, write).found(|aws, node| Box::pin(write::find(aws, node))),
    work!(schema::MEMBER.kind, link).found(|aws, node| Box::pin(link::find(aws, node))),
    work!(schema::PRINCIPAL.kind, link).found(|aws, node| Box::pin(link::find(aws, node))),
    work!(schema::CONSTRAINT.kind, constraint)
        .found(|aws, node| Box::pin(constraint::find(aws, node))),
];

/// The kind `portfolio`.
#[derive(Debug)]
pub struct Portfolio;

impl Kind for Portfolio {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        implied::edges(configuration);
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
