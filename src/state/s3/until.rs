//! For how long a request is repeated.

use super::lease::Lease;
use super::store::Store;
use crate::aws::Failure;
use crate::diagnostic::{Diagnostic, codes};

/// How long what needs no lease is tried, in milliseconds.
const PATIENCE_MS: u64 = 45_000;

/// The end of the trying.
#[derive(Debug, Clone, Copy)]
pub enum Until<'a> {
    /// A time on this side's clock, milliseconds since the epoch.
    Time(u64),
    /// For as long as the lease holds.
    Lease(&'a Lease),
}

impl Until<'static> {
    /// The usual patience, from now on.
    pub fn patience(store: &Store) -> Self {
        Until::Time(store.clock().now_ms() + PATIENCE_MS)
    }
}

impl Until<'_> {
    /// Whether to go on; `last` is how it went so far.
    ///
    /// # Errors
    /// The end is reached.
    pub fn check(self, store: &Store, last: Option<&Failure>) -> Result<(), Diagnostic> {
        match self {
            Self::Lease(lease) => lease.check().map_err(|lost| match last {
                Some(why) => lost.note(format!("the last request: {why}")),
                None => lost,
            }),
            Self::Time(end_ms) if store.clock().now_ms() < end_ms => Ok(()),
            Self::Time(_) => Err(match last {
                Some(why) => store.failed(why),
                None => Diagnostic::error(
                    codes::state::STORE_UNUSABLE,
                    "the store of the state takes too long",
                ),
            }),
        }
    }
}
