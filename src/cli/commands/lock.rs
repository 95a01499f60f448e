//! `smd lock show` and `smd lock break`.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use crate::cli::args::{LockCommand, RecordArgs};
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::project::Project;
use crate::cli::{state_store, target};
use crate::state;
use crate::state::locks::{Held, Locks, time};

/// Milliseconds of a second.
const MS_PER_SECOND: u64 = 1000;

/// Looks at who holds the lock of a state, or takes it away.
///
/// # Errors
/// It cannot be read, or may not be taken away.
pub async fn run(console: &Console, environment: &Environment, command: &LockCommand) -> Outcome {
    match command {
        LockCommand::Show { directory, record } => {
            let locks = open(console, environment, &directory.dir, record).await?;
            show(console, &*locks).await
        }
        LockCommand::Break {
            run,
            directory,
            record,
        } => {
            let locks = open(console, environment, &directory.dir, record).await?;
            console.ok(locks.break_lock(run).await)?;
            console.data(&format!("took the lock from run {run}\n"));
            let mut document = new_document();
            document.insert("broken".to_owned(), json!(run));
            console.document(document);
            Ok(Exit::Done)
        }
    }
}

async fn open(
    console: &Console,
    environment: &Environment,
    directory: &Path,
    record: &RecordArgs,
) -> Result<Arc<dyn Locks>, Stopped> {
    let project = Project::open(console, environment, directory, &record.inputs)?;
    let base = project.base();
    let sandbox = target::sandbox_directory(&record.sandbox, environment, &base);
    let stack = &project.configuration.stack;
    let access = async || state_store::access(console, environment).await;
    let sandbox = sandbox.as_deref();
    console.ok(state::open_locks(&stack.state, &base, sandbox, &stack.name, access).await)
}

async fn show(console: &Console, locks: &dyn Locks) -> Outcome {
    let held = console.ok(locks.holder().await)?;
    let name = locks.lock_name();
    match &held {
        None => console.data(&format!("nobody holds {name}\n")),
        Some(held) => console.data(&text(&name, held)),
    }
    let mut document = new_document();
    document.insert("lock".to_owned(), json!(name));
    document.insert("held".to_owned(), json!(held));
    console.document(document);
    Ok(Exit::Done)
}

fn text(name: &str, held: &Held) -> String {
    let mut text = format!("{name}\n  held by  {}\n", held.who());
    let mut line = |word: &str, value: &str| text.push_str(&format!("  {word:<8} {value}\n"));
    if let Some(holder) = &held.holder {
        line("since", &time(holder.since * MS_PER_SECOND));
    }
    let Some(lease) = &held.lease else {
        line("ends", "with its process");
        return text;
    };
    line("run", &lease.run);
    line("fence", &lease.fence.to_string());
    let until = time(lease.until_ms);
    match lease.expired {
        true => line(
            "ended",
            &format!("{until}: the next run takes the lock over"),
        ),
        false => line(
            "ends",
            &format!("{until}, unless it is renewed: its run does so every 10 s"),
        ),
    }
    if let Some(ci) = &lease.ci {
        line("log", ci);
    }
    text
}
