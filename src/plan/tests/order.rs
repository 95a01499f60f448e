//! Order: random graphs, planned and then walked by the real apply, with tasks that end in random
//! order and fail at random. At every prefix each create comes after the creates of its needs and
//! each delete before the deletes of what it needs.
//!
//! What must come first is worked out here from the configuration's edges and the records alone,
//! not from the plan's tasks. `SMD_ORDERS` says how many graphs are tried, `SMD_ORDERS_FROM` the
//! first seed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::kinds::KINDS;
use super::random::{Dice, random};
use super::world::{STACK, Thing, World, configuration, ids_in, mentions_in};
use crate::address::Address;
use crate::apply::{Cancel, Event, Observer, OnError, Report, Request, Status, run};
use crate::aws::{Aws, AwsOptions, Cause, Failure};
use crate::clock::Clock;
use crate::config::{Configuration, Place};
use crate::kinds::schema::Schema;
use crate::kinds::{Actual, BoxFuture, Change, Context, Kind, Ready, Wanted};
use crate::plan::{Action, Half, Plan, PlanOptions, paths};
use crate::sandbox::{Behaviour, Sandbox};
use crate::state::journal::scene::{Paper, head};
use crate::state::{Journal, Record, State};
use crate::value::{Map, Value};

/// Graphs unless the environment says otherwise.
const GRAPHS: u64 = 200;
/// The graphs of one life: made from nothing, changed twice, destroyed.
const GRAPHS_OF_A_LIFE: u64 = 4;
/// How often a call lets others go first, at most.
const MOST_TURNS: usize = 5;
/// How many tasks run at once.
const PARALLELISM: [usize; 4] = [1, 2, 4, 16];
/// One call of so many fails; 0: none.
const FAILING: [usize; 4] = [0, 0, 9, 3];

thread_local! {
    /// What is there in the life that this thread lives.
    static CLOUD: RefCell<Cloud> = RefCell::new(Cloud::new(0));
}

/// Things, the dice that say how calls end, and what was done that must not be.
struct Cloud {
    world: World,
    dice: Dice,
    failing: usize,
    made: usize,
    /// The addresses of what is there, by id.
    addresses: BTreeMap<String, Address>,
    violations: Vec<String>,
}

impl Cloud {
    fn new(seed: u64) -> Self {
        Self {
            world: World::default(),
            dice: Dice(seed),
            failing: 0,
            made: 0,
            addresses: BTreeMap::new(),
            violations: Vec::new(),
        }
    }

    fn fails(&mut self) -> bool {
        self.failing > 0 && self.dice.roll(self.failing) == 0
    }

    /// What names things that are not there cannot be made.
    fn names_what_is_there(&mut self, address: &Address, attributes: &Map) {
        for id in ids_in(attributes) {
            if !self.world.things.contains_key(&id) {
                let text = format!("{address} names {id}, which is not there");
                self.violations.push(text);
            }
        }
    }
}

fn refused() -> Failure {
    Failure::new(Cause::Invalid, "test:Call", "refused")
}

