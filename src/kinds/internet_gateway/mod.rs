//! The kind `internet_gateway`: the way between a VPC and the internet. Its attachment is a part.

mod attachment;
mod check;
mod parts;
mod read;
pub(super) mod schema;
#[cfg(test)]
mod tests;
mod write;

use super::ec2::{names, no_such_part};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::schema::Schema;
use crate::kinds::{
    Actual, BoxFuture, Change, Checks, Context, Facts, Kind, PartDraft, Ready, Wanted,
};
use crate::state::Record;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::INTERNET_GATEWAY, &schema::ATTACHMENT];

/// The kind `internet_gateway`.
#[derive(Debug)]
pub struct InternetGateway;

impl Kind for InternetGateway {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
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
                "internet_gateway" => write::create(cx, node).await,
                "internet_gateway.attachment" => attachment::create(cx, node).await,
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
                "internet_gateway" => write::update(cx, node, record, changes).await,
                "internet_gateway.attachment" => {
                    attachment::update(cx, node, record, changes).await
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
                "internet_gateway" => write::delete(cx, record).await,
                "internet_gateway.attachment" => attachment::delete(cx, record).await,
                other => Err(no_such_part(other)),
            }
        })
    }
}
