//! What is recorded of a stack, as the commands read and write it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::SandboxArgs;
use super::console::{Console, Stopped};
use super::environment::Environment;
use super::keys;
use super::project::Project;
use super::{state_store, target};
use crate::aws::Aws;
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, Severity, Sources, codes};
use crate::state::journal::Head;
use crate::state::sealed::{Keys, Purpose};
use crate::state::{self, Backend, Holder, Loaded, Saved, Sealed, State, Version, Work, Writer};

/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1000;

/// What is recorded of a stack, read without a lock.
#[derive(Debug)]
pub struct Recorded {
    /// Where it is kept.
    pub backend: Arc<dyn Backend>,
    /// What it is encrypted with.
    pub keys: Arc<Keys>,
    /// AWS, where a KMS key had to be asked.
    pub aws: Option<Aws>,
    /// What is in it, journal included; `None` before the first apply.
    pub state: Option<State>,
    /// The run whose journal is there: broken off, or still at work.
    pub broken_off: Option<Head>,
    /// The sandbox's folder, if the sandbox is meant.
    pub sandbox: Option<PathBuf>,
    /// The stack's name.
    pub stack: String,
}

/// The place of a stack's record, not read yet.
#[derive(Debug)]
pub struct Unread {
    /// Where it is kept.
    pub backend: Arc<dyn Backend>,
    keys: Arc<Keys>,
    aws: Option<Aws>,
    /// The sandbox's folder, if the sandbox is meant.
    pub sandbox: Option<PathBuf>,
    /// The stack's name.
    pub stack: String,
}

/// What is lost if a record cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing: all of it is in the journal, or was begun in it, also where that broke off: the
    /// next run takes in the one and looks for the other.
    InJournal,
    /// Everything that is new in it.
    Nowhere,
}

/// A record with its lock: it may be written.
#[derive(Debug)]
pub struct Locked<'a> {
    recorded: &'a Recorded,
    /// The right to write.
    pub writer: Box<dyn Writer>,
    version: Option<Version>,
    /// The serial of the stored state.
    serial: Option<u64>,
    /// What it is held for, and by whom.
    operation: String,
    who: String,
    has_journal: bool,
    /// The run whose journal was found: it was broken off.
    pub broken_off: Option<Head>,
    /// What is recorded, read again under the lock.
    pub state: Option<State>,
}

impl Recorded {
    /// Reads the record of a configuration's stack.
    ///
    /// # Errors
    /// [`Stopped`], once reported: the record cannot be read.
    pub async fn open(
        console: &Console,
        environment: &Environment,
        project: &Project,
        sandbox: &SandboxArgs,
    ) -> Result<Self, Stopped> {
        let place = Unread::of(console, environment, project, sandbox).await?;
        place.read(console).await
    }

    /// Says that an earlier run was broken off, where nobody has found out yet how its work ended.
    pub fn tell_unsettled(&self, console: &Console) {
        let open = self.state.as_ref().map_or(0, |state| state.open.len());
        let message = match &self.broken_off {
            Some(head) => format!(
                "`smd {}` by {} was broken off, or is still at work: this counts in what it recorded",
                head.operation, head.who
            ),
            None if open > 0 => {
                "an earlier run left work of which nobody knows how it ended".to_owned()
            }
            None => return,
        };
        let mut warning = Diagnostic::warning(codes::apply::BROKEN_OFF, message);
        for open in self.state.iter().flat_map(|state| &state.open) {
            let work = match open.intent.work {
                Work::Create { .. } => "made",
                Work::Update => "changed",
                Work::Delete => "deleted",
            };
            warning = warning.note(format!("`{}` may have been {work}", open.intent.address));
        }
        let warning = warning.help("`smd plan` finds out how its work ended, and records it");
        console.report(&Sources::default(), &[warning]);
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
    pub async fn lock(
        &self,
        console: &Console,
        environment: &Environment,
        operation: &str,
    ) -> Result<Locked<'_>, Stopped> {
        console.ok(self.try_lock(environment, operation).await)
    }

