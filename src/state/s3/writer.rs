//! The right to write, for as long as the lease holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{AbortHandle, BoxFuture, abortable};

use super::Place;
use super::body::Body;
use super::lease::Lease;
use super::position::Position;
use super::store::{Put, When, Written};
use super::until::Until;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{Version, Writer};

/// The right to write the objects of a state.
#[derive(Debug)]
pub struct S3Writer {
    place: Arc<Place>,
    lease: Arc<Lease>,
    fence: u64,
    journal: Mutex<Journal>,
    renewal: AbortHandle,
    given_back: AtomicBool,
}

/// How far the journal is.
#[derive(Debug, Clone)]
struct Journal {
    /// The number of the next batch.
    next: u64,
    /// The number of the batch of which nobody heard whether it was written: it may still come.
    unsure: Option<u64>,
    /// Why nothing more is added.
    closed: Option<Diagnostic>,
}

impl Drop for S3Writer {
    fn drop(&mut self) {
        self.renewal.abort();
        if !self.given_back.load(Ordering::Relaxed) {
            let lease = Arc::clone(&self.lease);
            // Where it cannot be given back, it ends by itself.
            let leave = async move { drop(lease.release().await) };
            (self.place.access.leave)(leave.boxed());
        }
    }
}

impl S3Writer {
    /// The right that comes with `lease`, which is renewed from now on. `has_journal`: there is one
    /// of an earlier run, which must be taken away first.
    pub fn new(place: Arc<Place>, lease: Lease, fence: u64, next: u64, has_journal: bool) -> Self {
        let lease = Arc::new(lease);
        let renewed = Arc::clone(&lease);
        let (renewals, renewal) = abortable(async move { renewed.renew_for_ever().await });
        (place.access.spawn)(renewals.map(drop).boxed());
        let closed = has_journal.then(|| {
            Diagnostic::error(
                codes::state::JOURNAL_UNWRITABLE,
                format!("`{}` has the journal of an earlier run", place.name("")),
            )
            .help("run `smd plan` first: it looks and records what it finds")
        });
        Self {
            place,
            lease,
            fence,
            journal: Mutex::new(Journal {
                next,
                unsure: None,
                closed,
            }),
            renewal,
            given_back: AtomicBool::new(false),
        }
    }

    /// The fence number that it writes under.
    #[cfg(test)]
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Gives the right back.
    ///
    /// # Errors
    /// It could not be given back; it then ends by itself.
    pub async fn give_back(&self) -> Result<(), Diagnostic> {
        self.given_back.store(true, Ordering::Relaxed);
        self.renewal.abort();
        self.lease.release().await
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn until(&self) -> Until<'_> {
        Until::Lease(&self.lease)
    }

    fn at(&self, number: u64) -> Position {
        Position {
            fence: self.fence,
            number,
        }
    }

    async fn append_now(&self, bytes: Vec<u8>) -> Result<(), Diagnostic> {
        let next = {
            let mut journal = self.held();
            if let Some(why) = &journal.closed {
                return Err(why.clone());
            }
            // Used up whatever becomes of it: where nobody hears whether it was written, it may be
            // there all the same, or still come, and the state that is saved covers it.
            journal.next += 1;
            journal.next - 1
        };
        let put = Put {
            key: self.place.journal_key(self.at(next)),
            bytes,
            metadata: Vec::new(),
            when: When::Absent,
        };
        let put = self.place.store.put(&put, self.until()).await;
        if put.is_err() {
            self.held().unsure = Some(next);
        }
        match put? {
            // The answer may have taken longer than the lease: what is written down after that may
            // be read by nobody, and no call may follow from it.
            Written::Done(_) => self.lease.check(),
            Written::Refused => Err(self.lease.overtaken()),
        }
    }

    async fn save_now(
        &self,
        bytes: Vec<u8>,
        previous: Option<&Version>,
    ) -> Result<Version, Diagnostic> {
        let body = Body {
            content: bytes,
            etag: String::new(),
            fence: self.fence,
            folded: self.at(self.held().next - 1),
        };
        let when = previous.map_or(When::Absent, |version| When::Is(version.0.clone()));
        let put = body.put(&self.place.key, when);
        match self.place.store.put(&put, self.until()).await? {
            Written::Done(etag) => Ok(Version(etag)),
            Written::Refused => Err(Diagnostic::error(
                codes::state::MOVED,
                format!(
                    "the state `{}` was changed by someone else meanwhile",
                    self.place.name("")
                ),
            )
            .help("run the plan again")),
        }
    }

    /// Takes the journal away. What is not in the state leaves an empty object behind it, so that the
    /// fence is known and no number is used twice.
    async fn clear_now(&self) -> Result<(), Diagnostic> {
        let (place, until) = (&self.place, self.until());
        let seen = place.look(until).await?;
        let folded = seen.folded();
        let (covered, open): (Vec<Position>, Vec<Position>) = seen
            .objects
            .keys()
            .filter(|there| there.fence <= self.fence)
            .partition(|there| **there <= folded);
        place.delete_journal(covered, false, until).await?;
        let unsure = self
            .held()
            .unsure
            .filter(|number| self.at(*number) > folded);
        if seen.has_open_journal() || unsure.is_some() {
            let end = self.mark_end(unsure).await?;
            let open = open.into_iter().filter(|there| *there != end).collect();
            place.delete_journal(open, true, until).await?;
        }
        self.held().unsure = None;
        self.held().closed = None;
        Ok(())
    }

    /// Writes an empty object after all that may be there of this run's journal, or in the place of
    /// what may still come, which is refused then. Answers where.
    async fn mark_end(&self, unsure: Option<u64>) -> Result<Position, Diagnostic> {
        let next = self.held().next;
        for number in unsure.into_iter().chain([next]) {
            let place = self.at(number);
            let put = Put {
                key: self.place.journal_key(place),
                bytes: Vec::new(),
                metadata: Vec::new(),
                when: When::Absent,
            };
            if let Written::Done(_) = self.place.store.put(&put, self.until()).await? {
                self.lease.check()?;
                self.held().next = next.max(number + 1);
                return Ok(place);
            }
        }
        Err(self.lease.overtaken())
    }
}

impl Writer for S3Writer {
    fn save<'a>(
        &'a self,
        bytes: Vec<u8>,
        previous: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Version, Diagnostic>> {
        self.save_now(bytes, previous).boxed()
    }

    fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async {
            let done = self.append_now(bytes).await;
            if let Err(why) = &done {
                // A gap must not be written over.
                self.held().closed.get_or_insert(why.clone());
            }
            done
        }
        .boxed()
    }

    fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>> {
        self.clear_now().boxed()
    }

    fn keep_version(&self, serial: u64) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move { self.place.keep_version(serial, self.until()).await }.boxed()
    }

    fn log_run(&self, line: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move { self.place.log_run(&line, self.until()).await }.boxed()
    }

    fn keep(&self) -> BoxFuture<'_, Diagnostic> {
        self.lease.stopped().boxed()
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>> {
        async move { self.give_back().await }.boxed()
    }
}
