//! Runs of plans over a kind made up for this: what it does is said by a thing's name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::json;

use super::{Cancel, Event, Observer, OnError, Report, Request, Status, run};
use crate::address::Address;
use crate::aws::{Aws, AwsOptions, Cause, Failure};
use crate::clock::Clock;
use crate::config::Place;
use crate::kinds::schema::{Attribute, Placement, Schema, Text, Type};
use crate::kinds::{Actual, BoxFuture, Change, Context, Kind, Ready, Wanted};
use crate::plan::Plan;
use crate::sandbox::{Behaviour, Sandbox};
use crate::state::journal::scene::head;
use crate::state::{Backend, Holder, Journal, Local, Record, State, digest};
use crate::value::{Map, Value};

static THING: Schema = Schema {
    kind: "thing",
    aws: "AWS::Test::Thing",
    doc: "A thing.",
    attributes: &[
        Attribute::new("name", "Name", Type::String(Text::ANY), "Its name."),
        Attribute::new("secret", "Secret", Type::String(Text::ANY), "A secret."),
    ],
    parts: &[],
    placement: Placement::Account,
    name: None,
    taggable: true,
    delete_first: None,
    data: None,
};

static SCHEMAS: &[&Schema] = &[&THING];

/// What there is, by id, and every call in order. A name that starts with `refused` cannot be made
/// or changed, with `half` fails after it was made, with `kept` cannot be deleted, with `stubborn`
/// keeps the name it had, with `stop` and `leave` raises the wish to stop while it is made.
#[derive(Debug, Default)]
struct World {
    there: Mutex<BTreeMap<String, Map>>,
    calls: Mutex<Vec<String>>,
    made: AtomicUsize,
    cancel: Cancel,
}

impl World {
    fn call(&self, text: String) {
        self.calls.lock().unwrap().push(text);
    }

    fn attributes(&self, id: &str) -> Map {
        self.there
            .lock()
            .unwrap()
            .get(id)
            .cloned()
            .unwrap_or_default()
    }
}

fn failure(message: &str) -> Failure {
    Failure::new(Cause::Invalid, "test:Call", message)
}

impl Kind for World {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS
    }

    fn read<'a>(
        &'a self,
        _aws: &'a Aws,
        _place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        self.call(format!("read {}", wanted.len()));
        let there = self.there.lock().unwrap();
        let found = wanted
            .iter()
            .map(|wanted| {
                there
                    .get(&wanted.id)
                    .map(|attributes| Actual::new(wanted.id.clone(), attributes.clone()))
            })
            .collect();
        Box::pin(async move { Ok(found) })
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            let name = node.text("name").unwrap_or_default().to_owned();
            self.call(format!("create {} {name}", node.address));
            assert_eq!(node.marks["smd:stack"], "test");
            if name.starts_with("refused") {
                return Err(failure("refused"));
            }
            let id = format!("t-{}", self.made.fetch_add(1, Ordering::Relaxed) + 1);
            let mut attributes = node.attributes.clone();
            attributes.insert("id".into(), Value::string(id.as_str()));
            self.there
                .lock()
                .unwrap()
                .insert(id.clone(), attributes.clone());
            let actual = Actual::new(id, attributes);
            (cx.made)(actual.clone());
            (cx.progress)("Pending".to_owned());
            if name.starts_with("stop") || name.starts_with("leave") {
                self.cancel.raise();
            }
            if name.starts_with("leave") {
                self.cancel.raise();
                std::future::pending::<()>().await;
            }
            cx.clock.sleep(Duration::from_secs(1)).await;
            if name.starts_with("half") {
                return Err(failure("it ended in Failed"));
            }
            Ok(actual)
        })
    }

    fn update<'a>(
        &'a self,
        _cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            let name = node.text("name").unwrap_or_default();
            let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
            self.call(format!("update {} {}", node.address, paths.join(",")));
            if name.starts_with("refused") {
                return Err(failure("refused"));
            }
            let mut attributes = self.attributes(&record.id);
            if !name.starts_with("stubborn") {
                attributes.extend(node.attributes.clone());
            }
            self.there
                .lock()
                .unwrap()
                .insert(record.id.clone(), attributes.clone());
            Ok(Actual::new(record.id.clone(), attributes))
        })
    }

    fn delete<'a>(
        &'a self,
        _cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            self.call(format!("delete {}", record.id));
            let name = self.attributes(&record.id);
            let name = name.get("name").and_then(Value::as_str).unwrap_or_default();
            if name.starts_with("kept") {
                return Err(failure("something hangs on it"));
            }
            self.there.lock().unwrap().remove(&record.id);
            Ok(())
        })
    }
}

