//! For tests: `.smd` text is applied to a sandbox kind by kind, and every call is written down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::address::Address;
use crate::apply::adopt;
use crate::aws::{Aws, AwsOptions, Failure};
use crate::config::{self, Access, Configuration, EvaluateOptions, Node, Place};
use crate::diagnostic::{Diagnostics, Sources, terminal};
use crate::graph::Graph;
use crate::kinds::schema::ChangeRule;
use crate::kinds::{Actual, Change, Checks, Context, Ready, Wanted, find, schema_of};
use crate::sandbox::{Behaviour, Sandbox, scene};
use crate::state::Record;
use crate::value::{Map, Value};

/// The region of the first account.
pub const REGION: &str = scene::REGION;
/// Two accounts, the first one the default.
pub const ACCOUNTS: &str = r#"
account studio { id = "111122223333", region = "eu-west-1", default = true }
account emr { id = "444455556666", region = "eu-west-1" }
account far { id = "444455556666", region = "us-east-1" }
"#;

/// The sandbox's HTTP client, with every call written down in one line.
#[derive(Debug, Clone)]
struct Recording {
    sandbox: Sandbox,
    calls: Arc<Mutex<Vec<String>>>,
    faults: Faults,
}

/// What happens to the next call of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is carried out, but no answer comes.
    Lost,
    /// It does not get there, and no answer comes.
    Unheard,
}

type Faults = Arc<Mutex<Vec<(String, Fault)>>>;

impl HttpClient for Recording {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Recording {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let line = line(&request);
        // `CreateVpc CidrBlock=…`, `POST /createresourceshare`, `DELETE /path?query`.
        let is_of = |name: &str| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '?']))
        };
        let mut faults = self.faults.lock().unwrap();
        let at = faults.iter().position(|(name, _)| is_of(name));
        self.calls.lock().unwrap().push(line);
        let Some(at) = at else {
            return self.sandbox.call(request);
        };
        let (_, fault) = faults.remove(at);
        let sent = (fault == Fault::Lost).then(|| self.sandbox.call(request));
        HttpConnectorFuture::new(async move {
            if let Some(sent) = sent {
                sent.await?;
            }
            Err(ConnectorError::timeout("no answer".into()))
        })
    }
}

/// `CreateSubnet CidrBlock=10.0.0.0/24 VpcId=vpc-…`; tags of create calls left out.
fn line(request: &HttpRequest) -> String {
    let body = request.body().bytes().unwrap_or_default();
    if let Some(target) = request.headers().get("x-amz-target") {
        let operation = target.rsplit('.').next().unwrap_or(target);
        return format!("{operation} {}", String::from_utf8_lossy(body));
    }
    let fields: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let Some(action) = fields.get("Action") else {
        let path = request
            .uri()
            .split("amazonaws.com")
            .last()
            .unwrap_or_default();
        return format!("{} {path}", request.method());
    };
    let mut line = action.clone();
    for (key, value) in &fields {
        if !matches!(key.as_str(), "Action" | "Version" | "ClientToken")
            && !key.starts_with("TagSpecification")
        {
            line.push_str(&format!(" {key}={value}"));
        }
    }
    line
}

/// A sandbox, what was made in it, and the calls since they were last asked for.
pub struct Scene {
    pub sandbox: Sandbox,
    pub aws: Aws,
    calls: Arc<Mutex<Vec<String>>>,
    faults: Faults,
    /// Whether deletes are given the consent to lose data.
    pub consented: bool,
    /// Whether deletes are told that this run made what they delete.
    pub fresh: bool,
    /// What `smd:key` says, if anything.
    pub lineage: Option<&'static str>,
    touched: Mutex<BTreeSet<String>>,
    /// In the order in which they were made.
    pub records: Vec<(Address, Record)>,
}

impl Scene {
    pub fn new() -> Self {
        Self::with(Behaviour {
            waits: false,
            ..Behaviour::default()
        })
    }

    /// One in which everything takes the time it takes on AWS.
    pub fn slow() -> Self {
        Self::with(Behaviour {
            waits: true,
            ..Behaviour::default()
        })
    }

    fn with(behaviour: Behaviour) -> Self {
        let sandbox = Sandbox::in_memory(scene::clock(), behaviour);
        let calls = Arc::new(Mutex::new(Vec::new()));
        let faults = Faults::default();
        let client = SharedHttpClient::new(Recording {
            sandbox: sandbox.clone(),
            calls: Arc::clone(&calls),
            faults: Arc::clone(&faults),
        });
        Self {
            aws: Aws::new(AwsOptions {
                unlogged: true,
                ..AwsOptions::sandbox(client, sandbox.clock().clone())
            }),
            sandbox,
            calls,
            faults,
            consented: false,
            fresh: false,
            lineage: None,
            touched: Mutex::default(),
            records: Vec::new(),
        }
    }

    /// Makes the next call of this operation fail so.
    pub fn fault(&self, operation: &str, fault: Fault) {
        let mut faults = self.faults.lock().unwrap();
        faults.push((operation.to_owned(), fault));
    }

