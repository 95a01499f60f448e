//! The kind `route_table`: routes and associations with subnets are its parts.

mod association;
mod check;
mod implied;
mod read;
pub(super) mod route;
pub(super) mod schema;
mod target;
#[cfg(test)]
mod tests;
mod write;

pub use implied::add as add_edges;

use super::ec2::{names, no_such_part};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::schema::Schema;
use crate::kinds::{Actual, BoxFuture, Change, Checks, Context, Kind, Ready, Wanted};
use crate::state::Record;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::ROUTE_TABLE, &schema::ROUTE, &schema::ASSOCIATION];

/// The kind `route_table`.
#[derive(Debug)]
pub struct RouteTable;

impl Kind for RouteTable {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "route_table");
        implied::edges(configuration);
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
                "route_table" => write::create(cx, node).await,
                "route_table.route" => route::create(cx, node, "via").await,
                "route_table.subnets" => association::create(cx, node).await,
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
                "route_table" => write::update(cx, node, record, changes).await,
                "route_table.route" => route::update(cx, node, record, "via").await,
                "route_table.subnets" => association::update(cx, node, record, changes).await,
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
                "route_table" => write::delete(cx, record).await,
                "route_table.route" => route::delete(cx, record).await,
                "route_table.subnets" => association::delete(cx, record).await,
                other => Err(no_such_part(other)),
            }
        })
    }
}
