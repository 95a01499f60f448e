//! The network between smd and the sandbox: every request takes its time, and as the weather has
//! it, is throttled, refused, lost, or answered by what AWS looked like some seconds ago.

use std::collections::VecDeque;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures::channel::oneshot;
use futures::future::pending;
use http::{Request, Response, StatusCode};

use super::Sim;
use super::script::{Fate, What};
use crate::aws::Operation;
use crate::sandbox::call::Fault;
use crate::sandbox::dispatch::{Protocol, Service};
use crate::sandbox::world::World;
use crate::sandbox::{Sandbox, answer};

/// How bad it is: how many of a thousand requests …
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// … are throttled,
    pub throttled: u64,
    /// … are answered with AWS's own trouble (500), and not carried out,
    pub failing: u64,
    /// … are carried out and answered with a 500 all the same,
    pub failing_after: u64,
    /// … never arrive: the connection is reset,
    pub reset: u64,
    /// … are carried out, but the answer never comes,
    pub lost: u64,
    /// … take up to [`SLOW_MS`] there or back,
    pub slow: u64,
    /// … are answered by what there was up to [`STALE_MS`] ago.
    pub stale: u64,
    /// How many of a thousand writes to the disk are refused.
    pub disk_full: u64,
}

/// Of a thousand lost answers so many end in silence instead of a reset, …
const SILENT: u64 = 300;
/// … for so long.
const SILENCE: Duration = Duration::from_secs(600);
/// Every other one, in thousandths.
pub const HALF: u64 = 500;
/// How long a request takes there or back at most.
const USUAL_MS: u64 = 40;
/// How long a slow one takes.
const SLOW_MS: u64 = 8_000;
/// How old the oldest picture is that AWS may still show (behaviour: some seconds).
const STALE_MS: u64 = 5_000;
/// What was before every change of the last seconds.
#[derive(Default)]
pub struct Past(VecDeque<(u64, World)>);

impl Past {
    fn keep(&mut self, now_ms: u64, world: World) {
        self.0.push_back((now_ms, world));
        while self
            .0
            .front()
            .is_some_and(|(until, _)| until + STALE_MS < now_ms)
        {
            self.0.pop_front();
        }
    }

    /// What there was at that time, if it has changed since.
    fn at(&self, at_ms: u64) -> Option<&World> {
        let (_, world) = self.0.iter().find(|(until, _)| *until > at_ms)?;
        Some(world)
    }
}

/// How an answer fares.
enum Heard {
    Answer(Box<Response<Bytes>>),
    Nothing,
}

impl HttpClient for Sim {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Sim {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sim = self.clone();
        HttpConnectorFuture::new(async move { sim.send(request).await })
    }
}

