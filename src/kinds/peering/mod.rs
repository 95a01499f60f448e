//! The kind `peering`: a peering of two VPCs. Its acceptance, options and routes are parts, each worked on
//! with the credentials of its own side.

mod acceptance;
mod check;
mod discover;
pub(super) mod implied;
mod options;
mod parts;
mod read;
pub(super) mod schema;
mod status;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::names;
use super::route_table::{risk, route};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{
    Actual, BoxFuture, Checks, Facts, Kind, Listed, PartDraft, Removal, Wanted, import,
};
use crate::state::Record;
use crate::value::Map;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[
    &schema::PEERING,
    &schema::ACCEPTANCE,
    &schema::REQUESTER_OPTIONS,
    &schema::ACCEPTER_OPTIONS,
    &schema::REQUESTER_ROUTE,
    &schema::ACCEPTER_ROUTE,
];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::PEERING.kind, write)
        .found(|aws, node| Box::pin(write::find(aws, node)))
        .imported(PEERING_FORM, peering_id),
    work!(schema::ACCEPTANCE.kind, acceptance)
        .found(|aws, node| Box::pin(acceptance::find(aws, node)))
        .imported(PEERING_FORM, peering_id),
    work!(schema::REQUESTER_OPTIONS.kind, options)
        .found(|aws, node| Box::pin(options::find(aws, node)))
        .imported(PEERING_FORM, peering_id),
    work!(schema::ACCEPTER_OPTIONS.kind, options)
        .found(|aws, node| Box::pin(options::find(aws, node)))
        .imported(PEERING_FORM, peering_id),
    work!(schema::REQUESTER_ROUTE.kind, route)
        .found(|aws, node| Box::pin(route::find(aws, node)))
        .imported(import::NETWORK_ROUTE_FORM, import::network_route),
    work!(schema::ACCEPTER_ROUTE.kind, route)
        .found(|aws, node| Box::pin(route::find(aws, node)))
        .imported(import::NETWORK_ROUTE_FORM, import::network_route),
];

/// How a peering, and what there is of it on each side, is named in an `import`.
const PEERING_FORM: &str = "`pcx-…` or its ARN";

fn peering_id(text: &str) -> Option<String> {
    import::plain(text, "pcx-", "vpc-peering-connection")
}

/// The kind `peering`.
#[derive(Debug)]
pub struct Peering;

impl Kind for Peering {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derived_parts(&self, facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
        parts::derived(facts, out)
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "peering");
        implied::complete(configuration);
    }

    fn risks(
        &self,
        kind: &str,
        removal: Removal,
        record: &Record,
        desired: Option<&Map>,
    ) -> Vec<String> {
        match [schema::REQUESTER_ROUTE.kind, schema::ACCEPTER_ROUTE.kind].contains(&kind) {
            true => risk::risks(removal, record, desired),
            false => Vec::new(),
        }
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
        ways: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(discover::portray(aws, place, ways, portraits))
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
