//! The kind `internet_gateway`: the way between a VPC and the internet. Its attachment is a part.

mod attachment;
mod check;
mod discover;
mod parts;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::names;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Facts, Kind, Listed, PartDraft, Wanted, import};

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::INTERNET_GATEWAY, &schema::ATTACHMENT];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::INTERNET_GATEWAY.kind, write)
        .found(|aws, node| Box::pin(write::find(aws, node)))
        .imported("`igw-…` or its ARN", gateway),
    work!(schema::ATTACHMENT.kind, attachment)
        .found(|aws, node| Box::pin(attachment::find(aws, node)))
        .imported("gateway and VPC, `igw-… vpc-…`", |text| {
            import::pair(text, gateway, |vpc| import::plain(vpc, "vpc-", "vpc"))
        }),
];

/// The id of a gateway in an `import`.
fn gateway(text: &str) -> Option<String> {
    import::plain(text, "igw-", "internet-gateway")
}

/// The kind `internet_gateway`.
#[derive(Debug)]
pub struct InternetGateway;

impl Kind for InternetGateway {
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
        names::take_name_tags(configuration, "internet_gateway");
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
