//! The lease: an object that its holder renews, and that others may take over once it has run out
//! by the store's clock.
//!
//! The holder counts from when it sent the last renewal that succeeded, on its own clock; what it
//! writes into the object is the latest that the end can be at the store. So it stops before
//! anybody else may start, whatever the two clocks say and however long requests take.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::store::{Put, Sent, Store, When, Written};
use super::until::Until;
use crate::aws::Failure;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::Holder;
use crate::state::locks::{Held, LeaseOf};

/// How long a lease lasts, in milliseconds.
pub const LEASE_MS: u64 = 30_000;
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// The pause before a renewal that failed is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(1);
/// Without a renewal for this long, no new work is started; milliseconds.
const STOP_AFTER_MS: u64 = 20_000;
/// How much earlier than the object says the holder stops, in milliseconds: clocks do not all run
/// equally fast.
const MARGIN_MS: u64 = 1_000;
/// The format of the object.
const FORMAT: u32 = 1;

/// The lock object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    format: u32,
    /// The random name of its holder's lock.
    pub run: String,
    /// Who holds it, and for what.
    #[serde(flatten)]
    pub holder: Holder,
    /// Where the log of its run is, if a CI system runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<String>,
    /// The highest fence number in use: the holder's own, or while it still looks around, that of
    /// whoever held the lock before.
    pub fence: u64,
    /// When it ends by the store's clock, milliseconds since the epoch.
    pub lease_until: u64,
}

impl Lock {
    /// A lock that is to be taken.
    pub fn new(run: String, holder: &Holder, ci: Option<String>, fence: u64) -> Self {
        Self {
            format: FORMAT,
            run,
            holder: holder.clone(),
            ci,
            fence,
            lease_until: 0,
        }
    }

    /// Reads the object.
    ///
    /// # Errors
    /// It is none of smd's, or of a newer smd's.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, Diagnostic> {
        match serde_json::from_slice::<Self>(bytes) {
            Ok(lock) if lock.format <= FORMAT => Ok(lock),
            Ok(_) => Err(Diagnostic::error(
                codes::state::NEWER,
                format!("the lock `{name}` was written by a newer smd"),
            )
            .help("use the smd that wrote it, or a newer one")),
            Err(_) => Err(Diagnostic::error(
                codes::state::DAMAGED,
                format!("the lock `{name}` is damaged: smd did not write it so"),
            )
            .help("make sure that nobody is at work on this state, then delete that object")),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        // Texts and numbers only: it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The same as others are told.
    pub fn told(&self, expired: bool) -> Held {
        Held {
            holder: Some(self.holder.clone()),
            lease: Some(LeaseOf {
                run: self.run.clone(),
                fence: self.fence,
                until_ms: self.lease_until,
                expired,
                ci: self.ci.clone(),
            }),
        }
    }
}

/// A lease that is held.
pub struct Lease {
    store: Store,
    /// The lock object's key.
    key: String,
    /// How messages call it.
    name: String,
    held: Mutex<Inner>,
    /// Why no new work may be started.
    stop: watch::Sender<Option<Diagnostic>>,
}

#[derive(Debug, Clone)]
struct Inner {
    lock: Lock,
    etag: String,
    /// When the last renewal that succeeded was sent.
    renewed_ms: u64,
    /// Somebody else has it.
    gone: Option<Diagnostic>,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &self.key)
            .field("held", &*self.hold())
            .finish_non_exhaustive()
    }
}

impl Lease {
    /// Tries to take the lock. `None`: someone else was faster.
    ///
    /// # Errors
    /// The store does not let it.
    pub async fn take(
        store: &Store,
        key: &str,
        name: &str,
        mut lock: Lock,
        when: When,
    ) -> Result<Option<Self>, Diagnostic> {
        let sent_ms = store.clock().now_ms();
        lock.lease_until = end_at_store(store, sent_ms)?;
        let put = Put {
            key: key.to_owned(),
            bytes: lock.bytes(),
            metadata: Vec::new(),
            when,
        };
        // Beyond that it would have run out before it is known to be held.
        let until = Until::Time(sent_ms + STOP_AFTER_MS);
        Ok(match store.put(&put, until).await? {
            Written::Refused => None,
            Written::Done(etag) => Some(Self {
                store: store.clone(),
                key: key.to_owned(),
                name: name.to_owned(),
                held: Mutex::new(Inner {
                    lock,
                    etag,
                    renewed_ms: sent_ms,
                    gone: None,
                }),
                stop: watch::Sender::new(None),
            }),
        })
    }

