//! `smd import --discover`.

mod folder;
mod place;
mod tell;

use std::path::{Path, PathBuf};

use self::folder::Laid;
use crate::apply::{self, OnError};
use crate::aws::Aws;
use crate::cli::args::{ImportArgs, InputArgs, PlanningArgs};
use crate::cli::carrying_out::{self, at_terminal};
use crate::cli::confirm;
use crate::cli::console::{Console, Outcome, Stopped};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::keys::NamedKeys;
use crate::cli::planning::{self, Purpose};
use crate::cli::project::{self, Project};
use crate::cli::recorded::Recorded;
use crate::cli::target;
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Sources, codes};
use crate::discover::{self, Estate, Request, Roots, Settings, Written, identifier};
use crate::kinds;
use crate::plan::{Action, Plan, Step};
use crate::render;

/// The command's name.
const COMMAND: &str = "import";
/// The kind that discovery begins with.
const ROOT: &str = "domain";
/// How a stack is called that nothing gives a name to.
const NAMELESS: &str = "estate";

/// Finds what lives, writes it, asks, and records it.
///
/// # Errors
/// The folder holds a configuration, AWS cannot be asked, nothing or too much is found, another
/// stack owns some of it, or nobody agrees.
pub async fn run(console: &Console, environment: &Environment, args: &ImportArgs) -> Outcome {
    let (domains, directory) = console.ok(what(args))?;
    console.ok(folder::check(&directory))?;
    // Before the long way: nobody shall wait in vain.
    confirm::can_ask(console, environment, args.auto_approve, COMMAND)?;
    let base = project::shown(&directory);
    let sandbox = target::sandbox_directory(&args.sandbox, environment, &base);
    let aws = console.ok(target::connect(sandbox.as_deref(), None, &NamedKeys::default()).await)?;
    let (home, ways) = console.ok(place::of(&aws, args).await)?;
    let roots = match (args.all, domains.is_empty()) {
        (true, _) => Roots::Everything,
        (false, false) => Roots::Domains(domains),
        (false, true) => Roots::Domains(vec![console.ok(only_domain(&aws, &home).await)?]),
    };
    console.say(format_args!(
        "looking in account {} in {}",
        home.account, home.region
    ));
    let walked = discover::walk(&Request {
        aws: &aws,
        kinds: kinds::registry(),
        roots,
        home: home.clone(),
        ways: ways.clone(),
        parallelism: usize::from(args.parallelism.parallelism),
    })
    .await;
    // The sandbox is opened anew for what follows.
    drop(aws);
    let estate = in_one(console, walked)?;
    if estate.things.is_empty() {
        return console.ok(Err(nothing(&home)));
    }
    let stack = stack_name(args, &estate, &directory);
    console.ok(others(&estate, &stack, args.take_over))?;
    let settings = Settings {
        stack: &stack,
        home: &home,
        ways: &ways,
        kinds: kinds::registry(),
    };
    let written = in_one(console, Written::of(&estate, &settings))?;
    let laid = console.ok(folder::lay(&directory, &written))?;
    tell::found(console, &estate, &written, (&stack, &directory));
    record(console, environment, args, (&stack, &directory), laid).await
}

/// The value, or all errors reported.
fn in_one<T>(
    console: &Console,
    result: Result<T, crate::diagnostic::Diagnostics>,
) -> Result<T, Stopped> {
    result.map_err(|diagnostics| {
        console.report(&Sources::default(), &diagnostics);
        Stopped(Exit::Error)
    })
}

/// Holds what was written against what is there, asks, and records it.
async fn record(
    console: &Console,
    environment: &Environment,
    args: &ImportArgs,
    (stack, directory): (&str, &Path),
    laid: Laid,
) -> Outcome {
    let mut project = Project::open(console, environment, directory, &InputArgs::default())?;
    let recorded = Recorded::open(console, environment, &project, &args.sandbox).await?;
    if recorded.state.is_some() || recorded.broken_off.is_some() {
        let name = recorded.backend.name();
        laid.take_back();
        return console.ok(Err(beside(stack, &name)));
    }
    let locked = recorded.lock(console, environment, COMMAND).await?;
    let aws = planning::connect(console, &mut project, &recorded, true).await?;
    let planning = PlanningArgs {
        inputs: InputArgs::default(),
        target: Vec::new(),
        exclude: Vec::new(),
        replace: Vec::new(),
        consent: Vec::new(),
        refresh: true,
        parallelism: args.parallelism.clone(),
        sandbox: args.sandbox.clone(),
    };
    let purpose = match args.take_over {
        true => Purpose::TakeOver,
        false => Purpose::Apply,
    };
    let plan = planning::make(console, &mut project, None, &aws, &planning, purpose).await?;
    let options = crate::cli::commands::show::options(console);
    let differing: Vec<&Step> = plan.steps.iter().filter(|step| differs(step)).collect();
    if !differing.is_empty() {
        console.data(&format!("\n{}", render::plan_text(&plan, options)));
        return console.ok(Err(would_change(&differing)));
    }
    if has_updates(&plan) {
        console.data(&format!("\n{}", render::plan_text(&plan, options)));
    }
    if !args.auto_approve {
        let question =
            format!("Record all of this as stack `{stack}`? Nothing in AWS changes but tags.");
        if let Err(stopped) = confirm::ask(console, &question).await {
            // Without its flag nobody could go on from there.
            if args.take_over {
                laid.take_back();
            } else {
                console.say("the files stay; `smd apply` with their folder records them");
            }
            return Err(stopped);
        }
    }
    let way = (usize::from(args.parallelism.parallelism), OnError::Continue);
    let outcome =
        carrying_out::carry_out(console, &project, locked, &aws, (&plan, way), &at_terminal)
            .await?;
    if outcome == Exit::Done {
        console.ok(laid.drop_imports())?;
    }
    Ok(outcome)
}

