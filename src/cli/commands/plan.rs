//! `smd plan`.

use std::sync::Arc;

use crate::cli::args::PlanArgs;
use crate::cli::console::{Console, Outcome};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::files;
use crate::cli::planning::{self, Purpose};
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::plan;

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
    let recorded = Recorded::open(console, environment, &project, &args.planning.sandbox)?;
    let aws = planning::connect(console, &mut project, &recorded, args.planning.refresh).await?;
    let plan = planning::make(
        console,
        &mut project,
        recorded.state.as_ref(),
        &aws,
        &args.planning,
        Purpose::Look,
    )
    .await?;
    let plan = Arc::new(plan);
    planning::show(console, &plan);
    if let Some(path) = &args.out {
        let bytes = console.ok(plan::write(&plan))?;
        console.ok(files::write_private(path, &bytes))?;
        console.say(format_args!(
            "kept in {path}; apply exactly this with: smd apply {path}",
            path = path.display()
        ));
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}
