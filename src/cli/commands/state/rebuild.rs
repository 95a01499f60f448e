//! `smd state rebuild`: a lost state is made anew from the files and the marks on what was made.

use serde_json::json;

use crate::apply::{self, RebuildRequest, Rebuilt};
use crate::cli::args::{InputArgs, ParallelismArgs, PlanningArgs, SandboxArgs};
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Purpose};
use crate::cli::project::Project;
use crate::cli::recorded::{Kept, Unread};
use crate::cli::run_log::LoggedRun;
use crate::cli::{carrying_out, random};
use crate::clock::Clock;
use crate::diagnostic::Sources;
use crate::kinds;
use crate::state::journal::{self, Head};

/// The command's name.
const COMMAND: &str = "state rebuild";

/// Looks for everything that the files want, and records what is there.
///
/// # Errors
/// A state or a journal is there, AWS cannot be asked, or a look failed.
pub async fn rebuild(
    console: &Console,
    environment: &Environment,
    project: &mut Project,
    place: &Unread,
    (inputs, sandbox, parallelism): (&InputArgs, &SandboxArgs, &ParallelismArgs),
) -> Outcome {
    let backend = &place.backend;
    if console.ok(backend.load().await)?.is_some() {
        return console.ok(Err(apply::not_beside("a state", &backend.name())));
    }
    if !console.ok(backend.journal().await)?.is_empty() {
        return console.ok(Err(apply::not_beside(
            "the journal of a run",
            &backend.name(),
        )));
    }
    let recorded = place.unloaded();
    let mut locked = recorded.lock(console, environment, COMMAND).await?;
    let aws = planning::connect(console, project, &recorded, true).await?;
    let args = PlanningArgs {
        inputs: inputs.clone(),
        target: Vec::new(),
        exclude: Vec::new(),
        replace: Vec::new(),
        consent: Vec::new(),
        refresh: false,
        parallelism: parallelism.clone(),
        sandbox: sandbox.clone(),
    };
    let plan = planning::make(console, project, None, &aws, &args, Purpose::Search).await?;
    console.say(format_args!("looking for {} things", plan.steps.len()));
    let logged = LoggedRun::begin(console, &locked, None).await?;
    let head = Head {
        format_version: journal::FORMAT_VERSION,
        stack: plan.stack.clone(),
        lineage: console.ok(random::name())?,
        follows: None,
        run: logged.name().to_owned(),
        operation: COMMAND.to_owned(),
        who: environment.who(),
        began_ms: Clock::wall().now_ms(),
        plan: String::new(),
    };
    let rebuilt = apply::rebuild(RebuildRequest {
        plan: &plan,
        head,
        aws: &aws,
        kinds: kinds::registry(),
        secrets: &|address, path| carrying_out::secret(&project.configuration, address, path),
        parallelism: usize::from(parallelism.parallelism),
    })
    .await;
    let sources = &project.loaded.sources;
    let mut counts = Vec::new();
    let outcome = match &rebuilt {
        Err(diagnostics) => {
            console.report(sources, diagnostics);
            console.say("nothing was recorded: what could not be looked for would be made again");
            Err(Stopped(Exit::Error))
        }
        Ok(rebuilt) => {
            counts = vec![
                ("recorded", rebuilt.state.records.len()),
                ("missing", rebuilt.missing.len()),
                ("orphans", rebuilt.orphans.len()),
            ];
            // Without a record of anything the next apply is still the first.
            if rebuilt.state.records.is_empty() {
                Ok(Exit::Done)
            } else {
                let state = rebuilt.state.clone();
                let saved = locked.save(console, state, Kept::Nowhere).await;
                saved.map(|()| Exit::Done)
            }
        }
    };
    logged.end(console, &locked, outcome, counts).await;
    if let Ok(rebuilt) = &rebuilt {
        tell(console, sources, rebuilt);
    }
    let released = locked.release(console).await;
    outcome?;
    released?;
    outcome
}

fn tell(console: &Console, sources: &Sources, rebuilt: &Rebuilt) {
    console.report(sources, &rebuilt.warnings);
    let records = &rebuilt.state.records;
    let mut out = String::new();
    for (address, record) in records {
        out.push_str(&format!("found {address} {}\n", record.id));
    }
    for address in &rebuilt.missing {
        out.push_str(&format!("not there: {address}\n"));
    }
    for orphan in &rebuilt.orphans {
        let address = if orphan.address.is_empty() {
            "an unknown address"
        } else {
            &orphan.address
        };
        out.push_str(&format!(
            "in no file: {}, which this stack made as {address}\n",
            orphan.arn
        ));
    }
    out.push_str(&format!(
        "\n{} recorded, {} not there, {} in no file\n",
        records.len(),
        rebuilt.missing.len(),
        rebuilt.orphans.len()
    ));
    console.data(&out);
    if !rebuilt.orphans.is_empty() {
        console.say("what is in no file is not recorded and nothing will touch it: delete it by hand, or write it back into the files and rebuild again");
    }
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(rebuilt.state.stack));
    document.insert("lineage".to_owned(), json!(rebuilt.state.lineage));
    let found: serde_json::Map<_, _> = records
        .iter()
        .map(|(address, record)| (address.to_string(), json!(record.id)))
        .collect();
    document.insert("found".to_owned(), found.into());
    document.insert("missing".to_owned(), json!(rebuilt.missing));
    let orphans: Vec<_> = rebuilt
        .orphans
        .iter()
        .map(|orphan| json!({ "arn": orphan.arn, "address": orphan.address }))
        .collect();
    document.insert("orphans".to_owned(), json!(orphans));
    console.document(document);
}