    /// The lock as last written.
    pub fn lock(&self) -> Lock {
        self.hold().lock.clone()
    }

    /// Whether writing is allowed.
    ///
    /// # Errors
    /// Somebody else has the lock, or the lease has run out.
    pub fn check(&self) -> Result<(), Diagnostic> {
        let held = self.hold();
        if let Some(gone) = &held.gone {
            return Err(gone.clone());
        }
        let here = self.store.clock().now_ms() >= held.renewed_ms + LEASE_MS - MARGIN_MS;
        // This machine may have slept, its clock with it.
        let there = self.store.time.earliest();
        if here || there.is_some_and(|now_ms| now_ms > held.lock.lease_until) {
            return Err(self.lost("it could not be renewed in time"));
        }
        Ok(())
    }

    /// Raises the fence number from that of the holder before to this one's own.
    ///
    /// # Errors
    /// The lease was lost, or cannot be written.
    pub async fn raise(&self, fence: u64) -> Result<(), Diagnostic> {
        loop {
            let mut last = None;
            match self.renew(fence).await {
                Renewal::Done => return Ok(()),
                Renewal::Gone(why) => return Err(why),
                Renewal::Again => {}
                Renewal::Failed(why) => last = Some(why),
            }
            Until::Lease(self).check(&self.store, last.as_ref())?;
            self.store.clock().sleep(RENEW_AGAIN).await;
        }
    }

    /// Renews for as long as it is polled and the lock is this one's.
    pub async fn renew_for_ever(&self) {
        let mut wait = RENEW_EVERY;
        loop {
            self.store.clock().sleep(wait).await;
            wait = RENEW_AGAIN;
            let fence = self.hold().lock.fence;
            let last = match self.renew(fence).await {
                Renewal::Done => {
                    wait = RENEW_EVERY;
                    continue;
                }
                Renewal::Gone(why) => {
                    self.stop_work(why);
                    return;
                }
                Renewal::Again => None,
                Renewal::Failed(why) => Some(why),
            };
            let silent_ms = self
                .store
                .clock()
                .now_ms()
                .saturating_sub(self.hold().renewed_ms);
            if silent_ms >= STOP_AFTER_MS {
                let seconds = silent_ms / 1000;
                let mut why = self.lost(&format!("it could not be renewed for {seconds} s"));
                if let Some(last) = last {
                    why = why.note(format!("the last request: {last}"));
                }
                self.stop_work(why);
            }
        }
    }

    /// Waits until no new work may be started, and gives the reason.
    pub async fn stopped(&self) -> Diagnostic {
        let mut stop = self.stop.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        let reason = stop.wait_for(Option::is_some).await;
        let reason = reason.ok().and_then(|reason| reason.clone());
        reason.unwrap_or_else(|| self.lost("its holder is gone"))
    }

    /// Gives the lock back.
    ///
    /// # Errors
    /// It could not be given back; it then ends by itself.
    pub async fn release(&self) -> Result<(), Diagnostic> {
        let mut last = None;
        loop {
            if self.check().is_err() {
                // Not held any more, or about to end by itself.
                return match last {
                    Some(why) => Err(self.store.failed(&why).note("the lock ends by itself")),
                    None => Ok(()),
                };
            }
            let (etag, run) = {
                let held = self.hold();
                (held.etag.clone(), held.lock.run.clone())
            };
            match self.store.delete_once(&self.key, &When::Is(etag)).await {
                Sent::Done(_) => return Ok(()),
                Sent::Refused => {}
                Sent::Again(why) | Sent::Unknown(why) => last = Some(why),
                Sent::Failed(why) => return Err(self.store.failed(&why)),
            }
            match self.store.get_once(&self.key).await {
                // A renewal that was under way may have come after all.
                Ok(Some(there)) => match Lock::read(&there.bytes, &self.name) {
                    Ok(lock) if lock.run == run => self.hold().etag = there.etag,
                    _ => return Ok(()),
                },
                Ok(None) => return Ok(()),
                Err(why) => last = Some(why),
            }
            self.store.clock().sleep(RENEW_AGAIN).await;
        }
    }

