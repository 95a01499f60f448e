//! `smd show`.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::cli::args::ShowArgs;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::keys;
use crate::cli::planning;
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::cli::target;
use crate::render::{self, TextOptions};

/// Shows a plan file, or what is recorded of a stack.
///
/// # Errors
/// The file is no plan, or the record cannot be read.
pub async fn run(console: &Console, environment: &Environment, args: &ShowArgs) -> Outcome {
    if args.path.is_file() {
        let sandbox = target::sandbox_directory(&args.sandbox, environment, Path::new(""));
        let (keys, _) = console.ok(keys::open(sandbox.as_deref(), None).await)?;
        let plan = Arc::new(console.ok(planning::read_file(&args.path, &keys).await)?);
        planning::show(console, &plan);
        return Ok(Exit::Done);
    }
    let project = Project::open(console, environment, &args.path, &args.inputs)?;
    let recorded = Recorded::open(console, environment, &project, &args.sandbox).await?;
    recorded.tell_unsettled(console);
    let mut document = new_document();
    match &recorded.state {
        Some(state) => {
            console.data(&render::state_text(state, &[], options(console)));
            document.insert("stack".to_owned(), json!(state.stack));
            document.insert("lineage".to_owned(), json!(state.lineage));
            document.insert("serial".to_owned(), json!(state.serial));
            for (name, value) in [
                ("records", serde_json::to_value(&state.records)),
                ("outputs", serde_json::to_value(&state.outputs)),
            ] {
                document.insert(name.to_owned(), value.unwrap_or(Json::Null));
            }
        }
        None => {
            console.say(format_args!(
                "nothing is recorded of stack `{}`",
                project.configuration.stack.name
            ));
            document.insert(
                "stack".to_owned(),
                json!(&*project.configuration.stack.name),
            );
            document.insert("records".to_owned(), json!({}));
            document.insert("outputs".to_owned(), json!({}));
        }
    }
    console.document(document);
    Ok(Exit::Done)
}

/// How texts are written for this console.
#[must_use]
pub fn options(console: &Console) -> TextOptions {
    TextOptions {
        color: console.stdout_color(),
    }
}
