//! Walks what a plan wrote, and decides nothing: reads again what will be changed, starts what is
//! ready, finishes values as their inputs are made, records what came of it.
//!
//! `read` is the bulk read that plans use too, `schedule` says what is next, `step` carries out one
//! task, `recorder` holds the records and writes the journal, `settle` finds out how work of a run
//! that was broken off ended, `rollback` takes back what a failed run made,
//! `rebuild` makes a lost record anew, `cancel` the wish to stop, `event` tells a watcher.

pub(crate) mod adopt;
mod cancel;
mod event;
mod expectations;
mod import;
mod look;
mod not_applied;
mod on_error;
mod people;
mod read;
mod ready;
mod rebuild;
mod recorder;
mod report;
mod rights;
mod rollback;
mod run;
mod schedule;
mod settle;
mod shown;
mod step;
mod unchanged;

#[cfg(test)]
mod tests;

pub use cancel::{Cancel, Level};
pub use event::{Doing, Event, Observer};
pub use expectations::Checked;
pub use import::{ImportRequest, Imported, read_imports};
pub use look::look;
pub use on_error::OnError;
pub use people::people;
pub use read::{Found, Kinds, ahead, read, unknown_kind, while_reading};
pub use ready::Secrets;
pub use rebuild::{Orphan, RebuildRequest, Rebuilt, not_beside, rebuild};
pub use report::{Counts, Report, Status};
pub use rights::check_rights;
pub use rollback::Rollback;
pub use run::{Request, run};
pub use settle::{Finding, Settled, settle};
