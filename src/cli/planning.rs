//! From files, record and AWS to a plan: what `plan`, `apply` and `destroy` share.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use super::args::{DirectoryArgs, InputArgs, PlanningArgs, SandboxArgs};
use super::console::{Console, Stopped};
use super::environment::Environment;
use super::exit::Exit;
use super::keys::NamedKeys;
use super::project::Project;
use super::recorded::Recorded;
use super::{files, target};
use crate::apply;
use crate::aws::Aws;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds;
use crate::plan::{self, Plan, PlanInput, PlanOptions};
use crate::render::{self, TextOptions};
use crate::state::State;
use crate::state::sealed::{self, Keys};

/// AWS for this project: connected, the caller known where the configuration needs it, and every
/// way in checked where AWS will be asked.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn connect(
    console: &Console,
    project: &mut Project,
    recorded: &Recorded,
    ask: bool,
) -> Result<Aws, Stopped> {
    let aws = match &recorded.aws {
        Some(aws) => aws.clone(),
        None => {
            let (sandbox, configuration) = (recorded.sandbox.as_deref(), &project.configuration);
            let none = NamedKeys::default();
            console.ok(target::connect(sandbox, Some(configuration), &none).await)?
        }
    };
    if project.configuration.needs_caller {
        let caller = console.ok(target::caller(&aws).await)?;
        project.evaluate_for(console, caller)?;
    }
    project.look_up(console, &aws, recorded).await?;
    if ask {
        let checked =
            target::check_identities(&aws, &project.configuration, recorded.state.as_ref()).await;
        if let Err(diagnostics) = checked {
            console.check(&project.loaded.sources, &diagnostics)?;
        }
    }
    Ok(aws)
}

/// What a command that only looks works on.
#[derive(Debug)]
pub struct Looking {
    /// The configuration.
    pub project: ManuallyDrop<Project>,
    /// What is recorded of its stack.
    pub recorded: Recorded,
    /// AWS, connected.
    pub aws: Aws,
}

/// Opens configuration, record and AWS for a command that changes nothing, and tells what is worth
/// knowing of the first two.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn look(
    console: &Console,
    environment: &Environment,
    (directory, inputs, sandbox): (&DirectoryArgs, &InputArgs, &SandboxArgs),
    ask: bool,
) -> Result<Looking, Stopped> {
    let mut project = Project::open(console, environment, &directory.dir, inputs)?;
    let recorded = Recorded::open(console, environment, &project, sandbox).await?;
    recorded.tell_unsettled(console);
    let aws = connect(console, &mut project, &recorded, ask).await?;
    project.report_warnings(console)?;
    Ok(Looking {
        project,
        recorded,
        aws,
    })
}

/// What a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be looked at, or kept: consent to a loss of data may be given later.
    Look,
    /// To be carried out now.
    Apply,
    /// To be carried out now: everything goes.
    Destroy,
    /// To be looked for in AWS, never carried out: nothing is taken over.
    Search,
    /// To be carried out now, over things that may carry another stack's marks.
    TakeOver,
}

impl Purpose {
    /// Whether what the files import is taken over.
    fn imports(self) -> bool {
        matches!(self, Self::Look | Self::Apply | Self::TakeOver)
    }
}

