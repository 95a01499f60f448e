//! The replaced states, and the log of runs.

use super::Place;
use super::body::Body;
use super::store::{Put, When, Written};
use super::until::Until;
use crate::diagnostic::Diagnostic;
use crate::state::VERSIONS_KEPT;

/// What follows the state's key in those of replaced states.
const HISTORY: &str = ".history/";
/// What follows the state's key in that of the log of runs.
const RUNS: &str = ".runs";
/// The log is cut to its newest lines beyond this, in bytes.
const MAX_RUNS_BYTES: usize = 1024 * 1024;

impl Place {
    pub(super) fn version_key(&self, serial: u64) -> String {
        self.beside(&format!("{HISTORY}{serial:08}"))
    }

    pub(super) fn runs_key(&self) -> String {
        self.beside(RUNS)
    }

    /// The serials that are kept, in order.
    ///
    /// # Errors
    /// They cannot be listed.
    pub(super) async fn versions(&self, until: Until<'_>) -> Result<Vec<u64>, Diagnostic> {
        let listed = self.store.list(&self.beside(HISTORY), until).await?;
        let serials = listed.iter().filter_map(|(name, _)| name.parse().ok());
        let mut serials: Vec<u64> = serials.collect();
        serials.sort_unstable();
        Ok(serials)
    }

    /// Keeps the stored state as `serial`; the oldest go.
    ///
    /// # Errors
    /// The lease was lost, or the store refuses.
    pub(super) async fn keep_version(
        &self,
        serial: u64,
        until: Until<'_>,
    ) -> Result<(), Diagnostic> {
        let Some(there) = self.store.get(&self.key, until).await? else {
            return Ok(());
        };
        let put = Put {
            key: self.version_key(serial),
            bytes: Body::of(there).content,
            metadata: Vec::new(),
            when: When::Always,
        };
        self.store.put(&put, until).await?;
        let kept = self.versions(until).await?;
        let surplus = kept.len().saturating_sub(VERSIONS_KEPT);
        for serial in kept.into_iter().take(surplus) {
            self.store.delete(&self.version_key(serial), until).await?;
        }
        Ok(())
    }

    /// Adds a line to the log of runs.
    ///
    /// # Errors
    /// The lease was lost, or the store refuses.
    pub(super) async fn log_run(&self, line: &[u8], until: Until<'_>) -> Result<(), Diagnostic> {
        loop {
            let there = self.store.get(&self.runs_key(), until).await?;
            let (mut bytes, when) = match there {
                Some(there) => (there.bytes, When::Is(there.etag)),
                None => (Vec::new(), When::Absent),
            };
            bytes.extend_from_slice(line);
            if let Some(surplus) = bytes.len().checked_sub(MAX_RUNS_BYTES) {
                let rest = bytes.get(surplus..).unwrap_or_default();
                let cut = rest.iter().position(|byte| *byte == b'\n');
                bytes.drain(..surplus + cut.map_or(0, |at| at + 1));
            }
            let put = Put {
                key: self.runs_key(),
                bytes,
                metadata: Vec::new(),
                when,
            };
            if let Written::Done(_) = self.store.put(&put, until).await? {
                return Ok(());
            }
        }
    }
}
