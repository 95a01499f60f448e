//! App image configurations: how an image runs in JupyterLab, Code Editor and KernelGateway apps.

mod check;
mod list;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use self::read::CONFIGS;
use self::schema::APP_IMAGE_CONFIG;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Listed, Wanted, import, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::value::Value;

static SCHEMAS: &[&Schema] = &[&APP_IMAGE_CONFIG];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(APP_IMAGE_CONFIG.kind, write)
    .named(|aws, node| {
        let name = node.text("name").unwrap_or_default().to_owned();
        Box::pin(CONFIGS.standing(aws, &node.place, name))
    })
    .imported("its name or its ARN", |text| {
        import::named(text, "app-image-config")
    })];

/// The kind `app_image_config`.
#[derive(Debug)]
pub struct AppImageConfig;

impl Kind for AppImageConfig {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derive(&self, _kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        match attribute {
            "arn" => sagemaker::derived_arn(facts, "app-image-config"),
            "id" => sagemaker::derived_name(facts),
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
        Box::pin(CONFIGS.read(aws, place, wanted))
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
