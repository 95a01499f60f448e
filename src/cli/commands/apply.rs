//! `smd apply`.

use std::path::Path;

use crate::cli::args::{ApplyArgs, PlanningArgs};
use crate::cli::carrying_out::{self, Order};
use crate::cli::console::{Console, Outcome};
use crate::cli::environment::Environment;
use crate::cli::files;
use crate::cli::planning::Purpose;
use crate::diagnostic::{Diagnostic, codes};

/// Shows the plan, asks and carries it out; or carries out a plan file.
///
/// # Errors
/// The files are wrong, AWS cannot be asked, the plan may not be or is of another time, nobody
/// agrees, or something fails on the way.
pub async fn run(console: &Console, environment: &Environment, args: &ApplyArgs) -> Outcome {
    let planning = PlanningArgs {
        replace: args.replace.clone(),
        ..args.planning.clone()
    };
    if args.path.is_file() {
        console.ok(check_flags(args))?;
        console.ok(check_folder(args))?;
        return carrying_out::carry_out_file(
            console,
            environment,
            &args.path,
            args.dir.as_deref().unwrap_or_else(|| Path::new(".")),
            &planning,
            (args.on_error.into(), args.rights.check),
        )
        .await;
    }
    carrying_out::plan_and_carry_out(
        console,
        environment,
        &Order {
            command: "apply",
            directory: args.dir.as_deref().unwrap_or(&args.path),
            planning: &planning,
            auto_approve: args.auto_approve,
            check_rights: args.rights.check,
            purpose: Purpose::Apply,
            on_error: args.on_error.into(),
        },
    )
    .await
}

/// A plan file is applied as it is: what decides a plan is refused beside it.
fn check_flags(args: &ApplyArgs) -> Result<(), Diagnostic> {
    let planning = &args.planning;
    let flag = if !planning.target.is_empty() {
        "--target"
    } else if !planning.exclude.is_empty() {
        "--exclude"
    } else if !args.replace.is_empty() {
        "--replace"
    } else if !planning.refresh {
        "--refresh=false"
    } else {
        return Ok(());
    };
    Err(Diagnostic::error(
        codes::cli::TARGET_OF_PLAN,
        format!(
            "`{flag}` does not go with the plan file `{}`",
            args.path.display()
        ),
    )
    .help(format!("give `{flag}` to `smd plan`")))
}

/// A plan file says what, not of which folder.
fn check_folder(args: &ApplyArgs) -> Result<(), Diagnostic> {
    if args.dir.is_some() || !files::smd_files(Path::new("."))?.is_empty() {
        return Ok(());
    }
    let file = args.path.display();
    Err(Diagnostic::error(
        codes::config::NO_FILES,
        format!("this folder has no `.smd` file, and the plan file `{file}` needs those it was made from"),
    )
    .help(format!("name their folder: smd apply {file} --dir DIR")))
}
