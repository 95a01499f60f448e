//! See the schema.
pub mod schema;
use crate::aws::{Aws, Cause, Failure};
use crate::config::Place;
use crate::kinds::schema::Schema;
use crate::kinds::{Actual, BoxFuture, Change, Context, Kind, Ready, Wanted};
use crate::state::Record;
static SCHEMAS: &[&Schema] = &[&schema::USER_PROFILE];
/// The kind.
#[derive(Debug)]
pub struct UserProfile;
impl Kind for UserProfile {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }
    fn read<'a>(
        &'a self,
        _: &'a Aws,
        _: &'a Place,
        _: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(async { Err(coming()) })
    }
    fn create<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async { Err(coming()) })
    }
    fn update<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a Ready,
        _: &'a Record,
        _: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async { Err(coming()) })
    }
    fn delete<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async { Err(coming()) })
    }
}
fn coming() -> Failure {
    Failure::new(Cause::Other, "", "this kind cannot be worked on")
}
