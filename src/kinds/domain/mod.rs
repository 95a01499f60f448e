//! Domains. What UpdateDomain takes changes in place; name, sign-in and key do not, and the home
//! file system never follows to a new domain.

mod check;
mod delete;
mod discover;
mod home;
mod list;
mod network;
mod read;
mod remains;
mod schema;
mod standing;
mod write;

use self::read::DOMAINS;
use self::schema::DOMAIN;
use super::sagemaker::Scope;
use super::schema::{ChangeRule, Schema};
use super::work::{Work, work};
use super::{
    Actual, BoxFuture, Checks, Held, Inside, Kind, Listed, Removal, Wanted, import, sagemaker,
};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::state::Record;
use crate::value::{Map, Value};

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 300;

/// Mount targets of the home file system may be in any subnet of the VPC that a domain once named.
static HOLDS: &[Held] = &[Held {
    kind: "subnet",
    by: "vpc",
}];

static SCHEMAS: &[&Schema] = &[&DOMAIN];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(DOMAIN.kind, write)
    .named(|aws, node| Box::pin(standing::standing(aws, node)))
    .imported("`d-…` or its ARN", |text| {
        import::plain(text, "d-", "domain")
    })];

/// The kind `domain`.
#[derive(Debug)]
pub struct Domain;

impl Kind for Domain {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn change_rule(&self, _kind: &str, path: &str, before: &Value, after: &Value) -> ChangeRule {
        change_rule(path, before, after)
    }

    fn risks(
        &self,
        _kind: &str,
        removal: Removal,
        record: &Record,
        desired: Option<&Map>,
    ) -> Vec<String> {
        home::risks(removal, record, desired)
    }

    fn needs_consent(&self, _kind: &str, record: &Record, desired: Option<&Map>) -> Option<String> {
        home::needs_consent(record, desired)
    }

    fn has_people(&self, _kind: &str) -> bool {
        true
    }

    fn people<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Vec<Inside>>, Failure>> {
        Box::pin(sagemaker::inside(aws, place, wanted, Scope::Domain))
    }

    fn in_the_way(&self, _kind: &str, before: &Map, after: &Map) -> bool {
        before.get("name") == after.get("name")
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual).or_else(|| remains::broken(actual))
    }

    fn holds(&self, _kind: &str) -> &'static [Held] {
        HOLDS
    }

    fn usual_seconds(&self, _kind: &str) -> u64 {
        USUAL_SECONDS
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
        _: &'a Aws,
        _: &'a Place,
        _: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        discover::portray(portraits);
        Box::pin(async { Ok(()) })
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(async move {
            let mut found = DOMAINS.read(aws, place, wanted).await?;
            remains::add(aws, place, wanted, &mut found).await?;
            Ok(found)
        })
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

/// A VPC can be added, never changed; a home file system can be added, never taken away
/// (behaviour: section 2).
fn change_rule(path: &str, before: &Value, after: &Value) -> ChangeRule {
    match path {
        "vpc" if before.is_null() => ChangeRule::InPlace,
        "vpc" => ChangeRule::Replace(
            "no call moves a domain to another VPC; the new domain gets a new, empty home file system",
        ),
        "home_efs_file_system_creation"
            if after.as_str() == Some("Disabled") && !before.is_null() =>
        {
            ChangeRule::Replace(
                "a home file system cannot be taken from a domain that was made with one",
            )
        }
        _ => ChangeRule::InPlace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_depends_on_before_and_after() {
        let text = |text: &str| Value::string(text);
        let replaced = |path: &str, before: Value, after: Value| {
            matches!(change_rule(path, &before, &after), ChangeRule::Replace(_))
        };
        assert!(!replaced("vpc", Value::null(), text("vpc-1")));
        assert!(replaced("vpc", text("vpc-1"), text("vpc-2")));
        let home = "home_efs_file_system_creation";
        assert!(!replaced(home, text("Disabled"), text("Enabled")));
        assert!(replaced(home, text("Enabled"), text("Disabled")));
    }
}
