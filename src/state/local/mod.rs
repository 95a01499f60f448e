//! State, journal and lock in files of a folder.

mod history;
mod lock;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use self::lock::Guard;
use super::locks::{Held, Locks, not_held};
use super::{Backend, Holder, Stored, Version, Writer};
use crate::diagnostic::{Diagnostic, codes};

/// The folder below the configuration's that holds what smd keeps.
const FOLDER: &str = ".smd";
/// The end of the name of the journal beside a state.
const JOURNAL: &str = "journal";
/// The end of the name of a record that the state itself could not take.
const RESCUED: &str = ".rescued";

/// The files of one stack's state: the state itself, beside it its journal (`.journal`), its lock
/// (`.lock`), the states it replaced (`.history/`) and the log of runs (`.runs.jsonl`).
#[derive(Debug, Clone)]
pub struct Local {
    path: PathBuf,
}

impl Local {
    /// The state of `stack` at `path`, or at its usual place in the configuration's `directory`.
    #[must_use]
    pub fn new(directory: &Path, path: Option<&Path>, stack: &str) -> Self {
        let usual = || directory.join(FOLDER).join(file_name(stack));
        Self {
            path: path.map_or_else(usual, |path| directory.join(path)),
        }
    }

    /// The state of `stack` in a sandbox's folder.
    #[must_use]
    pub fn in_sandbox(sandbox: &Path, stack: &str) -> Self {
        Self {
            path: sandbox.join("state").join(file_name(stack)),
        }
    }

    /// The state file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.path.with_extension(JOURNAL)
    }

    fn lock_path(&self) -> PathBuf {
        self.path.with_extension("lock")
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    fn stored(&self) -> Result<Option<Stored>, Diagnostic> {
        Ok(self.bytes_of(&self.path)?.map(|bytes| Stored {
            version: version(&bytes),
            bytes,
        }))
    }

    fn bytes_of(&self, path: &Path) -> Result<Option<Vec<u8>>, Diagnostic> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    fn replace(&self, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.folder();
        fs::create_dir_all(folder)?;
        // Made with mode 0600: a state names everything that can be attacked.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // The rename itself must be on disk too.
        sync_folder(folder)
    }

    fn unwritable(&self, error: &std::io::Error) -> Diagnostic {
        Diagnostic::error(
            codes::state::UNWRITABLE,
            format!("the state `{}` cannot be written: {error}", self.path.display()),
        )
        .help("make its folder writable, free some disk space, or choose another `path` in the stack's `state local` block")
    }

    fn take_lock(&self, holder: &Holder) -> Result<LocalWriter, Diagnostic> {
        let folder = self.folder();
        fs::create_dir_all(folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(folder).map(drop))
            .map_err(|error| self.unwritable(&error))?;
        Ok(LocalWriter {
            local: self.clone(),
            journal: Arc::default(),
            _guard: Guard::take(&self.lock_path(), holder)?,
        })
    }
}

/// Keeps the bytes of a state that could not be saved, in `beside` or else where the system keeps temporary
/// files; only this user can read it. Gives the file.
///
/// # Errors
/// Both places refuse it.
pub fn rescue(bytes: &[u8], stack: &str, beside: &Path) -> std::io::Result<PathBuf> {
    let write = |mut file: tempfile::NamedTempFile| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok::<_, std::io::Error>(file)
    };
    let folder = match beside.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let kept = tempfile::NamedTempFile::new_in(folder)
        .and_then(write)
        .and_then(|file| file.persist(beside).map_err(|error| error.error));
    if kept.is_ok() {
        return Ok(beside.to_owned());
    }
    let file = tempfile::Builder::new()
        .prefix(&format!("smd-{stack}-"))
        .suffix(".state.json")
        .tempfile()
        .and_then(write)?;
    Ok(file.keep().map_err(|error| error.error)?.1)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        codes::state::UNREADABLE,
        format!("the state `{}` cannot be read: {error}", path.display()),
    )
    .help("make the file readable for this user")
}

fn file_name(stack: &str) -> String {
    format!("{stack}.state.json")
}