/// Lets others go first, a random number of times.
async fn turns() {
    let turns = CLOUD.with_borrow_mut(|cloud| cloud.dice.roll(MOST_TURNS));
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// A kind of the tests whose things are in [`CLOUD`].
struct Living(usize);

static LIVING: [&'static dyn Kind; 4] = [&Living(0), &Living(1), &Living(2), &Living(3)];

impl Kind for Living {
    fn schemas(&self) -> &'static [&'static Schema] {
        KINDS[self.0].schemas()
    }

    fn same(&self, kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        KINDS[self.0].same(kind, path, wanted, actual)
    }

    fn read<'a>(
        &'a self,
        _: &'a Aws,
        _: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        let found = CLOUD.with_borrow(|cloud| {
            let things = &cloud.world.things;
            let found = wanted.iter().map(|wanted| {
                let thing = things.get(&wanted.id)?;
                Some(Actual::new(wanted.id.clone(), thing.attributes.clone()))
            });
            found.collect()
        });
        Box::pin(async { Ok(found) })
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            turns().await;
            let actual = CLOUD.with_borrow_mut(|cloud| {
                if cloud.fails() {
                    return Err(refused());
                }
                cloud.names_what_is_there(&node.address, &node.attributes);
                cloud.made += 1;
                let id = format!("{}-{}", node.kind, cloud.made);
                let mut attributes = node.attributes.clone();
                attributes.insert("id".into(), Value::string(id.as_str()));
                let thing = Thing {
                    kind: node.kind.to_string(),
                    attributes: attributes.clone(),
                };
                cloud.world.things.insert(id.clone(), thing);
                cloud.addresses.insert(id.clone(), node.address.clone());
                Ok(Actual::new(id, attributes))
            })?;
            (cx.made)(actual.clone());
            turns().await;
            // Some fail once they are there.
            if CLOUD.with_borrow_mut(Cloud::fails) {
                return Err(refused());
            }
            Ok(actual)
        })
    }

    fn update<'a>(
        &'a self,
        _: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move {
            turns().await;
            CLOUD.with_borrow_mut(|cloud| {
                if cloud.fails() {
                    return Err(refused());
                }
                cloud.names_what_is_there(&node.address, &node.attributes);
                let thing = cloud.world.things.get_mut(&record.id);
                let thing = thing.ok_or_else(refused)?;
                thing.attributes.extend(node.attributes.clone());
                for change in changes {
                    let after = Some(change.after.clone()).filter(|value| !value.is_null());
                    paths::set(&mut thing.attributes, &change.path, after);
                }
                Ok(Actual::new(record.id.clone(), thing.attributes.clone()))
            })
        })
    }

    fn delete<'a>(
        &'a self,
        _: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            turns().await;
            CLOUD.with_borrow_mut(|cloud| {
                if cloud.fails() {
                    return Err(refused());
                }
                cloud.world.things.remove(&record.id);
                cloud.addresses.remove(&record.id);
                for (id, thing) in &cloud.world.things {
                    if !cloud.world.lenient && mentions_in(&thing.attributes, &record.id) {
                        let text = format!("{} went while {id} names it", record.id);
                        cloud.violations.push(text);
                    }
                }
                Ok(())
            })?;
            turns().await;
            Ok(())
        })
    }
}

/// For each task of a plan the tasks that must be done before it is started.
fn musts(plan: &Plan, files: &Configuration, state: Option<&State>) -> Musts {
    let mut make: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut delete: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, task) in plan.tasks.iter().enumerate() {
        let step = &plan.steps[task.step];
        match task.half {
            Half::Create | Half::Update => make.insert(&step.address, number),
            Half::Delete | Half::Forget => delete.insert(task.step, number),
        };
    }
    let mut musts = Musts {
        of: vec![BTreeSet::new(); plan.tasks.len()],
        contradicted: 0,
    };
    let needs = needs(files);
    for (address, task) in &make {
        for need in needs.get(address).into_iter().flatten() {
            musts.of[*task].extend(make.get(need));
        }
    }
    let records = || state.into_iter().flat_map(|state| &state.records);
    let recorded: BTreeMap<&Address, usize> = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.action != Action::Create)
        .map(|(number, step)| (step.moved_from.as_ref().unwrap_or(&step.address), number))
        .collect();
    for (address, record) in records() {
        let Some(user) = recorded.get(address).and_then(|step| delete.get(step)) else {
            continue;
        };
        let needs = record.depends_on.iter().chain(&record.parent);
        // What was set aside was needed under its old address.
        let steps = needs.flat_map(|need| {
            let aside = format!("{need}.replaced[");
            let aside = recorded
                .iter()
                .filter(move |(address, _)| address.as_str().starts_with(&aside))
                .map(|(_, step)| step);
            recorded.get(need).into_iter().chain(aside)
        });
        for step in steps {
            let Some(gone) = delete.get(step) else {
                continue;
            };
            // What was recorded may contradict what is wanted now: the plan then says so.
            let risks = &plan.steps[*step].risks;
            if risks.iter().any(|risk| risk.contains("may still use it")) {
                musts.contradicted += 1;
            } else {
                musts.of[*gone].insert(*user);
            }
        }
    }
    for (step, gone) in &delete {
        let planned = &plan.steps[*step];
        if let Some(made) = make.get(&planned.address) {
            let (first, then) = if planned.create_first {
                (*made, *gone)
            } else {
                (*gone, *made)
            };
            musts.of[then].insert(first);
        }
    }
    musts
}

