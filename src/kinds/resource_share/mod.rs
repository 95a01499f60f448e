//! The kind `resource_share`: pipelines shared with other accounts through AWS Resource Access Manager.
//! What is in it, whom it is shared with, and each acceptance are parts; an acceptance is worked on with
//! the receiver's credentials.

mod acceptance;
mod association;
mod check;
mod discover;
mod list;
mod parts;
mod permission;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod verify;
mod write;

pub use verify::{Holds, Proof, Question, Verified, verify};

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::diagnostic::Diagnostics;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::import;
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{Actual, BoxFuture, Checks, Facts, Kind, PartDraft, Wanted};
use crate::value::Value;

/// The word of a share.
pub const WORD: &str = schema::SHARE.kind;
/// The word of a resource in a share.
pub const RESOURCE_WORD: &str = schema::RESOURCE.kind;
/// The word of whom a share is shared with.
pub const PRINCIPAL_WORD: &str = schema::PRINCIPAL.kind;
/// The word of an account's acceptance.
pub const ACCEPTANCE_WORD: &str = schema::ACCEPTANCE.kind;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[
    &schema::SHARE,
    &schema::RESOURCE,
    &schema::PRINCIPAL,
    &schema::ACCEPTANCE,
];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::SHARE.kind, write)
        .found(|aws, node| Box::pin(write::find(aws, node)))
        .imported("its ARN", import::resource_share),
    work!(schema::RESOURCE.kind, association)
        .found(|aws, node| Box::pin(association::find(aws, node)))
        .imported("share and pipeline, `arn:… arn:…`", import::shared),
    work!(schema::PRINCIPAL.kind, association)
        .found(|aws, node| Box::pin(association::find(aws, node)))
        .imported("share and principal, `arn:… 111122223333`", import::shared),
    work!(schema::ACCEPTANCE.kind, acceptance)
        .found(|aws, node| Box::pin(acceptance::find(aws, node)))
        .imported("the ARN of its share", import::resource_share),
];

/// The kind `resource_share`.
#[derive(Debug)]
pub struct ResourceShare;

impl Kind for ResourceShare {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derived_parts(&self, facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
        parts::derived(facts, out)
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn same(&self, kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        let is_permission = kind == schema::SHARE.kind && path == "permission";
        let (wanted, actual) = (wanted.as_str()?, actual.as_str()?);
        is_permission.then(|| permission::arn(wanted) == permission::arn(actual))
    }

    fn ensures(&self, kind: &str) -> bool {
        kind == schema::ACCEPTANCE.kind
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
