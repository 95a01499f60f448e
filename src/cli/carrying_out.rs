//! Carrying out a plan: agreed to on the spot, or kept in a file.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::args::PlanningArgs;
use super::confirm;
use super::console::{Console, Outcome, Stopped, new_document};
use super::environment::Environment;
use super::exit::Exit;
use super::planning::{self, Purpose};
use super::project::Project;
use super::recorded::{Kept, Locked, Recorded};
use super::recovery;
use super::signals;
use crate::address::Address;
use crate::apply::{self, Cancel, Level, Report, Request, Status};
use crate::aws::Aws;
use crate::clock::Clock;
use crate::config::Configuration;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds;
use crate::plan::{self, Half, Plan, paths};
use crate::render::{self, progress::Progress};
use crate::state::State;
use crate::state::journal::{self, Head, Journal};
use crate::value::Value;

/// Random bytes of a name.
const NAME_BYTES: usize = 16;

/// What is to be planned and carried out.
pub struct Order<'a> {
    /// The command's name, for messages and the lock.
    pub command: &'static str,
    /// The folder.
    pub directory: &'a Path,
    /// What the plan is made of.
    pub planning: &'a PlanningArgs,
    /// Nobody is asked.
    pub auto_approve: bool,
    /// [`Purpose::Apply`] or [`Purpose::Destroy`].
    pub purpose: Purpose,
}

/// Plans, shows, asks, and carries out.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn plan_and_carry_out(
    console: &Console,
    environment: &Environment,
    order: &Order<'_>,
) -> Outcome {
    let planning = order.planning;
    let mut project = Project::open(console, environment, order.directory, &planning.inputs)?;
    let recorded = Recorded::open(console, environment, &project, &planning.sandbox).await?;
    if recorded.state.is_none() {
        // A first run has something to do: nobody shall wait in vain, and nothing is made.
        confirm::can_ask(console, environment, order.auto_approve, order.command)?;
    }
    let mut locked = recorded.lock(console, environment, order.command).await?;
    let aws = planning::connect(console, &mut project, &recorded, true).await?;
    let parallelism = usize::from(planning.parallelism.parallelism);
    let sources = &project.loaded.sources;
    recovery::settle(console, sources, &mut locked, &aws, parallelism).await?;
    let plan = planning::make(
        console,
        &mut project,
        locked.state.as_ref(),
        &aws,
        planning,
        order.purpose,
    )
    .await?;
    if !plan.is_empty() {
        // Before anything is shown: nobody shall read what nobody can agree to.
        confirm::can_ask(console, environment, order.auto_approve, order.command)?;
    }
    console.data(&render::plan_text(
        &plan,
        super::commands::show::options(console),
    ));
    if !plan.is_empty() && !order.auto_approve {
        let question = if order.purpose == Purpose::Destroy {
            "Delete all of this?"
        } else {
            "Carry this out?"
        };
        confirm::ask(console, question).await?;
    }
    let run = (order.command, environment);
    carry_out(console, run, &project, locked, &aws, &plan, planning).await
}

/// Carries out a plan file, if nothing it was made from has moved.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn carry_out_file(
    console: &Console,
    environment: &Environment,
    file: &Path,
    directory: &Path,
    planning: &PlanningArgs,
) -> Outcome {
    let mut project = Project::open(console, environment, directory, &planning.inputs)?;
    let recorded = Recorded::open(console, environment, &project, &planning.sandbox).await?;
    let mut plan = console.ok(planning::read_file(file, &recorded.keys).await)?;
    let mut locked = recorded.lock(console, environment, "apply").await?;
    let aws = planning::connect(console, &mut project, &recorded, true).await?;
    project.report_warnings(console)?;
    let sources = &project.loaded.sources;
    let parallelism = usize::from(planning.parallelism.parallelism);
    recovery::settle(console, sources, &mut locked, &aws, parallelism).await?;
    console.ok(plan::verify(
        &plan,
        &current(&project, locked.state.as_ref()),
    ))?;
    let consents: BTreeSet<String> = planning.consent.iter().cloned().collect();
    console.check(sources, &plan::missing_consents(&plan, &consents))?;
    for step in &mut plan.steps {
        step.consented |= consents.contains(step.address.as_str());
    }
    let run = ("apply", environment);
    carry_out(console, run, &project, locked, &aws, &plan, planning).await
}

/// How things stand now, to be held against a plan file.
fn current(project: &Project, state: Option<&State>) -> plan::Current {
    let configuration = &project.configuration;
    plan::Current {
        stack: configuration.stack.name.to_string(),
        lineage: state.map(|state| state.lineage.clone()),
        serial: state.map(|state| state.serial),
        configuration_digest: configuration.digest.clone(),
        file_digests: plan::file_digests(&project.loaded.sources),
        input_digests: configuration
            .input_digests
            .iter()
            .map(|(name, digest)| (name.to_string(), digest.clone()))
            .collect(),
    }
}

