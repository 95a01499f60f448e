//! Where the state is kept.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Guard, Holder, State, decode, encode};
use crate::config::StateStore;
use crate::diagnostic::{Diagnostic, codes};

/// The folder below the configuration's that holds what smd keeps.
const FOLDER: &str = ".smd";

/// The end of the name of a record that the state itself could not take.
const RESCUED: &str = ".rescued";

/// The place of one stack's state. Reading needs no lock; writing does.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    stack: String,
}

impl Store {
    /// The store of `stack`, whose files are in `directory`. In the sandbox (`sandbox` is its
    /// folder) state lives there, whatever `store` says.
    ///
    /// # Errors
    /// A store that this smd cannot use.
    pub fn open(
        store: &StateStore,
        directory: &Path,
        sandbox: Option<&Path>,
        stack: &str,
    ) -> Result<Self, Diagnostic> {
        let file = format!("{stack}.state.json");
        let path = match (sandbox, store) {
            (Some(sandbox), _) => sandbox.join("state").join(file),
            (None, StateStore::Local { path: Some(path) }) => directory.join(path),
            (None, StateStore::Local { path: None }) => directory.join(FOLDER).join(file),
            (None, StateStore::S3 { bucket, key, .. }) => {
                return Err(Diagnostic::error(
                    codes::state::S3_UNAVAILABLE,
                    format!("this smd cannot keep state in S3 (`s3://{bucket}/{key}`)"),
                )
                .help("use `state local { path = \"…\" }`, or `--sandbox`, where state lives in the sandbox"));
            }
        };
        Ok(Self {
            path,
            stack: stack.to_owned(),
        })
    }

