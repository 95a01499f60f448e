//! A simulated network between clients and the sandbox's S3: on a seed's chance it delays, repeats
//! and loses requests and answers. Time is simulated, so a run is the same each time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use bytes::Bytes;

use crate::clock::Clock;
use crate::sandbox::time::http_date;
use crate::sandbox::{Behaviour, Sandbox, scene};
use crate::state::s3::{Access, S3};
use crate::testing::Driver;

pub const BUCKET: &str = "team-states";
pub const KEY: &str = "prod/state.json";
/// When it begins.
const START: Duration = Duration::from_secs(1_800_000_000);

/// How bad the network is: how many of a thousand requests …
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// … take seconds instead of milliseconds, on the way there or back,
    pub slow: u64,
    /// … take up to a minute, longer than any lease,
    pub very_slow: u64,
    /// … never arrive,
    pub lost_requests: u64,
    /// … are carried out, but the answer never comes,
    pub lost_answers: u64,
    /// … are carried out a second time, later,
    pub repeated: u64,
    /// … are answered with a 500 or 503, carried out or not.
    pub failing: u64,
}

impl Weather {
    pub const FINE: Self = Self {
        slow: 0,
        very_slow: 0,
        lost_requests: 0,
        lost_answers: 0,
        repeated: 0,
        failing: 0,
    };
    pub const STORM: Self = Self {
        slow: 60,
        very_slow: 15,
        lost_requests: 25,
        lost_answers: 40,
        repeated: 50,
        failing: 20,
    };
}

/// The store, its network, and everything that runs on them.
#[derive(Clone)]
pub struct World {
    pub clock: Clock,
    pub sandbox: Sandbox,
    weather: Arc<Mutex<Weather>>,
    /// By how much the store's clock is ahead, in seconds; may be negative.
    ahead: i64,
    /// Whether the store ignores conditions.
    careless: Arc<AtomicBool>,
    names: Arc<AtomicU64>,
    pub requests: Arc<AtomicU64>,
    driver: Driver,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub fn new(seed: u64) -> Self {
        let clock = Clock::simulated(UNIX_EPOCH + START, seed);
        let behaviour = Behaviour {
            waits: false,
            ..Behaviour::default()
        };
        let world = Self {
            sandbox: Sandbox::in_memory(clock.clone(), behaviour),
            driver: Driver::new(clock.clone()),
            clock,
            weather: Arc::default(),
            ahead: 0,
            careless: Arc::default(),
            names: Arc::default(),
            requests: Arc::default(),
        };
        let request = aws_sdk_s3::Client::new(&world.config());
        world.run(async move {
            let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
                .location_constraint(scene::REGION.into())
                .build();
            let call = request.create_bucket().bucket(BUCKET);
            let call = call.create_bucket_configuration(place);
            call.send().await.unwrap();
        });
        world
    }

    pub fn with_ahead(self, seconds: i64) -> Self {
        Self {
            ahead: seconds,
            ..self
        }
    }

    pub fn weather(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }

    /// The same store with a network of its own.
    pub fn apart(&self) -> Self {
        Self {
            weather: Arc::default(),
            ..self.clone()
        }
    }

    pub fn ignore_conditions(&self) {
        self.careless.store(true, Ordering::SeqCst);
    }

    /// A number below `end`, by chance.
    pub fn below(&self, end: u64) -> u64 {
        u64::from(self.clock.random()) % end
    }

