//! Who holds the right to write a stack's state, for people who look or take it away.

use futures::future::BoxFuture;
use serde::Serialize;

use super::Holder;
use crate::diagnostic::{Diagnostic, codes};

/// The lock of a state as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Who holds it, as far as the lock says.
    pub holder: Option<Holder>,
    /// Its lease, where it is one.
    pub lease: Option<LeaseOf>,
}

/// A lease as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseOf {
    /// The random name of the lock.
    pub run: String,
    /// Its fence number.
    pub fence: u64,
    /// When it ends unless it is renewed: by the store's clock, milliseconds since the epoch.
    pub until_ms: u64,
    /// Whether it has run out, so that the next run takes it over.
    pub expired: bool,
    /// Where the log of the run is, if a CI system runs it.
    pub ci: Option<String>,
}

impl Held {
    /// Who is at work, in words: `smd apply` of someone.
    #[must_use]
    pub fn who(&self) -> String {
        match &self.holder {
            Some(holder) => format!(
                "`smd {}` of {} (process {})",
                holder.operation, holder.who, holder.pid
            ),
            None => "another smd".to_owned(),
        }
    }

    /// The refusal to work beside it.
    #[must_use]
    pub fn refusal(&self, place: &str) -> Diagnostic {
        let error = Diagnostic::error(
            codes::state::LOCKED,
            format!("{} is at work on this state", self.who()),
        );
        let Some(lease) = &self.lease else {
            return error.note(format!("the lock is `{place}`")).help(
                "wait until it has ended; the lock goes with its process, so there is nothing to clean up",
            );
        };
        let mut error = error.note(format!(
            "the lock is `{place}`: its lease is renewed while the run lives, and ends at {} by the store's clock unless it is",
            time(lease.until_ms)
        ));
        if let Some(ci) = &lease.ci {
            error = error.note(format!("its log: {ci}"));
        }
        error.help("wait until it has ended; a lock whose run has died ends by itself, and the next run takes it over")
            .help(format!(
                "`smd lock break --run {}` takes it from a run that must not go on",
                lease.run
            ))
    }
}

/// `2026-11-21T19:00:00Z`.
#[must_use]
pub fn time(at_ms: u64) -> String {
    use aws_smithy_types::date_time::{DateTime, Format};
    /// Milliseconds of a second.
    const SECOND_MS: u64 = 1_000;
    let seconds = i64::try_from(at_ms / SECOND_MS).unwrap_or_default();
    let time = DateTime::from_secs(seconds).fmt(Format::DateTime);
    time.unwrap_or_default()
}

/// The locks of a place where state is kept.
pub trait Locks: Send + Sync {
    /// How messages call the lock.
    fn lock_name(&self) -> String;

    /// Who holds the lock; `None`: nobody.
    ///
    /// # Errors
    /// It cannot be read.
    fn holder(&self) -> BoxFuture<'_, Result<Option<Held>, Diagnostic>>;

    /// Takes the lock away from the run of this name, so that it can write nothing any more.
    ///
    /// # Errors
    /// It is another's, nobody holds it, or it is one that cannot be taken away.
    fn break_lock<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), Diagnostic>>;
}

/// Nobody holds a lock that was to be taken away.
#[must_use]
pub fn not_held(place: &str) -> Diagnostic {
    Diagnostic::error(
        codes::state::NOT_LOCKED,
        format!("nobody holds the lock `{place}`"),
    )
    .help("there is nothing to take away")
}
