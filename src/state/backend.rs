//! Where a stack's state, journal and lock are kept, whatever that is.

use std::fmt;
use std::path::PathBuf;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// Who holds the right to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What it does: `apply`, `destroy`, `state rm`.
    pub operation: String,
    /// Who: `user@host`.
    pub who: String,
    /// Its process id.
    pub pid: u32,
    /// Since when, in seconds since the epoch.
    pub since: u64,
}

/// A version of the stored state: changes with every write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// A stored state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Which version they are.
    pub version: Version,
}

/// How many replaced states are kept.
pub const VERSIONS_KEPT: usize = 50;

/// The place of one stack's state. Reading needs no right; writing does: see [`Writer`].
pub trait Backend: Send + Sync + fmt::Debug {
    /// How messages call it: the file, or `s3://bucket/key`.
    fn name(&self) -> String;

    /// Where a record is kept on this machine that the place itself could not take.
    fn rescue_path(&self) -> PathBuf;

    /// The stored state; `None` before the first apply.
    ///
    /// # Errors
    /// It cannot be read.
    fn load(&self) -> BoxFuture<'_, Result<Option<Stored>, Diagnostic>>;

    /// The journal, as far as it was written; empty if there is none.
    ///
    /// # Errors
    /// It cannot be read.
    fn journal(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>>;

    /// The serials of the replaced states that are kept ([`Writer::keep_version`]), in order.
    ///
    /// # Errors
    /// They cannot be listed.
    fn versions(&self) -> BoxFuture<'_, Result<Vec<u64>, Diagnostic>>;

    /// A replaced state; `None`: it is not kept.
    ///
    /// # Errors
    /// It cannot be read.
    fn version(&self, serial: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, Diagnostic>>;

    /// The log of runs, as far as it was written ([`super::runs`]); empty if there is none.
    ///
    /// # Errors
    /// It cannot be read.
    fn runs(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>>;

    /// Takes the right to write, and makes sure at once that writing is possible: better before
    /// the first AWS call than after the last.
    ///
    /// # Errors
    /// Someone else holds it (named), or the place cannot be written to.
    fn lock<'a>(&'a self, holder: &'a Holder)
    -> BoxFuture<'a, Result<Box<dyn Writer>, Diagnostic>>;
}

/// The right to write a stack's state, held by one at a time.
pub trait Writer: Send + Sync + fmt::Debug {
    /// Writes the state in one step: a reader sees the old one or the new one, whole, also after a
    /// crash. `previous` is the version it follows (`None`: there was none).
    ///
    /// # Errors
    /// The stored state is not `previous`, the right was lost, or the place refuses.
    fn save<'a>(
        &'a self,
        bytes: Vec<u8>,
        previous: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Version, Diagnostic>>;

    /// Adds to the journal; once it returns, the bytes survive a crash. After an error nothing
    /// more may be added.
    ///
    /// # Errors
    /// The right was lost, or the place refuses.
    fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>>;

    /// Takes the journal away: all that it says is in the saved state.
    ///
    /// # Errors
    /// The right was lost, or the place refuses.
    fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>>;

    /// Keeps a copy of the state that is stored now, before it is replaced; `serial` is what it says
    /// of itself. An older copy of that serial is replaced, and of all copies only the newest
    /// [`VERSIONS_KEPT`] stay.
    ///
    /// # Errors
    /// The right was lost, or the place refuses.
    fn keep_version(&self, serial: u64) -> BoxFuture<'_, Result<(), Diagnostic>>;

    /// Adds a line, its end included, to the log of runs.
    ///
    /// # Errors
    /// The right was lost, or the place refuses.
    fn log_run(&self, line: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>>;

    /// Keeps the right for as long as this is polled; ends only when it is lost, with the reason.
    fn keep(&self) -> BoxFuture<'_, Diagnostic>;

    /// Gives the right back.
    ///
    /// # Errors
    /// It could not be given back; it then ends by itself.
    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>>;
}