impl Sim {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = Bytes::copy_from_slice(request.body().bytes().unwrap());
        let operation = Operation::of(
            request.method(),
            request.uri(),
            request.headers().get("x-amz-target"),
            request.headers().get("authorization"),
            &body,
        );
        let (parts, _) = request.try_into_http1x().unwrap().into_parts();
        let request = Request::from_parts(parts, body);
        let what = if operation.mutating {
            What::Call
        } else {
            What::Read
        };
        let Some((fate, epoch)) = self.leave(what, &operation.label()) else {
            // The process has ended, or does so here: it never leaves.
            return pending().await;
        };
        let (tell, heard) = oneshot::channel();
        // It is on its way, whatever becomes of who sent it.
        let network = self.clone();
        self.driver.spawn(async move {
            let answer = network.carry(request, &operation, (fate, epoch)).await;
            if fate == Some(Fate::Unanswered) {
                network.script.lock().unwrap().end_after(0);
                return;
            }
            if fate == Some(Fate::After) {
                // One turn to hear of it.
                network.script.lock().unwrap().end_after(1);
            }
            if let Heard::Answer(response) = answer
                && fate != Some(Fate::AnswerLost)
            {
                let _ = tell.send(response);
            } else if fate.is_none() && network.chance(SILENT) {
                // Silence, until whoever waits gives up.
                network.clock.sleep(SILENCE).await;
                drop(tell);
            }
        });
        match heard.await {
            Ok(response) => Ok(HttpResponse::try_from(response.map(SdkBody::from)).unwrap()),
            Err(_) => Err(ConnectorError::io("the connection was reset".into())),
        }
    }

    /// A request is about to leave the process: what the script says of it, and whose it is.
    fn leave(&self, what: What, label: &str) -> Option<(Option<Fate>, u64)> {
        let mut script = self.script.lock().unwrap();
        if script.is_ending() {
            return None;
        }
        let fate = script.reach(what, label);
        if fate == Some(Fate::Before) {
            script.end_after(0);
            return None;
        }
        Some((fate, script.epoch()))
    }

    fn way(&self, slow: u64) -> Duration {
        self.up_to(if self.chance(slow) { SLOW_MS } else { USUAL_MS })
    }

    /// What becomes of a request.
    async fn carry(
        &self,
        request: Request<Bytes>,
        operation: &Operation,
        (fate, epoch): (Option<Fate>, u64),
    ) -> Heard {
        let weather = match fate {
            Some(_) => Weather::default(),
            None => *self.weather.lock().unwrap(),
        };
        let (there, back) = (self.way(weather.slow), self.way(weather.slow));
        let unsent = self.chance(HALF);
        if self.chance(weather.reset) {
            self.clock.sleep(there).await;
            return Heard::Nothing;
        }
        self.clock.sleep(there).await;
        if unsent && !self.script.lock().unwrap().lives(epoch) {
            // It had not left the machine when the process ended.
            return Heard::Nothing;
        }
        let service = Service::of_scope(&operation.service).unwrap();
        let refused = |fault: &Fault| Box::new(answer::fault(service, fault, "simulated"));
        if self.chance(weather.throttled) {
            self.clock.sleep(back).await;
            return Heard::Answer(refused(&throttled(service)));
        }
        if self.chance(weather.failing) {
            self.clock.sleep(back).await;
            return Heard::Answer(refused(&failing(service)));
        }
        let stale = self.chance(weather.stale);
        let answer = self.answer(request, operation, stale).await;
        self.clock.sleep(back).await;
        if self.chance(weather.lost) {
            return Heard::Nothing;
        }
        if self.chance(weather.failing_after) {
            return Heard::Answer(refused(&failing(service)));
        }
        Heard::Answer(Box::new(answer))
    }

    /// The sandbox's answer: of now, or of some seconds ago. What is changed is changed now, but a
    /// call may be refused because what it names did not show some seconds ago.
    async fn answer(
        &self,
        request: Request<Bytes>,
        operation: &Operation,
        stale: bool,
    ) -> Response<Bytes> {
        let remembers = self.weather.lock().unwrap().stale > 0;
        if stale && is_eventual(&operation.service) {
            let age = u64::from(self.clock.random()) % STALE_MS;
            let at_ms = self.clock.now_ms().saturating_sub(age);
            let then = self.past.lock().unwrap().at(at_ms).cloned();
            if let Some(mut then) = then {
                // Who asks is known at once.
                let sessions = self.sandbox.arrange(|world| world.shared.sessions.clone());
                then.shared.sessions = sessions.unwrap();
                let then = Sandbox::of_world(then, self.clock.clone());
                let answer = then.handle(request.clone()).await;
                let is_not_found = answer.status() != StatusCode::OK
                    && String::from_utf8_lossy(answer.body()).contains("NotFound");
                if !operation.mutating || is_not_found {
                    return answer;
                }
            }
        }
        if remembers && operation.mutating {
            let now_ms = self.clock.now_ms();
            let world = self.sandbox.arrange(|world| world.clone()).unwrap();
            self.past.lock().unwrap().keep(now_ms, world);
        }
        self.sandbox.handle(request).await
    }
}

/// Whether a service shows what was done only after a while (behaviour: EC2 and IAM; SageMaker's
/// own waits are its statuses, and S3 is consistent).
fn is_eventual(service: &str) -> bool {
    matches!(service, "ec2" | "iam")
}

fn throttled(service: Service) -> Fault {
    let (status, code) = match service.protocol() {
        Protocol::Ec2 => (503, "RequestLimitExceeded"),
        Protocol::RestXml => (503, "SlowDown"),
        Protocol::Query => (400, "Throttling"),
        Protocol::Json => (400, "ThrottlingException"),
        Protocol::RestJson => (429, "ThrottlingException"),
    };
    Fault::with_status(status, code, "Rate exceeded")
}

fn failing(service: Service) -> Fault {
    let code = match service.protocol() {
        Protocol::Ec2 | Protocol::RestXml => "InternalError",
        Protocol::Query => "ServiceFailure",
        Protocol::Json => "InternalFailure",
        Protocol::RestJson => "InternalServerError",
    };
    Fault::with_status(500, code, "An internal error has occurred")
}
