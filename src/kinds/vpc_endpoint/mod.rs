//! The kind `vpc_endpoint`: a private way to a service, by the route tables of a VPC or by network
//! interfaces in its subnets.

mod check;
mod discover;
mod read;
pub(super) mod schema;
mod status;
#[cfg(test)]
mod tests;
mod write;

pub use status::lives;
pub use write::is_interface;

use super::ec2::names;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::import;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Wanted};
use crate::value::{Map, Value};

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 60;

static SCHEMAS: &[&Schema] = &[&schema::VPC_ENDPOINT];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(schema::VPC_ENDPOINT.kind, write)
    .found(|aws, node| Box::pin(write::find(aws, node)))
    .imported("`vpce-…` or its ARN", |text| {
        import::plain(text, "vpce-", "vpc-endpoint")
    })];

/// The kind `vpc_endpoint`.
#[derive(Debug)]
pub struct VpcEndpoint;

impl Kind for VpcEndpoint {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, schema::VPC_ENDPOINT.kind);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn broken(&self, _: &str, actual: &Map) -> Option<String> {
        status::broken(actual)
    }

    /// Two endpoints of one service stand beside each other unless they have the same name in the
    /// DNS of the VPC, or the same route in a table.
    fn in_the_way(&self, _: &str, before: &Map, after: &Map) -> bool {
        let is_on = |map: &Map| map.get("private_dns").and_then(Value::as_bool) == Some(true);
        let tables = |map: &Map| {
            map.get("route_tables")
                .is_some_and(|tables| !tables.is_null())
        };
        let service = |map: &Map| map.get("service_name").cloned();
        service(before) == service(after)
            && ((is_on(before) && is_on(after)) || (tables(before) && tables(after)))
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

    fn nickname(&self, _: &str, attributes: &Map) -> Option<String> {
        discover::nickname(attributes)
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

/// The default policy of an endpoint, as AWS shows it: everything is allowed.
const FULL_ACCESS: &str = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
