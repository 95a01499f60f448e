//! The kind `vpc`: a virtual network, and its further networks as parts.

mod check;
mod discover;
mod network;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use check::size;

use super::ec2::names;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::{ChangeRule, Schema};
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Kind, Listed, Wanted, import};
use crate::value::Value;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::VPC, &schema::SECONDARY_CIDR];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::VPC.kind, write)
        .found(|aws, node| Box::pin(write::find(aws, node)))
        .imported("`vpc-…` or its ARN", |text| {
            import::plain(text, "vpc-", "vpc")
        }),
    work!(schema::SECONDARY_CIDR.kind, network)
        .found(|aws, node| Box::pin(network::find(aws, node)))
        .imported("`vpc-cidr-assoc-…`", |text| {
            import::plain(text, "vpc-cidr-assoc-", "vpc-cidr-association")
        }),
];

/// The kind `vpc`.
#[derive(Debug)]
pub struct Vpc;

impl Kind for Vpc {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        names::take_name_tags(configuration, "vpc");
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn change_rule(&self, _: &str, path: &str, before: &Value, after: &Value) -> ChangeRule {
        // ModifyVpcTenancy takes `default` only (EC2 guide: dedicated instances).
        match (path, before.as_str(), after.as_str()) {
            ("instance_tenancy", Some("dedicated"), Some("default")) => ChangeRule::InPlace,
            ("instance_tenancy", None | Some("default"), None | Some("default")) => {
                ChangeRule::InPlace
            }
            _ => ChangeRule::Replace("only `dedicated` can be changed, to `default`"),
        }
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
