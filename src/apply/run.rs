//! The walk over a plan's tasks.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};

use super::cancel::{Cancel, Level};
use super::event::{Doing, Event, Observer};
use super::expectations;
use super::on_error::OnError;
use super::read::{Kinds, find};
use super::ready::Secrets;
use super::recorder::Recorder;
use super::report::{Report, Status};
use super::rollback::{self, Rollback};
use super::schedule::Schedule;
use super::step::{self, Shared, Success, Trouble};
use super::unchanged;
use crate::address::Address;
use crate::aws::Aws;
use crate::config;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::plan::{Action, Plan, Step};
use crate::state::journal::Journal;
use crate::state::{Change, Record, State, Writer};
use crate::value::Value;

/// What a run works with.
pub struct Request<'a> {
    /// What is to be done.
    pub plan: &'a Plan,
    /// What is recorded; the plan was made from it.
    pub prior: Option<State>,
    /// The journal of this run, made from the same record.
    pub journal: Arc<Journal>,
    /// The lineage of the journal's head: the stack's, or a new one for its first apply.
    pub lineage: String,
    /// The digest of the plan, a part of every idempotency key.
    pub plan_digest: &'a str,
    /// The right to write, by which the journal is made durable.
    pub writer: &'a dyn Writer,
    /// AWS, or the sandbox.
    pub aws: &'a Aws,
    /// The kinds there are.
    pub kinds: Kinds<'a>,
    /// Gives sensitive values.
    pub secrets: &'a Secrets<'a>,
    /// How many tasks at once.
    pub parallelism: usize,
    /// What is done after the first failure.
    pub on_error: OnError,
    /// The wish to stop.
    pub cancel: &'a Cancel,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

/// Walks the plan. Never fails as a whole: what failed is in the report, and what is recorded then
/// is what was done.
pub async fn run(request: Request<'_>) -> Report {
    let plan = request.plan;
    let Some(mut schedule) = schedule(plan, request.kinds) else {
        return stopped(plan, vec![broken_order()]);
    };
    {
        let none = BTreeMap::new();
        let records = request.prior.as_ref().map_or(&none, |prior| &prior.records);
        let endangered = unchanged::endangered(plan, records);
        if !endangered.is_empty() {
            request.observer.event(Event::Checking {
                count: endangered.len(),
            });
            tokio::select! {
                biased;
                verified = unchanged::verify(request.aws, request.kinds, &endangered, request.parallelism) => {
                    if let Err(diagnostics) = verified {
                        return stopped(plan, diagnostics);
                    }
                }
                () = request.cancel.reached(Level::Stop) => {
                    return Report { interrupted: true, ..stopped(plan, Diagnostics::new()) };
                }
            }
        }
    }
    let is_new = request.prior.is_none();
    let state = request
        .prior
        .unwrap_or_else(|| State::new(&plan.stack, request.lineage));
    let journal = request.journal;
    let recorder = Arc::new(Recorder::new(
        state,
        is_new,
        Arc::clone(&journal),
        request.aws.clock().clone(),
    ));
    record_what_needs_no_call(plan, &recorder);

    let shared = Shared {
        plan,
        plan_digest: request.plan_digest,
        aws: request.aws,
        kinds: request.kinds,
        recorder: &recorder,
        secrets: request.secrets,
        observer: request.observer,
        tells_found: request.on_error == OnError::Rollback,
    };
    request.observer.event(Event::Begun {
        tasks: plan.tasks.len(),
    });
    let parallelism = request.parallelism.max(1);
    let mut walk = Walk::new(plan, request.observer, request.on_error);
    let mut rollback = None;
    let work = async {
        let mut interrupted = walk
            .go(&shared, &mut schedule, request.cancel, parallelism)
            .await;
        if request.on_error == OnError::Rollback
            && walk.halted
            && !interrupted
            && recorder.broken().is_none()
        {
            let mut back = rollback::plan(plan, &walk.statuses, &recorder);
            interrupted = take_back(&shared, &mut back, request.cancel, parallelism).await;
            rollback::mark(plan, &mut walk.statuses, &back);
            rollback = Some(back);
        }
        let warnings = record_outputs(plan, &recorder, &walk.statuses);
        let complete = walk.statuses.iter().all(|status| *status == Status::Done);
        let checked = expectations::check(plan, &recorder, complete);
        journal.close();
        (interrupted, warnings, checked)
    };
    // What is written down is made durable beside the work, and to its end: whoever waits for it
    // waits inside the work.
    let keep = async {
        tokio::select! {
            biased;
            () = journal.pump(request.writer) => {}
            lost = request.writer.keep() => {
                journal.fail(lost);
                journal.pump(request.writer).await;
            }
        }
    };
    let ((interrupted, outputs, expectations), ()) = futures::join!(work, keep);

    let mut diagnostics: Diagnostics = walk.warnings.into_values().flatten().collect();
    diagnostics.extend(outputs);
    Report {
        tasks: walk.statuses,
        state: recorder.changed_state(),
        diagnostics,
        expectations,
        interrupted,
        halted: walk.halted,
        rollback,
        broken: journal.broken(),
    }
}

