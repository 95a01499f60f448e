//! State and journal encrypted before they leave this machine, whatever place keeps them.
//!
//! [`Sealed`] stands before a [`Backend`]: what it reads is opened, what it writes is sealed. Where
//! no key is given, everything passes as it is, but a sealed record is never taken for a damaged
//! one, and never replaced by one in clear: it cannot be read, so nothing follows it.

mod envelope;
mod keys;
mod passphrase;

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::Mutex;

use self::envelope::Sealer;
use super::{Backend, Holder, Stored, Version, Writer};
use crate::diagnostic::Diagnostic;

pub use envelope::{MAX_HEADER, Purpose, purpose_of};
pub use keys::{DataKey, KEY_BYTES, KeyService, Keys, Managed, Source};
pub use passphrase::Passphrase;

/// A place whose records are sealed.
#[derive(Debug)]
pub struct Sealed {
    inner: Arc<dyn Backend>,
    keys: Arc<Keys>,
    stack: Arc<str>,
}

impl Sealed {
    /// The place `inner` of `stack`, with these keys.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, keys: Arc<Keys>, stack: &str) -> Self {
        Self {
            inner,
            keys,
            stack: Arc::from(stack),
        }
    }
}

impl Backend for Sealed {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn rescue_path(&self) -> PathBuf {
        self.inner.rescue_path()
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<Stored>, Diagnostic>> {
        async {
            let Some(stored) = self.inner.load().await? else {
                return Ok(None);
            };
            let bytes = self
                .keys
                .open(
                    Purpose::State,
                    Some(&self.stack),
                    &self.name(),
                    stored.bytes,
                )
                .await?;
            Ok(Some(Stored {
                bytes,
                version: stored.version,
            }))
        }
        .boxed()
    }

    fn journal(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        async {
            let bytes = self.inner.journal().await?;
            self.keys
                .open(Purpose::Journal, Some(&self.stack), &self.name(), bytes)
                .await
        }
        .boxed()
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<u64>, Diagnostic>> {
        self.inner.versions()
    }

    fn version(&self, serial: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, Diagnostic>> {
        async move {
            match self.inner.version(serial).await? {
                Some(bytes) => {
                    let name = format!("{} ({serial})", self.name());
                    let state = Purpose::State;
                    let opened = self.keys.open(state, Some(&self.stack), &name, bytes);
                    opened.await.map(Some)
                }
                None => Ok(None),
            }
        }
        .boxed()
    }

    fn runs(&self) -> BoxFuture<'_, Result<Vec<u8>, Diagnostic>> {
        // Stays in clear: it names no values, and tells also who has no key what happened.
        self.inner.runs()
    }

    fn lock<'a>(
        &'a self,
        holder: &'a Holder,
    ) -> BoxFuture<'a, Result<Box<dyn Writer>, Diagnostic>> {
        async {
            // A key that cannot be had is told before anything is done, not when it is to be
            // recorded.
            self.keys.prepare(&self.stack).await?;
            let writer: Box<dyn Writer> = Box::new(SealedWriter {
                inner: self.inner.lock(holder).await?,
                keys: Arc::clone(&self.keys),
                stack: Arc::clone(&self.stack),
                journal: Mutex::default(),
            });
            Ok(writer)
        }
        .boxed()
    }
}

/// The right to write sealed records.
#[derive(Debug)]
struct SealedWriter {
    inner: Box<dyn Writer>,
    keys: Arc<Keys>,
    stack: Arc<str>,
    /// The journal that was begun. Held while a frame is written: frames are numbered in the order
    /// in which they are stored.
    journal: Mutex<Option<Sealer>>,
}

impl Writer for SealedWriter {
    fn save<'a>(
        &'a self,
        bytes: Vec<u8>,
        previous: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Version, Diagnostic>> {
        async move {
            let sealed = self.keys.seal(Purpose::State, &self.stack, bytes).await?;
            self.inner.save(sealed, previous).await
        }
        .boxed()
    }

    fn append(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async move {
            let mut journal = self.journal.lock().await;
            if journal.is_none() {
                *journal = self.keys.sealer(Purpose::Journal, &self.stack).await?;
            }
            let bytes = match journal.as_mut() {
                Some(sealer) => sealer.frame(&bytes)?,
                None => bytes,
            };
            self.inner.append(bytes).await
        }
        .boxed()
    }

    fn clear_journal(&self) -> BoxFuture<'_, Result<(), Diagnostic>> {
        async {
            let mut journal = self.journal.lock().await;
            self.inner.clear_journal().await?;
            *journal = None;
            Ok(())
        }
        .boxed()
    }

    fn keep_version(&self, serial: u64) -> BoxFuture<'_, Result<(), Diagnostic>> {
        self.inner.keep_version(serial)
    }

    fn log_run(&self, line: Vec<u8>) -> BoxFuture<'_, Result<(), Diagnostic>> {
        self.inner.log_run(line)
    }

    fn keep(&self) -> BoxFuture<'_, Diagnostic> {
        self.inner.keep()
    }

    fn release(self: Box<Self>) -> BoxFuture<'static, Result<(), Diagnostic>> {
        self.inner.release()
    }
}

#[cfg(test)]
mod tests;
