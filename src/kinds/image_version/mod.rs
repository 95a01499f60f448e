//! Versions of an image: each is one container image. No call changes which: another base image is
//! a new version, made first; the old one stays in AWS unless `old_versions` says otherwise, so that
//! apps that name it by its number go on.

mod alias;
mod check;
mod find;
mod implied;
mod old;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use self::read::VERSIONS;
use self::schema::IMAGE_VERSION;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Kind, Removal, Wanted, import, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::{Configuration, Place};
use crate::state::Record;
use crate::value::Map;

/// How long making one usually takes: SageMaker looks at the container image.
const USUAL_SECONDS: u64 = 30;

static SCHEMAS: &[&Schema] = &[&IMAGE_VERSION];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(IMAGE_VERSION.kind, write)
    .found(|aws, node| Box::pin(find::find(aws, node)))
    .imported(
        "image and number, `NAME/1`, or its ARN",
        import::image_version,
    )];

/// The kind `image_version`.
#[derive(Debug)]
pub struct ImageVersion;

impl Kind for ImageVersion {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn complete(&self, configuration: &mut Configuration) {
        implied::edges(configuration);
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    fn risks(&self, _: &str, removal: Removal, record: &Record, _: Option<&Map>) -> Vec<String> {
        old::risks(removal, record)
    }

    fn made_first(&self, _kind: &str) -> bool {
        true
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual)
    }

    fn usual_seconds(&self, _kind: &str) -> u64 {
        USUAL_SECONDS
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(VERSIONS.read(aws, place, wanted))
    }
}
