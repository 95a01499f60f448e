//! Reading what is recorded: the state, and on top of it what a run that was broken off wrote in
//! its journal.

use std::path::Path;
use std::sync::Arc;

use super::journal::{self, Head};
use super::{Backend, Local, State, Version, decode};
use crate::config::StateStore;
use crate::diagnostic::{Diagnostic, codes};

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

/// The place where a stack's state is kept. In the sandbox (`sandbox` is its folder) state lives
/// there, whatever `store` says.
///
/// # Errors
/// A store that this smd cannot use.
pub fn open_backend(
    store: &StateStore,
    directory: &Path,
    sandbox: Option<&Path>,
    stack: &str,
) -> Result<Arc<dyn Backend>, Diagnostic> {
    match (sandbox, store) {
        (None, StateStore::S3 { bucket, key, .. }) => Err(Diagnostic::error(
            codes::state::S3_UNAVAILABLE,
            format!("this smd cannot keep state in S3 (`s3://{bucket}/{key}`)"),
        )
        .help(
            "use `state local { path = \"…\" }`, or `--sandbox`, where state lives in the sandbox",
        )),
        (None, StateStore::Local { path }) => Ok(Arc::new(Local::new(
            directory,
            path.as_deref().map(Path::new),
            stack,
        ))),
        (Some(sandbox), _) => Ok(Arc::new(Local::in_sandbox(sandbox, stack))),
    }
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
