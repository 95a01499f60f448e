//! The write-ahead journal of a run.
//!
//! Entries are queued in order and made durable in groups: whoever needs an entry to survive a
//! crash waits with [`Journal::durable`] while [`Journal::pump`] writes what has gathered. Nothing
//! is written before the first entry, so a run without work leaves no journal.

mod entry;
mod line;
mod replay;

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

pub use entry::{Entry, FORMAT_VERSION, Head};
pub use line::{Read, decode};
pub use replay::{Replayed, replay};

use super::{Intent, Outcome, Writer};
use crate::diagnostic::Diagnostic;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    queue: Mutex<Queue>,
    /// How many lines are durable, or why no more will be.
    durable: Mutex<Durable>,
    /// Those who wait for it are told in the order in which they came, so that a simulated run can
    /// be repeated.
    grown: Notify,
    work: Notify,
}

#[derive(Debug, Default, Clone)]
struct Durable {
    lines: u64,
    broken: Option<Diagnostic>,
}

#[derive(Debug)]
struct Queue {
    /// The head, until the first entry.
    head: Option<Head>,
    salt: String,
    waiting: Vec<u8>,
    lines: u64,
    batch: u64,
    intents: u64,
    calls: u64,
    /// The first entry that could not be written as text.
    broken: Option<Diagnostic>,
    closed: bool,
}

/// How many lines must be durable for an entry to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u64);

impl Journal {
    /// A journal with this head.
    #[must_use]
    pub fn new(head: Head) -> Self {
        Self {
            queue: Mutex::new(Queue {
                salt: head.run.clone(),
                head: Some(head),
                waiting: Vec::new(),
                lines: 0,
                batch: 0,
                intents: 0,
                calls: 0,
                broken: None,
                closed: false,
            }),
            durable: Mutex::default(),
            grown: Notify::new(),
            work: Notify::new(),
        }
    }

    /// Queues an entry.
    pub fn append(&self, entry: &Entry) -> Mark {
        let mut queue = self.hold();
        if let Some(head) = queue.head.take() {
            queue.write(&Entry::Head(head), "");
            queue.batch += 1;
        }
        let salt = queue.salt.clone();
        queue.write(entry, &salt);
        let mark = Mark(queue.lines);
        drop(queue);
        self.work.notify_one();
        mark
    }

    /// Queues an intent; the answer is its number.
    pub fn intend(&self, intent: Intent) -> u64 {
        let number = {
            let mut queue = self.hold();
            queue.intents += 1;
            queue.intents - 1
        };
        self.append(&Entry::Intent { number, intent });
        number
    }

    /// Queues the begin of a call for an intent and waits until it is durable; the answer is the
    /// call's number.
    ///
    /// # Errors
    /// It could not be made durable: the call must not be sent.
    pub async fn begin(
        &self,
        intent: u64,
        operation: String,
        digest: String,
        key: Option<String>,
        at_ms: u64,
    ) -> Result<u64, Diagnostic> {
        let call = {
            let mut queue = self.hold();
            queue.calls += 1;
            queue.calls - 1
        };
        let mark = self.append(&Entry::Begun {
            call,
            intent,
            operation,
            digest,
            key,
            at_ms,
        });
        self.durable(mark).await?;
        Ok(call)
    }

    /// Queues the end of a call.
    pub fn end(&self, call: u64, outcome: Outcome) {
        self.append(&Entry::Ended { call, outcome });
    }

    /// The run's name.
    #[must_use]
    pub fn run(&self) -> String {
        self.hold().salt.clone()
    }

