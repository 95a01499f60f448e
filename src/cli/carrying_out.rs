//! Carrying out a plan: agreed to on the spot, or kept in a file.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::args::PlanningArgs;
use super::confirm;
use super::console::{Console, Outcome, Stopped};
use super::environment::Environment;
use super::exit::Exit;
use super::planning::{self, Purpose};
use super::project::Project;
use super::recorded::{Kept, Locked, Recorded};
use super::run_log::LoggedRun;
use super::{random, recovery, signals, told};
use crate::address::Address;
use crate::apply::{self, Cancel, Level, OnError, Request};
use crate::aws::Aws;
use crate::clock::Clock;
use crate::config::Configuration;
use crate::kinds;
use crate::plan::{self, Plan, paths};
use crate::render::{self, progress::Progress};
use crate::state::State;
use crate::state::journal::{self, Head, Journal};
use crate::value::Value;

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
    /// IAM is asked first if the caller may do what the plan needs.
    pub check_rights: bool,
    /// [`Purpose::Apply`] or [`Purpose::Destroy`].
    pub purpose: Purpose,
    /// What is done after the first failure.
    pub on_error: OnError,
}

/// Who watches a run, and may stop it.
pub struct Attendance {
    /// Is shown what happens.
    pub progress: Progress,
    /// Hears the wish to stop, for as long as it lives.
    pub listening: Option<signals::Listening>,
}

/// Makes the attendance of a run, once it begins.
pub type Attend<'a> = &'a (dyn Fn(&Console, &Cancel) -> Result<Attendance, Stopped> + Sync);

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
    let opened = (&mut *project, &recorded);
    on_record(console, environment, opened, order, &at_terminal).await
}

/// As [`plan_and_carry_out`], from what is open already.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn on_record(
    console: &Console,
    environment: &Environment,
    (project, recorded): (&mut Project, &Recorded),
    order: &Order<'_>,
    attend: Attend<'_>,
) -> Outcome {
    let planning = order.planning;
    if recorded.state.is_none() {
        // A first run has something to do: nobody shall wait in vain, and nothing is made.
        confirm::can_ask(console, environment, order.auto_approve, order.command)?;
    }
    let mut locked = recorded.lock(console, environment, order.command).await?;
    let aws = planning::connect(console, project, recorded, true).await?;
    let parallelism = usize::from(planning.parallelism.parallelism);
    let sources = &project.loaded.sources;
    recovery::settle(console, sources, &mut locked, &aws, parallelism).await?;
    let plan = planning::make(
        console,
        project,
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
    if order.check_rights {
        check_rights(console, project, &aws, &plan).await?;
    }
    if !plan.is_empty() && !order.auto_approve {
        let question = if order.purpose == Purpose::Destroy {
            "Delete all of this?"
        } else {
            "Carry this out?"
        };
        confirm::ask(console, question).await?;
    }
    let way = (parallelism, order.on_error);
    carry_out(console, project, locked, &aws, (&plan, way), attend).await
}

/// A person at a terminal, or the log of a job: progress on stderr, signals as the wish to stop.
///
/// # Errors
/// The system lets no signal be heard.
pub fn at_terminal(console: &Console, cancel: &Cancel) -> Result<Attendance, Stopped> {
    let progress = if console.is_json() {
        Progress::silent()
    } else if console.can_draw() {
        Progress::live(Clock::wall(), indicatif::ProgressDrawTarget::stderr())
    } else {
        Progress::lines(Clock::wall(), Box::new(std::io::stderr()))
    };
    let heard = progress.clone();
    let listening = console.ok(signals::listen(cancel, move |level| {
        heard.say(match level {
            Level::Leave => "leaving: what runs is left as it is",
            _ => "stopping: what runs is finished first; Ctrl-C again leaves at once",
        });
    }))?;
    Ok(Attendance {
        progress,
        listening: Some(listening),
    })
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
    (on_error, asks_rights): (OnError, bool),
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
    plan::agree(plan.steps.iter_mut(), &consents);
    if asks_rights {
        check_rights(console, &project, &aws, &plan).await?;
    }
    let way = (parallelism, on_error);
    carry_out(console, &project, locked, &aws, (&plan, way), &at_terminal).await
}

/// Asks IAM whether the callers may do what the plan needs; of an empty plan nothing is asked.
async fn check_rights(
    console: &Console,
    project: &Project,
    aws: &Aws,
    plan: &Plan,
) -> Result<(), Stopped> {
    match apply::check_rights(aws, plan).await {
        Ok(()) => Ok(()),
        Err(denied) => console.check(&project.loaded.sources, &denied),
    }
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
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn carry_out(
    console: &Console,
    project: &Project,
    mut locked: Locked<'_>,
    aws: &Aws,
    (plan, (parallelism, on_error)): (&Plan, (usize, OnError)),
    attend: Attend<'_>,
) -> Outcome {
    let plan_digest = hex::encode(Sha256::digest(console.ok(plan::write(plan))?));
    let logged = LoggedRun::begin(console, &locked, Some(&plan_digest)).await?;
    let head = Head {
        format_version: journal::FORMAT_VERSION,
        stack: plan.stack.clone(),
        lineage: match &locked.state {
            Some(state) => state.lineage.clone(),
            None => console.ok(random::name())?,
        },
        follows: locked.state.as_ref().map(|state| state.serial),
        run: logged.name().to_owned(),
        operation: locked.operation().to_owned(),
        who: locked.who().to_owned(),
        began_ms: Clock::wall().now_ms(),
        plan: plan_digest.clone(),
    };
    let lineage = head.lineage.clone();
    let journal = Arc::new(Journal::new(head));
    let cancel = Cancel::default();
    let Attendance {
        progress,
        listening,
    } = attend(console, &cancel)?;
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
        parallelism,
        on_error,
        cancel: &cancel,
        observer: &progress,
    })
    .await;
    progress.finish();
    drop(listening);

    let saved = match &report.state {
        Some(state) => locked.save(console, state.clone(), Kept::InJournal).await,
        None if journal.is_used() => locked.clear_journal(console).await,
        None => Ok(()),
    };
    console.report(&project.loaded.sources, &report.diagnostics);
    told::tell(console, plan, &report);
    told::tell_expectations(console, project, plan, &report);
    console.add_to_document(told::document(plan, &report));
    let counts = report.counts(plan);
    let outcome = match saved {
        // AWS was changed, or may have been, though the record does not say so yet.
        Err(_) if counts.done() + counts.uncertain > 0 => Err(Stopped(Exit::Partly)),
        Err(stopped) => Err(stopped),
        Ok(()) => told::exit(plan, &report),
    };
    logged.end(console, &locked, outcome, counts.named()).await;
    let released = locked.release(console).await;
    if saved.is_ok() {
        released?;
    }
    outcome
}

/// The value of a sensitive path, from the inputs as given now.
#[must_use]
pub fn secret(configuration: &Configuration, address: &Address, path: &str) -> Option<Value> {
    paths::get(&configuration.nodes.get(address)?.attributes, path).cloned()
}
