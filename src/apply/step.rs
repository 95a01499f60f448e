//! Carrying out one task of a plan: a create, an update or a delete, and its record.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::event::{Doing, Event, Observer};
use super::read::Kinds;
use super::ready::{self, Secrets};
use super::recorder::{Calls, Recorder};
use super::{adopt, not_applied, read};
use crate::address::Address;
use crate::aws::{Aws, Cause, Failure, logged};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kinds::marks::{self, KEY, marks};
use crate::kinds::{Actual, Context, Kind, Ready};
use crate::plan::{Action, Half, Plan, Step, is_set_aside, paths, set_aside};
use crate::state::{Change, Intent, Record, Work};
use crate::value::Map;

/// What all tasks of a run share.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    pub plan: &'a Plan,
    /// The digest of the plan, a part of every key.
    pub plan_digest: &'a str,
    pub aws: &'a Aws,
    pub kinds: Kinds<'a>,
    pub recorder: &'a Arc<Recorder>,
    pub secrets: &'a Secrets<'a>,
    pub observer: &'a dyn Observer,
    /// Whether it must be known of each new thing if it was there before.
    pub tells_found: bool,
}

/// What came of a task.
pub struct Success {
    /// The id of what was made, changed or deleted.
    pub id: Option<String>,
    /// What AWS did not apply.
    pub warnings: Diagnostics,
    /// What it waits for, of a kind that [`Kind::ensures`]: the next run tries again.
    pub pending: Option<String>,
}

impl Success {
    /// What came of making or changing a thing that is now so.
    fn of(kind: &dyn Kind, step: &Step, written: &Map, actual: &Actual) -> Self {
        let ensured = kind.ensures(&step.kind);
        Self {
            id: Some(actual.id.clone()),
            warnings: not_applied::warnings(kind, step, written, actual),
            pending: actual.pending().filter(|_| ensured).map(str::to_owned),
        }
    }
}

/// Why a task was not done.
pub enum Trouble {
    /// It failed, and nothing is there that is not recorded.
    Failed(Diagnostic),
    /// It may have been done, or a part of it, and that is not recorded.
    Uncertain(Diagnostic),
}

impl From<Diagnostic> for Trouble {
    fn from(why: Diagnostic) -> Self {
        Self::Failed(why)
    }
}

/// Carries out a task.
pub async fn carry_out(shared: &Shared<'_>, doing: Doing<'_>) -> Result<Success, Trouble> {
    let address = &doing.step.address;
    let kind = read::find(shared.kinds, &doing.step.kind)
        .ok_or_else(|| read::unknown_kind(address, &doing.step.kind))?;
    if shared.recorder.is_uncertain(address) {
        return Err(Trouble::Uncertain(still_uncertain(address)));
    }
    match doing.half {
        Half::Create => create(shared, doing, kind).await,
        Half::Update => update(shared, doing, kind).await,
        Half::Delete => delete(shared, doing, kind).await,
        Half::Forget => forget(shared, doing, kind).await,
    }
}

/// Whether the new thing of this step is made while the old one stands.
fn stands_beside(step: &Step) -> bool {
    step.action == Action::Replace && step.create_first
}

