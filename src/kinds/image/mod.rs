//! Images: what container images are to Studio. The container images themselves are versions of it,
//! of the kind `image_version`.

mod check;
mod list;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use self::read::IMAGES;
use self::schema::IMAGE;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Facts, Kind, Listed, Removal, Wanted, import, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::state::Record;
use crate::value::{Map, Value};

static SCHEMAS: &[&Schema] = &[&IMAGE];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(IMAGE.kind, write)
    .named(|aws, node| {
        let name = node.text("name").unwrap_or_default().to_owned();
        Box::pin(IMAGES.standing(aws, &node.place, name))
    })
    .imported("its name or its ARN", |text| import::named(text, "image"))];

/// The kind `image`.
#[derive(Debug)]
pub struct Image;

impl Kind for Image {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn derive(&self, _kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        match attribute {
            "arn" => sagemaker::derived_arn(facts, "image"),
            "id" => sagemaker::derived_name(facts),
            _ => None,
        }
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
    }

    /// API reference of DeleteImage.
    fn risks(&self, _: &str, _: Removal, _: &Record, _: Option<&Map>) -> Vec<String> {
        vec!["its versions go with it, those that smd does not know included".to_owned()]
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual)
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(IMAGES.read(aws, place, wanted))
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
