//! Roles, with inline policies and attachments of managed policies as their parts.

mod check;
mod discover;
mod list;
mod parts;
mod read;
#[expect(clippy::module_inception, reason = "the role itself, beside its parts")]
mod role;
mod schema;
mod standing;

#[cfg(test)]
mod tests;

use self::schema::{ATTACHMENT, INLINE_POLICY, ROLE};
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Listed, Wanted, iam, import};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Portrait, Ways};
use crate::value::Map;
use crate::value::Value;

static SCHEMAS: &[&Schema] = &[&ROLE, &INLINE_POLICY, &ATTACHMENT];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(ROLE.kind, role)
        .named(|aws, node| Box::pin(standing::standing(aws, node)))
        .imported("its name or ARN", import::role),
    work!(INLINE_POLICY.kind, parts)
        .found(|aws, node| Box::pin(parts::find(aws, node)))
        .imported("role and policy, `ROLE NAME`", import::inline_policy),
    work!(ATTACHMENT.kind, parts)
        .found(|aws, node| Box::pin(parts::find(aws, node)))
        .imported("role and policy, `ROLE arn:…`", |text| {
            import::pair(text, import::role, import::policy)
        }),
];

/// The kind `role`.
#[derive(Debug)]
pub struct Role;

impl Kind for Role {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derive(&self, kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        match (kind == ROLE.kind, attribute) {
            (true, "arn") => iam::derived_arn(facts, "role"),
            (true, "id") => facts
                .attribute("name")
                .filter(|name| name.as_str().is_some()),
            _ => None,
        }
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn portray<'a>(
        &'a self,
        _: &'a Aws,
        _: &'a Place,
        _: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        discover::portray(portraits);
        Box::pin(async { Ok(()) })
    }

    fn nickname(&self, kind: &str, attributes: &Map) -> Option<String> {
        discover::nickname(kind, attributes)
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
        tags: bool,
    ) -> BoxFuture<'a, Result<Option<Vec<Listed>>, Failure>> {
        Box::pin(async move { list::list(aws, place, tags).await.map(Some) })
    }
}
