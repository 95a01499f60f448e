//! The sandbox on disk: a snapshot and a log of what changed since.
//!
//! `world.json` holds everything at some time, `world.log` one line for each call that changed
//! something after it: the changed rows, whole. A line is written with one `write` before the call
//! is answered, so that ending the process loses no answered call; a line that was cut short is
//! of a call that was never answered and is dropped. Both files carry a generation: a log of an
//! older generation than the snapshot is already in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::world::{Account, Behaviour, ChangedRow, Progress, Shared, World};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sandbox::{DAMAGED, DIRECTORY, IN_USE, NEWER};

pub(super) const SNAPSHOT: &str = "world.json";
/// A snapshot until it is whole.
pub(super) const NEW_SNAPSHOT: &str = "world.json.new";
pub(super) const LOG: &str = "world.log";
pub(super) const LOCK: &str = "lock";
/// The format of both files.
const FORMAT: u32 = 1;
/// A log longer than this, and than this many snapshots, is folded into the snapshot.
const LONG_LOG_BYTES: u64 = 16 * 1024 * 1024;
const LONG_LOG_SNAPSHOTS: u64 = 4;
/// Calls that change nothing note their time when it is this much later than what is on disk.
const TIME_STEP_MS: u64 = 1000;
/// How often, and how far apart, the lock of another process is tried: 5 seconds together.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// An open sandbox directory. It is this process's own until dropped.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    log: File,
    /// The log's length up to the last whole line.
    log_bytes: u64,
    generation: u64,
    /// How far what is on disk got.
    progress: Progress,
    /// The snapshot's length.
    snapshot_bytes: u64,
    /// Lines that are not written yet.
    pending: String,
    /// Whether something may follow the last whole line in the log.
    tail_unknown: bool,
    /// Held for as long as the store is.
    _lock: File,
}

#[derive(Deserialize)]
struct Snapshot {
    generation: u64,
    progress: Progress,
    #[serde(default)]
    accounts: BTreeMap<String, Account>,
    #[serde(default)]
    shared: Shared,
}

#[derive(Serialize)]
struct SnapshotRef<'a> {
    format: u32,
    generation: u64,
    progress: Progress,
    accounts: &'a BTreeMap<String, Account>,
    shared: &'a Shared,
}

/// What both files start with.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct LogHead {
    format: u32,
    generation: u64,
}

#[derive(Deserialize)]
struct LogLine {
    progress: Progress,
    rows: Vec<LogRow>,
}

/// Account, region, table, id, row (null: gone).
type LogRow = (
    Option<String>,
    Option<String>,
    String,
    String,
    Option<serde_json::Value>,
);