    /// Whether anything was queued at all.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.hold().head.is_none()
    }

    /// Why nothing more is made durable, once that is so.
    #[must_use]
    pub fn broken(&self) -> Option<Diagnostic> {
        self.made_durable().broken.clone()
    }

    /// Waits until an entry survives a crash.
    ///
    /// # Errors
    /// It does not.
    pub async fn durable(&self, mark: Mark) -> Result<(), Diagnostic> {
        loop {
            // Before the look, so that nothing is missed.
            let mut grown = pin!(self.grown.notified());
            grown.as_mut().enable();
            {
                let durable = self.made_durable();
                if durable.lines >= mark.0 {
                    return Ok(());
                }
                if let Some(broken) = &durable.broken {
                    return Err(broken.clone());
                }
            }
            grown.await;
        }
    }

    /// Makes durable what is queued, until [`Journal::close`]. Must run beside the work; it is not
    /// to be dropped before it has ended.
    pub async fn pump(&self, writer: &dyn Writer) {
        loop {
            let (bytes, lines, broken, closed) = {
                let mut queue = self.hold();
                let bytes = std::mem::take(&mut queue.waiting);
                if !bytes.is_empty() {
                    queue.batch += 1;
                }
                (bytes, queue.lines, queue.broken.clone(), queue.closed)
            };
            if bytes.is_empty() {
                if let Some(broken) = broken {
                    self.fail(broken);
                }
                if closed {
                    return;
                }
                self.work.notified().await;
                continue;
            }
            if self.broken().is_some() {
                // A gap must not be written over: what follows stays in memory only.
                continue;
            }
            match writer.append(bytes).await {
                Ok(()) => {
                    self.made_durable().lines = lines;
                    self.grown.notify_waiters();
                }
                Err(why) => self.fail(why),
            }
        }
    }

    /// Nothing more is made durable, for this reason: the right to write was lost.
    pub fn fail(&self, why: Diagnostic) {
        self.made_durable().broken.get_or_insert(why);
        self.grown.notify_waiters();
    }

    /// Lets [`Journal::pump`] end once everything queued is durable.
    pub fn close(&self) {
        self.hold().closed = true;
        self.work.notify_one();
    }

    fn made_durable(&self) -> MutexGuard<'_, Durable> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn write(&mut self, entry: &Entry, salt: &str) {
        if self.broken.is_some() {
            return;
        }
        match line::encode(entry, self.lines, self.batch, salt, &mut self.waiting) {
            Ok(()) => self.lines += 1,
            Err(why) => self.broken = Some(why),
        }
    }
}

#[cfg(test)]
pub(crate) mod scene {
    //! For tests: heads of journals, and where they are written.

    use std::sync::Mutex;

    use futures::FutureExt;
    use futures::future::BoxFuture;

    use super::{FORMAT_VERSION, Head};
    use crate::diagnostic::Diagnostic;
    use crate::state::{State, Version, Writer};

    /// A place for a journal alone: keeps what is appended, one entry for each batch.
    #[derive(Debug, Default)]
    pub struct Paper(pub Mutex<Vec<Vec<u8>>>);

    impl Paper {
        /// All of it.
        pub fn bytes(&self) -> Vec<u8> {
            self.0.lock().unwrap().concat()
        }
    }

    impl Writer for Paper {
        fn save<'a>(
            &'a self,
            _: Vec<u8>,
            _: Option<&'a Version>,
        ) -> BoxFuture<'a, Result<Version, Diagnostic>> {
            panic!("a journal saves no state")
        }

        fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
            async {
                tokio::task::yield_now().await;
                self.0.lock().unwrap().push(bytes);
                Ok(())
            }
            .boxed()
        }

        fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>> {
            panic!("nobody clears it here")
        }

        fn keep_version(&self, _: u64) -> BoxFuture<'_, Result<(), Diagnostic>> {
            panic!("a journal replaces no state")
        }

        fn log_run(&self, _: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
            panic!("a journal is no log of runs")
        }

        fn keep(&self) -> BoxFuture<'_, Diagnostic> {
            futures::future::pending().boxed()
        }

        fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>> {
            async { Ok(()) }.boxed()
        }
    }

    /// The head of a journal that continues `state`, or begins its lineage.
    pub fn head(state: &State) -> Head {
        Head {
            format_version: FORMAT_VERSION,
            stack: state.stack.clone(),
            lineage: state.lineage.clone(),
            follows: (state.serial > 0).then_some(state.serial),
            run: "run".to_owned(),
            operation: "apply".to_owned(),
            who: "me@here".to_owned(),
            began_ms: 0,
            plan: String::new(),
        }
    }
}
#[cfg(test)]
mod tests;
