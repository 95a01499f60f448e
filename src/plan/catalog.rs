//! Kinds and schemas by their words, looked up once per plan.

use std::collections::HashMap;

use crate::config;
use crate::kinds::Kind;
use crate::kinds::schema::Schema;

/// A kind and one of its schemas.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// The schema of the word.
    pub schema: &'static Schema,
}

/// Every kind word of a run.
pub(super) struct Catalog(HashMap<&'static str, Entry>);

impl Catalog {
    /// The words of these kinds.
    pub fn new(kinds: &[&'static dyn Kind]) -> Self {
        Self(
            kinds
                .iter()
                .flat_map(|kind| {
                    kind.schemas().iter().map(|schema| {
                        (
                            schema.kind,
                            Entry {
                                kind: *kind,
                                schema,
                            },
                        )
                    })
                })
                .collect(),
        )
    }

    /// The kind of this word.
    pub fn get(&self, word: &str) -> Option<Entry> {
        self.0.get(word).copied()
    }

    /// Every word.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }
}

impl Entry {
    /// Whether things of this kind are in an account, not in one of its regions.
    pub fn is_global(self) -> bool {
        config::is_global(self.schema)
    }
}