impl Store {
    /// Opens a directory, making it when it is not there, and reads the world in it.
    ///
    /// # Errors
    /// If it cannot be used, is in use by another process, or holds damaged files.
    pub fn open(dir: &Path, behaviour: Behaviour) -> Result<(Self, World), Diagnostic> {
        fs::create_dir_all(dir).map_err(|error| unusable(dir, "made", &error))?;
        let lock = lock(dir)?;
        let (generation, mut world) = match read_snapshot(dir)? {
            Some(snapshot) => (
                Some(snapshot.generation),
                World::restored(
                    behaviour,
                    snapshot.accounts,
                    snapshot.shared,
                    snapshot.progress,
                ),
            ),
            None => (None, World::new(behaviour)),
        };
        let path = dir.join(LOG);
        let log = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| unusable(&path, "opened", &error))?;
        let mut store = Self {
            dir: dir.to_owned(),
            log,
            log_bytes: 0,
            generation: generation.unwrap_or(0),
            progress: Progress::default(),
            snapshot_bytes: fs::metadata(dir.join(SNAPSHOT)).map_or(0, |found| found.len()),
            pending: String::new(),
            tail_unknown: true,
            _lock: lock,
        };
        store.replay(generation, &mut world)?;
        world.reindex();
        store.progress = world.progress();
        store.fold_long_log(&mut world)?;
        Ok((store, world))
    }

    /// Applies the log to the world read from the snapshot.
    fn replay(&mut self, snapshot: Option<u64>, world: &mut World) -> Result<(), Diagnostic> {
        let path = self.dir.join(LOG);
        let mut text = Vec::new();
        self.log
            .read_to_end(&mut text)
            .map_err(|error| unusable(&path, "read", &error))?;
        // What follows the last line end was cut short: its call was never answered.
        let whole = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines = text.get(..whole).unwrap_or_default();
        let mut lines = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .zip(1_usize..);
        let Some((head, _)) = lines.next() else {
            return self.start_log();
        };
        if let Ok(Format { format }) = serde_json::from_slice(head)
            && format > FORMAT
        {
            return Err(newer(&path));
        }
        let head: LogHead =
            serde_json::from_slice(head).map_err(|error| damaged(&path, Some(1), &error))?;
        if snapshot.is_some_and(|generation| head.generation < generation) {
            return self.start_log();
        }
        if head.generation != snapshot.unwrap_or(0) {
            return Err(Diagnostic::error(
                DAMAGED,
                format!(
                    "the sandbox's log `{}` continues a snapshot that is not there",
                    path.display()
                ),
            )
            .help("restore `world.json` from a copy, or start afresh with `smd sandbox reset`"));
        }
        for (line, number) in lines {
            let line: LogLine = serde_json::from_slice(line)
                .map_err(|error| damaged(&path, Some(number), &error))?;
            world.resume(line.progress);
            for (account, region, table, id, row) in line.rows {
                let known = world
                    .restore(account.as_deref(), region.as_deref(), &table, &id, row)
                    .map_err(|error| damaged(&path, Some(number), &error))?;
                if !known {
                    return Err(newer(&path).note(format!(
                        "line {number} names a table `{table}` unknown to this smd"
                    )));
                }
            }
        }
        self.log_bytes = u64::try_from(whole).unwrap_or(u64::MAX);
        self.write_pending()
    }

    /// Writes what changed in the world since the last call.
    ///
    /// # Errors
    /// If it cannot be written. It is kept and tried again with the next call.
    pub fn save(&mut self, world: &mut World) -> Result<(), Diagnostic> {
        let rows = world.drain_changes().map_err(|error| unwritten(&error))?;
        let progress = world.progress();
        let later = progress.now_ms >= self.progress.now_ms.saturating_add(TIME_STEP_MS);
        if !rows.is_empty() || progress.next_id != self.progress.next_id || later {
            append_line(&mut self.pending, progress, &rows).map_err(|error| unwritten(&error))?;
            self.progress = progress;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        self.write_pending()?;
        if let Err(diagnostic) = self.fold_long_log(world) {
            // What the log was to be folded into is not there, but all is still in the log.
            tracing::warn!(%diagnostic, "the sandbox's log stays long");
        }
        Ok(())
    }

    /// Appends the lines that wait. Those that cannot be written go on waiting.
    fn write_pending(&mut self) -> Result<(), Diagnostic> {
        let path = self.dir.join(LOG);
        let failed = |error: io::Error| unusable(&path, "written", &error);
        if self.tail_unknown {
            self.log
                .set_len(self.log_bytes)
                .and_then(|()| self.log.seek(SeekFrom::Start(self.log_bytes)))
                .map_err(failed)?;
            self.tail_unknown = false;
        }
        if let Err(error) = self.log.write_all(self.pending.as_bytes()) {
            self.tail_unknown = true;
            return Err(failed(error));
        }
        self.log_bytes += u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        self.pending.clear();
        Ok(())
    }

    /// Folds a long log into the snapshot.
    ///
    /// # Errors
    /// If that cannot be written.
    pub fn fold_long_log(&mut self, world: &mut World) -> Result<(), Diagnostic> {
        let long = LONG_LOG_BYTES.max(self.snapshot_bytes.saturating_mul(LONG_LOG_SNAPSHOTS));
        if self.log_bytes > long {
            self.compact(world)?;
        }
        Ok(())
    }

    /// Writes the whole world as a new snapshot and starts a new log.
    ///
    /// # Errors
    /// If it cannot be written; the old snapshot and log are then still there.
    pub fn compact(&mut self, world: &mut World) -> Result<(), Diagnostic> {
        let generation = self.generation + 1;
        let path = self.dir.join(SNAPSHOT);
        let text = serde_json::to_vec(&SnapshotRef {
            format: FORMAT,
            generation,
            progress: world.progress(),
            accounts: world.accounts(),
            shared: &world.shared,
        })
        .map_err(|error| unwritten(&error))?;
        replace(&path, &text).map_err(|error| unusable(&path, "written", &error))?;
        // All of it is in the snapshot now.
        world.drain_changes().map_err(|error| unwritten(&error))?;
        self.snapshot_bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.progress = world.progress();
        self.generation = generation;
        self.start_log()
    }

    /// Empties the log and writes its head.
    fn start_log(&mut self) -> Result<(), Diagnostic> {
        let mut head = serde_json::to_string(&LogHead {
            format: FORMAT,
            generation: self.generation,
        })
        .map_err(|error| unwritten(&error))?;
        head.push('\n');
        self.pending = head;
        self.log_bytes = 0;
        self.tail_unknown = true;
        self.write_pending()
    }

    /// For tests: puts another file in the log's place.
    #[cfg(test)]
    pub fn swap_log(&mut self, log: File) -> File {
        std::mem::replace(&mut self.log, log)
    }
}

