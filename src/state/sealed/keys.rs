//! Who can open sealed files: a passphrase, or a service that keeps the key.
//!
//! Every run has a data key of its own, random and never written but wrapped: by a key derived
//! from the passphrase, or by the service.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::envelope::{self, Envelope, Purpose, Sealer, Seen};
use super::passphrase::{Derivation, Passphrase};
use crate::diagnostic::{Diagnostic, codes};

/// Bytes of a data key: AES-256.
pub const KEY_BYTES: usize = 32;

/// A key that files are sealed with. It is wiped from memory when it goes, and no text of it is
/// ever made.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    /// A new one.
    ///
    /// # Errors
    /// No random numbers.
    pub(super) fn random() -> Result<Self, Diagnostic> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(no_random)?;
        Ok(Self(bytes))
    }

    /// A key of these bytes; `None` unless there are [`KEY_BYTES`].
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

pub(super) fn no_random(error: getrandom::Error) -> Diagnostic {
    Diagnostic::error(
        codes::cli::RUNTIME,
        format!("the system gives no random numbers: {error}"),
    )
}

/// How a file's data key is wrapped, as its first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Wrap {
    /// By a key derived from a passphrase.
    Passphrase(Derivation),
    /// By AWS KMS.
    Kms {
        /// The ARN of its key.
        key: String,
        /// The data key as KMS gave it, base64.
        encrypted_key: String,
    },
}

/// A data key as a service hands it out.
#[derive(Debug)]
pub struct Managed {
    /// The key itself.
    pub data_key: DataKey,
    /// The ARN of the key that wraps it.
    pub wrapped_by: String,
    /// The wrapped key.
    pub encrypted: Vec<u8>,
}

/// A service that makes data keys and opens them again; the stack is bound to them.
pub trait KeyService: Send + Sync + fmt::Debug {
    /// A new data key.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    fn generate<'a>(&'a self, stack: &'a str) -> BoxFuture<'a, Result<Managed, Diagnostic>>;

    /// Opens a wrapped data key; `None` if it is not wrapped by this service's key, or for another
    /// stack.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    fn decrypt<'a>(
        &'a self,
        stack: &'a str,
        encrypted: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<DataKey>, Diagnostic>>;
}

/// Where data keys come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A passphrase.
    Passphrase(Arc<Passphrase>),
    /// A service.
    Service(Arc<dyn KeyService>),
}

/// The keys of a run.
#[derive(Debug, Default)]
pub struct Keys {
    /// Seals, and opens.
    current: Option<Source>,
    /// Only open: what was sealed before the key was changed.
    older: Vec<Source>,
    /// The data key of this run.
    own: Mutex<Option<(DataKey, Wrap)>>,
    /// Data keys that were opened, by what wrapped them: a state is read more than once.
    opened: Mutex<BTreeMap<String, DataKey>>,
    found_clear: AtomicBool,
}

impl Keys {
    /// No key: what is sealed is refused, what is written is in clear.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// `current` seals and opens, `older` only open: without a key that seals, what they open would
    /// be written in clear.
    #[must_use]
    pub fn new(current: Source, older: Vec<Source>) -> Self {
        Self {
            current: Some(current),
            older,
            ..Self::default()
        }
    }

    /// Whether what is written is sealed.
    #[must_use]
    pub fn seals(&self) -> bool {
        self.current.is_some()
    }

    /// Whether something in clear was read although there is a key to seal with.
    #[must_use]
    pub fn found_clear(&self) -> bool {
        self.found_clear.load(Ordering::Relaxed)
    }

    /// Makes the data key of this run, unless it is there.
    ///
    /// # Errors
    /// The service refuses, or no random numbers.
    pub async fn prepare(&self, stack: &str) -> Result<(), Diagnostic> {
        self.own(stack).await.map(drop)
    }

    /// Seals a whole file; gives it as it is where no key seals.
    ///
    /// # Errors
    /// The service refuses, or no random numbers.
    pub async fn seal(
        &self,
        purpose: Purpose,
        stack: &str,
        plain: Vec<u8>,
    ) -> Result<Vec<u8>, Diagnostic> {
        match self.sealer(purpose, stack).await? {
            Some(mut sealer) => sealer.frame(&plain),
            None => Ok(plain),
        }
    }

    /// Seals the frames of a new file; `None` where no key seals.
    pub(super) async fn sealer(
        &self,
        purpose: Purpose,
        stack: &str,
    ) -> Result<Option<Sealer>, Diagnostic> {
        match self.own(stack).await? {
            Some((key, wrap)) => Sealer::new(purpose, stack, &key, wrap).map(Some),
            None => Ok(None),
        }
    }