/// Deletes what is to be taken back; says whether the person wanted to stop.
async fn take_back(
    shared: &Shared<'_>,
    back: &mut Rollback,
    cancel: &Cancel,
    parallelism: usize,
) -> bool {
    if back.tasks.is_empty() {
        return false;
    }
    // The tasks were numbered by an order in which they can be done.
    let Some(mut schedule) = schedule(&back.plan, shared.kinds) else {
        return false;
    };
    shared.observer.event(Event::RollingBack {
        count: back.tasks.len(),
    });
    let shared = Shared {
        plan: &back.plan,
        ..*shared
    };
    let mut walk = Walk::new(&back.plan, shared.observer, OnError::Continue);
    let interrupted = walk.go(&shared, &mut schedule, cancel, parallelism).await;
    back.tasks = walk.statuses;
    interrupted
}

fn schedule(plan: &Plan, kinds: Kinds<'_>) -> Option<Schedule> {
    if plan.tasks.iter().any(|task| task.step >= plan.steps.len()) {
        return None;
    }
    Schedule::new(plan.tasks.iter().map(|task| {
        let weight = plan.steps.get(task.step).map_or(1, |step| {
            find(kinds, &step.kind).map_or(1, |kind| kind.usual_seconds(&step.kind))
        });
        (weight, task.after.as_slice())
    }))
}

/// The walk itself: what has come of each task so far.
struct Walk<'a> {
    plan: &'a Plan,
    observer: &'a dyn Observer,
    statuses: Vec<Status>,
    /// By task, so that their order does not hang on who was faster.
    warnings: BTreeMap<usize, Diagnostics>,
    running: Vec<usize>,
    on_error: OnError,
    /// Something failed, and nothing more is started.
    halted: bool,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan, observer: &'a dyn Observer, on_error: OnError) -> Self {
        Self {
            plan,
            observer,
            statuses: vec![Status::NotStarted; plan.tasks.len()],
            warnings: BTreeMap::new(),
            running: Vec::new(),
            on_error,
            halted: false,
        }
    }

    /// Walks until nothing is left or the person wants to stop; says whether that was so.
    async fn go(
        &mut self,
        shared: &'a Shared<'a>,
        schedule: &mut Schedule,
        cancel: &Cancel,
        parallelism: usize,
    ) -> bool {
        let mut futures = FuturesUnordered::new();
        let mut stopping = false;
        loop {
            while !stopping
                && !self.halted
                && cancel.level() == Level::Go
                && futures.len() < parallelism
                && shared.recorder.broken().is_none()
            {
                let Some(doing) = schedule.start().and_then(|task| self.doing(task)) else {
                    break;
                };
                self.running.push(doing.task);
                self.observer.event(Event::Started(doing));
                futures.push(async move {
                    // A defect in one kind must not lose the records of all others.
                    let outcome = AssertUnwindSafe(step::carry_out(shared, doing))
                        .catch_unwind()
                        .await
                        .unwrap_or_else(|_| Err(Trouble::Uncertain(broke(&doing.step.address))));
                    (doing, outcome)
                });
            }
            self.tell_waiting(schedule);
            if futures.is_empty() {
                return cancel.level() != Level::Go && schedule.waiting() > 0;
            }
            tokio::select! {
                biased;
                Some((doing, outcome)) = futures.next() => self.ended(doing, outcome, schedule),
                () = cancel.reached(Level::Leave) => {
                    for task in std::mem::take(&mut self.running) {
                        self.set(task, Status::Left);
                    }
                    return true;
                }
                () = cancel.reached(Level::Stop), if !stopping => {
                    stopping = true;
                    self.observer.event(Event::Stopping { running: futures.len() });
                }
            }
        }
    }

    fn doing(&self, task: usize) -> Option<Doing<'a>> {
        let planned = self.plan.tasks.get(task)?;
        Some(Doing {
            task,
            step: self.plan.steps.get(planned.step)?,
            half: planned.half,
        })
    }

    fn ended(
        &mut self,
        doing: Doing<'a>,
        outcome: Result<Success, Trouble>,
        schedule: &mut Schedule,
    ) {
        self.running.retain(|task| *task != doing.task);
        match outcome {
            Ok(success) => {
                schedule.done(doing.task);
                self.observer.event(match &success.pending {
                    Some(why) => Event::Pending { doing, why },
                    None => Event::Done {
                        doing,
                        id: success.id.as_deref(),
                    },
                });
                if !success.warnings.is_empty() {
                    self.warnings.insert(doing.task, success.warnings);
                }
                self.set(
                    doing.task,
                    success.pending.map_or(Status::Done, Status::Pending),
                );
            }
            Err(trouble) => {
                let (Trouble::Failed(why) | Trouble::Uncertain(why)) = &trouble;
                self.observer.event(Event::Failed { doing, why });
                let because = &doing.step.address;
                for task in schedule.failed(doing.task) {
                    if let Some(doing) = self.doing(task) {
                        self.observer.event(Event::Skipped { doing, because });
                    }
                    self.set(task, Status::Skipped(because.clone()));
                }
                let status = match trouble {
                    Trouble::Failed(why) => Status::Failed(why),
                    Trouble::Uncertain(why) => Status::Uncertain(why),
                };
                self.set(doing.task, status);
                if self.on_error != OnError::Continue && !self.halted {
                    self.halted = true;
                    self.observer.event(Event::Stopping {
                        running: self.running.len(),
                    });
                }
            }
        }
    }

    fn tell_waiting(&self, schedule: &Schedule) {
        let longest = self
            .running
            .iter()
            .max_by_key(|task| (schedule.way(**task), std::cmp::Reverse(**task)))
            .and_then(|task| self.doing(*task))
            .map(|doing| &doing.step.address);
        self.observer.event(Event::Waiting {
            count: schedule.waiting(),
            longest,
        });
    }

    fn set(&mut self, task: usize, status: Status) {
        if let Some(entry) = self.statuses.get_mut(task) {
            *entry = status;
        }
    }
}

