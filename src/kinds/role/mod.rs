//! Roles, with inline policies and attachments of managed policies as their parts.

mod check;
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
use super::wait::{self, Look, Wait};
use super::{
    Actual, BoxFuture, Change, Checks, Context, Facts, Kind, Ready, Standing, Wanted, iam,
};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::state::Record;
use crate::value::Value;

static SCHEMAS: &[&Schema] = &[&ROLE, &INLINE_POLICY, &ATTACHMENT];

/// The kind `role`.
#[derive(Debug)]
pub struct Role;

impl Kind for Role {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
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
            if *node.kind == *ROLE.kind {
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
        if *node.kind == *ROLE.kind {
            Box::pin(role::create(cx, node))
        } else {
            Box::pin(parts::put(cx, node))
        }
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        if *node.kind == *ROLE.kind {
            Box::pin(role::update(cx, node, record, changes))
        } else {
            Box::pin(parts::update(cx, node, record))
        }
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        if record.kind == ROLE.kind {
            Box::pin(role::delete(cx, record))
        } else {
            Box::pin(parts::delete(cx, record))
        }
    }
}

/// Reads the one thing that is wanted until IAM shows it.
async fn shown(cx: &Context<'_>, place: &Place, wanted: &[Wanted]) -> Result<Actual, Failure> {
    let id = wanted.first().map(|one| one.id.clone()).unwrap_or_default();
    let what = Wait::new(format!("IAM to show {id}"), "iam:GetRole", iam::PROPAGATION);
    wait::until(cx, what, || async {
        let found = read::read(cx.aws, place, wanted).await?;
        Ok(match found.into_iter().next().flatten() {
            Some(actual) if settled(&actual) => Look::Done(actual),
            _ => Look::Pending("not shown yet".to_owned()),
        })
    })
    .await
}

/// A role's ARN may show as its unique id at first (behaviour: section 6).
fn settled(actual: &Actual) -> bool {
    actual
        .attributes
        .get("arn")
        .and_then(Value::as_str)
        .is_none_or(|arn| arn.starts_with("arn:"))
}