/// Makes the plan: reads in bulk what is recorded, and compares.
///
/// # Errors
/// [`Stopped`], once reported: a read that failed, or a plan that may not be.
pub async fn make(
    console: &Console,
    project: &mut Project,
    state: Option<&State>,
    aws: &Aws,
    args: &PlanningArgs,
    purpose: Purpose,
) -> Result<Plan, Stopped> {
    let mut actual = apply::Found::new();
    if args.refresh {
        let ahead = apply::ahead(kinds::registry(), &project.configuration, state);
        let ahead = if purpose.imports() { ahead } else { Vec::new() };
        let records = state.into_iter().flat_map(|state| &state.records);
        let records = records.chain(ahead.iter().map(|(address, record)| (address, record)));
        let parallelism = usize::from(args.parallelism.parallelism);
        actual = match apply::read(aws, kinds::registry(), records, parallelism, true).await {
            Ok(found) => found,
            Err(diagnostics) => return Err(stop(console, project, &diagnostics)),
        };
    }
    let mut imported = apply::Imported::new();
    if purpose.imports() {
        let request = apply::ImportRequest {
            configuration: &project.configuration,
            state,
            aws,
            kinds: kinds::registry(),
            parallelism: usize::from(args.parallelism.parallelism),
            from_others: purpose == Purpose::TakeOver,
        };
        imported = match apply::read_imports(&request, &mut actual).await {
            Ok(imported) => imported,
            Err(diagnostics) => return Err(stop(console, project, &diagnostics)),
        };
    }
    project.report_warnings(console)?;
    let mut made = plan::make(&input(project, (state, &actual, &imported), args, purpose));
    // Only what is to go is looked into, for what people made there; then it is planned anew.
    let going = match &made {
        Ok((plan, _)) if !plan.steps.iter().any(|step| is_looked_into(step, args)) => Vec::new(),
        // Of a plan to look at that cannot be, what is lost is not the reason.
        Err(_) if !args.refresh && purpose == Purpose::Look => Vec::new(),
        _ => plan::going(&input(project, (state, &actual, &imported), args, purpose)),
    };
    if !going.is_empty() {
        let records = state.into_iter().flat_map(|state| &state.records);
        let records = records.filter(|(address, _)| going.contains(address));
        let parallelism = usize::from(args.parallelism.parallelism);
        if !args.refresh {
            let there = records.clone();
            match apply::read(aws, kinds::registry(), there, parallelism, true).await {
                Ok(found) => actual.extend(found),
                Err(diagnostics) => return Err(stop(console, project, &diagnostics)),
            }
        }
        let people = match apply::people(aws, kinds::registry(), records, parallelism).await {
            Ok(people) => people,
            Err(diagnostics) => return Err(stop(console, project, &diagnostics)),
        };
        for (address, inside) in people {
            if let Some(Some(there)) = actual.get_mut(&address) {
                there.inside.extend(inside);
            }
        }
        made = plan::make(&input(project, (state, &actual, &imported), args, purpose));
    }
    let calls = &project.configuration.calls;
    let (plan, mut warnings) = made.map_err(|mut diagnostics| {
        calls.show_all(&mut diagnostics);
        let stopped = stop(console, project, &diagnostics);
        // Of a plan that is fine but for what is expected of it.
        let mut errors = diagnostics.iter().filter(|found| found.is_error());
        match errors.all(|error| error.code == codes::plan::EXPECTATION) {
            true => Stopped(Exit::Check),
            false => stopped,
        }
    })?;
    calls.show_all(&mut warnings);
    console.report(&project.loaded.sources, &warnings);
    Ok(plan)
}

/// Whether people may have made something in what goes by this step, and nobody but smd would tell.
/// Where the record is believed that is only so where something else is lost: consent to that is consent
/// to what people made too, and nobody agrees to what nobody named. Without it AWS refuses what is in use.
fn is_looked_into(step: &plan::Step, args: &PlanningArgs) -> bool {
    let may_have = kinds::find(&step.kind).is_some_and(|kind| kind.has_people(&step.kind));
    step.goes() && may_have && (args.refresh || step.loses.is_some())
}

/// What a plan for this is made from.
fn input<'a>(
    project: &'a Project,
    (state, actual, imported): (Option<&'a State>, &'a apply::Found, &'a apply::Imported),
    args: &PlanningArgs,
    purpose: Purpose,
) -> PlanInput<'a> {
    PlanInput {
        configuration: &project.configuration,
        graph: &project.graph,
        state,
        actual,
        imported,
        kinds: kinds::registry(),
        file_digests: plan::file_digests(&project.loaded.sources),
        options: PlanOptions {
            destroy: purpose == Purpose::Destroy,
            targets: args.target.clone(),
            excludes: args.exclude.clone(),
            replaces: args.replace.clone(),
            consents: args.consent.iter().cloned().collect(),
            consent_later: purpose == Purpose::Look,
        },
    }
}

/// Reports what stops a command.
pub fn stop(console: &Console, project: &Project, diagnostics: &[Diagnostic]) -> Stopped {
    console
        .check(&project.loaded.sources, diagnostics)
        .err()
        .unwrap_or(Stopped(Exit::Error))
}

/// Reads a plan file.
///
/// # Errors
/// It is not there, cannot be opened with these keys, or is no plan of this smd.
pub async fn read_file(path: &Path, keys: &Keys) -> Result<Plan, Diagnostic> {
    let shown = path.display().to_string();
    let bytes = files::read_bytes(path)?;
    let bytes = keys
        .open(sealed::Purpose::Plan, None, &shown, bytes)
        .await?;
    plan::read(&bytes, &shown).map(|stored| stored.plan)
}

/// Writes a plan file, encrypted where a key says so.
///
/// # Errors
/// It cannot be encrypted, something else is in its place, or the disk refuses.
pub async fn write_file(path: &Path, plan: &Plan, keys: &Keys) -> Result<(), Diagnostic> {
    let bytes = plan::write(plan)?;
    let bytes = keys.seal(sealed::Purpose::Plan, &plan.stack, bytes).await?;
    files::write_plan(path, &bytes)
}

/// Shows a plan: text on stdout, or the document.
pub fn show(console: &Console, plan: &Arc<Plan>) {
    if console.is_json() {
        console.plan(Arc::clone(plan));
        return;
    }
    console.data(&render::plan_text(
        plan,
        TextOptions {
            color: console.stdout_color(),
        },
    ));
}