/// New addresses, marks and needs of what no task touches.
fn record_what_needs_no_call(plan: &Plan, recorder: &Recorder) {
    let moves: Vec<(Address, Address)> = plan
        .steps
        .iter()
        .filter_map(|step| Some((step.moved_from.clone()?, step.address.clone())))
        .collect();
    if !moves.is_empty() {
        recorder.note(Change::Rename(moves));
    }
    for step in &plan.steps {
        if let Some(record) = &step.taken {
            recorder.note(Change::Put(step.address.clone(), record.clone()));
        }
    }
    let unchanged = |step: &&Step| step.action == Action::Unchanged && step.record_changes;
    for step in plan.steps.iter().filter(unchanged) {
        if let Some(record) = recorder.get(&step.address) {
            let record = Record {
                written: step.after.clone().unwrap_or_default(),
                digests: step.sensitive.clone(),
                protect: step.protect,
                depends_on: step.depends_on.clone(),
                place: step.place.clone(),
                parent: step.parent.clone(),
                unfinished: false,
                ..record
            };
            recorder.note(Change::Put(step.address.clone(), Box::new(record)));
        }
    }
    // Until its marks are written: a run that is broken off before leaves that to the next.
    let marked = |step: &&Step| step.marks && step.action != Action::Forget;
    for step in plan.steps.iter().filter(marked) {
        if let Some(record) = recorder.get(&step.address) {
            let record = Record {
                unfinished: true,
                ..record
            };
            recorder.note(Change::Put(step.address.clone(), Box::new(record)));
        }
    }
}

/// Finishes the outputs and records them; one whose inputs were not made keeps what was recorded.
pub(super) fn record_outputs(plan: &Plan, recorder: &Recorder, statuses: &[Status]) -> Diagnostics {
    let all_done = statuses
        .iter()
        .all(|status| matches!(status, Status::Done | Status::Pending(_)));
    let before = recorder.outputs();
    let mut outputs: BTreeMap<String, Value> = BTreeMap::new();
    let mut warnings = Diagnostics::new();
    for (name, change) in &plan.outputs {
        if change.sensitive || change.after.is_null() {
            continue;
        }
        let finished = config::finish(&change.after, &|address, attribute| {
            recorder.attribute(address, attribute)
        });
        match finished {
            Ok(value) if !value.has_unknown() => {
                if !value.has_sensitive() {
                    outputs.insert(name.clone(), value);
                }
            }
            Ok(_) if !all_done => outputs.extend(before.get_key_value(name).map(own)),
            Ok(_) => warnings.push(Diagnostic::warning(
                codes::apply::OUTPUT_UNKNOWN,
                format!("output `{name}` is not known: what it is taken from gave no value"),
            )),
            Err(mut why) => {
                why.severity = crate::diagnostic::Severity::Warning;
                why.message = format!("output `{name}`: {}", why.message);
                warnings.push(why);
            }
        }
    }
    if outputs != before {
        recorder.record(Change::Outputs(outputs));
    }
    warnings
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// The report of a run that was stopped before its first call.
fn stopped(plan: &Plan, diagnostics: Diagnostics) -> Report {
    Report {
        tasks: vec![Status::NotStarted; plan.tasks.len()],
        state: None,
        diagnostics,
        expectations: Vec::new(),
        interrupted: false,
        halted: false,
        rollback: None,
        broken: None,
    }
}

fn broken_order() -> Diagnostic {
    Diagnostic::error(
        codes::apply::BROKEN_ORDER,
        "the plan's list of tasks cannot be walked in its order",
    )
    .help("make a new plan")
}

fn broke(address: &Address) -> Diagnostic {
    Diagnostic::error(
        codes::apply::STEP_BROKE,
        format!("smd broke its own rule while it worked on `{address}`"),
    )
    .about(address.as_str())
    .help("please report this with the command and the message")
}
