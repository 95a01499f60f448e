//! Kinds at work on an embedded AWS, for tests: every call goes through the real SDK clients.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value as Json;

use super::{Actual, Change, Context, Ready, Wanted, find};
use crate::address::Address;
use crate::aws::{Aws, AwsOptions, Failure};
use crate::clock::Clock;
use crate::config::{Access, Place};
use crate::sandbox::{Behaviour, Sandbox};
use crate::state::Record;
use crate::value::{Map, Value};

/// The account of the bed.
pub const ACCOUNT: &str = "111122223333";

/// An embedded AWS with what a run knows of it.
#[derive(Debug, Clone)]
pub struct Bed {
    pub aws: Aws,
    pub clock: Clock,
    pub place: Place,
    requests: Requests,
    touched: Arc<Mutex<BTreeSet<String>>>,
    /// When the work of the run ends.
    pub deadline: Option<SystemTime>,
}

/// Operation and body of each request, oldest first.
type Requests = Arc<Mutex<Vec<(String, String)>>>;

#[derive(Debug, Clone)]
struct Recorder {
    sandbox: Sandbox,
    requests: Requests,
}

impl HttpClient for Recorder {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request
            .body()
            .bytes()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .unwrap_or_default();
        let operation = match request.headers().get("x-amz-target") {
            Some(target) => target.rsplit('.').next().unwrap_or_default().to_owned(),
            None => body
                .strip_prefix("Action=")
                .and_then(|rest| rest.split('&').next())
                .unwrap_or_default()
                .to_owned(),
        };
        self.requests.lock().unwrap().push((operation, body));
        self.sandbox.call(request)
    }
}

impl Bed {
    /// A new one that waits as AWS does, on a clock that only moves when someone waits.
    pub fn new() -> Self {
        let clock = Clock::instant(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let sandbox = Sandbox::in_memory(clock.clone(), Behaviour::default());
        let requests = Requests::default();
        let client = SharedHttpClient::new(Recorder {
            sandbox,
            requests: requests.clone(),
        });
        Self {
            aws: Aws::new(AwsOptions {
                unlogged: true,
                ..AwsOptions::sandbox(client, clock.clone())
            }),
            clock,
            place: Place {
                account: ACCOUNT.into(),
                region: "eu-west-1".into(),
                access: Access::default(),
            },
            requests,
            touched: Arc::default(),
            deadline: None,
        }
    }

    /// The operations called since the last look, with their bodies.
    pub fn requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    /// The body of the only request of this operation since the last look.
    pub fn sent(&self, operation: &str) -> Json {
        let all: Vec<_> = self
            .requests()
            .into_iter()
            .filter(|(name, _)| name == operation)
            .collect();
        assert_eq!(all.len(), 1, "{operation}: {all:?}");
        serde_json::from_str(&all[0].1).unwrap()
    }

    /// Says that the run has touched a thing.
    pub fn touch(&self, id: &str) {
        self.touched.lock().unwrap().insert(id.to_owned());
    }

    /// A node with these attributes.
    pub fn node(&self, kind: &str, name: &str, attributes: &Json) -> Ready {
        let address = Address::resource(kind, name, None);
        Ready {
            kind: kind.into(),
            place: self.place.clone(),
            attributes: map(attributes),
            marks: BTreeMap::from([("smd:address".to_owned(), address.to_string())]),
            address,
        }
    }

    /// Runs something with a context of this run.
    pub async fn run<T>(&self, consented: bool, work: impl AsyncFnOnce(&Context<'_>) -> T) -> T {
        let made = |actual: Actual| self.touch(&actual.id);
        let touched = |id: &str| self.touched.lock().unwrap().contains(id);
        let cx = Context {
            aws: &self.aws,
            clock: &self.clock,
            made: &made,
            found: &|| {},
            progress: &|_| {},
            touched: &touched,
            consented,
            fresh: false,
            replaced: false,
            deadline: self.deadline,
        };
        work(&cx).await
    }

    pub async fn create(&self, node: &Ready) -> Result<Actual, Failure> {
        self.run(false, async |cx| {
            find(&node.kind).unwrap().create(cx, node).await
        })
        .await
    }

    pub async fn update(
        &self,
        node: &Ready,
        record: &Record,
        changes: &[(&str, Json, Json)],
    ) -> Result<Actual, Failure> {
        let changes: Vec<Change> = changes
            .iter()
            .map(|(path, before, after)| Change {
                path: (*path).to_owned(),
                before: Value::from_json(before),
                after: Value::from_json(after),
            })
            .collect();
        self.run(false, async |cx| {
            find(&node.kind)
                .unwrap()
                .update(cx, node, record, &changes)
                .await
        })
        .await
    }

    pub async fn delete(&self, record: &Record, consented: bool) -> Result<(), Failure> {
        self.touch(&record.id);
        self.run(consented, async |cx| {
            find(&record.kind).unwrap().delete(cx, record).await
        })
        .await
    }

    pub async fn read(&self, record: &Record) -> Option<Actual> {
        self.read_all(std::slice::from_ref(record)).await.remove(0)
    }

    pub async fn read_all(&self, records: &[Record]) -> Vec<Option<Actual>> {
        let wanted: Vec<Wanted> = records
            .iter()
            .map(|record| Wanted {
                address: Address::from_text("x.x"),
                kind: record.kind.as_str().into(),
                id: record.id.clone(),
                attributes: Arc::new(record.attributes.clone()),
                inside: false,
            })
            .collect();
        find(&records[0].kind)
            .unwrap()
            .read(&self.aws, &self.place, &wanted)
            .await
            .unwrap()
    }

    /// What would be recorded of a node that was made.
    pub fn record(&self, node: &Ready, actual: &Actual) -> Record {
        Record {
            kind: node.kind.to_string(),
            parent: None,
            place: node.place.clone(),
            id: actual.id.clone(),
            written: node.attributes.clone(),
            digests: BTreeMap::new(),
            attributes: actual.attributes.clone(),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        }
    }

    /// Makes a node and gives its record.
    pub async fn made(&self, node: &Ready) -> Record {
        let actual = self.create(node).await.unwrap();
        self.record(node, &actual)
    }
}

/// Attributes from JSON.
pub fn map(json: &Json) -> Map {
    Value::from_json(json).as_map().cloned().unwrap()
}

/// Asserts that what is there holds all that was written.
pub fn assert_holds(actual: &Map, written: &Map) {
    for (name, value) in written {
        assert_eq!(actual.get(name), Some(value), "{name}");
    }
}

/// The text of an IAM document as the configuration keeps it.
pub fn document(json: &Json) -> String {
    super::iam_document::to_text(&super::iam_document::canonical(json).unwrap())
}