fn append_line(
    out: &mut String,
    progress: Progress,
    rows: &[ChangedRow],
) -> serde_json::Result<()> {
    let string = serde_json::to_string::<Option<&str>>;
    // Writing to a string cannot fail.
    let progress = serde_json::to_string(&progress)?;
    let _ = write!(out, "{{\"progress\":{progress},\"rows\":[");
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let _ = write!(
            out,
            "[{},{},{},{},{}]",
            string(&row.account.as_deref())?,
            string(&row.region.as_deref())?,
            string(&Some(row.table))?,
            string(&Some(row.id.as_str()))?,
            row.row.as_deref().unwrap_or("null"),
        );
    }
    out.push_str("]}\n");
    Ok(())
}

fn read_snapshot(dir: &Path) -> Result<Option<Snapshot>, Diagnostic> {
    let path = dir.join(SNAPSHOT);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(&path, "read", &error)),
    };
    let Format { format } =
        serde_json::from_slice(&text).map_err(|error| damaged(&path, None, &error))?;
    if format > FORMAT {
        return Err(newer(&path));
    }
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| damaged(&path, None, &error))
}

/// Writes a file so that at any time either the old or the new one is there, whole.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = path.with_file_name(NEW_SNAPSHOT);
    let mut file = File::create(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

pub(super) fn lock(dir: &Path) -> Result<File, Diagnostic> {
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| unusable(&path, "opened", &error))?;
    for turn in 0..LOCK_TRIES {
        if turn > 0 {
            std::thread::sleep(LOCK_PAUSE);
        }
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)
                    .and_then(|()| writeln!(file, "{}", std::process::id()))
                    .map_err(|error| unusable(&path, "written", &error))?;
                return Ok(file);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(unusable(&path, "locked", &error)),
        }
    }
    let holder = fs::read_to_string(&path).unwrap_or_default();
    let mut diagnostic = Diagnostic::error(
        IN_USE,
        format!("another process uses the sandbox in `{}`", dir.display()),
    )
    .help("wait until it ends, or use another directory with `--sandbox=DIR`");
    if !holder.trim().is_empty() {
        diagnostic = diagnostic.note(format!("it is process {}", holder.trim()));
    }
    Err(diagnostic)
}

pub(super) fn unusable(path: &Path, what: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        DIRECTORY,
        format!("`{}` cannot be {what}: {error}", path.display()),
    )
    .help("check that the directory is yours and has room, or name another with `--sandbox=DIR`")
}

fn unwritten(error: &serde_json::Error) -> Diagnostic {
    Diagnostic::error(
        crate::diagnostic::codes::sandbox::INTERNAL,
        format!("a row of the sandbox cannot be written as JSON: {error}"),
    )
}

fn damaged(path: &Path, line: Option<usize>, error: &serde_json::Error) -> Diagnostic {
    let place = line.map_or(String::new(), |line| format!(" in line {line}"));
    Diagnostic::error(
        DAMAGED,
        format!("the sandbox's file `{}` is damaged{place}", path.display()),
    )
    .note(error.to_string())
    .help("restore it from a copy, or start afresh with `smd sandbox reset`")
}

fn newer(path: &Path) -> Diagnostic {
    Diagnostic::error(
        NEWER,
        format!("`{}` was written by a newer smd", path.display()),
    )
    .help("use that smd, or another directory with `--sandbox=DIR`")
}
