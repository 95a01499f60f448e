//! What is told of a run that has ended: its failures, what remains, one line of counts, the JSON
//! document, the exit code.

use serde_json::{Map, Value as Json, json};

use super::console::{Console, Outcome, Stopped, new_document};
use super::exit::Exit;
use super::project::Project;
use crate::address::Address;
use crate::apply::{Report, Rollback, Status};
use crate::diagnostic::{Diagnostic, Sources};
use crate::plan::{Half, Plan};
use crate::render;

/// The exit code of a run.
///
/// # Errors
/// [`Stopped`] where something failed or is uncertain.
pub fn exit(plan: &Plan, report: &Report) -> Outcome {
    let counts = report.counts(plan);
    let stopped_before = report.diagnostics.iter().any(Diagnostic::is_error);
    let failed = counts.failed > 0 || report.broken.is_some();
    let left = report
        .rollback
        .as_ref()
        .is_some_and(Rollback::leaves_something);
    if report.interrupted {
        Ok(Exit::Interrupted)
    } else if counts.uncertain > 0 || left {
        Err(Stopped(Exit::Partly))
    } else if stopped_before || (failed && counts.done() == 0) {
        Err(Stopped(Exit::Error))
    } else if failed {
        Err(Stopped(Exit::Partly))
    } else if report
        .expectations
        .iter()
        .any(|checked| checked.diagnostic.is_error())
    {
        Err(Stopped(Exit::Check))
    } else {
        Ok(Exit::Done)
    }
}

/// What came of it: each failure with its reason and what hung on it, what was taken back and what
/// was not, what remains, one line.
pub fn tell(console: &Console, plan: &Plan, report: &Report) {
    let rollback = report.rollback.as_ref();
    let failed: Vec<Diagnostic> = report
        .broken
        .iter()
        .cloned()
        .chain(
            report
                .entries(plan)
                .filter_map(|(step, _, status)| match status {
                    Status::Failed(why) | Status::Uncertain(why) => {
                        Some(with_skipped(why.clone(), plan, report, &step.address))
                    }
                    _ => None,
                }),
        )
        .chain(rollback.into_iter().flat_map(|rollback| {
            rollback.entries().filter_map(|(_, status)| match status {
                Status::Failed(why) | Status::Uncertain(why) => Some(why.clone()),
                _ => None,
            })
        }))
        .collect();
    console.report(&Sources::default(), &failed);
    tell_pending(console, plan, report);
    tell_rest(console, plan, report);
    if let Some(rollback) = rollback.filter(|rollback| rollback.leaves_something()) {
        console.say("\nnot rolled back:");
        for line in leftovers(rollback) {
            console.say(format_args!("  {line}"));
        }
    }
    let words = words(plan, report);
    if words.is_empty() {
        return;
    }
    if let Some(state) = &report.state
        && !state.outputs.is_empty()
        && !plan.tasks.is_empty()
    {
        console.data(&format!("\n{}", render::outputs_text(&state.outputs)));
    }
    console.data(&format!("\n{}\n", words.join(", ")));
}

/// What AWS is not ready for.
fn tell_pending(console: &Console, plan: &Plan, report: &Report) {
    let pending: Vec<String> = report
        .entries(plan)
        .filter_map(|(step, _, status)| match status {
            Status::Pending(why) => Some(format!("  {}: {why}", step.address)),
            _ => None,
        })
        .collect();
    if !pending.is_empty() {
        console.say("\npending, tried again by the next run:");
        for line in pending {
            console.say(line);
        }
    }
}

/// Tells of expectations that were checked at the end, with their places in the files.
pub fn tell_expectations(console: &Console, project: &Project, plan: &Plan, report: &Report) {
    let configuration = &project.configuration;
    let mut told: Vec<Diagnostic> = report
        .expectations
        .iter()
        .map(|checked| {
            let declared = plan.expectations.get(checked.expectation).and_then(|one| {
                configuration
                    .expectations
                    .iter()
                    .find(|other| *other.sentence == *one.sentence && other.module == one.module)
            });
            let span = declared.map(|declared| declared.span);
            checked.diagnostic.clone().at_opt(span, "")
        })
        .collect();
    configuration.calls.show_all(&mut told);
    console.report(&project.loaded.sources, &told);
}

/// What was not done because the run was stopped.
fn tell_rest(console: &Console, plan: &Plan, report: &Report) {
    let why = if report.interrupted {
        "interrupted"
    } else if report.halted && report.counts(plan).remaining > 0 {
        "stopped after the first failure"
    } else {
        return;
    };
    console.say(format_args!("\n{why}; what remains:"));
    for (step, half, status) in report.entries(plan) {
        let note = match status {
            Status::Left => " (was running: the next plan looks closer)",
            Status::NotStarted => "",
            _ => continue,
        };
        console.say(format_args!("  {} {}{note}", verb(half), step.address));
    }
}

