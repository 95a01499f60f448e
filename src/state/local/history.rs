//! States that were replaced, kept beside the one that stands, and the log of runs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Local, private, sync_folder};
use crate::state::VERSIONS_KEPT;

/// The end of the name of the folder of kept states.
const HISTORY: &str = "history";
/// The end of the name of the log of runs.
const RUNS: &str = "runs.jsonl";
/// The end of the name of a kept state.
const KEPT: &str = "json";

impl Local {
    /// The folder of the states that were replaced.
    #[must_use]
    pub fn history_path(&self) -> PathBuf {
        self.path.with_extension(HISTORY)
    }

    /// The log of runs.
    #[must_use]
    pub fn runs_path(&self) -> PathBuf {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let stack = stem.strip_suffix(".state").unwrap_or(&stem);
        self.path.with_file_name(format!("{stack}.{RUNS}"))
    }

    pub(super) fn version_path(&self, serial: u64) -> PathBuf {
        self.history_path().join(format!("{serial}.{KEPT}"))
    }

    /// The serials that are kept.
    pub(super) fn kept(&self) -> std::io::Result<BTreeSet<u64>> {
        let entries = match fs::read_dir(self.history_path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries?,
        };
        let mut kept = BTreeSet::new();
        for entry in entries {
            let path = entry?.path();
            let serial = path.file_stem().and_then(|stem| stem.to_str());
            if let Some(serial) = serial.and_then(|serial| serial.parse().ok())
                && self.version_path(serial) == path
            {
                kept.insert(serial);
            }
        }
        Ok(kept)
    }

    /// Keeps the stored state as `serial`; the oldest go.
    pub(super) fn keep_now(&self, serial: u64) -> std::io::Result<()> {
        let folder = self.history_path();
        make_private(&folder)?;
        let kept = self.version_path(serial);
        // Beside it first: a crash leaves the whole old one or the whole new one.
        let fresh = kept.with_extension("new");
        remove(&fresh)?;
        // A state is never written in place, so a second name keeps what it says now.
        if fs::hard_link(&self.path, &fresh).is_err() {
            fs::copy(&self.path, &fresh)?;
            fs::File::open(&fresh)?.sync_all()?;
        }
        fs::rename(&fresh, &kept)?;
        let all = self.kept()?;
        for old in all.iter().rev().skip(VERSIONS_KEPT) {
            remove(&self.version_path(*old))?;
        }
        sync_folder(&folder)
    }

    /// Adds a line to the log of runs; after a torn line it begins a new one.
    pub(super) fn log_now(&self, line: &[u8]) -> std::io::Result<()> {
        let path = self.runs_path();
        let mut file = private().read(true).append(true).create(true).open(&path)?;
        let mut bytes = Vec::with_capacity(line.len() + 1);
        if file.metadata()?.len() > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                bytes.push(b'\n');
            }
        }
        bytes.extend(line);
        file.write_all(&bytes)?;
        file.sync_data()
    }
}

/// A folder that only this user may enter.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        /// All for the owner.
        const OWNER_ONLY: u32 = 0o700;
        builder.mode(OWNER_ONLY);
    }
    builder.create(folder)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