/// A watcher that keeps a line for each event that matters.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Observer for Lines {
    fn event(&self, event: Event<'_>) {
        let line = match event {
            Event::Started(doing) => format!("start {}", doing.step.address),
            Event::Done { doing, id } => {
                format!("done {} {}", doing.step.address, id.unwrap_or("-"))
            }
            Event::Failed { doing, .. } => format!("failed {}", doing.step.address),
            Event::Skipped { doing, because } => {
                format!("skipped {} because of {because}", doing.step.address)
            }
            Event::RollingBack { count } => format!("rolling back {count}"),
            Event::Stopping { running } => format!("stopping, {running} running"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

/// A world, its AWS (which is never called), and what is recorded.
struct Stage {
    world: &'static World,
    aws: Aws,
    state: Option<State>,
    parallelism: usize,
    secret: &'static str,
    on_error: OnError,
}

impl Stage {
    fn new() -> Self {
        let clock = Clock::instant(SystemTime::UNIX_EPOCH);
        let sandbox = Sandbox::in_memory(clock.clone(), Behaviour::default());
        Self {
            world: Box::leak(Box::default()),
            aws: Aws::new(AwsOptions::sandbox(SharedHttpClient::new(sandbox), clock)),
            state: None,
            parallelism: 4,
            secret: "hunter2",
            on_error: OnError::Continue,
        }
    }

    /// Runs a plan, keeps what it recorded, and gives what happened in lines.
    async fn run(&mut self, plan: &Plan) -> (Report, String) {
        let lines = Lines::default();
        let secret = self.secret;
        let folder = tempfile::tempdir().unwrap();
        let holder = Holder {
            operation: "apply".to_owned(),
            who: "me@here".to_owned(),
            pid: 1,
            since: 0,
        };
        let writer = Local::new(folder.path(), None, "test")
            .lock(&holder)
            .await
            .unwrap();
        let state = self.state.clone();
        let state = state.unwrap_or_else(|| State::new("test", "lineage".to_owned()));
        let report = run(Request {
            plan,
            prior: self.state.clone(),
            journal: Arc::new(Journal::new(head(&state))),
            lineage: "lineage".to_owned(),
            plan_digest: "plan",
            writer: &*writer,
            aws: &self.aws,
            kinds: &[self.world],
            secrets: &|_, _| Some(Value::string(secret).sensitive(true)),
            parallelism: self.parallelism,
            on_error: self.on_error,
            cancel: &self.world.cancel,
            observer: &lines,
        })
        .await;
        if let Some(state) = &report.state {
            self.state = Some(state.clone());
        }
        let mut told = lines.0.into_inner().unwrap();
        told.extend(report.diagnostics.iter().map(ToString::to_string));
        for (address, record) in self.state.iter().flat_map(|state| &state.records) {
            let unfinished = if record.unfinished { " unfinished" } else { "" };
            told.push(format!(
                "record {address} {} generation {}{unfinished}",
                record.id, record.generation
            ));
        }
        (report, told.join("\n"))
    }
}

fn step(address: &str, action: &str, extra: serde_json::Value) -> serde_json::Value {
    let mut step = json!({
        "address": address, "kind": "thing", "action": action, "reasons": [], "depends_on": [],
        "place": { "account": "111122223333", "region": "eu-west-1" },
    });
    step.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    step
}

fn create(address: &str, name: &str) -> serde_json::Value {
    step(address, "create", json!({ "after": { "name": name } }))
}

/// A plan of these steps and tasks: step, half, tasks that come first.
fn plan(steps: &[serde_json::Value], tasks: &[(usize, &str, &[usize])]) -> Plan {
    let tasks: Vec<_> = tasks
        .iter()
        .map(|(step, half, after)| json!({ "step": step, "half": half, "after": after }))
        .collect();
    serde_json::from_value(json!({
        "format_version": 1, "smd_version": "0", "stack": "test",
        "state_store": { "local": { "path": null } }, "destroy": false,
        "lineage": null, "serial": null, "configuration_digest": "",
        "input_digests": {}, "input_sources": {},
        "steps": steps, "tasks": tasks, "outputs": {},
    }))
    .unwrap()
}

#[tokio::test]
async fn a_failure_stops_its_branch_alone() {
    let mut stage = Stage::new();
    stage.parallelism = 1;
    let plan = plan(
        &[
            create("thing.a", "refused"),
            create("thing.b", "b"),
            create("thing.c", "c"),
            create("thing.d", "half"),
        ],
        &[
            (0, "create", &[]),
            (1, "create", &[0]),
            (2, "create", &[1]),
            (3, "create", &[]),
        ],
    );
    let (report, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    failed thing.a
    skipped thing.b because of thing.a
    skipped thing.c because of thing.a
    start thing.d
    failed thing.d
    record thing.d t-1 generation 0 unfinished
    ");
    let counts = report.counts(&plan);
    assert_eq!((counts.failed, counts.skipped, counts.done()), (2, 2, 0));
    let state = stage.state.unwrap();
    assert_eq!(
        (state.lineage.as_str(), state.stack.as_str()),
        ("lineage", "test")
    );
}

#[tokio::test]
async fn what_is_not_the_plans_before_stops_it() {
    let mut stage = Stage::new();
    let first = plan(
        &[create("thing.a", "a"), create("thing.b", "b")],
        &[(0, "create", &[]), (1, "create", &[])],
    );
    stage.run(&first).await;
    stage
        .world
        .there
        .lock()
        .unwrap()
        .get_mut("t-1")
        .unwrap()
        .insert("name".into(), Value::string("changed"));
    stage.world.calls.lock().unwrap().clear();
    let update = plan(
        &[
            step(
                "thing.a",
                "update",
                json!({
                    "id": "t-1", "before": { "name": "a" }, "after": { "name": "z" },
                    "changes": [{ "path": "name", "before": "a", "after": "z" }],
                }),
            ),
            step(
                "thing.b",
                "delete",
                json!({ "id": "t-2", "before": { "name": "b" } }),
            ),
        ],
        &[(0, "update", &[]), (1, "delete", &[])],
    );
    let (report, told) = stage.run(&update).await;
    insta::assert_snapshot!(told, @r"
    error[E0801]: `thing.a` changed since the plan: changed: `name`
    record thing.a t-1 generation 0
    record thing.b t-2 generation 0
    ");
    assert!(report.state.is_none());
    // Both were read in one call, and nothing else was called.
    assert_eq!(*stage.world.calls.lock().unwrap(), ["read 2"]);
}

#[tokio::test]
async fn updates_and_deletes() {
    let mut stage = Stage::new();
    let first = plan(
        &[create("thing.a", "a"), create("thing.b", "b")],
        &[(0, "create", &[]), (1, "create", &[])],
    );
    stage.run(&first).await;
    let next = plan(
        &[
            step(
                "thing.a",
                "update",
                json!({
                    "id": "t-1", "before": { "name": "a" }, "after": { "name": "stubborn" },
                    "changes": [{ "path": "name", "before": "a", "after": "stubborn" }],
                }),
            ),
            step(
                "thing.b",
                "delete",
                json!({ "id": "t-2", "before": { "name": "b" } }),
            ),
        ],
        &[(0, "update", &[]), (1, "delete", &[])],
    );
    let (_, told) = stage.run(&next).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    start thing.b
    done thing.a t-1
    done thing.b t-2
    warning[W0808]: `name` of `thing.a` was not applied: AWS kept it as it was
    record thing.a t-1 generation 0
    ");
}

#[tokio::test]
async fn a_replacement_in_both_orders() {
    let mut stage = Stage::new();
    let first = plan(
        &[create("thing.a", "kept"), create("thing.b", "b")],
        &[(0, "create", &[]), (1, "create", &[])],
    );
    stage.run(&first).await;
    let replace = |address: &str, id: &str, before: &str, create_first: bool| {
        step(
            address,
            "replace",
            json!({
                "id": id, "before": { "name": before }, "after": { "name": "new" },
                "create_first": create_first,
            }),
        )
    };
    let next = plan(
        &[
            replace("thing.a", "t-1", "kept", true),
            replace("thing.b", "t-2", "b", false),
        ],
        &[
            (0, "create", &[]),
            (0, "delete", &[0]),
            (1, "delete", &[]),
            (1, "create", &[2]),
        ],
    );
    let (_, told) = stage.run(&next).await;
    // The old `thing.a` cannot be deleted: it stays on record, so that the next plan deletes it.
    insta::assert_snapshot!(told, @r#"
    start thing.a
    start thing.b
    done thing.b t-2
    start thing.b
    done thing.b t-4
    done thing.a t-3
    start thing.a
    failed thing.a
    record thing.a t-3 generation 1
    record thing.a.replaced["t-1"] t-1 generation 0
    record thing.b t-4 generation 1
    "#);
}

#[tokio::test]
async fn the_first_wish_to_stop_finishes_what_runs() {
    let mut stage = Stage::new();
    let plan = plan(
        &[create("thing.a", "stop"), create("thing.b", "b")],
        &[(0, "create", &[]), (1, "create", &[0])],
    );
    let (report, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    stopping, 1 running
    done thing.a t-1
    record thing.a t-1 generation 0
    ");
    assert!(report.interrupted);
    assert_eq!(report.counts(&plan).remaining, 1);
}

#[tokio::test]
async fn the_second_leaves_and_keeps_the_records() {
    let mut stage = Stage::new();
    let plan = plan(
        &[create("thing.a", "leave"), create("thing.b", "b")],
        &[(0, "create", &[]), (1, "create", &[0])],
    );
    let (report, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    record thing.a t-1 generation 0 unfinished
    ");
    assert!(report.interrupted);
    assert_eq!(report.counts(&plan).remaining, 2);
}

#[tokio::test]
async fn secrets_reach_aws_and_no_record() {
    let mut stage = Stage::new();
    let address = crate::address::Address::from_text("thing.a");
    let agreed = digest::digest("test", &address, "secret", &Value::string("hunter2"));
    let plan = plan(
        &[step(
            "thing.a",
            "create",
            json!({
                "after": { "name": "a" }, "sensitive": { "secret": agreed },
            }),
        )],
        &[(0, "create", &[])],
    );
    stage.secret = "another";
    let (report, _) = stage.run(&plan).await;
    assert_eq!(report.counts(&plan).failed, 1);
    assert!(stage.world.calls.lock().unwrap().is_empty());

    stage.secret = "hunter2";
    stage.run(&plan).await;
    assert_eq!(
        stage.world.attributes("t-1")["secret"].as_str(),
        Some("hunter2")
    );
    let text = serde_json::to_string(&stage.state).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains(&agreed), "{text}");
}

#[tokio::test]
async fn marks_and_moves_need_no_call() {
    let mut stage = Stage::new();
    let first = plan(&[create("thing.a", "a")], &[(0, "create", &[])]);
    stage.run(&first).await;
    stage.world.calls.lock().unwrap().clear();
    let moved = plan(
        &[step(
            "thing.z",
            "unchanged",
            json!({
                "id": "t-1", "before": { "name": "a" }, "after": { "name": "a" },
                "moved_from": "thing.a", "protect": true, "record_changes": true,
            }),
        )],
        &[],
    );
    let (_, told) = stage.run(&moved).await;
    assert_eq!(told, "record thing.z t-1 generation 0");
    assert!(
        stage
            .state
            .unwrap()
            .records
            .values()
            .all(|record| record.protect)
    );
    assert!(stage.world.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_broken_order_is_refused() {
    let mut stage = Stage::new();
    let plan = plan(
        &[create("thing.a", "a"), create("thing.b", "b")],
        &[(0, "create", &[1]), (1, "create", &[])],
    );
    let (_, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @"error[E0807]: the plan's list of tasks cannot be walked in its order");
}

#[tokio::test]
async fn the_same_run_tells_the_same() {
    let mut all = BTreeSet::new();
    for _ in 0..5 {
        let mut stage = Stage::new();
        let steps: Vec<_> = (0..30)
            .map(|n| {
                create(
                    &format!("thing.n{n:02}"),
                    if n % 7 == 3 { "refused" } else { "x" },
                )
            })
            .collect();
        let needs: Vec<Vec<usize>> = (0..30)
            .map(|n| (0..n).filter(|m| n % (m + 2) == 0).collect())
            .collect();
        let tasks: Vec<(usize, &str, &[usize])> = (0..30)
            .map(|n| (n, "create", needs[n].as_slice()))
            .collect();
        all.insert(stage.run(&plan(&steps, &tasks)).await.1);
    }
    assert_eq!(all.len(), 1);
}

fn needing(mut step: serde_json::Value, needs: &[&str]) -> serde_json::Value {
    step["depends_on"] = json!(needs);
    step
}

#[tokio::test]
async fn nothing_is_started_after_the_first_failure_where_that_is_wished() {
    let mut stage = Stage::new();
    (stage.parallelism, stage.on_error) = (1, OnError::Stop);
    let plan = plan(
        &[
            create("thing.a", "a"),
            create("thing.b", "refused"),
            create("thing.c", "c"),
        ],
        &[(0, "create", &[]), (1, "create", &[]), (2, "create", &[])],
    );
    let (report, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    done thing.a t-1
    start thing.b
    failed thing.b
    stopping, 0 running
    record thing.a t-1 generation 0
    ");
    assert!(report.halted && !report.interrupted && report.rollback.is_none());
    let counts = report.counts(&plan);
    assert_eq!((counts.created, counts.failed, counts.remaining), (1, 1, 1));
}

#[tokio::test]
async fn a_rollback_deletes_what_the_run_made_last_first() {
    let mut stage = Stage::new();
    (stage.parallelism, stage.on_error) = (1, OnError::Rollback);
    let plan = plan(
        &[
            create("thing.a", "a"),
            needing(create("thing.b", "b"), &["thing.a"]),
            needing(create("thing.c", "half"), &["thing.b"]),
            create("thing.d", "d"),
        ],
        &[
            (0, "create", &[]),
            (1, "create", &[0]),
            (2, "create", &[1]),
            (3, "create", &[2]),
        ],
    );
    let (report, told) = stage.run(&plan).await;
    insta::assert_snapshot!(told, @r"
    start thing.a
    done thing.a t-1
    start thing.b
    done thing.b t-2
    start thing.c
    failed thing.c
    skipped thing.d because of thing.c
    stopping, 0 running
    rolling back 3
    start thing.c
    done thing.c t-3
    start thing.b
    done thing.b t-2
    start thing.a
    done thing.a t-1
    ");
    assert!(stage.world.there.lock().unwrap().is_empty());
    assert_eq!(report.tasks[0], Status::RolledBack);
    assert!(matches!(report.tasks[2], Status::Failed(_)));
    let counts = report.counts(&plan);
    assert_eq!(
        (
            counts.created,
            counts.rolled_back,
            counts.failed,
            counts.skipped
        ),
        (0, 3, 1, 1)
    );
    assert!(!report.rollback.unwrap().leaves_something());
}

#[tokio::test]
async fn a_rollback_leaves_what_was_there_and_what_that_uses() {
    let mut stage = Stage::new();
    stage.parallelism = 1;
    let first = plan(&[create("thing.old", "old")], &[(0, "create", &[])]);
    stage.run(&first).await;
    stage.on_error = OnError::Rollback;
    let next = plan(
        &[
            needing(
                step(
                    "thing.old",
                    "update",
                    json!({
                        "id": "t-1", "before": { "name": "old" }, "after": { "name": "new" },
                        "changes": [{ "path": "name", "before": "old", "after": "new" }],
                    }),
                ),
                &["thing.used"],
            ),
            create("thing.used", "used"),
            create("thing.free", "free"),
            create("thing.stuck", "kept"),
            create("thing.bad", "refused"),
        ],
        &[
            (1, "create", &[]),
            (0, "update", &[0]),
            (2, "create", &[1]),
            (3, "create", &[]),
            (4, "create", &[]),
        ],
    );
    let (report, told) = stage.run(&next).await;
    insta::assert_snapshot!(told, @r"
    start thing.used
    done thing.used t-2
    start thing.old
    done thing.old t-1
    start thing.free
    done thing.free t-3
    start thing.stuck
    done thing.stuck t-4
    start thing.bad
    failed thing.bad
    stopping, 0 running
    rolling back 2
    start thing.stuck
    failed thing.stuck
    start thing.free
    done thing.free t-3
    record thing.old t-1 generation 0
    record thing.stuck t-4 generation 0
    record thing.used t-2 generation 0
    ");
    let rollback = report.rollback.as_ref().unwrap();
    assert_eq!(rollback.not_undone, [Address::from_text("thing.old")]);
    assert_eq!(
        rollback.kept,
        BTreeMap::from([(
            Address::from_text("thing.used"),
            Address::from_text("thing.old")
        )])
    );
    assert!(rollback.leaves_something());
}

/// What a plan leaves out may be what a condition waits for.
#[tokio::test]
async fn a_plan_of_some_things_need_not_tell_all_that_is_expected() {
    let mut whole = plan(&[create("thing.a", "a")], &[(0, "create", &[])]);
    whole.expectations.push(crate::plan::Expected {
        sentence: "b has an id".to_owned(),
        module: None,
        condition: Value::unknown_attribute(Address::from_text("thing.b"), "id"),
        message: None,
        mentioned: Vec::new(),
    });
    let mut counts = Vec::new();
    for list in ["", "targets", "excludes"] {
        let mut document = serde_json::to_value(&whole).unwrap();
        if !list.is_empty() {
            document[list] = json!(["thing.b"]);
        }
        let plan: Plan = serde_json::from_value(document).unwrap();
        let (report, _) = Stage::new().run(&plan).await;
        counts.push(report.expectations.len());
    }
    assert_eq!(counts, [1, 0, 0]);
}