/// Walks the plan and records what came of it.
async fn carry_out(
    console: &Console,
    (operation, environment): (&str, &Environment),
    project: &Project,
    mut locked: Locked<'_>,
    aws: &Aws,
    plan: &Plan,
    planning: &PlanningArgs,
) -> Outcome {
    let plan_digest = hex::encode(Sha256::digest(console.ok(plan::write(plan))?));
    let head = Head {
        format_version: journal::FORMAT_VERSION,
        stack: plan.stack.clone(),
        lineage: match &locked.state {
            Some(state) => state.lineage.clone(),
            None => console.ok(random_name())?,
        },
        follows: locked.state.as_ref().map(|state| state.serial),
        run: console.ok(random_name())?,
        operation: operation.to_owned(),
        who: environment.who(),
        began_ms: Clock::wall().now_ms(),
        plan: plan_digest.clone(),
    };
    let lineage = head.lineage.clone();
    let journal = Arc::new(Journal::new(head));
    let cancel = Cancel::default();
    let progress = if console.is_json() {
        Progress::silent()
    } else if console.can_draw() {
        Progress::live(Clock::wall(), indicatif::ProgressDrawTarget::stderr())
    } else {
        Progress::lines(Clock::wall(), Box::new(std::io::stderr()))
    };
    let heard = progress.clone();
    let listening = console.ok(signals::listen(&cancel, move |level| {
        heard.say(match level {
            Level::Leave => "leaving: what runs is left as it is",
            _ => "stopping: what runs is finished first; Ctrl-C again leaves at once",
        });
    }))?;
    let report = apply::run(Request {
        plan,
        prior: locked.state.clone(),
        journal: Arc::clone(&journal),
        lineage,
        plan_digest: &plan_digest,
        writer: &*locked.writer,
        aws,
        kinds: kinds::registry(),
        secrets: &|address, path| secret(&project.configuration, address, path),
        parallelism: usize::from(planning.parallelism.parallelism),
        cancel: &cancel,
        observer: &progress,
    })
    .await;
    progress.finish();
    drop(listening);

    let kept = match report.broken {
        None => Kept::InJournal,
        Some(_) => Kept::Nowhere,
    };
    let saved = match &report.state {
        Some(state) => locked.save(console, state.clone(), kept).await,
        None if journal.is_used() => locked.clear_journal(console).await,
        None => Ok(()),
    };
    console.report(&project.loaded.sources, &report.diagnostics);
    tell(console, plan, &report);
    console.document(document(plan, &report));
    let released = locked.release(console).await;
    if saved.is_err() && report.counts(plan).done() > 0 {
        // AWS was changed, though the record does not say so yet.
        return Err(Stopped(Exit::Partly));
    }
    saved?;
    released?;
    exit(plan, &report)
}

/// The value of a sensitive path, from the inputs as given now.
fn secret(configuration: &Configuration, address: &Address, path: &str) -> Option<Value> {
    paths::get(&configuration.nodes.get(address)?.attributes, path).cloned()
}

fn exit(plan: &Plan, report: &Report) -> Outcome {
    let counts = report.counts(plan);
    let stopped_before = report.diagnostics.iter().any(Diagnostic::is_error);
    let failed = counts.failed > 0 || report.broken.is_some();
    if report.interrupted {
        Ok(Exit::Interrupted)
    } else if counts.uncertain > 0 {
        Err(Stopped(Exit::Partly))
    } else if stopped_before || (failed && counts.done() == 0) {
        Err(Stopped(Exit::Error))
    } else if failed {
        Err(Stopped(Exit::Partly))
    } else {
        Ok(Exit::Done)
    }
}

/// What came of it: each failure with its reason and what hung on it, what remains, one line.
fn tell(console: &Console, plan: &Plan, report: &Report) {
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
        .collect();
    console.report(&crate::diagnostic::Sources::default(), &failed);
    if report.interrupted {
        console.say("\ninterrupted; what remains:");
        for (step, half, status) in report.entries(plan) {
            let note = match status {
                Status::Left => " (was running: the next plan looks closer)",
                Status::NotStarted => "",
                _ => continue,
            };
            console.say(format_args!("  {} {}{note}", verb(half), step.address));
        }
    }
    let counts = report.counts(plan);
    let mut words: Vec<String> = [
        (counts.created, "created"),
        (counts.updated, "changed"),
        (counts.deleted, "deleted"),
        (counts.failed, "failed"),
        (counts.uncertain, "uncertain"),
        (counts.skipped, "skipped"),
        (counts.remaining, "not done"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    if report.diagnostics.iter().any(Diagnostic::is_error) {
        words = vec!["nothing was changed".to_owned()];
    }
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
    }
}

/// The JSON document of a run.
fn document(plan: &Plan, report: &Report) -> Map<String, Json> {
    let counts = report.counts(plan);
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(plan.stack));
    document.insert(
        "summary".to_owned(),
        json!({
            "created": counts.created,
            "updated": counts.updated,
            "deleted": counts.deleted,
            "failed": counts.failed,
            "uncertain": counts.uncertain,
            "skipped": counts.skipped,
            "remaining": counts.remaining,
        }),
    );
    document.insert("interrupted".to_owned(), json!(report.interrupted));
    let steps: Vec<Json> = report
        .entries(plan)
        .map(|(step, half, status)| {
            let (error, because) = match status {
                Status::Failed(why) | Status::Uncertain(why) => (Some(&why.message), None),
                Status::Skipped(because) => (None, Some(because)),
                _ => (None, None),
            };
            json!({
                "address": step.address,
                "kind": step.kind,
                "half": half,
                "status": status.as_str(),
                "error": error,
                "because": because,
            })
        })
        .collect();
    document.insert("steps".to_owned(), Json::Array(steps));
    let outputs: Map<String, Json> = report
        .state
        .iter()
        .flat_map(|state| &state.outputs)
        .map(|(name, value)| (name.clone(), value.to_json().unwrap_or(Json::Null)))
        .collect();
    document.insert("outputs".to_owned(), Json::Object(outputs));
    document
}

/// A random name, of a lineage or a run, in the shape of a UUID.
fn random_name() -> Result<String, Diagnostic> {
    let mut bytes = [0_u8; NAME_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        Diagnostic::error(
            codes::cli::RUNTIME,
            format!("the system gives no random numbers: {error}"),
        )
    })?;
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok([
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-"))
}
