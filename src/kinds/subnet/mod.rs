//! The kind `subnet`: a part of a VPC in one zone.

mod check;
mod discover;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::{names, refer};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Listed, Wanted, import};
use crate::value::Map;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::SUBNET];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(schema::SUBNET.kind, write)
    .found(|aws, node| Box::pin(write::find(aws, node)))
    .imported("`subnet-…` or its ARN", |text| {
        import::plain(text, "subnet-", "subnet")
    })];

/// The kind `subnet`.
#[derive(Debug)]
pub struct Subnet;

impl Kind for Subnet {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
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
