//! The time at the store, from the `Date` of its answers: leases end by its clock alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::date_time::{DateTime, Format};
use futures::future::{Either, select};

use crate::aws::whole;
use crate::clock::Clock;

/// How long an answer may take, all of it: half of what a run may live without a renewal.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// A `Date` is cut to whole seconds: the time is up to this much later, in milliseconds.
const DATE_STEP_MS: u64 = 1_000;

/// What is known of the store's clock. All times are milliseconds since the epoch.
#[derive(Debug, Default)]
pub struct StoreClock(Mutex<Option<Seen>>);

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// When the request was sent, by the clock on this side.
    sent_ms: u64,
    /// What its answer said.
    date_ms: u64,
}

impl StoreClock {
    /// The latest that it can be at the store when it is `at_ms` here; `None` before the first
    /// answer.
    pub fn latest(&self, at_ms: u64) -> Option<u64> {
        let seen = (*self.hold())?;
        Some(seen.date_ms + DATE_STEP_MS + at_ms.saturating_sub(seen.sent_ms))
    }

    /// What the last answer said: it is not earlier there.
    pub fn earliest(&self) -> Option<u64> {
        self.hold().map(|seen| seen.date_ms)
    }

    fn note(&self, seen: Seen) {
        let mut held = self.hold();
        // Answers may come out of order: the latest request tells the most.
        if held.is_none_or(|held| held.sent_ms <= seen.sent_ms) {
            *held = Some(seen);
        }
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An HTTP client that reads the `Date` of each answer and waits for none too long.
#[derive(Debug, Clone)]
pub struct Dated {
    inner: SharedHttpClient,
    clock: Clock,
    time: Arc<StoreClock>,
}

impl Dated {
    /// One before `inner`.
    pub fn new(inner: SharedHttpClient, clock: Clock, time: Arc<StoreClock>) -> Self {
        Self { inner, clock, time }
    }
}

impl HttpClient for Dated {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.inner.http_connector(settings, components),
            clock: self.clock.clone(),
            time: Arc::clone(&self.time),
        })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    clock: Clock,
    time: Arc<StoreClock>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, clock, time) = (
            self.inner.clone(),
            self.clock.clone(),
            Arc::clone(&self.time),
        );
        HttpConnectorFuture::new(async move {
            let sent_ms = clock.now_ms();
            let answer = Box::pin(whole(inner.call(request)));
            let answer = match select(answer, clock.sleep(ANSWER_LIMIT)).await {
                Either::Left((answer, _)) => answer?,
                Either::Right(_) => {
                    let why = format!("no answer within {} s", ANSWER_LIMIT.as_secs());
                    return Err(ConnectorError::timeout(why.into()));
                }
            };
            let date = answer.headers().get("date").and_then(millis);
            if let Some(date_ms) = date {
                time.note(Seen { sent_ms, date_ms });
            }
            Ok(answer)
        })
    }
}

fn millis(date: &str) -> Option<u64> {
    let date = DateTime::from_str(date, Format::HttpDate).ok()?;
    u64::try_from(date.to_millis().ok()?).ok()
}
