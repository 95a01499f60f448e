//! State, journal and lock as objects of an S3 bucket, or of a store of its kind.
//!
//! The state is at `KEY`; beside it are `KEY.lock`, the journal `KEY.journal/FENCE-NUMBER`, the
//! replaced states `KEY.history/SERIAL` and the log of runs `KEY.runs`. Every write has a
//! condition. What protects one run from another that is late:
//!
//! - a lease in the lock object, renewed while the run lives ([`lease`]);
//! - a fence number, one higher for each holder, in lock, journal and state;
//! - journal objects are written only where there are none: whoever takes a lock over writes an empty
//!   one where the run before would write its next, which is refused then ([`take_over`]);
//! - the state is written only over the version that was read; whoever takes a lock over changes
//!   that version.
//!
//! A stored state says how much of the journal is in it ([`body`]), so that what is left of a journal,
//! or comes back because the network repeated a request, is not taken in again.

mod body;
mod dated;
mod history;
mod journal;
mod lease;
mod position;
mod probe;
mod store;
mod take_over;
mod until;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_types::SdkConfig;
use futures::FutureExt;
use futures::future::BoxFuture;

use self::body::Body;
use self::lease::Lock;
use self::store::Store;
use self::until::Until;
use super::locks::{Held, Locks, not_held};
use super::{Backend, Holder, Stored, Version, Writer};
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, codes};

/// The folder below the configuration's that holds what smd keeps.
const FOLDER: &str = ".smd";

/// What the store is reached with, given by the command layer.
#[derive(Clone)]
pub struct Access {
    /// Credentials, endpoint and HTTP client of the environment; the region is the bucket's own.
    pub config: SdkConfig,
    /// The clock on this side.
    pub clock: Clock,
    /// Runs the renewal beside everything else.
    pub spawn: Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>,
    /// Is given what gives a lock back whose holder ended without doing so: to be run before the
    /// process ends.
    pub leave: Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>,
    /// Gives the random name of a lock.
    pub name: Arc<dyn Fn() -> Result<String, Diagnostic> + Send + Sync>,
    /// Is told that, and on whom, a run waits.
    pub waiting: Arc<dyn Fn(&str) + Send + Sync>,
    /// Where the log of this run is, if a CI system runs it.
    pub ci: Option<String>,
}

/// The objects of one stack's state.
#[derive(Clone)]
pub struct S3(Arc<Place>);

struct Place {
    store: Store,
    bucket: String,
    key: String,
    access: Access,
    rescue: PathBuf,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Credentials must not reach any log.
        f.debug_tuple("S3").field(&self.name()).finish()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name(""))
    }
}

impl S3 {
    /// The state at `key` of `bucket`. `directory` is the configuration's: what the bucket refuses is
    /// kept below it.
    ///
    /// # Errors
    /// An `access` that reaches nothing: a defect.
    pub fn open(
        access: Access,
        (bucket, key, region): (&str, &str, &str),
        directory: &Path,
        stack: &str,
    ) -> Result<Self, Diagnostic> {
        let store = Store::open(&access.config, &access.clock, bucket, region)?;
        Ok(Self(Arc::new(Place {
            store,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            access,
            rescue: directory
                .join(FOLDER)
                .join(format!("{stack}.state.json.rescued")),
        })))
    }
}

impl Place {
    /// The key of something beside the state.
    fn beside(&self, end: &str) -> String {
        format!("{}{end}", self.key)
    }

    /// How messages call something beside the state.
    fn name(&self, end: &str) -> String {
        format!("s3://{}/{}{end}", self.bucket, self.key)
    }

    fn lock_key(&self) -> String {
        self.beside(LOCK)
    }

    /// The lock that is there, with its entity tag.
    async fn lock(&self, until: Until<'_>) -> Result<Option<(Lock, String)>, Diagnostic> {
        let Some(there) = self.store.get(&self.lock_key(), until).await? else {
            return Ok(None);
        };
        let lock = Lock::read(&there.bytes, &self.name(LOCK))?;
        Ok(Some((lock, there.etag)))
    }

    /// Whether the lock has run out, by what the store said last.
    fn is_over(&self, lock: &Lock) -> bool {
        let now_ms = self.store.time.earliest();
        now_ms.is_some_and(|now_ms| now_ms > lock.lease_until)
    }
}

/// What follows the state's key in the lock's.
const LOCK: &str = ".lock";

impl Backend for S3 {
    fn name(&self) -> String {
        self.0.name("")
    }

    fn rescue_path(&self) -> PathBuf {
        self.0.rescue.clone()
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<Stored>, Diagnostic>> {
        async {
            let place = &self.0;
            let until = Until::patience(&place.store);
            let there = place.store.get(&place.key, until).await?;
            Ok(there.map(|there| Stored {
                version: Version(there.etag.clone()),
                bytes: Body::of(there).content,
            }))
        }
        .boxed()
    }

    fn journal(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async { self.0.journal(Until::patience(&self.0.store)).await }.boxed()
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<u64>, Diagnostic>> {
        async { self.0.versions(Until::patience(&self.0.store)).await }.boxed()
    }

    fn version(&self, serial: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, Diagnostic>> {
        async move {
            let place = &self.0;
            let until = Until::patience(&place.store);
            let there = place.store.get(&place.version_key(serial), until).await?;
            Ok(there.map(|there| there.bytes))
        }
        .boxed()
    }

    fn runs(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async {
            let place = &self.0;
            let until = Until::patience(&place.store);
            let there = place.store.get(&place.runs_key(), until).await?;
            Ok(there.map(|there| there.bytes).unwrap_or_default())
        }
        .boxed()
    }

    fn lock<'a>(
        &'a self,
        holder: &'a Holder,
    ) -> BoxFuture<'a, Result<Box<dyn Writer>, Diagnostic>> {
        async {
            let writer: Box<dyn Writer> = Box::new(take_over::lock(&self.0, holder).await?);
            Ok(writer)
        }
        .boxed()
    }
}

impl Locks for S3 {
    fn lock_name(&self) -> String {
        self.0.name(LOCK)
    }

    fn holder(&self) -> BoxFuture<'_, Result<Option<Held>, Diagnostic>> {
        async {
            let found = self.0.lock(Until::patience(&self.0.store)).await?;
            Ok(found.map(|(lock, _)| lock.told(self.0.is_over(&lock))))
        }
        .boxed()
    }

    fn break_lock<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), Diagnostic>> {
        async move {
            let until = Until::patience(&self.0.store);
            let Some((lock, etag)) = self.0.lock(until).await? else {
                return Err(not_held(&self.lock_name()));
            };
            if lock.run != run {
                return Err(Diagnostic::error(
                    codes::state::NOT_LOCKED,
                    format!("the lock `{}` is not held by run `{run}`", self.lock_name()),
                )
                .note(format!(
                    "it is held by run `{}`: {}",
                    lock.run,
                    lock.told(false).who()
                ))
                .help("`smd lock show` names the run that holds it"));
            }
            take_over::take_away(&self.0, &lock, etag).await
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