    /// Lets calls succeed again.
    pub fn clear_faults(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// All calls, since this was last asked.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// The calls that change something, since this was last asked.
    pub fn writes(&self) -> String {
        self.calls()
            .into_iter()
            .filter(|call| !call.starts_with("Describe") && !call.starts_with("GET"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// How many calls of any kind there were since they were last asked for.
    pub fn count(&self) -> usize {
        std::mem::take(&mut *self.calls.lock().unwrap()).len()
    }

    /// How many things there are, by kind: without what AWS too keeps
    /// for a while after they went, and without service-linked roles.
    pub fn things(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = self.sandbox.info().counts;
        for lingers in [
            "ec2_client_tokens",
            "ec2_tags",
            "gone_nat_gateways",
            "iam_roles",
            "vpc_peering_connections",
        ] {
            counts.remove(lingers);
        }
        counts
    }

    pub fn record(&self, address: &str) -> &Record {
        self.records
            .iter()
            .find(|(there, _)| there.as_str() == address)
            .map(|(_, record)| record)
            .unwrap_or_else(|| panic!("no {address}"))
    }

    /// A recorded thing as a node that is to be as it was written.
    pub fn ready(&self, address: &str) -> Ready {
        let record = self.record(address);
        Ready {
            address: Address::from_text(address),
            kind: Arc::from(record.kind.as_str()),
            place: record.place.clone(),
            attributes: record.written.clone(),
            marks: BTreeMap::new(),
        }
    }

    pub fn id(&self, address: &str) -> String {
        self.record(address).id.clone()
    }

    /// Makes, changes and deletes until AWS is as the text says, with no accounts but
    /// [`ACCOUNTS`]; then reads everything back and holds it against what was written.
    pub async fn apply(&mut self, text: &str) -> Result<(), Failure> {
        let (configuration, sources, found) = evaluate(text);
        assert!(
            found.iter().all(|one| !one.is_error()),
            "{}",
            terminal(&found, &sources, false)
        );
        let graph = Graph::build(&configuration, &sources).unwrap();
        let mut gone: Vec<(Address, Record)> = Vec::new();
        self.records.retain(|(address, record)| {
            let stays = configuration.nodes.contains_key(address);
            if !stays {
                gone.push((address.clone(), record.clone()));
            }
            stays
        });
        for index in graph.order() {
            let (_, node) = configuration.nodes.get_index(*index).unwrap();
            self.work(node).await?;
        }
        self.delete(gone).await?;
        self.hold(&configuration).await;
        Ok(())
    }

    pub async fn destroy(&mut self) -> Result<(), Failure> {
        let records = std::mem::take(&mut self.records);
        self.delete(records).await
    }

    async fn delete(&self, records: Vec<(Address, Record)>) -> Result<(), Failure> {
        for (_, record) in records.into_iter().rev() {
            let kind = find(&record.kind).unwrap();
            self.context(async |cx| kind.delete(cx, &record).await)
                .await?;
        }
        Ok(())
    }

    /// Runs `work` with what creates and deletes are given.
    pub async fn context<T>(&self, work: impl AsyncFnOnce(&Context<'_>) -> T) -> T {
        let made = |actual: Actual| {
            self.touched.lock().unwrap().insert(actual.id);
        };
        let touched = |id: &str| self.touched.lock().unwrap().contains(id);
        let cx = Context {
            aws: &self.aws,
            clock: self.sandbox.clock(),
            made: &made,
            found: &|| {},
            progress: &|_| {},
            touched: &touched,
            consented: self.consented,
            fresh: self.fresh,
            replaced: false,
            deadline: None,
        };
        work(&cx).await
    }

    fn finished(&self, node: &Node) -> Map {
        let known = |address: &Address, name: &str| {
            let (_, record) = self.records.iter().find(|(there, _)| there == address)?;
            record.attribute(name).cloned()
        };
        node.attributes
            .iter()
            .map(|(name, value)| (Arc::clone(name), config::finish(value, &known).unwrap()))
            .collect()
    }

    async fn work(&mut self, node: &Node) -> Result<(), Failure> {
        let ready = Ready {
            address: node.address.clone(),
            kind: Arc::from(node.kind),
            place: node.place.clone(),
            attributes: self.finished(node),
            marks: BTreeMap::from([
                ("smd:stack".to_owned(), "test".to_owned()),
                ("smd:address".to_owned(), node.address.to_string()),
            ])
            .into_iter()
            .chain(
                self.lineage
                    .map(|key| ("smd:key".to_owned(), key.to_owned())),
            )
            .collect(),
        };
        let kind = find(node.kind).unwrap();
        let at = self
            .records
            .iter()
            .position(|(address, _)| *address == node.address);
        let Some(at) = at else {
            let actual = self
                .context(async |cx| {
                    adopt::create(cx, kind, &ready, &|id| {
                        self.records.iter().any(|(_, record)| record.id == id)
                    })
                    .await
                })
                .await?;
            self.records
                .push((node.address.clone(), recorded(node, &ready, actual)));
            return Ok(());
        };
        let record = self.records[at].1.clone();
        let changes = changes(&ready, &record);
        if !changes.is_empty() {
            let actual = self
                .context(async |cx| kind.update(cx, &ready, &record, &changes).await)
                .await?;
            self.records[at].1 = recorded(node, &ready, actual);
        }
        Ok(())
    }

    /// What is there, of all that was made.
    pub async fn read(&self) -> Vec<(Address, Option<Actual>)> {
        let mut found = Vec::new();
        for (address, record) in &self.records {
            let wanted = [Wanted {
                address: address.clone(),
                kind: Arc::from(record.kind.as_str()),
                id: record.id.clone(),
                attributes: Arc::new(record.attributes.clone()),
                inside: false,
            }];
            let kind = find(&record.kind).unwrap();
            let mut read = kind.read(&self.aws, &record.place, &wanted).await.unwrap();
            found.push((address.clone(), read.pop().unwrap()));
        }
        found
    }

    /// Everything written reads as it was written.
    async fn hold(&self, configuration: &Configuration) {
        for (address, actual) in self.read().await {
            let actual = actual.unwrap_or_else(|| panic!("{address} is not there"));
            let node = &configuration.nodes[&address];
            for (name, written) in self.finished(node) {
                if rule(node.kind, &name) == ChangeRule::Own {
                    continue;
                }
                let there = actual
                    .attributes
                    .get(&name)
                    .cloned()
                    .unwrap_or(Value::null());
                assert!(
                    contains(&there, &written),
                    "{address}.{name}: {there:?} is not {written:?}"
                );
            }
        }
    }
}

/// Whether what was written is there; lists in any order, maps with more members.
fn contains(there: &Value, written: &Value) -> bool {
    if let (Some(there), Some(written)) = (there.as_list(), written.as_list()) {
        return there.len() == written.len()
            && written
                .iter()
                .all(|value| there.iter().any(|there| contains(there, value)));
    }
    match (there.as_map(), written.as_map()) {
        (Some(there), Some(written)) => written
            .iter()
            .all(|(key, value)| there.get(key).is_some_and(|there| contains(there, value))),
        _ => there == written,
    }
}

fn rule(kind: &str, name: &str) -> ChangeRule {
    schema_of(kind)
        .unwrap()
        .attributes
        .iter()
        .find(|attribute| attribute.name == name)
        .unwrap_or_else(|| panic!("{kind} has no {name}"))
        .change
}

fn recorded(node: &Node, ready: &Ready, actual: Actual) -> Record {
    Record {
        kind: node.kind.to_owned(),
        parent: node.parent.clone(),
        place: node.place.clone(),
        id: actual.id,
        written: ready.attributes.clone(),
        digests: BTreeMap::new(),
        attributes: actual.attributes,
        depends_on: Vec::new(),
        protect: false,
        generation: 0,
        unfinished: false,
        touched_ms: 0,
    }
}

fn changes(ready: &Ready, record: &Record) -> Vec<Change> {
    let names: BTreeSet<&Arc<str>> = ready
        .attributes
        .keys()
        .chain(record.written.keys())
        .collect();
    names
        .into_iter()
        .filter(|name| rule(&ready.kind, name) != ChangeRule::Own)
        .filter_map(|name| {
            let before = record
                .attributes
                .get(name)
                .cloned()
                .unwrap_or(Value::null());
            let after = ready.attributes.get(name).cloned().unwrap_or(Value::null());
            if contains(&before, &after) && contains(&after, &before) {
                return None;
            }
            let rule = rule(&ready.kind, name);
            assert!(
                !matches!(rule, ChangeRule::Replace(_)),
                "{}.{name} replaces: {before:?} {after:?}",
                ready.address
            );
            Some(Change {
                path: name.to_string(),
                before,
                after,
            })
        })
        .collect()
}

/// The text's nodes, with what evaluation and the kinds' checks say of it.
pub fn evaluate(text: &str) -> (Configuration, Sources, Diagnostics) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("main.smd"), text).unwrap();
    std::fs::write(directory.path().join("place.smd"), ACCOUNTS).unwrap();
    let (mut loaded, mut found) = config::load(directory.path(), Path::new(""));
    let (configuration, more) = config::evaluate(&mut loaded, &EvaluateOptions::default());
    found.extend(more);
    if found.iter().all(|one| !one.is_error()) {
        for kind in crate::kinds::registry() {
            kind.check(&mut Checks {
                configuration: &configuration,
                out: &mut found,
            });
        }
    }
    (configuration, loaded.sources, found)
}

/// What is said of a text, as people see it.
pub fn said(text: &str) -> String {
    let (_, sources, mut found) = evaluate(text);
    crate::diagnostic::sort(&mut found);
    terminal(&found, &sources, false)
}

/// The place of the first account.
pub fn place() -> Place {
    Place {
        account: Arc::from(scene::ACCOUNT),
        region: Arc::from(scene::REGION),
        access: Access::default(),
    }
}
