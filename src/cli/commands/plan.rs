//! `smd plan`.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use crate::cli::args::{PlanArgs, PlanningArgs};
use crate::cli::console::{Console, Outcome};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::files;
use crate::cli::planning::{self, Purpose};
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::cli::recovery;

/// Shows what would change, and keeps it in a file where one is named.
///
/// # Errors
/// The files are wrong, AWS cannot be asked, or the plan may not be.
pub async fn run(console: &Console, environment: &Environment, args: &PlanArgs) -> Outcome {
    let mut project = Project::open(
        console,
        environment,
        &args.directory.dir,
        &args.planning.inputs,
    )?;
    if let Some(path) = &args.out {
        // Before AWS is asked: nobody shall wait for a plan that cannot be kept.
        console.ok(files::check_plan_place(path))?;
    }
    let recorded = Recorded::open(console, environment, &project, &args.planning.sandbox).await?;
    let aws = planning::connect(console, &mut project, &recorded, args.planning.refresh).await?;
    let state = recovery::settle_to_look(
        console,
        environment,
        &project.loaded.sources,
        &recorded,
        &aws,
        usize::from(args.planning.parallelism.parallelism),
    )
    .await?;
    let planning = PlanningArgs {
        replace: args.replace.clone(),
        ..args.planning.clone()
    };
    let plan = planning::make(
        console,
        &mut project,
        state.as_ref(),
        &aws,
        &planning,
        Purpose::Look,
    )
    .await?;
    // Left to the system like the project.
    let plan = ManuallyDrop::new(Arc::new(plan));
    planning::show(console, &plan);
    if let Some(path) = &args.out {
        console.ok(planning::write_file(path, &plan, &recorded.keys).await)?;
        console.say(format_args!(
            "kept in {}; apply exactly this with: {}",
            path.display(),
            apply_command(path, args)
        ));
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// The command that applies the plan file: the same folder, sandbox and inputs as now.
fn apply_command(path: &Path, args: &PlanArgs) -> String {
    let mut words = vec!["smd apply".to_owned(), shell_word(&path.to_string_lossy())];
    let mut flag = |name: &str, value: &str| words.push(format!("{name}{}", shell_word(value)));
    if args.directory.dir != Path::new(".") {
        flag("--dir ", &args.directory.dir.to_string_lossy());
    }
    match &args.planning.sandbox.sandbox {
        Some(folder) if folder.as_os_str().is_empty() => flag("", "--sandbox"),
        Some(folder) => flag("--sandbox=", &folder.to_string_lossy()),
        None => {}
    }
    for file in &args.planning.inputs.var_file {
        flag("--var-file ", &file.to_string_lossy());
    }
    for (name, _) in &args.planning.inputs.var {
        // The value may be a secret; whoever typed it knows it.
        flag("--var ", &format!("{name}=…"));
    }
    words.join(" ")
}

/// A word as a shell reads it.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:@,+…".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
