//! `smd validate`.

use serde_json::json;

use crate::cli::args::ValidateArgs;
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::project::Project;
use crate::plan;

/// Checks files, types, references and AWS's rules, and asks nobody.
///
/// # Errors
/// The files are wrong, or show that an expectation of theirs is not met.
pub fn run(console: &Console, environment: &Environment, args: &ValidateArgs) -> Outcome {
    let mut project = Project::open(console, environment, &args.directory.dir, &args.inputs)?;
    project.report_warnings(console)?;
    let configuration = &project.configuration;
    let mut unmet = plan::unmet_by_files(configuration);
    if !unmet.is_empty() {
        configuration.calls.show_all(&mut unmet);
        console.report(&project.loaded.sources, &unmet);
        return Err(Stopped(Exit::Check));
    }
    let resources = configuration
        .nodes
        .values()
        .filter(|node| node.parent.is_none())
        .count();
    let parts = configuration.nodes.len() - resources;
    console.data(&format!(
        "valid: {resources} resources and {parts} parts in stack `{}`\n",
        configuration.stack.name
    ));
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(&*configuration.stack.name));
    document.insert("valid".to_owned(), json!(true));
    document.insert("resources".to_owned(), json!(resources));
    document.insert("parts".to_owned(), json!(parts));
    console.document(document);
    Ok(Exit::Done)
}
