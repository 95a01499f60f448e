//! One writer at a time: a lock of the operating system on a file beside the state, with a word on
//! who holds it. The lock goes with the process, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::diagnostic::{Diagnostic, codes};
use crate::state::Holder;
use crate::state::locks::Held;

/// Longest word on a holder that is read, in bytes.
const MAX_HOLDER_BYTES: u64 = 4096;

/// A held lock; dropping it gives it back.
#[derive(Debug)]
pub struct Guard {
    file: File,
}

impl Guard {
    /// Takes the lock at `path`.
    ///
    /// # Errors
    /// Another process holds it (named), or the file cannot be made.
    pub(super) fn take(path: &Path, holder: &Holder) -> Result<Self, Diagnostic> {
        let unusable = |error: &std::io::Error| {
            Diagnostic::error(
                codes::state::UNWRITABLE,
                format!("the lock file `{}` cannot be used: {error}", path.display()),
            )
            .help("make the directory writable, or choose another `path` in the stack's `state local` block")
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file, path)),
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        let text = serde_json::to_string(holder).unwrap_or_default();
        let mut guard = Self { file };
        guard.write(&text).map_err(|error| unusable(&error))?;
        Ok(guard)
    }

    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The lock itself goes with the file handle; an old word left behind is never believed
        // without the lock.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// Who holds the lock at `path`; `None`: nobody.
///
/// # Errors
/// The file cannot be read.
pub(super) fn holder(path: &Path) -> std::io::Result<Option<Held>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    match file.try_lock_shared() {
        // Given back with the file.
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read(&mut file))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn read(file: &mut File) -> Held {
    let mut text = String::new();
    let holder: Option<Holder> = file
        .take(MAX_HOLDER_BYTES)
        .read_to_string(&mut text)
        .ok()
        .and_then(|_| serde_json::from_str(&text).ok());
    Held {
        holder,
        lease: None,
    }
}

fn held(file: &mut File, path: &Path) -> Diagnostic {
    read(file).refusal(&path.display().to_string())
}