    /// The state file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The state, `None` before the first apply.
    ///
    /// # Errors
    /// Unreadable, damaged, of a newer smd or of another stack.
    pub fn load(&self) -> Result<Option<State>, Diagnostic> {
        let name = self.path.display().to_string();
        match fs::read(&self.path) {
            Ok(bytes) => decode(&bytes, &name, Some(&self.stack)).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Diagnostic::error(
                codes::state::UNREADABLE,
                format!("the state `{name}` cannot be read: {error}"),
            )
            .help("make the file readable for this user")),
        }
    }

    /// Where a record is kept that the state itself could not take: beside it.
    #[must_use]
    pub fn rescue_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(RESCUED);
        self.folder().join(name)
    }

    /// Keeps a record that could not be saved, beside the state or else where the system keeps
    /// temporary files; only this user can read it. Gives the file.
    ///
    /// # Errors
    /// Both places refuse it.
    pub fn rescue(&self, state: &State) -> std::io::Result<PathBuf> {
        let write = |mut file: tempfile::NamedTempFile| {
            serde_json::to_writer_pretty(&mut file, state)?;
            file.as_file().sync_all()?;
            Ok::<_, std::io::Error>(file)
        };
        let beside = self.rescue_path();
        let kept = tempfile::NamedTempFile::new_in(self.folder())
            .and_then(write)
            .and_then(|file| file.persist(&beside).map_err(|error| error.error));
        if kept.is_ok() {
            return Ok(beside);
        }
        let file = tempfile::Builder::new()
            .prefix(&format!("smd-{}-", self.stack))
            .suffix(".state.json")
            .tempfile()
            .and_then(write)?;
        Ok(file.keep().map_err(|error| error.error)?.1)
    }

    /// Takes the lock for writing, and makes sure at once that the folder can be written to: better
    /// before the first AWS call than after the last.
    ///
    /// # Errors
    /// Held by another process, or not writable.
    pub fn lock(&self, holder: &Holder) -> Result<Guard, Diagnostic> {
        let folder = self.folder();
        fs::create_dir_all(folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(folder).map(drop))
            .map_err(|error| self.unwritable(&error))?;
        Guard::take(&self.path.with_extension("lock"), holder)
    }

    /// Writes the state in one step: a reader sees the old one or the new one, whole, also after a
    /// crash. The caller holds the lock; `state.serial` must be above the stored one's, of the same
    /// lineage.
    ///
    /// # Errors
    /// The stored state is not the one this one follows, or the disk refuses.
    pub fn save(&self, state: &State, _guard: &Guard) -> Result<(), Diagnostic> {
        if let Some(stored) = self.load()?
            && (stored.lineage != state.lineage || stored.serial >= state.serial)
        {
            return Err(Diagnostic::error(
                    codes::state::MOVED,
                    format!(
                        "the state `{}` was changed by someone else meanwhile (serial {} of lineage {}, expected below {} of lineage {})",
                        self.path.display(), stored.serial, stored.lineage, state.serial, state.lineage
                    ),
                )
                .help("run the plan again"));
        }
        let text = encode(state)?;
        self.replace(text.as_bytes())
            .map_err(|error| self.unwritable(&error))
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
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
        File::open(folder)?.sync_all()
    }

    fn unwritable(&self, error: &std::io::Error) -> Diagnostic {
        Diagnostic::error(
            codes::state::UNWRITABLE,
            format!("the state `{}` cannot be written: {error}", self.path.display()),
        )
        .help("make its folder writable, free some disk space, or choose another `path` in the stack's `state local` block")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::state::FORMAT_VERSION;

    fn state(serial: u64) -> State {
        State {
            format_version: FORMAT_VERSION,
            stack: "s".to_owned(),
            lineage: "l".to_owned(),
            serial,
            records: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }

    fn holder() -> Holder {
        Holder {
            operation: "apply".to_owned(),
            who: "me@here".to_owned(),
            pid: 1,
            since: 0,
        }
    }

    fn store(folder: &Path) -> Store {
        Store::open(&StateStore::default(), folder, None, "s").unwrap()
    }

    #[test]
    fn what_was_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        assert_eq!(store.load().unwrap(), None);
        let guard = store.lock(&holder()).unwrap();
        store.save(&state(1), &guard).unwrap();
        assert_eq!(store.load().unwrap(), Some(state(1)));
    }

    #[test]
    fn what_cannot_be_saved_is_kept_beside_the_state_or_with_temporary_files() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let guard = store.lock(&holder()).unwrap();
        let beside = store.rescue(&state(3)).unwrap();
        assert_eq!(beside, store.rescue_path());
        fs::rename(&beside, store.path()).unwrap();
        assert_eq!(store.load().unwrap(), Some(state(3)));
        // A folder in its place, or no folder at all, leaves the temporary one.
        drop(guard);
        fs::remove_dir_all(folder.path().join(FOLDER)).unwrap();
        let elsewhere = store.rescue(&state(4)).unwrap();
        assert_eq!(elsewhere.parent().unwrap(), std::env::temp_dir());
        let kept = decode(&fs::read(&elsewhere).unwrap(), "f", Some("s")).unwrap();
        fs::remove_file(&elsewhere).unwrap();
        assert_eq!(kept, state(4));
    }

    #[test]
    fn only_the_next_serial_may_follow() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let guard = store.lock(&holder()).unwrap();
        store.save(&state(2), &guard).unwrap();
        for stale in [
            state(1),
            state(2),
            State {
                lineage: "x".into(),
                ..state(3)
            },
        ] {
            assert_eq!(
                store.save(&stale, &guard).unwrap_err().code,
                codes::state::MOVED
            );
        }
        assert_eq!(store.load().unwrap(), Some(state(2)));
    }

    #[test]
    fn a_second_writer_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let guard = store.lock(&holder()).unwrap();
        let error = store.lock(&holder()).unwrap_err();
        assert_eq!(error.code, codes::state::LOCKED);
        assert!(error.message.contains("me@here"), "{}", error.message);
        drop(guard);
        store.lock(&holder()).unwrap();
    }

    #[test]
    fn damage_newer_and_foreign_states_are_told_apart() {
        let text = encode(&state(1)).unwrap();
        for (text, code) in [
            (text.get(..40).unwrap().to_owned(), codes::state::DAMAGED),
            ("[]".to_owned(), codes::state::DAMAGED),
            ("[".repeat(100_000), codes::state::DAMAGED),
            (
                text.replace("\"format_version\": 1", "\"format_version\": 9"),
                codes::state::NEWER,
            ),
            (
                text.replace("\"stack\": \"s\"", "\"stack\": \"t\""),
                codes::state::OTHER_STACK,
            ),
        ] {
            assert_eq!(
                decode(text.as_bytes(), "f", Some("s")).unwrap_err().code,
                code
            );
        }
    }
}
