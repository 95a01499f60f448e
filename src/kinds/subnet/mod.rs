//! The kind `subnet`: a part of a VPC in one zone.

mod check;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::{names, no_such_part, refer};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::schema::Schema;
use crate::kinds::{Actual, BoxFuture, Change, Checks, Context, Kind, Ready, Wanted};
use crate::state::Record;
use crate::value::Map;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::SUBNET];

/// The kind `subnet`.
#[derive(Debug)]
pub struct Subnet;

impl Kind for Subnet {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "subnet");
    }

    fn in_the_way(&self, _kind: &str, before: &Map, after: &Map) -> bool {
        let network = |map: &Map| map.get("cidr")?.as_str()?.parse().ok();
        match (network(before), network(after)) {
            (Some(old), Some(new)) => refer::overlap(&old, &new),
            // Not known yet: as bad as the same.
            _ => true,
        }
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
                "subnet" => write::create(cx, node).await,
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
                "subnet" => write::update(cx, node, record, changes).await,
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
                "subnet" => write::delete(cx, record).await,
                other => Err(no_such_part(other)),
            }
        })
    }
}
