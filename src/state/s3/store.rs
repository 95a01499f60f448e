//! The object store under a state: single requests with conditions, and what their answers mean.
//!
//! The SDK repeats nothing here. A write whose answer was lost is settled by reading what is there
//! before it is sent again.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    Builder, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::dated::{Dated, StoreClock};
use super::until::Until;
use crate::aws::{Cause, Failure};
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, codes};

/// A pause before a request is sent again: the first, and the longest; each doubles the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// HTTP statuses that say what became of a condition (S3 user guide, "conditional requests").
const NOT_FOUND: u16 = 404;
const CONFLICT: u16 = 409;
const PRECONDITION_FAILED: u16 = 412;

/// A bucket, as one stack's state uses it.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    bucket: String,
    clock: Clock,
    /// What time it is there.
    pub time: Arc<StoreClock>,
}

/// When a write shall be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// In any case.
    Always,
    /// There is no such object.
    Absent,
    /// The object has this entity tag.
    Is(String),
}

/// A write.
#[derive(Debug, Clone)]
pub struct Put {
    /// Its key.
    pub key: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// The user's own metadata.
    pub metadata: Vec<(&'static str, String)>,
    /// Its condition.
    pub when: When,
}

/// An object as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The content; empty where only the head was asked for.
    pub bytes: Vec<u8>,
    /// Its entity tag.
    pub etag: String,
    metadata: Vec<(String, String)>,
}

impl Object {
    /// A piece of its metadata.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        let found = self.metadata.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What became of one request with a condition.
#[derive(Debug)]
pub enum Sent {
    /// Done; the new entity tag (none after a delete).
    Done(String),
    /// The condition did not hold.
    Refused,
    /// Nothing was done; it may be sent again.
    Again(Failure),
    /// Nobody knows whether it was done.
    Unknown(Failure),
    /// It cannot be done.
    Failed(Failure),
}

/// What became of a write at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// Done; the new entity tag.
    Done(String),
    /// The condition did not hold.
    Refused,
}

impl Store {
    /// The bucket as the environment's configuration reaches it.
    ///
    /// # Errors
    /// A configuration without an HTTP client: a defect.
    pub fn open(
        config: &SdkConfig,
        clock: &Clock,
        bucket: &str,
        region: &str,
    ) -> Result<Self, Diagnostic> {
        let Some(inner) = config.http_client() else {
            return Err(Diagnostic::error(
                codes::state::INTERNAL,
                "the configuration of the state's store has no HTTP client",
            ));
        };
        let time = Arc::new(StoreClock::default());
        let http = Dated::new(inner, clock.clone(), Arc::clone(&time));
        let config = Builder::from(config)
            .region(Region::new(region.to_owned()))
            .http_client(http)
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .sleep_impl(SharedAsyncSleep::new(clock.clone()))
            .time_source(SharedTimeSource::new(clock.clone()))
            // Other stores of S3's kind know no checksums in trailers.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            // Nor do they all have a host name for each bucket.
            .force_path_style(has_endpoint(config))
            .build();
        Ok(Self {
            client: Client::from_conf(config),
            bucket: bucket.to_owned(),
            clock: clock.clone(),
            time,
        })
    }