    /// As [`Recorded::lock`], without a report.
    ///
    /// # Errors
    /// Someone else holds it, or it cannot be written.
    pub async fn try_lock(
        &self,
        environment: &Environment,
        operation: &str,
    ) -> Result<Locked<'_>, Diagnostic> {
        let writer = self
            .backend
            .lock(&Holder {
                operation: operation.to_owned(),
                who: environment.who(),
                pid: std::process::id(),
                since: Clock::wall().now_ms() / MS_PER_SECOND,
            })
            .await?;
        let Loaded {
            state,
            version,
            broken_off,
            has_journal,
        } = state::load(&*self.backend, &self.stack).await?;
        let stored = state.as_ref().filter(|_| version.is_some());
        Ok(Locked {
            recorded: self,
            writer,
            serial: stored.map(|state| state.serial),
            version,
            operation: operation.to_owned(),
            who: environment.who(),
            has_journal,
            broken_off,
            state,
        })
    }
}

impl Unread {
    /// The place of the record of a configuration's stack.
    ///
    /// # Errors
    /// [`Stopped`], once reported: it cannot be used, or an earlier run could not save its record.
    pub async fn of(
        console: &Console,
        environment: &Environment,
        project: &Project,
        sandbox: &SandboxArgs,
    ) -> Result<Self, Stopped> {
        let stack = &project.configuration.stack;
        let sandbox = target::sandbox_directory(sandbox, environment, &project.base());
        let access = async || state_store::access(console, environment).await;
        let base = project.base();
        let opened =
            state::open_backend(&stack.state, &base, sandbox.as_deref(), &stack.name, access).await;
        let backend = console.ok(opened)?;
        console.ok(none_rescued(&*backend))?;
        let opened = keys::open(sandbox.as_deref(), Some(&project.configuration)).await;
        let (keys, aws) = console.ok(opened)?;
        let sealed = Sealed::new(backend, Arc::clone(&keys), &stack.name);
        Ok(Self {
            backend: Arc::new(sealed),
            keys,
            aws,
            sandbox,
            stack: stack.name.to_string(),
        })
    }

    /// Reads the record.
    ///
    /// # Errors
    /// [`Stopped`], once reported: it cannot be read.
    pub async fn read(&self, console: &Console) -> Result<Recorded, Stopped> {
        let loaded = console.ok(state::load(&*self.backend, &self.stack).await)?;
        if self.keys.found_clear() {
            console.say(format_args!(
                "what is recorded in {} is not encrypted yet; the next write encrypts it",
                self.backend.name()
            ));
        }
        Ok(Recorded {
            state: loaded.state,
            broken_off: loaded.broken_off,
            ..self.unloaded()
        })
    }

