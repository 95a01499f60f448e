//! User profiles.

mod check;
mod make;
mod read;
mod schema;
mod standing;

use self::schema::USER_PROFILE;
use super::schema::Schema;
use super::{Actual, BoxFuture, Change, Checks, Context, Kind, Ready, Standing, Wanted, sagemaker};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::state::Record;
use crate::value::Map;

/// Longest wait for a profile to be made, changed or deleted (behaviour: section 4).
const LIMIT: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// How long making one usually takes.
const USUAL_SECONDS: u64 = 60;

static SCHEMAS: &[&Schema] = &[&USER_PROFILE];

/// The kind `user_profile`.
#[derive(Debug)]
pub struct UserProfile;

impl Kind for UserProfile {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn check(&self, checks: &mut Checks<'_>) {
        check::check(checks);
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
        Box::pin(read::read(aws, place, wanted))
    }

    fn standing<'a>(
        &'a self,
        aws: &'a Aws,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Option<Standing>, Failure>> {
        Box::pin(standing::standing(aws, node))
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(make::create(cx, node))
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(make::update(cx, node, record, changes))
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(make::delete(cx, record))
    }
}

/// The id `d-…/name` that a node gets.
fn id_of(node: &Ready) -> String {
    format!(
        "{}/{}",
        node.text("domain").unwrap_or_default(),
        node.text("name").unwrap_or_default()
    )
}

/// The domain's id and the profile's name of an id `d-…/name`.
fn split(id: &str) -> (&str, &str) {
    id.split_once('/').unwrap_or((id, ""))
}