    /// The clock on this side.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Writes once.
    pub async fn put_once(&self, put: &Put) -> Sent {
        let mut call = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&put.key)
            .body(ByteStream::from(put.bytes.clone()));
        for (name, value) in &put.metadata {
            call = call.metadata(*name, value);
        }
        let call = match &put.when {
            When::Always => call,
            When::Absent => call.if_none_match("*"),
            When::Is(etag) => call.if_match(etag),
        };
        match call.send().await {
            Ok(output) => Sent::Done(output.e_tag().unwrap_or_default().to_owned()),
            Err(error) => sent("s3:PutObject", &error, put.when != When::Always),
        }
    }

    /// Writes, again and again until it is known what became of it.
    ///
    /// # Errors
    /// It cannot be done, or not `until` then.
    pub async fn put(&self, put: &Put, until: Until<'_>) -> Result<Written, Diagnostic> {
        let mut pause = Pause::default();
        let mut last = None;
        loop {
            until.check(self, last.as_ref())?;
            match self.put_once(put).await {
                Sent::Done(etag) => return Ok(Written::Done(etag)),
                // It may have been done by an earlier request, or by a copy of this one that the
                // network made.
                Sent::Refused => {
                    let there = self.get(&put.key, until).await?;
                    return Ok(match there.filter(|there| there.bytes == put.bytes) {
                        Some(ours) => Written::Done(ours.etag),
                        None => Written::Refused,
                    });
                }
                Sent::Failed(why) => return Err(self.failed(&why)),
                Sent::Again(why) => last = Some(why),
                Sent::Unknown(why) => {
                    last = Some(why);
                    pause.wait(&self.clock).await;
                    let there = self.get(&put.key, until).await?;
                    match (there, &put.when) {
                        (Some(there), _) if there.bytes == put.bytes => {
                            return Ok(Written::Done(there.etag));
                        }
                        (Some(there), When::Is(etag)) if there.etag == *etag => {}
                        (None, When::Absent) | (_, When::Always) => {}
                        _ => return Ok(Written::Refused),
                    }
                    continue;
                }
            }
            pause.wait(&self.clock).await;
        }
    }

    /// Reads once. `None`: there is no such object.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub async fn get_once(&self, key: &str) -> Result<Option<Object>, Failure> {
        let call = self.client.get_object().bucket(&self.bucket).key(key);
        let output = match call.send().await {
            Ok(output) => output,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(Failure::from_sdk("s3:GetObject", &error)),
        };
        let etag = output.e_tag().unwrap_or_default().to_owned();
        let metadata = pairs(output.metadata());
        let body = output.body.collect().await.map_err(|_| {
            let why = "the answer broke off";
            Failure::new(Cause::LostAnswer, "s3:GetObject", why)
        })?;
        Ok(Some(Object {
            bytes: body.to_vec(),
            etag,
            metadata,
        }))
    }

    /// Reads. `None`: there is no such object.
    ///
    /// # Errors
    /// It cannot be read, or not `until` then.
    pub async fn get(&self, key: &str, until: Until<'_>) -> Result<Option<Object>, Diagnostic> {
        let mut tries = Tries::new(self, until);
        loop {
            tries.begin()?;
            match self.get_once(key).await {
                Ok(there) => return Ok(there),
                Err(why) => tries.failed(why).await?,
            }
        }
    }

    /// Entity tag and metadata. `None`: there is no such object, or no such bucket.
    ///
    /// # Errors
    /// It cannot be read, or not `until` then.
    pub async fn head(&self, key: &str, until: Until<'_>) -> Result<Option<Object>, Diagnostic> {
        let mut tries = Tries::new(self, until);
        loop {
            tries.begin()?;
            let call = self.client.head_object().bucket(&self.bucket).key(key);
            match call.send().await {
                Ok(output) => {
                    return Ok(Some(Object {
                        bytes: Vec::new(),
                        etag: output.e_tag().unwrap_or_default().to_owned(),
                        metadata: pairs(output.metadata()),
                    }));
                }
                Err(error) if status(&error) == Some(NOT_FOUND) => return Ok(None),
                Err(error) => {
                    let why = Failure::from_sdk("s3:HeadObject", &error);
                    tries.failed(why).await?;
                }
            }
        }
    }

    /// What follows `prefix` in the keys that begin with it, in order, with the objects' sizes.
    ///
    /// # Errors
    /// They cannot be listed, or not `until` then.
    pub async fn list(
        &self,
        prefix: &str,
        until: Until<'_>,
    ) -> Result<Vec<(String, u64)>, Diagnostic> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        let mut tries = Tries::new(self, until);
        loop {
            tries.begin()?;
            let call = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_continuation_token(token.clone());
            let page = match call.send().await {
                Ok(page) => page,
                Err(error) => {
                    let why = Failure::from_sdk("s3:ListObjectsV2", &error);
                    tries.failed(why).await?;
                    continue;
                }
            };
            found.extend(page.contents().iter().filter_map(|object| {
                let name = object.key()?.strip_prefix(prefix)?.to_owned();
                let size = u64::try_from(object.size().unwrap_or_default()).unwrap_or_default();
                Some((name, size))
            }));
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Deletes once.
    pub async fn delete_once(&self, key: &str, when: &When) -> Sent {
        let call = self.client.delete_object().bucket(&self.bucket).key(key);
        let call = match when {
            When::Is(etag) => call.if_match(etag),
            When::Always | When::Absent => call,
        };
        match call.send().await {
            Ok(_) => Sent::Done(String::new()),
            Err(error) => sent("s3:DeleteObject", &error, *when != When::Always),
        }
    }

    /// Deletes, in any case.
    ///
    /// # Errors
    /// It cannot be done, or not `until` then.
    pub async fn delete(&self, key: &str, until: Until<'_>) -> Result<(), Diagnostic> {
        let mut tries = Tries::new(self, until);
        loop {
            tries.begin()?;
            match self.delete_once(key, &When::Always).await {
                Sent::Done(_) | Sent::Refused => return Ok(()),
                Sent::Again(why) | Sent::Unknown(why) | Sent::Failed(why) => {
                    tries.failed(why).await?;
                }
            }
        }
    }

    /// What a request that failed says to the person.
    pub fn failed(&self, why: &Failure) -> Diagnostic {
        let bucket = &self.bucket;
        let mut diagnostic = Diagnostic::error(
            codes::state::STORE_UNUSABLE,
            format!("the bucket `{bucket}` of the state cannot be used: {why}"),
        );
        diagnostic.help.clone_from(&why.help);
        match why.code.as_deref() {
            Some("NoSuchBucket") => diagnostic.help(
                "make the bucket first, with versions and without public access: smd makes none",
            ),
            Some(
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ) => diagnostic.help("the `region` of the `state s3` block must be the bucket's own"),
            _ => diagnostic,
        }
    }
}