struct Musts {
    of: Vec<BTreeSet<usize>>,
    /// Recorded needs that contradict what is wanted, which the plan names as a risk.
    contradicted: u64,
}

/// What each node needs: its resource, what its hard edges name, and what its soft ones name unless
/// that needs it in turn, over any number of steps.
fn needs(files: &Configuration) -> BTreeMap<&Address, BTreeSet<&Address>> {
    let all = |address: &Address| {
        let node = &files.nodes[address];
        let edges = node.edges.iter().map(|edge| &edge.to);
        edges.chain(&node.parent).collect::<Vec<_>>()
    };
    let reaches = |from: &Address, to: &Address| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                next.extend(all(at));
            }
        }
        false
    };
    let of = |address: &Address| {
        let node = &files.nodes[address];
        let edges = node.edges.iter();
        edges
            .filter(|edge| !edge.soft || !reaches(&edge.to, address))
            .map(|edge| &edge.to)
            .chain(&node.parent)
            .collect::<BTreeSet<_>>()
    };
    let addresses = files.nodes.keys();
    addresses.map(|address| (address, of(address))).collect()
}

/// Looks at every event of a run.
struct Watch<'a> {
    plan: &'a Plan,
    musts: &'a Musts,
    needs: BTreeMap<&'a Address, BTreeSet<&'a Address>>,
    /// What was not there before.
    made: BTreeSet<&'a Address>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    done: BTreeSet<usize>,
    rolling_back: bool,
    prefixes: u64,
    violations: Vec<String>,
}

impl Observer for Watch<'_> {
    fn event(&self, event: Event<'_>) {
        let mut seen = self.seen.lock().unwrap();
        match event {
            Event::Started(doing) if seen.rolling_back => {
                let address = &doing.step.address;
                let users: Vec<String> = CLOUD.with_borrow(|cloud| {
                    let standing = cloud.addresses.values();
                    let needs = |user: &&Address| {
                        let needs = self.needs.get(*user);
                        self.made.contains(*user)
                            && needs.is_some_and(|needs| needs.contains(address))
                    };
                    standing.filter(needs).map(ToString::to_string).collect()
                });
                for user in users {
                    let text = format!("{address} is taken back before {user}, which needs it");
                    seen.violations.push(text);
                }
            }
            Event::Started(doing) => {
                for first in &self.musts.of[doing.task] {
                    if !seen.done.contains(first) {
                        let text = format!(
                            "{} comes before {}",
                            self.name(doing.task),
                            self.name(*first)
                        );
                        seen.violations.push(text);
                    }
                }
            }
            Event::Done { doing, .. } if !seen.rolling_back => {
                seen.done.insert(doing.task);
            }
            Event::Done { .. } | Event::Failed { .. } | Event::Skipped { .. } => {}
            Event::RollingBack { .. } => seen.rolling_back = true,
            _ => return,
        }
        seen.prefixes += 1;
    }
}

