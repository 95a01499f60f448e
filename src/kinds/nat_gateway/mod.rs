//! The kind `nat_gateway`: the way out of private subnets.

mod check;
mod discover;
mod implied;
mod read;
pub(super) mod schema;
mod status;
#[cfg(test)]
mod tests;
mod write;

pub use status::lives;

use super::ec2::names;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::import;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Held, Kind, Wanted};
use crate::value::{Map, Value};

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 100;

/// AWS detaches no internet gateway while a public address of the VPC is mapped (behaviour: order).
static HOLDS: &[Held] = &[Held {
    kind: "internet_gateway.attachment",
    by: "vpc",
}];

static SCHEMAS: &[&Schema] = &[&schema::NAT_GATEWAY];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(schema::NAT_GATEWAY.kind, write)
    .found(|aws, node| Box::pin(write::find(aws, node)))
    .imported("`nat-…` or its ARN", |text| {
        import::plain(text, "nat-", "natgateway")
    })];

/// The kind `nat_gateway`.
#[derive(Debug)]
pub struct NatGateway;

impl Kind for NatGateway {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, schema::NAT_GATEWAY.kind);
        implied::edges(configuration);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn broken(&self, _: &str, actual: &Map) -> Option<String> {
        status::broken(actual)
    }

    /// Two gateways cannot have one address, public or private. One that is not known yet is new.
    fn in_the_way(&self, _: &str, before: &Map, after: &Map) -> bool {
        let same = |name: &str| {
            let wanted = after.get(name).filter(|value| !value.is_null());
            wanted.is_some_and(|wanted| before.get(name) == Some(wanted))
        };
        let is_public =
            |map: &Map| map.get("connectivity_type").and_then(Value::as_str) != Some("private");
        (is_public(after) && same("elastic_ip")) || same("private_ip_address")
    }

    fn holds(&self, _: &str) -> &'static [Held] {
        HOLDS
    }

    fn usual_seconds(&self, _: &str) -> u64 {
        USUAL_SECONDS
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
}