/// The repetitions of what may be repeated without harm.
struct Tries<'a> {
    store: &'a Store,
    until: Until<'a>,
    pause: Pause,
    last: Option<Failure>,
}

impl<'a> Tries<'a> {
    fn new(store: &'a Store, until: Until<'a>) -> Self {
        Self {
            store,
            until,
            pause: Pause::default(),
            last: None,
        }
    }

    /// Before each.
    fn begin(&self) -> Result<(), Diagnostic> {
        self.until.check(self.store, self.last.as_ref())
    }

    /// After one that failed: waits, where it may be otherwise the next time.
    async fn failed(&mut self, why: Failure) -> Result<(), Diagnostic> {
        if !passes(why.cause) {
            return Err(self.store.failed(&why));
        }
        self.last = Some(why);
        self.pause.wait(&self.store.clock).await;
        Ok(())
    }
}

/// Pauses between requests.
#[derive(Debug)]
struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST_PAUSE)
    }
}

impl Pause {
    async fn wait(&mut self, clock: &Clock) {
        clock.sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST_PAUSE);
    }
}

/// Whether it may be otherwise the next time.
fn passes(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Throttled | Cause::Transient | Cause::LostAnswer | Cause::Unreachable
    )
}

fn sent<E>(operation: &str, error: &SdkError<E, HttpResponse>, conditional: bool) -> Sent
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let code = error.code();
    match status(error) {
        Some(PRECONDITION_FAILED) => return Sent::Refused,
        Some(NOT_FOUND) if conditional && code != Some("NoSuchBucket") => return Sent::Refused,
        _ => {}
    }
    let why = Failure::from_sdk(operation, error);
    match (status(error), why.cause) {
        // Two conditional writes at once: neither this one nor what it waited for is settled.
        (Some(CONFLICT), _) | (_, Cause::Throttled | Cause::Unreachable) => Sent::Again(why),
        (_, Cause::Transient | Cause::LostAnswer) => Sent::Unknown(why),
        _ => Sent::Failed(why),
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|raw| raw.status().as_u16())
}

fn pairs(metadata: Option<&std::collections::HashMap<String, String>>) -> Vec<(String, String)> {
    let pairs = metadata.into_iter().flatten();
    pairs
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Whether the environment names an endpoint for S3.
fn has_endpoint(config: &SdkConfig) -> bool {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let of_s3 = key
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    of_s3.is_some() || config.endpoint_url().is_some()
}