    fn config(&self) -> SdkConfig {
        scene::config(&self.sandbox, scene::ACCOUNT, scene::REGION)
            .into_builder()
            .http_client(self.clone())
            .stalled_stream_protection(
                aws_sdk_s3::config::StalledStreamProtectionConfig::disabled(),
            )
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                scene::ACCOUNT,
                "secret",
                None,
                None,
                "test",
            )))
            .build()
    }

    /// One more client of the store.
    pub fn backend(&self) -> S3 {
        let driver = self.driver.clone();
        let names = Arc::clone(&self.names);
        let access = Access {
            config: self.config(),
            clock: self.clock.clone(),
            spawn: Arc::new(move |task| driver.spawn(task)),
            // Whoever is dropped here has died.
            leave: Arc::new(|_| {}),
            name: Arc::new(move || Ok(format!("lock-{}", names.fetch_add(1, Ordering::SeqCst)))),
            waiting: Arc::new(|_| {}),
            ci: Some("https://ci.example/7".to_owned()),
        };
        let place = (BUCKET, KEY, scene::REGION);
        S3::open(access, place, std::path::Path::new("estate"), "prod").unwrap()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.driver.spawn(task);
    }

    /// Drives everything until `work` is done; what else runs stays for the next call.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.driver.run(work)
    }

    /// By chance, how long something is on its way.
    fn way(&self, weather: Weather) -> Duration {
        const SLOW_MS: u64 = 12_000;
        const VERY_SLOW_MS: u64 = 60_000;
        const USUAL_MS: u64 = 40;
        let fate = self.below(1000);
        let most = if fate < weather.very_slow {
            VERY_SLOW_MS
        } else if fate < weather.very_slow + weather.slow {
            SLOW_MS
        } else {
            USUAL_MS
        };
        Duration::from_millis(1 + self.below(most))
    }

    async fn carry_out(&self, mut request: http::Request<Bytes>) -> http::Response<Bytes> {
        if self.careless.load(Ordering::SeqCst) {
            for name in ["if-match", "if-none-match"] {
                request.headers_mut().remove(name);
            }
        }
        let mut response = self.sandbox.handle(request).await;
        let now_ms = i64::try_from(self.clock.now_ms()).unwrap() + self.ahead * 1000;
        let date = http_date(u64::try_from(now_ms).unwrap());
        response.headers_mut().insert("date", date.parse().unwrap());
        response
    }

    /// What becomes of one request.
    async fn send(&self, request: http::Request<Bytes>) -> Option<http::Response<Bytes>> {
        let weather = *self.weather.lock().unwrap();
        let chance = |of: u64| self.below(1000) < of;
        let (lost_request, lost_answer) =
            (chance(weather.lost_requests), chance(weather.lost_answers));
        let (repeated, failing) = (chance(weather.repeated), chance(weather.failing));
        let (there, back) = (self.way(weather), self.way(weather));
        self.requests.fetch_add(1, Ordering::SeqCst);
        if lost_request {
            return None;
        }
        self.clock.sleep(there).await;
        if repeated {
            let (world, again) = (self.clone(), request.clone());
            let later = Duration::from_millis(self.below(45_000));
            self.spawn(async move {
                world.clock.sleep(later).await;
                world.carry_out(again).await;
            });
        }
        let mut response = if failing && chance(500) {
            let mut refused = http::Response::new(Bytes::new());
            *refused.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            refused
        } else {
            self.carry_out(request).await
        };
        if failing {
            *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        }
        self.clock.sleep(back).await;
        (!lost_answer).then_some(response)
    }
}

impl HttpClient for World {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for World {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let world = self.clone();
        HttpConnectorFuture::new(async move {
            let (parts, body) = request.try_into_http1x().unwrap().into_parts();
            let body = Bytes::copy_from_slice(body.bytes().unwrap());
            let request = http::Request::from_parts(parts, body);
            let (answer, heard) = futures::channel::oneshot::channel();
            // It goes on though nobody waits for it any more.
            let network = world.clone();
            world.spawn(async move {
                if let Some(response) = network.send(request).await {
                    let _ = answer.send(response);
                } else if network.below(2) == 0 {
                    // Silence, until whoever waits gives up.
                    network.clock.sleep(Duration::from_secs(600)).await;
                }
            });
            match heard.await {
                Ok(response) => Ok(HttpResponse::try_from(response.map(SdkBody::from)).unwrap()),
                Err(_) => Err(ConnectorError::io("the connection was reset".into())),
            }
        })
    }
}