/// What a rollback left, in words.
fn leftovers(rollback: &Rollback) -> Vec<String> {
    let changed = rollback
        .not_undone
        .iter()
        .map(|address| format!("{address}: it was there before this run, and stays as it is now"));
    let kept = rollback
        .kept
        .iter()
        .map(|(address, user)| format!("{address}: {user} uses it"));
    let stuck = rollback
        .entries()
        .filter_map(|(step, status)| match status {
            Status::Done => None,
            Status::Failed(_) | Status::Uncertain(_) => {
                Some(format!("{}: it could not be deleted", step.address))
            }
            Status::Skipped(because) => Some(format!("{}: because of {because}", step.address)),
            _ => Some(format!("{}: interrupted", step.address)),
        });
    changed.chain(kept).chain(stuck).collect()
}

/// How many things by what came of them, in words.
fn words(plan: &Plan, report: &Report) -> Vec<String> {
    if report.diagnostics.iter().any(Diagnostic::is_error) {
        return vec!["nothing was changed".to_owned()];
    }
    let counts = report.counts(plan);
    [
        (counts.created, "created"),
        (counts.updated, "changed"),
        (counts.deleted, "deleted"),
        (counts.ensured, "ensured"),
        (counts.pending, "pending"),
        (counts.forgotten, "forgotten"),
        (counts.imported, "imported"),
        (counts.moved, "moved"),
        (counts.rolled_back, "rolled back"),
        (counts.failed, "failed"),
        (counts.uncertain, "uncertain"),
        (counts.skipped, "skipped"),
        (counts.remaining, "not done"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect()
}

/// Names what was skipped because of a failure.
fn with_skipped(why: Diagnostic, plan: &Plan, report: &Report, failed: &Address) -> Diagnostic {
    let skipped: Vec<&str> = report
        .entries(plan)
        .filter(|(_, _, status)| matches!(status, Status::Skipped(because) if because == failed))
        .map(|(step, ..)| step.address.as_str())
        .collect();
    if skipped.is_empty() {
        why
    } else {
        why.note(format!("skipped because of it: {}", skipped.join(", ")))
    }
}

fn verb(half: Half) -> &'static str {
    match half {
        Half::Create => "create",
        Half::Update => "change",
        Half::Delete => "delete",
        Half::Forget => "forget",
    }
}

/// The JSON document of a run.
#[must_use]
pub fn document(plan: &Plan, report: &Report) -> Map<String, Json> {
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(plan.stack));
    let summary: Map<String, Json> = report
        .counts(plan)
        .named()
        .into_iter()
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect();
    document.insert("summary".to_owned(), Json::Object(summary));
    document.insert("interrupted".to_owned(), json!(report.interrupted));
    let steps: Vec<Json> = report
        .entries(plan)
        .map(|(step, half, status)| {
            let (error, because) = ended(status);
            let pending = match status {
                Status::Pending(why) => Some(why),
                _ => None,
            };
            json!({
                "address": step.address,
                "kind": step.kind,
                "half": half,
                "status": status.as_str(),
                "error": error,
                "because": because,
                "pending": pending,
            })
        })
        .collect();
    document.insert("steps".to_owned(), Json::Array(steps));
    document.insert(
        "rollback".to_owned(),
        report.rollback.as_ref().map_or(Json::Null, rolled_back),
    );
    let outputs: Map<String, Json> = report
        .state
        .iter()
        .flat_map(|state| &state.outputs)
        .map(|(name, value)| (name.clone(), value.to_json().unwrap_or(Json::Null)))
        .collect();
    document.insert("outputs".to_owned(), Json::Object(outputs));
    document
}

/// Why a task was not done: its error, or what it was skipped for.
fn ended(status: &Status) -> (Option<&String>, Option<&Address>) {
    match status {
        Status::Failed(why) | Status::Uncertain(why) => (Some(&why.message), None),
        Status::Skipped(because) => (None, Some(because)),
        _ => (None, None),
    }
}

fn rolled_back(rollback: &Rollback) -> Json {
    let steps: Vec<Json> = rollback
        .entries()
        .map(|(step, status)| {
            let (error, because) = ended(status);
            json!({
                "address": step.address,
                "kind": step.kind,
                "status": status.as_str(),
                "error": error,
                "because": because,
            })
        })
        .collect();
    json!({
        "rolled_back": rollback.gone().collect::<Vec<_>>(),
        "steps": steps,
        "kept": rollback.kept,
        "not_undone": rollback.not_undone,
    })
}
