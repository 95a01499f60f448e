//! `smd output`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::cli::args::OutputArgs;
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::files;
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::render;
use crate::value::Value;

/// Prints the recorded outputs, or one of them, bare.
///
/// # Errors
/// Nothing is recorded, or there is no such output.
pub async fn run(console: &Console, environment: &Environment, args: &OutputArgs) -> Outcome {
    let here = Path::new(".");
    let open = async |directory: &Path| {
        let project = Project::open(console, environment, directory, &args.record.inputs)?;
        let recorded = Recorded::open(console, environment, &project, &args.record.sandbox).await?;
        Ok::<_, Stopped>((project, recorded))
    };
    let mut name = args.name.as_deref();
    // Every other command takes a folder as its first argument.
    let folder = name
        .filter(|_| args.dir.is_none())
        .map(Path::new)
        .filter(|path| path.is_dir());
    let (project, recorded) = match folder {
        Some(folder) if console.ok(files::smd_files(here))?.is_empty() => {
            name = None;
            open(folder).await?
        }
        Some(folder) => {
            let (project, recorded) = open(here).await?;
            let known = |name: &str| {
                project.configuration.outputs.contains_key(name)
                    || recorded
                        .state
                        .as_ref()
                        .is_some_and(|state| state.outputs.contains_key(name))
            };
            if name.is_some_and(known) {
                (project, recorded)
            } else {
                name = None;
                open(folder).await?
            }
        }
        None => open(args.dir.as_deref().unwrap_or(here)).await?,
    };
    recorded.tell_unsettled(console);
    let state = recorded.needed(console)?;
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(state.stack));
    if let Some(name) = name {
        let value = console.ok(find(&project, &state.outputs, name))?;
        console.data(&format!("{}\n", render::output_value(value)));
        document.insert("name".to_owned(), json!(name));
        document.insert("value".to_owned(), value.to_json().unwrap_or(Json::Null));
    } else {
        console.data(&render::outputs_text(&state.outputs));
        document.insert(
            "outputs".to_owned(),
            state
                .outputs
                .iter()
                .map(|(name, value)| (name.clone(), value.to_json().unwrap_or(Json::Null)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        );
    }
    console.document(document);
    Ok(Exit::Done)
}

fn find<'a>(
    project: &Project,
    outputs: &'a BTreeMap<String, Value>,
    name: &str,
) -> Result<&'a Value, Diagnostic> {
    if let Some(value) = outputs.get(name) {
        return Ok(value);
    }
    let declared = project.configuration.outputs.get(name);
    if declared.is_some_and(|output| output.sensitive) {
        return Err(Diagnostic::error(
            codes::cli::NO_SUCH_OUTPUT,
            format!("output `{name}` is sensitive and not recorded"),
        ));
    }
    let error = Diagnostic::error(
        codes::cli::NO_SUCH_OUTPUT,
        format!("no output `{name}` is recorded"),
    );
    Err(if declared.is_some() {
        error.help("`smd apply` records it")
    } else {
        error.help_opt(did_you_mean(name, outputs.keys().map(String::as_str)))
    })
}