async fn create(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Trouble> {
    let step = doing.step;
    let recorder = shared.recorder;
    let finished = finished(shared, step, kind)?;
    let old = recorder.get(&step.address);
    let generation = old.as_ref().map_or_else(
        || {
            recorder
                .last_generation(&step.address)
                .map_or(0, |last| last + 1)
        },
        |old| old.generation + 1,
    );
    let aside = old
        .filter(|_| stands_beside(step))
        .map(|old| (set_aside(&step.address, &old.id), old));
    let node = Ready {
        address: step.address.clone(),
        kind: Arc::from(step.kind.as_str()),
        place: step.place.clone(),
        attributes: finished.attributes,
        marks: marks(
            &shared.plan.stack,
            (&recorder.lineage(), shared.plan_digest),
            &step.address,
            generation,
        ),
    };
    let nothing_yet = Actual::new(String::new(), Map::new());
    let written = (&node.attributes, &finished.digests);
    let intent = recorder.intend(Intent {
        address: step.address.clone(),
        work: Work::Create {
            draft: Box::new(record(step, written, nothing_yet, generation, true)),
            marks: node.marks.clone(),
            replaces: aside
                .as_ref()
                .map(|(aside, old)| (aside.clone(), Box::new(old.clone()))),
        },
    });
    if let Some((aside, _)) = &aside {
        recorder.record(Change::SetAside(step.address.clone(), aside.clone()));
    }
    recorder.keep_secrets(&step.address, &node.attributes);
    let found = || recorder.keep_found(&step.address, step.parent.as_ref());
    if shared.tells_found && was_there(shared, step, kind, &node).await {
        found();
    }
    let record = |actual: Actual, unfinished| {
        if matches!(step.action, Action::Create | Action::Ensure) {
            recorder.keep_made(&step.address);
        }
        recorder.record(Change::Put(
            step.address.clone(),
            Box::new(self::record(
                step,
                (&node.attributes, &finished.digests),
                actual,
                generation,
                unfinished,
            )),
        ));
    };
    let made = |actual: Actual| record(actual, true);
    let key = node.marks.get(KEY).cloned();
    let outcome = call(shared, doing, (intent, key), (&made, &found), async |cx| {
        adopt::create(cx, kind, &node, &|id| recorder.holds(&step.kind, id)).await
    })
    .await;
    match outcome {
        Ok(actual) => {
            let success = Success::of(kind, step, &node.attributes, &actual);
            record(actual, false);
            recorder.settle(intent);
            Ok(success)
        }
        Err(failure) => {
            let why = diagnose(step, "created", &failure);
            if recorder.get(&step.address).is_some() {
                recorder.settle(intent);
            } else if recorder.may_have_acted(intent) {
                return Err(Trouble::Uncertain(
                    why.help("the next run looks for it by its marks"),
                ));
            } else {
                recorder.put_back(
                    aside.map(|(aside, old)| (aside, Box::new(old))),
                    &step.address,
                );
                recorder.settle(intent);
            }
            Err(Trouble::Failed(why))
        }
    }
}

/// Whether a part is there before its create: made by value, it cannot say so itself. Where nobody
/// can find out it counts as there, so that it is not taken back.
async fn was_there(shared: &Shared<'_>, step: &Step, kind: &dyn Kind, node: &Ready) -> bool {
    let Some(parent) = &step.parent else {
        return false;
    };
    if shared.recorder.has_made(parent) {
        return false;
    }
    let look = async {
        match kind.find(shared.aws, node).await? {
            Some(id) => kind.read(shared.aws, &node.place, &node.wanted(&id)).await,
            None => Ok(Vec::new()),
        }
    };
    look.await
        .map_or(true, |found| found.into_iter().flatten().next().is_some())
}

async fn update(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Trouble> {
    let step = doing.step;
    let recorder = shared.recorder;
    let old = recorder
        .get(&step.address)
        .ok_or_else(|| not_recorded(step))?;
    let finished = finished(shared, step, kind)?;
    let mut changes = ready::changes(step, &finished.attributes);
    let node = Ready {
        address: step.address.clone(),
        kind: Arc::from(step.kind.as_str()),
        place: step.place.clone(),
        attributes: finished.attributes,
        marks: marks(
            &shared.plan.stack,
            (&recorder.lineage(), shared.plan_digest),
            &step.address,
            old.generation,
        ),
    };
    if step.marks {
        changes.extend(marks::set(&node.marks, step.taken.is_some()));
    }
    recorder.keep_secrets(&step.address, &node.attributes);
    let (made, found) = (|_: Actual| {}, || {});
    let intent = recorder.intend(Intent {
        address: step.address.clone(),
        work: Work::Update,
    });
    let outcome = call(shared, doing, (intent, None), (&made, &found), async |cx| {
        kind.update(cx, &node, &old, &changes).await
    })
    .await;
    match outcome {
        Ok(actual) => {
            let success = Success::of(kind, step, &node.attributes, &actual);
            let written = (&node.attributes, &finished.digests);
            let new = record(step, written, actual, old.generation, false);
            recorder.record(Change::Put(step.address.clone(), Box::new(new)));
            recorder.settle(intent);
            Ok(success)
        }
        Err(failure) => {
            // Some of it may have been done: the next plan looks at all of it.
            let unfinished = Record {
                unfinished: true,
                ..old
            };
            recorder.record(Change::Put(step.address.clone(), Box::new(unfinished)));
            recorder.settle(intent);
            Err(Trouble::Failed(diagnose(step, "changed", &failure)))
        }
    }
}

async fn delete(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Trouble> {
    let step = doing.step;
    let recorder = shared.recorder;
    let address = match &step.id {
        Some(id) if stands_beside(step) => set_aside(&step.address, id),
        _ => step.address.clone(),
    };
    let Some(record) = recorder.get(&address) else {
        return Ok(Success {
            id: step.id.clone(),
            warnings: Diagnostics::new(),
            pending: None,
        });
    };
    let (made, found) = (|_: Actual| {}, || {});
    let intent = recorder.intend(Intent {
        address: address.clone(),
        work: Work::Delete,
    });
    let outcome = call(shared, doing, (intent, None), (&made, &found), async |cx| {
        kind.delete(cx, &record).await
    })
    .await;
    if let Err(failure) = outcome {
        // It stays on record: the next plan reads what is there of it.
        recorder.settle(intent);
        return Err(Trouble::Failed(diagnose(step, "deleted", &failure)));
    }
    recorder.record(Change::Remove(address));
    recorder.settle(intent);
    recorder.keep_generation(&step.address, record.generation);
    Ok(Success {
        id: Some(record.id),
        warnings: Diagnostics::new(),
        pending: None,
    })
}

/// Takes smd's marks off a thing that stays, and its record away.
async fn forget(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Trouble> {
    let step = doing.step;
    let recorder = shared.recorder;
    let address = &step.address;
    let done = |id| Success {
        id,
        warnings: Diagnostics::new(),
        pending: None,
    };
    let Some(record) = recorder.get(address) else {
        return Ok(done(step.id.clone()));
    };
    if step.marks {
        let node = Ready {
            address: address.clone(),
            kind: Arc::from(step.kind.as_str()),
            place: step.place.clone(),
            attributes: record.written.clone(),
            marks: BTreeMap::new(),
        };
        let (made, found) = (|_: Actual| {}, || {});
        let intent = recorder.intend(Intent {
            address: address.clone(),
            work: Work::Update,
        });
        let changes = marks::unset();
        let outcome = call(shared, doing, (intent, None), (&made, &found), async |cx| {
            kind.update(cx, &node, &record, &changes).await
        })
        .await;
        recorder.settle(intent);
        match outcome {
            Ok(_) => {}
            // There is nothing any more that could carry them.
            Err(failure) if failure.cause == Cause::NotFound => {}
            Err(failure) => return Err(Trouble::Failed(diagnose(step, "forgotten", &failure))),
        }
    }
    recorder.record(Change::Remove(address.clone()));
    Ok(done(Some(record.id)))
}

/// The step's attributes, known now.
fn finished(
    shared: &Shared<'_>,
    step: &Step,
    kind: &dyn Kind,
) -> Result<ready::Finished, Diagnostic> {
    ready::attributes(
        &shared.plan.stack,
        step,
        kind.schema(&step.kind),
        shared.recorder,
        shared.secrets,
    )
}

/// Runs a call of a kind with everything it works with.
async fn call<T>(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    (intent, key): (u64, Option<String>),
    (made, found): (&(dyn Fn(Actual) + Send + Sync), &(dyn Fn() + Send + Sync)),
    run: impl AsyncFnOnce(&Context<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let progress = |text: String| {
        shared
            .observer
            .event(Event::Progress { doing, text: &text });
    };
    let touched = |what: &str| shared.recorder.touched(what);
    let calls = Calls::new(Arc::clone(shared.recorder), intent, key);
    let context = Context {
        aws: shared.aws,
        clock: shared.aws.clock(),
        made,
        found,
        progress: &progress,
        touched: &touched,
        consented: doing.step.consented,
        fresh: shared.recorder.has_made(&doing.step.address),
        replaced: doing.step.action == Action::Replace || is_set_aside(&doing.step.address),
        deadline: deadline(shared, doing),
    };
    logged(Arc::new(calls), run(&context)).await
}

/// When the work of a task ends, where the files say how long it may take.
fn deadline(shared: &Shared<'_>, doing: Doing<'_>) -> Option<SystemTime> {
    let timeouts = doing.step.timeouts;
    let limit = match doing.half {
        Half::Create => timeouts.create,
        Half::Update | Half::Forget => timeouts.update,
        Half::Delete => timeouts.delete,
    }?;
    let now = shared.aws.clock().now();
    now.checked_add(Duration::from_millis(limit))
}

/// The record of a step; sensitive values stay out of it.
pub(super) fn record(
    step: &Step,
    (attributes, digests): (&Map, &BTreeMap<String, String>),
    actual: Actual,
    generation: u32,
    unfinished: bool,
) -> Record {
    let mut written = attributes.clone();
    let mut seen = actual.attributes;
    for path in step.sensitive.keys() {
        paths::set(&mut written, path, None);
        paths::set(&mut seen, path, None);
    }
    Record {
        kind: step.kind.clone(),
        parent: step.parent.clone(),
        place: step.place.clone(),
        id: actual.id,
        written,
        digests: digests.clone(),
        attributes: seen,
        depends_on: step.depends_on.clone(),
        protect: step.protect,
        generation,
        unfinished,
        touched_ms: 0,
    }
}

fn still_uncertain(address: &Address) -> Diagnostic {
    Diagnostic::error(
        crate::diagnostic::codes::apply::UNCERTAIN,
        format!("it is not known how earlier work on `{address}` ended"),
    )
    .about(address.as_str())
    .help("once what kept smd from looking is gone, run again: it looks first")
}

fn not_recorded(step: &Step) -> Diagnostic {
    Diagnostic::error(
        crate::diagnostic::codes::apply::NOT_RECORDED,
        format!("`{}` is to be changed but is not recorded", step.address),
    )
    .about(step.address.as_str())
    .help("plan again")
}

fn diagnose(step: &Step, verb: &str, failure: &Failure) -> Diagnostic {
    let mut diagnostic = failure.to_diagnostic().about(step.address.as_str());
    diagnostic.message = format!(
        "`{}` could not be {verb}: {}",
        step.address, diagnostic.message
    );
    diagnostic
}