    async fn own(&self, stack: &str) -> Result<Option<(DataKey, Wrap)>, Diagnostic> {
        let mut own = self.own.lock().await;
        if own.is_none() {
            *own = match &self.current {
                None => None,
                Some(Source::Passphrase(passphrase)) => {
                    let key = DataKey::random()?;
                    let wrap = Wrap::Passphrase(passphrase.wrap(&key)?);
                    Some((key, wrap))
                }
                Some(Source::Service(service)) => {
                    let made = service.generate(stack).await?;
                    let wrap = Wrap::Kms {
                        key: made.wrapped_by,
                        encrypted_key: STANDARD.encode(made.encrypted),
                    };
                    Some((made.data_key, wrap))
                }
            };
        }
        Ok(own.clone())
    }

    /// Opens a file; one that is not sealed is given as it is. `stack` is the one it must be of
    /// (`None`: any), `name` how messages call the file.
    ///
    /// # Errors
    /// No key that opens it, damage, a newer form, another stack's or another purpose's.
    pub async fn open(
        &self,
        purpose: Purpose,
        stack: Option<&str>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Diagnostic> {
        if bytes.is_empty() {
            return Ok(bytes);
        }
        match envelope::look(bytes, purpose, stack, name)? {
            Seen::Clear(bytes) => {
                if self.seals() {
                    self.found_clear.store(true, Ordering::Relaxed);
                }
                Ok(bytes)
            }
            Seen::TornBegin => Ok(envelope::torn_begin()),
            Seen::Sealed(envelope) => {
                let key = self.data_key(&envelope).await?;
                envelope.open(&key)
            }
        }
    }

    /// The data key of a sealed file.
    async fn data_key(&self, envelope: &Envelope) -> Result<DataKey, Diagnostic> {
        let wrap = &envelope.header.key;
        // The stack is bound to a key that a service keeps.
        let name = serde_json::to_string(&(&envelope.header.stack, wrap)).unwrap_or_default();
        let mut opened = self.opened.lock().await;
        if let Some(key) = opened.get(&name) {
            return Ok(key.clone());
        }
        let mut tried = false;
        for source in self.current.iter().chain(&self.older) {
            let key = match (source, wrap) {
                (Source::Passphrase(passphrase), Wrap::Passphrase(derivation)) => {
                    passphrase.unwrap(derivation)
                }
                (Source::Service(service), Wrap::Kms { encrypted_key, .. }) => {
                    match STANDARD.decode(encrypted_key) {
                        Ok(encrypted) => {
                            service.decrypt(&envelope.header.stack, &encrypted).await?
                        }
                        Err(_) => None,
                    }
                }
                _ => continue,
            };
            tried = true;
            if let Some(key) = key {
                opened.insert(name, key.clone());
                return Ok(key);
            }
        }
        Err(match tried {
            true => wrong_key(envelope),
            false => no_key(envelope),
        })
    }
}

/// No key of the kind that opens it was given.
fn no_key(envelope: &Envelope) -> Diagnostic {
    let what = envelope.what();
    match &envelope.header.key {
        Wrap::Passphrase(_) => Diagnostic::error(
            codes::state::KEY_MISSING,
            format!("{what} is encrypted with a passphrase, and none was given"),
        )
        .help("give it: SMD_PASSPHRASE, or the file that holds it: SMD_PASSPHRASE_FILE"),
        Wrap::Kms { key, .. } => Diagnostic::error(
            codes::state::KEY_MISSING,
            format!("{what} is encrypted with the KMS key `{key}`, and no KMS key was given"),
        )
        .help(format!(
            "name it: SMD_KMS_KEY={key}, with credentials that may use it"
        )),
    }
}

/// A key of the right kind was given, and it does not open the file.
fn wrong_key(envelope: &Envelope) -> Diagnostic {
    let what = envelope.what();
    match &envelope.header.key {
        Wrap::Passphrase(_) => Diagnostic::error(
            codes::state::KEY_WRONG,
            format!("the passphrase does not open {what}"),
        )
        .note("it is another passphrase's, or its first line was changed")
        .help("give the passphrase it was encrypted with; to change it, give the new one in SMD_PASSPHRASE and the old one in SMD_OLD_PASSPHRASE"),
        Wrap::Kms { key, .. } => Diagnostic::error(
            codes::state::KEY_WRONG,
            format!("{what} is encrypted with another KMS key: `{key}`"),
        )
        .note("or it was encrypted for another stack, or its first line was changed")
        .help(format!(
            "name that key: SMD_KMS_KEY={key}; to change to another one, name the new one in SMD_KMS_KEY and that one in SMD_OLD_KMS_KEY"
        )),
    }
}