/// Domains and the folder, as they are typed in any order.
fn what(args: &ImportArgs) -> Result<(Vec<String>, PathBuf), Diagnostic> {
    let form = kinds::find(ROOT).and_then(|kind| kind.import(ROOT));
    let mut domains = Vec::new();
    let mut directory: Option<PathBuf> = None;
    for text in &args.what {
        match form.and_then(|form| (form.id)(text)) {
            Some(id) if !domains.contains(&id) => domains.push(id),
            Some(_) => {}
            None if directory.is_none() => directory = Some(PathBuf::from(text)),
            None => {
                return Err(Diagnostic::error(
                    codes::cli::USAGE,
                    format!("`{text}` is no domain, and the folder is named already"),
                )
                .help("a domain is written `d-…`; a folder of that name is written `./d-…`"));
            }
        }
    }
    if args.all && !domains.is_empty() {
        return Err(Diagnostic::error(
            codes::cli::USAGE,
            "`--all` begins with all domains: name none",
        ));
    }
    Ok((domains, directory.unwrap_or_else(|| PathBuf::from("."))))
}

/// The one domain there is.
async fn only_domain(aws: &Aws, home: &Place) -> Result<String, Diagnostic> {
    let Some(kind) = kinds::find(ROOT) else {
        return Err(nothing(home));
    };
    let listed = kind.list(aws, home, false).await;
    let listed = listed.map_err(|failure| failure.to_diagnostic())?;
    let mut listed = listed.unwrap_or_default();
    listed.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    match listed.as_slice() {
        [] => Err(nothing(home)),
        [one] => Ok(one.id.clone()),
        several => {
            let mut error = Diagnostic::error(
                codes::discover::SEVERAL_DOMAINS,
                format!(
                    "account {} has {} domains in {}",
                    home.account,
                    several.len(),
                    home.region
                ),
            );
            for one in several {
                let name = one.name.as_deref().unwrap_or("without a name");
                error = error.note(format!("`{}`, {name}", one.id));
            }
            Err(error.help("name the ones that are meant, or give `--all`"))
        }
    }
}

fn nothing(home: &Place) -> Diagnostic {
    Diagnostic::error(
        codes::discover::NOTHING_FOUND,
        format!(
            "nothing was found in account {} in {}",
            home.account, home.region
        ),
    )
    .help("give the account and region by `--account` and `--region`; `--all` finds things without a domain too")
}

/// The stack's name: as typed, that of the only domain, or that of the folder.
fn stack_name(args: &ImportArgs, estate: &Estate, directory: &Path) -> String {
    if let Some(name) = &args.stack {
        return name.clone();
    }
    let mut domains = estate.things.iter().filter(|thing| thing.kind == ROOT);
    let domain = match (domains.next(), domains.next()) {
        (Some(one), None) => one.attributes.get("name").and_then(|name| name.as_str()),
        _ => None,
    };
    let folder = directory.canonicalize().ok();
    let folder = folder.as_deref().and_then(Path::file_name);
    let folder = folder.map(|name| name.to_string_lossy().into_owned());
    domain
        .or(folder.as_deref())
        .and_then(|name| identifier(name, NAMELESS))
        .unwrap_or_else(|| NAMELESS.to_owned())
}

/// Refuses what another stack has, unless its state is said to be lost.
fn others(estate: &Estate, stack: &str, take_over: bool) -> Result<(), Diagnostic> {
    /// How many things of other stacks are told one by one.
    const TOLD: usize = 8;
    let found = estate.of_others(stack);
    let Some(first) = found.first().filter(|_| !take_over) else {
        return Ok(());
    };
    let mut error = Diagnostic::error(
        codes::discover::OTHER_STACK,
        format!(
            "{} of the things that were found belong to another stack",
            found.len()
        ),
    );
    for one in found.iter().take(TOLD) {
        error = error.note(format!(
            "the {} `{}` belongs to stack `{}`, which has it as `{}`",
            one.kind, one.id, one.stack, one.address
        ));
    }
    if found.len() > TOLD {
        error = error.note(format!("and {} more", found.len() - TOLD));
    }
    Err(error
        .help("forget them there first: write `removed { from = …, destroy = false }` in that stack and apply")
        .help(format!(
            "only if the state of that stack is lost: `--take-over`, or `--stack {}` to be that stack again",
            first.stack
        )))
}

fn beside(stack: &str, place: &str) -> Diagnostic {
    apply::not_beside("a state", place)
        .note(format!("the stack would be called `{stack}`"))
        .help("or give the new stack another name by `--stack`")
}

/// Whether a step does more than record what is there, and write tags.
fn differs(step: &Step) -> bool {
    match step.action {
        Action::Unchanged => false,
        Action::Update if step.is_imported() => !step.changes.iter().all(|change| {
            change.path == "tags" || change.path.starts_with("tags.") || change.path == "name"
        }),
        Action::Ensure => !step.is_pending(),
        _ => true,
    }
}

fn has_updates(plan: &Plan) -> bool {
    plan.steps
        .iter()
        .any(|step| step.action != Action::Unchanged)
}

fn would_change(differing: &[&Step]) -> Diagnostic {
    let mut error = Diagnostic::error(
        codes::discover::WOULD_CHANGE,
        format!(
            "what was written differs from what is there, in {} places",
            differing.len()
        ),
    );
    for step in differing {
        error = error.note(format!("`{}`", step.address));
    }
    error.help("nothing was recorded; look at the plan above, mend the files, then run `smd apply`")
}
