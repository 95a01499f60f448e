//! Reading what is recorded: the state, and on top of it what a run that was broken off wrote in
//! its journal.

use std::path::Path;
use std::sync::Arc;

use super::journal::{self, Head};
use super::locks::Locks;
use super::s3::{Access, S3};
use super::{Backend, Local, State, Version, decode};
use crate::config::StateStore;
use crate::diagnostic::Diagnostic;

/// What is recorded of a stack.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// State and journal together; `None` before the first apply.
    pub state: Option<State>,
    /// The version of the stored state.
    pub version: Option<Version>,
    /// The run whose journal was found: it was broken off, or is still at work.
    pub broken_off: Option<Head>,
    /// Whether there is a journal, of whatever run.
    pub has_journal: bool,
}

/// Where a stack's state is kept.
enum Place {
    Local(Local),
    S3(S3),
}

impl Place {
    /// In the sandbox (`sandbox` is its folder) state lives there, whatever `store` says.
    async fn open(
        store: &StateStore,
        directory: &Path,
        sandbox: Option<&Path>,
        stack: &str,
        access: impl AsyncFnOnce() -> Result<Access, Diagnostic>,
    ) -> Result<Self, Diagnostic> {
        Ok(match (sandbox, store) {
            (Some(sandbox), _) => Self::Local(Local::in_sandbox(sandbox, stack)),
            (None, StateStore::Local { path }) => {
                Self::Local(Local::new(directory, path.as_deref().map(Path::new), stack))
            }
            (
                None,
                StateStore::S3 {
                    bucket,
                    key,
                    region,
                },
            ) => Self::S3(S3::open(
                access().await?,
                (bucket, key, region),
                directory,
                stack,
            )?),
        })
    }
}

/// The place where a stack's state is kept. In the sandbox (`sandbox` is its folder) state lives
/// there, whatever `store` says. `access` is asked only for a store that needs it.
///
/// # Errors
/// A store that cannot be reached.
pub async fn open_backend(
    store: &StateStore,
    directory: &Path,
    sandbox: Option<&Path>,
    stack: &str,
    access: impl AsyncFnOnce() -> Result<Access, Diagnostic>,
) -> Result<Arc<dyn Backend>, Diagnostic> {
    Ok(
        match Place::open(store, directory, sandbox, stack, access).await? {
            Place::Local(local) => Arc::new(local),
            Place::S3(s3) => Arc::new(s3),
        },
    )
}

/// The lock of the place where a stack's state is kept, as [`open_backend`].
///
/// # Errors
/// A store that cannot be reached.
pub async fn open_locks(
    store: &StateStore,
    directory: &Path,
    sandbox: Option<&Path>,
    stack: &str,
    access: impl AsyncFnOnce() -> Result<Access, Diagnostic>,
) -> Result<Arc<dyn Locks>, Diagnostic> {
    Ok(
        match Place::open(store, directory, sandbox, stack, access).await? {
            Place::Local(local) => Arc::new(local),
            Place::S3(s3) => Arc::new(s3),
        },
    )
}

/// Reads what is recorded of `stack`.
///
/// # Errors
/// State or journal unreadable, damaged, of a newer smd, or not of this stack.
pub async fn load(backend: &dyn Backend, stack: &str) -> Result<Loaded, Diagnostic> {
    let name = backend.name();
    // The journal first: a run that ends in between saves its state and takes it away, and then
    // the state that is read second has it all.
    let journal = backend.journal().await?;
    let stored = backend.load().await?;
    let state = match &stored {
        Some(stored) => Some(decode(&stored.bytes, &name, Some(stack))?),
        None => None,
    };
    let mut loaded = Loaded {
        state,
        version: stored.map(|stored| stored.version),
        broken_off: None,
        has_journal: !journal.is_empty(),
    };
    if let Some(read) = journal::decode(&journal, &name)? {
        let replayed = journal::replay(loaded.state.take(), read, &name)?;
        loaded.state = Some(replayed.state);
        loaded.broken_off = replayed.broken_off;
    }
    Ok(loaded)
}
