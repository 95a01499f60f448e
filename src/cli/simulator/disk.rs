//! State, journal and lock on a simulated disk: an append can be torn, everything else is done or
//! not; what was not waited for may be there or not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, pending};

use super::Sim;
use super::network::HALF;
use super::script::{Fate, What};
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{Backend, Holder, Stored, Version, Writer};

/// How long a write takes at most until it survives a crash.
const SYNC_MS: u64 = 4;

/// What is on the disk.
#[derive(Debug, Clone, Default)]
pub struct Files {
    pub state: Option<Vec<u8>>,
    pub journal: Vec<u8>,
    pub versions: BTreeMap<u64, Vec<u8>>,
    pub runs: Vec<u8>,
    /// How often the state was written.
    writes: u64,
    pub locked: bool,
}

impl Files {
    fn stored(&self) -> Option<Stored> {
        self.state.clone().map(|bytes| Stored {
            bytes,
            version: Version(self.writes.to_string()),
        })
    }
}

/// The disk as a place of state.
#[derive(Debug, Clone)]
pub struct Disk(pub Sim);

/// How much of a write is done.
#[derive(Debug, Clone, Copy)]
enum Part {
    All,
    Half,
}

impl Disk {
    fn files<T>(&self, work: impl FnOnce(&mut Files) -> T) -> T {
        work(&mut self.0.files.lock().unwrap())
    }

    /// A write, which the script may break off and the weather refuse.
    async fn write<T>(
        &self,
        what: What,
        label: &str,
        work: impl FnOnce(&mut Files, Part) -> T,
    ) -> Result<T, Diagnostic> {
        let sim = &self.0;
        let fate = {
            let mut script = sim.script.lock().unwrap();
            if script.is_ending() {
                None
            } else {
                Some(script.reach(what, label))
            }
        };
        let end = |turns| sim.script.lock().unwrap().end_after(turns);
        let Some(fate) = fate else {
            return pending().await;
        };
        match fate {
            Some(Fate::Before) => {
                end(0);
                pending().await
            }
            Some(Fate::Torn) => {
                self.files(|files| work(files, Part::Half));
                end(0);
                pending().await
            }
            Some(Fate::Unanswered) => {
                self.files(|files| work(files, Part::All));
                end(0);
                pending().await
            }
            Some(Fate::After) => {
                let done = self.files(|files| work(files, Part::All));
                sim.clock.sleep(sim.up_to(SYNC_MS)).await;
                end(0);
                Ok(done)
            }
            Some(Fate::AnswerLost) | None => {
                let full = sim.weather.lock().unwrap().disk_full;
                if sim.chance(full) {
                    return Err(Diagnostic::error(
                        codes::state::UNWRITABLE,
                        format!("no space left on the simulated device for the {label}"),
                    ));
                }
                let sync = sim.up_to(SYNC_MS);
                // What nobody waited for may be on the disk, or not.
                if sim.chance(HALF) {
                    let done = self.files(|files| work(files, Part::All));
                    sim.clock.sleep(sync).await;
                    Ok(done)
                } else {
                    sim.clock.sleep(sync).await;
                    Ok(self.files(|files| work(files, Part::All)))
                }
            }
        }
    }

    /// An append to the file that `file` gives.
    async fn add(
        &self,
        label: &str,
        bytes: &[u8],
        file: impl FnOnce(&mut Files) -> &mut Vec<u8>,
    ) -> Result<(), Diagnostic> {
        self.write(What::Append, label, |files, part| {
            let length = match part {
                Part::All => bytes.len(),
                Part::Half => bytes.len() / 2,
            };
            file(files).extend_from_slice(&bytes[..length]);
        })
        .await
    }
}

impl Backend for Disk {
    fn name(&self) -> String {
        "sim.state.json".to_owned()
    }

    fn rescue_path(&self) -> PathBuf {
        super::estate::folder().join("never.rescued")
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<Stored>, Diagnostic>> {
        async { Ok(self.files(|files| files.stored())) }.boxed()
    }

    fn journal(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async { Ok(self.files(|files| files.journal.clone())) }.boxed()
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<u64>, Diagnostic>> {
        async { Ok(self.files(|files| files.versions.keys().copied().collect())) }.boxed()
    }

    fn version(&self, serial: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, Diagnostic>> {
        async move { Ok(self.files(|files| files.versions.get(&serial).cloned())) }.boxed()
    }

    fn runs(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async { Ok(self.files(|files| files.runs.clone())) }.boxed()
    }

    fn lock<'a>(&'a self, _: &'a Holder) -> BoxFuture<'a, Result<Box<dyn Writer>, Diagnostic>> {
        async {
            if self.files(|files| std::mem::replace(&mut files.locked, true)) {
                return Err(Diagnostic::error(codes::state::LOCKED, "held by another"));
            }
            let writer: Box<dyn Writer> = Box::new(DiskWriter(self.clone()));
            Ok(writer)
        }
        .boxed()
    }
}

#[derive(Debug)]
struct DiskWriter(Disk);

/// The lock goes with whoever holds it, like the operating system's.
impl Drop for DiskWriter {
    fn drop(&mut self) {
        self.0.files(|files| files.locked = false);
    }
}

impl Writer for DiskWriter {
    fn save<'a>(
        &'a self,
        bytes: Vec<u8>,
        previous: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Version, Diagnostic>> {
        async move {
            let disk = &self.0;
            let stored = disk.files(|files| files.stored());
            if stored.map(|stored| stored.version).as_ref() != previous {
                return Err(Diagnostic::error(codes::state::MOVED, "it was changed"));
            }
            disk.write(What::Write, "state", |files, _| {
                files.state = Some(bytes);
                files.writes += 1;
                Version(files.writes.to_string())
            })
            .await
        }
        .boxed()
    }

    fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            self.0
                .add("journal", &bytes, |files| &mut files.journal)
                .await
        }
        .boxed()
    }

    fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async {
            let clear = |files: &mut Files, _| files.journal.clear();
            self.0.write(What::Write, "end of the journal", clear).await
        }
        .boxed()
    }

    fn keep_version(&self, serial: u64) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            let keep = |files: &mut Files, _| {
                let state = files.state.clone().unwrap_or_default();
                files.versions.insert(serial, state);
            };
            self.0.write(What::Write, "kept version", keep).await
        }
        .boxed()
    }

    fn log_run(&self, line: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            self.0
                .add("log of runs", &line, |files| &mut files.runs)
                .await
        }
        .boxed()
    }

    fn keep(&self) -> BoxFuture<'_, Diagnostic> {
        pending().boxed()
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>> {
        async { Ok(()) }.boxed()
    }
}

/// How long nothing may be under way any more.
pub const QUIET: Duration = Duration::from_secs(120);
