//! The gate that every request to AWS goes through: what may change something is written down
//! before it leaves, and every answer is waited for only so long.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;

use super::AwsOptions;
use super::call_log::{self, CallLog};
use super::classify::{names_throttling, never_sent};
use super::operation::Operation;
use super::rate::Buckets;
use crate::clock::Clock;
use crate::diagnostic::Diagnostic;
use crate::state::Outcome;

/// The first status of AWS's own troubles: the work may have been done.
const FIRST_SERVER_ERROR: u16 = 500;
/// The first status of a refusal.
const FIRST_ERROR: u16 = 300;

/// An HTTP client with the gate before it.
#[derive(Debug, Clone)]
pub struct Gate {
    inner: SharedHttpClient,
    clock: Clock,
    /// How long an answer may take, all of it; `None`: as long as it takes.
    limit: Option<Duration>,
    buckets: Arc<Buckets>,
    #[cfg(test)]
    unlogged: bool,
}

impl Gate {
    /// A gate before `inner`; all gates of an AWS share its buckets.
    #[must_use]
    pub fn new(inner: SharedHttpClient, options: &AwsOptions, buckets: Arc<Buckets>) -> Self {
        Self {
            inner,
            clock: options.clock.clone(),
            limit: options.limit,
            buckets,
            #[cfg(test)]
            unlogged: options.unlogged,
        }
    }
}

/// Why the gate let no request through.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotWrittenDown(pub Diagnostic);

impl HttpClient for Gate {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.inner.http_connector(settings, components),
            clock: self.clock.clone(),
            limit: self.limit,
            buckets: Arc::clone(&self.buckets),
            #[cfg(test)]
            unlogged: self.unlogged,
        })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    clock: Clock,
    limit: Option<Duration>,
    buckets: Arc<Buckets>,
    #[cfg(test)]
    unlogged: bool,
}

impl Connector {
    /// Who writes down what this call does.
    #[cfg(not(test))]
    fn log(&self) -> Option<Arc<dyn CallLog>> {
        call_log::current()
    }

    /// Who writes down what this call does; in tests perhaps nobody.
    #[cfg(test)]
    fn log(&self) -> Option<Arc<dyn CallLog>> {
        let nobody = || {
            self.unlogged
                .then(|| Arc::new(call_log::Unlogged) as Arc<dyn CallLog>)
        };
        call_log::current().or_else(nobody)
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let operation = Operation::of(
            request.method(),
            request.uri(),
            request.headers().get("x-amz-target"),
            request.headers().get("authorization"),
            body,
        );
        let log = self.log();
        let inner = self.inner.clone();
        let clock = self.clock.clone();
        let limit = self.limit;
        let buckets = Arc::clone(&self.buckets);
        HttpConnectorFuture::new(async move {
            let class = operation.class();
            let wait = buckets.take(&class, clock.now_ms());
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
            let refuse = |why| Err(ConnectorError::other(Box::new(NotWrittenDown(why)), None));
            let noted = if operation.mutating {
                let Some(log) = log else {
                    return refuse(outside_a_run(&operation));
                };
                let body = request.body().bytes().unwrap_or_default();
                match log.begin(&operation.label(), body).await {
                    Ok(call) => Some((log, call)),
                    Err(why) => return refuse(why),
                }
            } else {
                None
            };
            let answer = in_time(&clock, limit, whole(inner.call(request))).await;
            let was_throttled = answer.as_ref().is_ok_and(is_throttled);
            buckets.answered(&class, was_throttled, clock.now_ms());
            if let Some((log, call)) = noted {
                log.end(call, outcome(&answer));
            }
            answer
        })
    }
}

/// The answer with its whole body: control-plane answers are small, and a call has ended only when
/// all of its answer is there.
pub(crate) async fn whole(answer: HttpConnectorFuture) -> Result<HttpResponse, ConnectorError> {
    let mut response = answer.await?;
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    let bytes = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
    *response.body_mut() = SdkBody::from(bytes);
    Ok(response)
}

async fn in_time(
    clock: &Clock,
    limit: Option<Duration>,
    answer: impl Future<Output = Result<HttpResponse, ConnectorError>>,
) -> Result<HttpResponse, ConnectorError> {
    let Some(limit) = limit else {
        return answer.await;
    };
    tokio::select! {
        // The answer counts, also at the last moment.
        biased;
        answer = answer => answer,
        () = clock.sleep(limit) => Err(ConnectorError::timeout(
            format!("no answer within {} s", limit.as_secs()).into(),
        )),
    }
}

/// Whether AWS says that there were too many calls.
fn is_throttled(response: &HttpResponse) -> bool {
    response.status().as_u16() >= FIRST_ERROR
        && names_throttling(
            response.headers().get("x-amzn-errortype"),
            response.body().bytes().unwrap_or_default(),
        )
}

fn outcome(answer: &Result<HttpResponse, ConnectorError>) -> Outcome {
    match answer {
        Ok(response) if is_throttled(response) => Outcome::Refused,
        Ok(response) => match response.status().as_u16() {
            FIRST_SERVER_ERROR.. => Outcome::Lost,
            FIRST_ERROR.. => Outcome::Refused,
            _ => Outcome::Done,
        },
        Err(error) if never_sent(error) => Outcome::NotSent,
        Err(_) => Outcome::Lost,
    }
}

fn outside_a_run(operation: &Operation) -> Diagnostic {
    Diagnostic::error(
        crate::diagnostic::codes::aws::OUTSIDE_A_RUN,
        format!(
            "{} may change something, but no run is at work that writes it down",
            operation.label()
        ),
    )
    .help("please report this with the command and the message")
}
