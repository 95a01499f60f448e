//! `smd graph`.

use serde_json::json;

use crate::cli::args::GraphArgs;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::project::Project;
use crate::graph;

/// Prints the dependency graph as DOT.
///
/// # Errors
/// The files are wrong.
pub fn run(console: &Console, environment: &Environment, args: &GraphArgs) -> Outcome {
    let mut project = Project::open(console, environment, &args.directory.dir, &args.inputs)?;
    project.report_warnings(console)?;
    let dot = graph::dot(&project.configuration, &project.graph);
    console.data(&dot);
    let mut document = new_document();
    document.insert(
        "stack".to_owned(),
        json!(&*project.configuration.stack.name),
    );
    document.insert("dot".to_owned(), json!(dot));
    console.document(document);
    Ok(Exit::Done)
}