impl Watch<'_> {
    fn name(&self, task: usize) -> String {
        let task = &self.plan.tasks[task];
        format!("{:?} {}", task.half, self.plan.steps[task.step].address)
    }

    /// What failed keeps back what needs it, and nothing else.
    fn check_end(&self, report: &Report, on_error: OnError) {
        let mut seen = self.seen.lock().unwrap();
        for (number, task) in self.plan.tasks.iter().enumerate() {
            let ended_badly = |first: &usize| {
                matches!(report.tasks[*first], Status::Failed(_) | Status::Skipped(_))
            };
            let kept_back = task.after.iter().any(ended_badly);
            let is_right = match &report.tasks[number] {
                Status::Skipped(_) => kept_back,
                Status::Done | Status::Failed(_) | Status::RolledBack => !kept_back,
                Status::NotStarted => on_error != OnError::Continue,
                Status::Uncertain(_) | Status::Left | Status::Pending(_) => false,
            };
            if !is_right {
                let text = format!("{} ended as {:?}", self.name(number), report.tasks[number]);
                seen.violations.push(text);
            }
        }
    }
}

/// What came of some lives.
#[derive(Debug, Default)]
struct Counts {
    graphs: u64,
    nodes: usize,
    edges: usize,
    creates: usize,
    updates: usize,
    deletes: usize,
    failed: usize,
    skipped: usize,
    rolled_back: usize,
    contradicted: u64,
    prefixes: u64,
    violations: Vec<String>,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.graphs += other.graphs;
        self.nodes += other.nodes;
        self.edges += other.edges;
        self.creates += other.creates;
        self.updates += other.updates;
        self.deletes += other.deletes;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.rolled_back += other.rolled_back;
        self.contradicted += other.contradicted;
        self.prefixes += other.prefixes;
        self.violations.extend(other.violations);
    }
}

/// One life: everything made, changed twice, and destroyed, the last without failures.
async fn life(seed: u64) -> Counts {
    let mut counts = Counts::default();
    let mut dice = Dice(seed);
    CLOUD.set(Cloud::new(seed));
    let none = configuration(&[]);
    for graph in 0..GRAPHS_OF_A_LIFE {
        let destroys = graph + 1 == GRAPHS_OF_A_LIFE;
        let files = if destroys {
            none.clone()
        } else {
            random(seed.wrapping_mul(GRAPHS_OF_A_LIFE).wrapping_add(graph))
        };
        let options = PlanOptions {
            destroy: destroys,
            ..PlanOptions::default()
        };
        let failing = FAILING[dice.roll(FAILING.len())];
        let plan = CLOUD.with_borrow_mut(|cloud| {
            cloud.failing = if destroys { 0 } else { failing };
            let plan = cloud.world.plan_with(&files, options).unwrap().0;
            // Where the plan says that AWS may refuse, this one does not.
            cloud.world.lenient = plan.steps.iter().any(|step| !step.risks.is_empty());
            plan
        });
        let on_error = match dice.roll(4) {
            0 => OnError::Stop,
            1 => OnError::Rollback,
            _ => OnError::Continue,
        };
        let parallelism = PARALLELISM[dice.roll(PARALLELISM.len())];
        walk(&mut counts, &plan, &files, (parallelism, on_error)).await;
    }
    CLOUD.with_borrow_mut(|cloud| {
        counts.violations.append(&mut cloud.violations);
        if !cloud.world.things.is_empty() {
            let left: Vec<&String> = cloud.world.things.keys().collect();
            counts.violations.push(format!("{left:?} are left"));
        }
    });
    for violation in &mut counts.violations {
        *violation = format!("seed {seed}: {violation}");
    }
    counts
}

