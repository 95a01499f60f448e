//! Whether AWS took what was sent.

use super::diff::diff;
use crate::kinds::Kind;
use crate::kinds::schema::Schema;
use crate::value::Map;

/// The paths at which AWS, read after an apply, does not have what was wanted, in order of paths:
/// to be reported as "not applied", never as success.
#[must_use]
pub fn not_applied(kind: &dyn Kind, schema: &Schema, wanted: &Map, actual: &Map) -> Vec<String> {
    // With `wanted` as what was written, smd's own settings agree with themselves.
    diff(kind, schema, wanted, actual, wanted)
        .into_iter()
        .map(|difference| difference.path)
        .collect()
}
