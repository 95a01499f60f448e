//! The kind `elastic_ip`: a public address that stays the same.

mod discover;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::{names, quotas};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Portrait, Ways};
use crate::kinds::import;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Removal, Wanted};
use crate::state::Record;
use crate::value::Map;

static SCHEMAS: &[&Schema] = &[&schema::ELASTIC_IP];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(schema::ELASTIC_IP.kind, write)
    .found(|aws, node| Box::pin(write::find(aws, node)))
    .imported("`eipalloc-…` or its ARN", |text| {
        import::plain(text, "eipalloc-", "elastic-ip")
    })];

/// The kind `elastic_ip`.
#[derive(Debug)]
pub struct ElasticIp;

impl Kind for ElasticIp {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, schema::ELASTIC_IP.kind);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        names::check(checks, schema::ELASTIC_IP.kind);
        quotas::check(checks, &[schema::ELASTIC_IP.kind]);
    }

    /// Others may know the address: firewalls of partners, DNS records.
    fn risks(&self, _: &str, _: Removal, record: &Record, _: Option<&Map>) -> Vec<String> {
        let address = record.text("public_ip").into_iter();
        address
            .map(|address| format!("gives the public address {address} back, for others to have"))
            .collect()
    }

    fn portray<'a>(
        &'a self,
        _: &'a Aws,
        place: &'a Place,
        _: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        discover::portray(place, portraits);
        Box::pin(async { Ok(()) })
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