/// Walks a plan as `smd apply` does, and counts.
async fn walk(
    counts: &mut Counts,
    plan: &Plan,
    files: &Configuration,
    (parallelism, on_error): (usize, OnError),
) {
    let prior = CLOUD.with_borrow(|cloud| cloud.world.state.clone());
    let musts = musts(plan, files, prior.as_ref());
    let watch = Watch {
        plan,
        musts: &musts,
        needs: needs(files),
        made: plan
            .steps
            .iter()
            .filter(|step| step.action == Action::Create)
            .map(|step| &step.address)
            .collect(),
        seen: Mutex::default(),
    };
    let clock = Clock::instant(SystemTime::UNIX_EPOCH);
    let sandbox = Sandbox::in_memory(clock.clone(), Behaviour::default());
    let aws = Aws::new(AwsOptions::sandbox(SharedHttpClient::new(sandbox), clock));
    let lineage = "lineage".to_owned();
    let begun = prior
        .clone()
        .unwrap_or_else(|| State::new(STACK, lineage.clone()));
    let report = run(Request {
        plan,
        prior,
        journal: Arc::new(Journal::new(head(&begun))),
        lineage,
        plan_digest: "plan",
        writer: &Paper::default(),
        aws: &aws,
        kinds: &LIVING,
        secrets: &|_, _| None,
        parallelism,
        on_error,
        cancel: &Cancel::default(),
        observer: &watch,
    })
    .await;
    watch.check_end(&report, on_error);
    let ended = report.counts(plan);
    let seen = watch.seen.into_inner().unwrap();
    let stopped = report.diagnostics.iter().map(ToString::to_string);
    counts.add(Counts {
        graphs: 1,
        nodes: plan.steps.len(),
        edges: musts.of.iter().map(BTreeSet::len).sum(),
        creates: ended.created,
        updates: ended.updated,
        deletes: ended.deleted,
        failed: ended.failed,
        skipped: ended.skipped,
        rolled_back: report.rollback.map_or(0, |rollback| rollback.count()),
        contradicted: musts.contradicted,
        prefixes: seen.prefixes,
        violations: seen.violations.into_iter().chain(stopped).collect(),
    });
    if let Some(state) = report.state {
        CLOUD.with_borrow_mut(|cloud| cloud.world.state = Some(state));
    }
}

/// Lives from `first` on, on all cores.
fn lives(first: u64, count: u64) -> Counts {
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let mut counts = Counts::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return counts;
            }
            counts.add(runtime.block_on(life(seed)));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .fold(Counts::default(), |mut all, worker| {
                all.add(worker.join().unwrap());
                all
            })
    })
}

#[test]
fn every_prefix_is_in_order() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let graphs = number("SMD_ORDERS").unwrap_or(GRAPHS);
    let first = number("SMD_ORDERS_FROM").unwrap_or(0);
    let counts = lives(first, graphs.div_ceil(GRAPHS_OF_A_LIFE));
    println!(
        "{} random graphs, {} nodes, {} needs between tasks: {} created, {} updated, {} deleted, {} failed, {} skipped, {} taken back; {} recorded needs contradicted and named as a risk; {} prefixes; {} violations",
        counts.graphs,
        counts.nodes,
        counts.edges,
        counts.creates,
        counts.updates,
        counts.deletes,
        counts.failed,
        counts.skipped,
        counts.rolled_back,
        counts.contradicted,
        counts.prefixes,
        counts.violations.len()
    );
    assert!(counts.violations.is_empty(), "{:#?}", counts.violations);
    assert!(counts.creates > 0 && counts.updates > 0 && counts.deletes > 0);
    assert!(counts.failed > 0 && counts.skipped > 0 && counts.rolled_back > 0);
}

/// The watch sees what is out of order: with a need taken out of the tasks it must say so.
#[test]
fn what_is_out_of_order_is_seen() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let seen = (0..20).any(|seed| {
        CLOUD.set(Cloud::new(seed));
        let files = random(seed);
        let mut plan = CLOUD.with_borrow(|cloud| cloud.world.plan(&files));
        for task in &mut plan.tasks {
            task.after.pop();
        }
        let mut counts = Counts::default();
        let way = (16, OnError::Continue);
        runtime.block_on(walk(&mut counts, &plan, &files, way));
        counts
            .violations
            .iter()
            .any(|violation| violation.contains("comes before"))
    });
    assert!(seen);
}
