//! The kind `vpc`: a virtual network, and its further networks as parts.

mod check;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use check::size;

use super::ec2::{names, no_such_part};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::kinds::schema::{ChangeRule, Schema};
use crate::kinds::{Actual, BoxFuture, Change, Checks, Context, Kind, Ready, Wanted};
use crate::state::Record;
use crate::value::Value;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::VPC, &schema::SECONDARY_CIDR];

/// The kind `vpc`.
#[derive(Debug)]
pub struct Vpc;

impl Kind for Vpc {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
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
                "vpc" => write::create(cx, node).await,
                "vpc.secondary_cidrs" => write::associate(cx, node).await,
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
        Box::pin(write::update(cx, node, record, changes))
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            match record.kind.as_str() {
                "vpc" => write::delete(cx, record).await,
                "vpc.secondary_cidrs" => write::disassociate(cx, record).await,
                other => Err(no_such_part(other)),
            }
        })
    }
}