fn version(bytes: &[u8]) -> Version {
    Version(hex::encode(Sha256::digest(bytes)))
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

impl Backend for Local {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn rescue_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(RESCUED);
        self.path.with_file_name(name)
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<Stored>, Diagnostic>> {
        async { self.stored() }.boxed()
    }

    fn journal(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async { Ok(self.bytes_of(&self.journal_path())?.unwrap_or_default()) }.boxed()
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<u64>, Diagnostic>> {
        async {
            match self.kept() {
                Ok(kept) => Ok(kept.into_iter().collect()),
                Err(error) => Err(unreadable(&self.history_path(), &error)),
            }
        }
        .boxed()
    }

    fn version(&self, serial: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, Diagnostic>> {
        async move { self.bytes_of(&self.version_path(serial)) }.boxed()
    }

    fn runs(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async { Ok(self.bytes_of(&self.runs_path())?.unwrap_or_default()) }.boxed()
    }

    fn lock<'a>(
        &'a self,
        holder: &'a Holder,
    ) -> BoxFuture<'a, Result<Box<dyn Writer>, Diagnostic>> {
        async {
            let writer: Box<dyn Writer> = Box::new(self.take_lock(holder)?);
            Ok(writer)
        }
        .boxed()
    }
}

impl Locks for Local {
    fn lock_name(&self) -> String {
        self.lock_path().display().to_string()
    }

    fn holder(&self) -> BoxFuture<'_, Result<Option<Held>, Diagnostic>> {
        async {
            lock::holder(&self.lock_path()).map_err(|error| {
                Diagnostic::error(
                    codes::state::UNREADABLE,
                    format!("the lock `{}` cannot be read: {error}", self.lock_name()),
                )
                .help("make the file readable for this user")
            })
        }
        .boxed()
    }

    fn break_lock<'a>(&'a self, _run: &'a str) -> BoxFuture<'a, Result<(), Diagnostic>> {
        async {
            let name = self.lock_name();
            let Some(held) = self.holder().await? else {
                return Err(not_held(&name));
            };
            Err(Diagnostic::error(
                codes::state::LOCK_OF_PROCESS,
                format!(
                    "the lock `{name}` goes with {}: it cannot be taken away",
                    held.who()
                ),
            )
            .help("end that process, or wait for it; the lock ends with it"))
        }
        .boxed()
    }
}

/// The right to write the files: the lock of the operating system, which goes with the process.
#[derive(Debug)]
struct LocalWriter {
    local: Local,
    journal: Arc<Mutex<Option<File>>>,
    _guard: Guard,
}

impl LocalWriter {
    /// Adds to the journal and waits for the disk. The first time the folder too, so that the
    /// file's name survives a crash.
    fn append_now(journal: &Mutex<Option<File>>, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let mut held = journal.lock().unwrap_or_else(PoisonError::into_inner);
        let mut made = false;
        if held.is_none() {
            // Never onto the journal of another run.
            *held = Some(private().write(true).create_new(true).open(path)?);
            made = true;
        }
        if let Some(file) = held.as_mut() {
            file.write_all(bytes)?;
            file.sync_data()?;
        }
        if made && let Some(folder) = path.parent() {
            sync_folder(folder)?;
        }
        Ok(())
    }
}

fn unkept(what: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(codes::state::UNWRITABLE, format!("{what}: {error}"))
        .help("make its folder writable or free some disk space")
}

/// Options of files that only this user reads and writes.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        /// Read and write for the owner.
        const OWNER_ONLY: u32 = 0o600;
        options.mode(OWNER_ONLY);
    }
    options
}

impl Writer for LocalWriter {
    fn save<'a>(
        &'a self,
        bytes: Vec<u8>,
        previous: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Version, Diagnostic>> {
        async move {
            // The lock keeps other smds away, not an editor or a restored backup.
            let stored = self.local.stored()?.map(|stored| stored.version);
            if stored.as_ref() != previous {
                return Err(Diagnostic::error(
                    codes::state::MOVED,
                    format!(
                        "the state `{}` was changed by someone else meanwhile",
                        self.local.path.display()
                    ),
                )
                .help("run the plan again"));
            }
            self.local
                .replace(&bytes)
                .map_err(|error| self.local.unwritable(&error))?;
            Ok(version(&bytes))
        }
        .boxed()
    }

    fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        let path = self.local.journal_path();
        let journal = Arc::clone(&self.journal);
        async move {
            // The disk may take its time: what else runs must not wait for it.
            let done = tokio::task::spawn_blocking(move || {
                Self::append_now(&journal, &path, &bytes)
            })
            .await
            .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
            done.map_err(|error| {
                Diagnostic::error(
                    codes::state::JOURNAL_UNWRITABLE,
                    format!(
                        "the journal `{}` cannot be written: {error}",
                        self.local.journal_path().display()
                    ),
                )
                .help("make its folder writable or free some disk space, then run again: what was done is looked up")
            })
        }
        .boxed()
    }

    fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async {
            let mut held = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
            *held = None;
            match fs::remove_file(self.local.journal_path()) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(self.local.unwritable(&error))
                }
                _ => Ok(()),
            }
        }
        .boxed()
    }

    fn keep_version(&self, serial: u64) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            self.local.keep_now(serial).map_err(|error| {
                let history = self.local.history_path();
                unkept(
                    &format!(
                        "the state before this one cannot be kept in `{}`",
                        history.display()
                    ),
                    &error,
                )
            })
        }
        .boxed()
    }

    fn log_run(&self, line: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            self.local.log_now(&line).map_err(|error| {
                let runs = self.local.runs_path();
                unkept(
                    &format!("the log of runs `{}` cannot be written", runs.display()),
                    &error,
                )
            })
        }
        .boxed()
    }

    fn keep(&self) -> BoxFuture<'_, Diagnostic> {
        // The operating system takes it from nobody who lives.
        futures::future::pending().boxed()
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>> {
        async { Ok(()) }.boxed()
    }
}

#[cfg(test)]
mod tests;
