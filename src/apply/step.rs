//! Carrying out one task of a plan: a create, an update or a delete, and its record.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::event::{Doing, Event, Observer};
use super::marks::marks;
use super::read::Kinds;
use super::ready::{self, Secrets};
use super::recorder::{Change, Recorder};
use super::{adopt, not_applied, read};
use crate::aws::{Aws, Failure};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kinds::{Actual, Context, Kind, Ready};
use crate::plan::{Action, Half, Plan, Step, paths, set_aside};
use crate::state::Record;
use crate::value::Map;

/// What all tasks of a run share.
pub struct Shared<'a> {
    pub plan: &'a Plan,
    pub aws: &'a Aws,
    pub kinds: Kinds<'a>,
    pub recorder: &'a Recorder,
    pub secrets: &'a Secrets<'a>,
    pub observer: &'a dyn Observer,
}

/// What came of a task.
pub struct Success {
    /// The id of what was made, changed or deleted.
    pub id: Option<String>,
    /// What AWS did not apply.
    pub warnings: Diagnostics,
}

/// Carries out a task.
pub async fn carry_out(shared: &Shared<'_>, doing: Doing<'_>) -> Result<Success, Diagnostic> {
    let kind = read::find(shared.kinds, &doing.step.kind)
        .ok_or_else(|| read::unknown_kind(&doing.step.address, &doing.step.kind))?;
    match doing.half {
        Half::Create => create(shared, doing, kind).await,
        Half::Update => update(shared, doing, kind).await,
        Half::Delete => delete(shared, doing, kind).await,
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
) -> Result<Success, Diagnostic> {
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
    if let Some((aside, _)) = &aside {
        recorder.record(Change::SetAside(step.address.clone(), aside.clone()));
    }
    let node = Ready {
        address: step.address.clone(),
        kind: Arc::from(step.kind.as_str()),
        place: step.place.clone(),
        attributes: finished.attributes,
        marks: marks(
            &shared.plan.stack,
            &recorder.lineage(),
            &step.address,
            generation,
        ),
    };
    recorder.keep_secrets(&step.address, &node.attributes);
    let record = |actual: Actual, unfinished| {
        recorder.record(Change::Put(
            step.address.clone(),
            Box::new(record(
                step,
                (&node.attributes, &finished.digests),
                actual,
                generation,
                unfinished,
            )),
        ));
    };
    let made = |actual: Actual| record(actual, true);
    let outcome = call(shared, doing, &made, async |cx| {
        adopt::create(cx, kind, &node, &|id| recorder.holds(&step.kind, id)).await
    })
    .await;
    match outcome {
        Ok(actual) => {
            let id = Some(actual.id.clone());
            let warnings = not_applied::warnings(kind, step, &node.attributes, &actual);
            record(actual, false);
            Ok(Success { id, warnings })
        }
        Err(failure) => {
            if let Some((aside, old)) = aside
                && recorder.get(&step.address).is_none()
            {
                recorder.record(Change::Remove(aside));
                recorder.record(Change::Put(step.address.clone(), Box::new(old)));
            }
            Err(diagnose(step, "created", &failure))
        }
    }
}

async fn update(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Diagnostic> {
    let step = doing.step;
    let recorder = shared.recorder;
    let old = recorder
        .get(&step.address)
        .ok_or_else(|| not_recorded(step))?;
    let finished = finished(shared, step, kind)?;
    let changes = ready::changes(step, &finished.attributes);
    let node = Ready {
        address: step.address.clone(),
        kind: Arc::from(step.kind.as_str()),
        place: step.place.clone(),
        attributes: finished.attributes,
        marks: marks(
            &shared.plan.stack,
            &recorder.lineage(),
            &step.address,
            old.generation,
        ),
    };
    recorder.keep_secrets(&step.address, &node.attributes);
    let made = |_: Actual| {};
    let outcome = call(shared, doing, &made, async |cx| {
        kind.update(cx, &node, &old, &changes).await
    })
    .await;
    match outcome {
        Ok(actual) => {
            let id = Some(actual.id.clone());
            let warnings = not_applied::warnings(kind, step, &node.attributes, &actual);
            let written = (&node.attributes, &finished.digests);
            let new = record(step, written, actual, old.generation, false);
            recorder.record(Change::Put(step.address.clone(), Box::new(new)));
            Ok(Success { id, warnings })
        }
        Err(failure) => {
            // Some of it may have been done: the next plan looks at all of it.
            let unfinished = Record {
                unfinished: true,
                ..old
            };
            recorder.record(Change::Put(step.address.clone(), Box::new(unfinished)));
            Err(diagnose(step, "changed", &failure))
        }
    }
}

async fn delete(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    kind: &dyn Kind,
) -> Result<Success, Diagnostic> {
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
        });
    };
    let made = |_: Actual| {};
    call(shared, doing, &made, async |cx| {
        kind.delete(cx, &record).await
    })
    .await
    .map_err(|failure| diagnose(step, "deleted", &failure))?;
    recorder.record(Change::Remove(address));
    recorder.keep_generation(&step.address, record.generation);
    Ok(Success {
        id: Some(record.id),
        warnings: Diagnostics::new(),
    })
}

/// The step's attributes, known now.
fn finished(
    shared: &Shared<'_>,
    step: &Step,
    kind: &dyn Kind,
) -> Result<ready::Finished, Diagnostic> {
    let schemas = kind.schemas();
    let schema = schemas.iter().find(|schema| schema.kind == step.kind);
    ready::attributes(
        &shared.plan.stack,
        step,
        schema.copied(),
        shared.recorder,
        shared.secrets,
    )
}

/// Runs a call of a kind with everything it works with.
async fn call<T>(
    shared: &Shared<'_>,
    doing: Doing<'_>,
    made: &(dyn Fn(Actual) + Send + Sync),
    run: impl AsyncFnOnce(&Context<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let progress = |text: String| {
        shared
            .observer
            .event(Event::Progress { doing, text: &text });
    };
    let touched = |what: &str| shared.recorder.touched(what);
    run(&Context {
        aws: shared.aws,
        clock: shared.aws.clock(),
        made,
        progress: &progress,
        touched: &touched,
        consented: doing.step.consented,
    })
    .await
}

/// The record of a step; sensitive values stay out of it.
fn record(
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
    }
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
