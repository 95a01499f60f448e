//! The kind `subnet`.

pub(super) mod schema;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::schema::Schema;
use crate::kinds::{Actual, BoxFuture, Change, Context, Kind, Ready, Wanted};
use crate::state::Record;

/// The resource, then its parts.
static SCHEMAS: &[&Schema] = &[&schema::SUBNET];

/// The kind `subnet`.
#[derive(Debug)]
pub struct Subnet;

impl Kind for Subnet {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        let _ = (aws, place, wanted);
        Box::pin(super::ec2::unwritten())
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        let _ = (cx, node);
        Box::pin(super::ec2::unwritten())
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        let _ = (cx, node, record, changes);
        Box::pin(super::ec2::unwritten())
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        let _ = (cx, record);
        Box::pin(super::ec2::unwritten())
    }
}