    /// Somebody else has written where only the holder may.
    pub fn overtaken(&self) -> Diagnostic {
        let why = self.lost("another run took it over");
        self.hold().gone = Some(why.clone());
        self.stop_work(why.clone());
        why
    }

    async fn renew(&self, fence: u64) -> Renewal {
        let Inner { mut lock, etag, .. } = self.hold().clone();
        let sent_ms = self.store.clock().now_ms();
        lock.fence = fence;
        lock.lease_until = match end_at_store(&self.store, sent_ms) {
            Ok(end) => end,
            Err(why) => return Renewal::Gone(why),
        };
        let bytes = lock.bytes();
        let put = Put {
            key: self.key.clone(),
            bytes: bytes.clone(),
            metadata: Vec::new(),
            when: When::Is(etag),
        };
        let why = match self.store.put_once(&put).await {
            Sent::Done(etag) => {
                self.renewed(lock, etag, sent_ms);
                return Renewal::Done;
            }
            Sent::Again(why) | Sent::Failed(why) => return Renewal::Failed(why),
            Sent::Refused => None,
            Sent::Unknown(why) => Some(why),
        };
        match self.store.get_once(&self.key).await {
            Ok(Some(there)) if there.bytes == bytes => {
                self.renewed(lock, there.etag, sent_ms);
                Renewal::Done
            }
            Ok(Some(there)) => match Lock::read(&there.bytes, &self.name) {
                // An earlier renewal whose answer was lost.
                Ok(found) if found.run == lock.run => {
                    self.hold().etag = there.etag;
                    why.map_or(Renewal::Again, Renewal::Failed)
                }
                Ok(found) => Renewal::Gone(self.overtaken().note(format!(
                    "it is held by `smd {}` of {}",
                    found.holder.operation, found.holder.who
                ))),
                Err(_) => Renewal::Gone(self.overtaken()),
            },
            Ok(None) => Renewal::Gone(self.overtaken()),
            Err(why) => Renewal::Failed(why),
        }
    }

    fn renewed(&self, lock: Lock, etag: String, sent_ms: u64) {
        let mut held = self.hold();
        held.lock = lock;
        held.etag = etag;
        held.renewed_ms = sent_ms;
    }

    fn stop_work(&self, why: Diagnostic) {
        self.stop.send_modify(|stop| {
            stop.get_or_insert(why);
        });
    }

    fn lost(&self, why: &str) -> Diagnostic {
        Diagnostic::error(
            codes::state::LEASE_LOST,
            format!("the lock `{}` was lost: {why}", self.name),
        )
        .help("run again: what this run did is recorded, or is looked up")
    }

    fn hold(&self) -> MutexGuard<'_, Inner> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of a renewal.
enum Renewal {
    Done,
    /// Nothing is wrong, but it must be sent again.
    Again,
    Failed(Failure),
    Gone(Diagnostic),
}

/// The latest end, by the store's clock, of a lease that is sent now.
fn end_at_store(store: &Store, sent_ms: u64) -> Result<u64, Diagnostic> {
    match store.time.latest(sent_ms) {
        Some(now_ms) => Ok(now_ms + LEASE_MS),
        None => Err(Diagnostic::error(
            codes::state::STORE_UNSAFE,
            "the store of the state says in no answer what time it is (`Date`)",
        )
        .help("leases end by the store's clock: use a store that tells it, as S3 does")),
    }
}
