//! The kind `peering`: a peering of two VPCs. Its acceptance, options and routes are parts, each worked on
//! with the credentials of its own side.

mod acceptance;
mod check;
pub(super) mod implied;
mod options;
mod parts;
mod read;
pub(super) mod schema;
mod status;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::{names, no_such_part};
use super::route_table::route;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::schema::Schema;
use crate::kinds::{
    Actual, BoxFuture, Change, Checks, Context, Facts, Kind, PartDraft, Ready, Wanted,
};
use crate::state::Record;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[
    &schema::PEERING,
    &schema::ACCEPTANCE,
    &schema::REQUESTER_OPTIONS,
    &schema::ACCEPTER_OPTIONS,
    &schema::REQUESTER_ROUTE,
    &schema::ACCEPTER_ROUTE,
];

/// The kind `peering`.
#[derive(Debug)]
pub struct Peering;

impl Kind for Peering {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn derived_parts(&self, facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
        parts::derived(facts, out)
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "peering");
        implied::complete(configuration);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(read::read(aws, place, wanted))
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            match &*node.kind {
                "peering" => write::create(cx, node).await,
                "peering.acceptance" => acceptance::create(cx, node).await,
                "peering.requester_options" | "peering.accepter_options" => {
                    options::create(cx, node).await
                }
                "peering.requester_routes" | "peering.accepter_routes" => {
                    route::create(cx, node, "peering").await
                }
                other => Err(no_such_part(other)),
            }
        })
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            match &*node.kind {
                "peering" => write::update(cx, node, record, changes).await,
                "peering.acceptance" => acceptance::update(cx, node, record, changes).await,
                "peering.requester_options" | "peering.accepter_options" => {
                    options::create(cx, node).await
                }
                "peering.requester_routes" | "peering.accepter_routes" => {
                    route::update(cx, node, record, "peering").await
                }
                other => Err(no_such_part(other)),
            }
        })
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            match record.kind.as_str() {
                "peering" => write::delete(cx, record).await,
                "peering.acceptance" => acceptance::delete(cx, record).await,
                "peering.requester_options" | "peering.accepter_options" => {
                    options::delete(cx, record).await
                }
                "peering.requester_routes" | "peering.accepter_routes" => {
                    route::delete(cx, record).await
                }
                other => Err(no_such_part(other)),
            }
        })
    }
}
