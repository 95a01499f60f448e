//! The kind `security_group`: its rules are parts, one label for one AWS rule.

mod check;
mod implied;
mod parts;
mod peer;
mod read;
mod rule;
pub(super) mod schema;
mod standing;
#[cfg(test)]
mod tests;
mod write;

pub use rule::revoke;

use super::ec2::no_such_part;
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::schema::Schema;
use crate::kinds::{
    Actual, BoxFuture, Change, Checks, Context, Facts, Kind, PartDraft, Ready, Standing, Wanted,
};
use crate::state::Record;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::SECURITY_GROUP, &schema::INGRESS, &schema::EGRESS];

/// The kind `security_group`.
#[derive(Debug)]
pub struct SecurityGroup;

impl Kind for SecurityGroup {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn derived_parts(&self, facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
        parts::derived(facts, out)
    }

    fn complete(&self, configuration: &mut Configuration) {
        implied::complete(configuration);
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

    fn standing<'a>(
        &'a self,
        aws: &'a Aws,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Option<Standing>, Failure>> {
        Box::pin(async move {
            if *node.kind == *schema::SECURITY_GROUP.kind {
                standing::standing(aws, node).await
            } else {
                Ok(None)
            }
        })
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            match &*node.kind {
                "security_group" => write::create(cx, node).await,
                "security_group.ingress" | "security_group.egress" => rule::create(cx, node).await,
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
                "security_group" => write::update(cx, node, record, changes).await,
                "security_group.ingress" | "security_group.egress" => {
                    rule::update(cx, node, record, changes).await
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
                "security_group" => write::delete(cx, record).await,
                "security_group.ingress" | "security_group.egress" => {
                    rule::delete(cx, record).await
                }
                other => Err(no_such_part(other)),
            }
        })
    }
}
