//! What is recorded of a stack, as the commands read and write it.

use std::path::{Path, PathBuf};

use super::args::SandboxArgs;
use super::console::{Console, Stopped};
use super::environment::Environment;
use super::project::Project;
use super::target;
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{Guard, Holder, State, Store};

/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1000;

/// What is recorded of a stack, read without a lock.
#[derive(Debug)]
pub struct Recorded {
    /// The store.
    pub store: Store,
    /// What is in it; `None` before the first apply.
    pub state: Option<State>,
    /// The sandbox's folder, if the sandbox is meant.
    pub sandbox: Option<PathBuf>,
    stack: String,
}

/// A record with its lock: it may be written.
#[derive(Debug)]
pub struct Locked<'a> {
    recorded: &'a Recorded,
    guard: Guard,
    /// What is recorded, read again under the lock.
    pub state: Option<State>,
}

impl Recorded {
    /// Reads the record of a configuration's stack.
    ///
    /// # Errors
    /// [`Stopped`], once reported: the record cannot be read.
    pub fn open(
        console: &Console,
        environment: &Environment,
        project: &Project,
        sandbox: &SandboxArgs,
    ) -> Result<Self, Stopped> {
        let stack = &project.configuration.stack;
        let sandbox = target::sandbox_directory(sandbox, environment, &project.base());
        let store = console.ok(Store::open(
            &stack.state,
            &project.base(),
            sandbox.as_deref(),
            &stack.name,
        ))?;
        console.ok(none_rescued(&store))?;
        let state = console.ok(store.load())?;
        Ok(Self {
            store,
            state,
            sandbox,
            stack: stack.name.to_string(),
        })
    }

    /// The record, where there must be one.
    ///
    /// # Errors
    /// [`Stopped`], once reported: nothing is recorded.
    pub fn needed(&self, console: &Console) -> Result<&State, Stopped> {
        console.ok(self
            .state
            .as_ref()
            .ok_or_else(|| nothing_recorded(&self.stack)))
    }

    /// Takes the lock, and reads the record again under it.
    ///
    /// # Errors
    /// [`Stopped`], once reported: someone else holds it, or the folder cannot be written to.
    pub fn lock(
        &self,
        console: &Console,
        environment: &Environment,
        operation: &str,
    ) -> Result<Locked<'_>, Stopped> {
        let guard = console.ok(self.store.lock(&Holder {
            operation: operation.to_owned(),
            who: environment.who(),
            pid: std::process::id(),
            since: Clock::wall().now_ms() / MS_PER_SECOND,
        }))?;
        let state = console.ok(self.store.load())?;
        Ok(Locked {
            recorded: self,
            guard,
            state,
        })
    }
}

impl Locked<'_> {
    /// The record, where there must be one.
    ///
    /// # Errors
    /// [`Stopped`], once reported: nothing is recorded.
    pub fn needed(&self, console: &Console) -> Result<&State, Stopped> {
        console.ok(self
            .state
            .as_ref()
            .ok_or_else(|| nothing_recorded(&self.recorded.stack)))
    }

    /// Writes a changed record as the next serial. If its place refuses it, it goes to a file
    /// beside it or else to a temporary one, so that nothing is lost.
    ///
    /// # Errors
    /// [`Stopped`], once reported.
    pub fn save(&self, console: &Console, mut state: State) -> Result<(), Stopped> {
        state.serial += 1;
        let Err(refused) = self.recorded.store.save(&state, &self.guard) else {
            return Ok(());
        };
        let error = unsaved(&refused.message);
        let store = &self.recorded.store;
        console.ok(Err(match store.rescue(&state) {
            Ok(path) => error
                .note(format!("it was written to `{}` instead", path.display()))
                .help(put_back(&path, store)),
            Err(also) => error.note(format!(
                "nor could it be written to the folder of temporary files: {also}"
            )),
        }))
    }
}

fn unsaved(why: &str) -> Diagnostic {
    Diagnostic::error(
        codes::cli::UNSAVED,
        format!("the record could not be saved: {why}"),
    )
}

fn put_back(rescued: &Path, store: &Store) -> String {
    format!(
        "once the cause is gone: mv {} {}",
        rescued.display(),
        store.path().display()
    )
}

/// Refuses to work beside a record that an earlier run could not save: what it made would be
/// unknown, and made again.
fn none_rescued(store: &Store) -> Result<(), Diagnostic> {
    let rescued = store.rescue_path();
    if !rescued.exists() {
        return Ok(());
    }
    Err(unsaved("an earlier run had to keep it beside the state")
        .note(format!("it was written to `{}` instead", rescued.display()))
        .help(put_back(&rescued, store)))
}

fn nothing_recorded(stack: &str) -> Diagnostic {
    Diagnostic::error(
        codes::cli::NOTHING_RECORDED,
        format!("nothing is recorded of stack `{stack}`"),
    )
    .help("`smd apply` makes the first record; with `--sandbox` another one is meant than without")
}
