//! The kind `route_table`: routes and associations with subnets are its parts.

mod association;
mod check;
mod discover;
mod implied;
mod read;
pub(super) mod risk;
pub(super) mod route;
pub(super) mod schema;
mod target;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::names;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Inside, Kind, Listed, Removal, Wanted, import};
use crate::state::Record;
use crate::value::Map;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::ROUTE_TABLE, &schema::ROUTE, &schema::ASSOCIATION];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::ROUTE_TABLE.kind, write)
        .found(|aws, node| Box::pin(write::find(aws, node)))
        .imported("`rtb-…` or its ARN", |text| {
            import::plain(text, "rtb-", "route-table")
        }),
    work!(schema::ROUTE.kind, route)
        .found(|aws, node| Box::pin(route::find(aws, node)))
        .imported(import::ROUTE_FORM, import::route),
    work!(schema::ASSOCIATION.kind, association)
        .found(|aws, node| Box::pin(association::find_made(aws, node)))
        .imported("`rtbassoc-…`", |text| {
            import::plain(text, "rtbassoc-", "association")
        }),
];

/// The kind `route_table`.
#[derive(Debug)]
pub struct RouteTable;

impl Kind for RouteTable {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn risks(
        &self,
        kind: &str,
        removal: Removal,
        record: &Record,
        desired: Option<&Map>,
    ) -> Vec<String> {
        match kind == schema::ROUTE.kind {
            true => risk::risks(removal, record, desired),
            false => Vec::new(),
        }
    }

    fn inside_kind(&self, _kind: &str, inside: &Inside) -> Option<&'static str> {
        // Associations are not in its files alone: a subnet may be another stack's.
        route::parts_of(&inside.id).map(|_| schema::ROUTE.kind)
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "route_table");
        implied::edges(configuration);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
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
        aws: &'a Aws,
        place: &'a Place,
        _: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(discover::portray(aws, place, portraits))
    }

    fn nickname(&self, kind: &str, attributes: &Map) -> Option<String> {
        discover::nickname(kind, attributes)
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
        _tags: bool,
    ) -> BoxFuture<'a, Result<Option<Vec<Listed>>, Failure>> {
        Box::pin(async move { read::list(aws, place).await.map(Some) })
    }
}
