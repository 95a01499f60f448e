//! The kind `security_group`: its rules are parts, one label for one AWS rule.

mod check;
mod discover;
mod implied;
mod overlap;
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

use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::diagnostic::Diagnostics;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::schema::Schema;
use crate::kinds::work::{Work, work};
use crate::kinds::{
    Actual, BoxFuture, Checks, Facts, Inside, Kind, Listed, PartDraft, Wanted, import,
};
use crate::value::Map;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::SECURITY_GROUP, &schema::INGRESS, &schema::EGRESS];

/// What is done to each, in the same order.
static WORK: &[Work] = &[
    work!(schema::SECURITY_GROUP.kind, write)
        .named(|aws, node| Box::pin(standing::standing(aws, node)))
        .imported("`sg-…` or its ARN", |text| {
            import::plain(text, "sg-", "security-group")
        }),
    work!(schema::INGRESS.kind, rule)
        .found(|aws, node| Box::pin(rule::find(aws, node)))
        .imported(RULE_FORM, rule_id),
    work!(schema::EGRESS.kind, rule)
        .found(|aws, node| Box::pin(rule::find(aws, node)))
        .imported(RULE_FORM, rule_id),
];

/// How a rule is named in an `import`.
const RULE_FORM: &str = "`sgr-…` or its ARN";

fn rule_id(text: &str) -> Option<String> {
    import::plain(text, "sgr-", "security-group-rule")
}

/// The kind `security_group`.
#[derive(Debug)]
pub struct SecurityGroup;

impl Kind for SecurityGroup {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn inside_kind(&self, _kind: &str, inside: &Inside) -> Option<&'static str> {
        Some(match rule::is_egress_inside(inside) {
            true => schema::EGRESS.kind,
            false => schema::INGRESS.kind,
        })
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
        _tags: bool,
    ) -> BoxFuture<'a, Result<Option<Vec<Listed>>, Failure>> {
        Box::pin(async move { read::list(aws, place).await.map(Some) })
    }
}