    /// The record as if nothing were in it; under its lock it is read.
    #[must_use]
    pub fn unloaded(&self) -> Recorded {
        Recorded {
            backend: Arc::clone(&self.backend),
            keys: Arc::clone(&self.keys),
            aws: self.aws.clone(),
            state: None,
            broken_off: None,
            sandbox: self.sandbox.clone(),
            stack: self.stack.clone(),
        }
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

    /// The serial of the stored state, if there is one.
    #[must_use]
    pub fn serial(&self) -> Option<u64> {
        self.serial
    }

    /// What the right to write is held for.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Who holds it: `user@host`.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Whether a journal lies there that must be folded into the state before another run begins
    /// one.
    #[must_use]
    pub fn has_journal(&self) -> bool {
        self.has_journal
    }

    /// Refuses to work beside what an earlier run left open: only a command that asks AWS can
    /// settle it.
    ///
    /// # Errors
    /// Something is open.
    pub fn settled(&self) -> Result<(), Diagnostic> {
        let open = self
            .state
            .as_ref()
            .is_some_and(|state| !state.open.is_empty());
        if self.has_journal || open {
            return Err(Diagnostic::error(
                codes::state::UNSETTLED,
                "an earlier run was broken off, and how its work ended is not found out yet",
            )
            .help("run `smd plan` first: it looks and records what it finds"));
        }
        Ok(())
    }

    /// Writes a changed record as the next serial, keeps the one it replaces, and takes the journal
    /// away, whose every word is in it. If its place refuses it, it goes to a file beside it or else to a temporary one, so
    /// that nothing is lost.
    ///
    /// # Errors
    /// [`Stopped`], once reported.
    pub async fn save(
        &mut self,
        console: &Console,
        mut state: State,
        kept: Kept,
    ) -> Result<(), Stopped> {
        state.serial += 1;
        state.format_version = state::FORMAT_VERSION;
        state.saved = Some(Saved {
            at_ms: Clock::wall().now_ms(),
            operation: self.operation.clone(),
            who: self.who.clone(),
        });
        let text = console.ok(state::encode(&state))?;
        if let Some(serial) = self.serial
            && let Err(mut unkept) = self.writer.keep_version(serial).await
        {
            // The record itself matters more than what it was before.
            unkept.severity = Severity::Warning;
            console.report(&Sources::default(), &[unkept]);
        }
        let saved = self
            .writer
            .save(text.into_bytes(), self.version.as_ref())
            .await;
        match saved {
            Ok(version) => self.version = Some(version),
            Err(refused) => {
                return console.ok(Err(match kept {
                    Kept::InJournal => unsaved(&refused.message)
                        .note("nothing is lost: the journal beside the state says what was done and what to look for")
                        .help("once the cause is gone, run again: the journal is taken in first"),
                    Kept::Nowhere => self.rescue(&state, &refused).await,
                }));
            }
        }
        self.serial = Some(state.serial);
        self.state = Some(state);
        self.clear_journal(console).await
    }

    /// Takes the journal away: it says nothing that is not in the saved state.
    ///
    /// # Errors
    /// [`Stopped`], once reported.
    pub async fn clear_journal(&mut self, console: &Console) -> Result<(), Stopped> {
        console.ok(self.writer.clear_journal().await)?;
        self.has_journal = false;
        self.broken_off = None;
        Ok(())
    }

    async fn rescue(&self, state: &State, refused: &Diagnostic) -> Diagnostic {
        let error = unsaved(&refused.message);
        let recorded = self.recorded;
        let beside = recorded.backend.rescue_path();
        // As its place would have it: encrypted where a key says so.
        let sealed = match state::encode(state) {
            Ok(text) => {
                let bytes = text.into_bytes();
                let state = Purpose::State;
                recorded.keys.seal(state, &recorded.stack, bytes).await
            }
            Err(defect) => Err(defect),
        };
        let sealed = match sealed {
            Ok(sealed) => sealed,
            Err(also) => return error.note(also.message),
        };
        match state::rescue(&sealed, &recorded.stack, &beside) {
            Ok(path) => error
                .note(format!("it was written to `{}` instead", path.display()))
                .help(put_back(&path, &self.recorded.backend.name())),
            Err(also) => error.note(format!(
                "nor could it be written to the folder of temporary files: {also}"
            )),
        }
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// [`Stopped`], once reported: it could not be given back and ends by itself.
    pub async fn release(self, console: &Console) -> Result<(), Stopped> {
        console.ok(self.writer.release().await)
    }
}

fn unsaved(why: &str) -> Diagnostic {
    Diagnostic::error(
        codes::cli::UNSAVED,
        format!("the record could not be saved: {why}"),
    )
}

fn put_back(rescued: &Path, place: &str) -> String {
    let rescued = rescued.display();
    match place.starts_with("s3://") {
        true => format!("once the cause is gone: aws s3 cp {rescued} {place} && rm {rescued}"),
        false => format!("once the cause is gone: mv {rescued} {place}"),
    }
}

/// Refuses to work beside a record that an earlier run could not save: what it made would be
/// unknown, and made again.
fn none_rescued(backend: &dyn Backend) -> Result<(), Diagnostic> {
    let rescued = backend.rescue_path();
    if !rescued.exists() {
        return Ok(());
    }
    Err(unsaved("an earlier run had to keep it beside the state")
        .note(format!("it was written to `{}` instead", rescued.display()))
        .help(put_back(&rescued, &backend.name())))
}

fn nothing_recorded(stack: &str) -> Diagnostic {
    Diagnostic::error(
        codes::cli::NOTHING_RECORDED,
        format!("nothing is recorded of stack `{stack}`"),
    )
    .help("`smd apply` makes the first record; with `--sandbox` another one is meant than without")
}
