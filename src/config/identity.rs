//! What tells one living thing from all others.

use std::sync::Arc;

use super::Place;
use crate::kinds::Kind;
use crate::kinds::schema::Schema;

/// What tells one living thing from all others. An id alone does not: where it is a name, another
/// account or region may have it too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    kind: &'static str,
    account: Arc<str>,
    /// `None`: it is in no region.
    region: Option<Arc<str>>,
    id: String,
}

impl Identity {
    /// That of a thing with this schema, place and id.
    #[must_use]
    pub fn new(schema: &Schema, place: &Place, id: &str) -> Self {
        Self {
            kind: schema.kind,
            account: Arc::clone(&place.account),
            region: (!is_global(schema)).then(|| Arc::clone(&place.region)),
            id: id.to_owned(),
        }
    }

    /// The same by the kind's word; `None`: there is no such kind.
    #[must_use]
    pub fn of(kinds: &[&'static dyn Kind], word: &str, place: &Place, id: &str) -> Option<Self> {
        let mut schemas = kinds.iter().flat_map(|kind| kind.schemas());
        let schema = schemas.find(|schema| schema.kind == word)?;
        Some(Self::new(schema, place, id))
    }
}

/// Whether things with this schema are in an account, not in one of its regions (IAM guide: "IAM is
/// a global service").
#[must_use]
pub fn is_global(schema: &Schema) -> bool {
    schema.aws.starts_with("AWS::IAM::")
}
