//! User profiles.

mod check;
mod discover;
mod list;
mod read;
mod schema;
mod write;

use self::read::PROFILES;
use self::schema::USER_PROFILE;
use super::sagemaker::Scope;
use super::schema::Schema;
use super::work::{Work, work};
use super::{Actual, BoxFuture, Checks, Inside, Kind, Listed, Wanted, import, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near};
use crate::value::Map;

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 60;

static SCHEMAS: &[&Schema] = &[&USER_PROFILE];

/// What is done to each, in the same order.
static WORK: &[Work] = &[work!(USER_PROFILE.kind, write)
    .named(|aws, node| Box::pin(PROFILES.standing(aws, &node.place, sagemaker::id_in_domain(node))))
    .imported(
        "domain and name, `d-…/NAME`, or its ARN",
        import::user_profile,
    )];

/// The kind `user_profile`.
#[derive(Debug)]
pub struct UserProfile;

impl Kind for UserProfile {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn work(&self) -> &'static [Work] {
        WORK
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
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
        Box::pin(sagemaker::inside(aws, place, wanted, |id| {
            let (domain, name) = sagemaker::split_id(id);
            Scope::Profile(domain, name)
        }))
    }

    fn goes_with(&self, _kind: &str) -> Option<(&'static str, &'static str)> {
        Some(("domain", "domain"))
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        sagemaker::broken(actual)
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

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(PROFILES.read(aws, place, wanted))
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
