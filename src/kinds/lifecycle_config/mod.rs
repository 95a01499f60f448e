//! Lifecycle configurations: scripts that run when an app starts. AWS changes none of them: another
//! content is another configuration, made first under a name that its content gives it, so that its
//! users name the new one before the old one goes.

mod check;
mod content;
mod discover;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use self::read::CONFIGS;
use self::schema::LIFECYCLE_CONFIG;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Wanted, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near};
use crate::kinds::import;
use crate::value::Value;

static SCHEMAS: &[&Schema] = &[&LIFECYCLE_CONFIG];

/// What can only be replaced, and gives the new one another name.
static NAMED_AFTER: &[&str] = &["app_type", "content"];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(LIFECYCLE_CONFIG.kind, write)
    .named(|aws, node| {
        let name = node.text("name").unwrap_or_default().to_owned();
        Box::pin(CONFIGS.standing(aws, &node.place, name))
    })
    .imported("its name or ARN", |text| {
        import::named(text, "studio-lifecycle-config")
    })];

/// The kind `lifecycle_config`.
#[derive(Debug)]
pub struct LifecycleConfig;

impl Kind for LifecycleConfig {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn named_after(&self, _kind: &str) -> &'static [&'static str] {
        NAMED_AFTER
    }

    fn derive(&self, _kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        match attribute {
            "arn" => sagemaker::derived_arn(facts, "studio-lifecycle-config"),
            "id" => sagemaker::derived_name(facts),
            _ => None,
        }
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

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(CONFIGS.read(aws, place, wanted))
    }
}
