//! `smd sandbox serve`, `smd sandbox seed`, `smd sandbox reset` and `smd sandbox info`.

use std::mem::ManuallyDrop;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::apply::{Cancel, Level};
use crate::cli::args::{InputArgs, SandboxCommand, SandboxPlace};
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::keys::NamedKeys;
use crate::cli::project::{self, Project};
use crate::cli::{files, signals, target};
use crate::clock::Clock;
use crate::sandbox::seed::Seed;
use crate::sandbox::{self, Sandbox};

/// Serves, empties or describes a sandbox.
///
/// # Errors
/// It cannot be opened, or the port cannot be listened on.
pub async fn run(
    console: &Console,
    environment: &Environment,
    command: &SandboxCommand,
) -> Outcome {
    match command {
        SandboxCommand::Serve {
            place,
            inputs,
            port,
            speed,
        } => {
            let project = open_project(console, environment, place, inputs)?;
            serve(console, project, &folder(place), *port, *speed).await
        }
        SandboxCommand::Seed { file, place } => seed(console, file, &folder(place)),
        SandboxCommand::Reset { place } => reset(console, &folder(place)),
        SandboxCommand::Info { place } => info(console, &folder(place)),
    }
}

/// The configuration whose accounts the sandbox shall have; none where the sandbox's own folder
/// alone is named, or the folder has no `.smd` files.
fn open_project(
    console: &Console,
    environment: &Environment,
    place: &SandboxPlace,
    inputs: &InputArgs,
) -> Result<Option<Project>, Stopped> {
    let directory = match (&place.directory, &place.dir) {
        (Some(directory), _) => directory,
        (None, None) => Path::new("."),
        (None, Some(_)) => return Ok(None),
    };
    if console.ok(files::smd_files(directory))?.is_empty() {
        return Ok(None);
    }
    let project = Project::open(console, environment, directory, inputs)?;
    // A server stays: what it has used once is freed.
    Ok(Some(ManuallyDrop::into_inner(project)))
}

async fn serve(
    console: &Console,
    project: Option<Project>,
    folder: &Path,
    port: u16,
    speed: f64,
) -> Outcome {
    let sandbox = open(console, folder, speed)?;
    if let Some(mut project) = project {
        project.report_warnings(console)?;
        console.ok(target::ensure_accounts(&sandbox, &project.configuration))?;
    }
    let keys = console.ok(NamedKeys::read())?;
    console.ok(target::ensure_keys(&sandbox, &keys))?;
    let cancel = Cancel::default();
    let _listening = console.ok(signals::listen(&cancel, |_| {}))?;
    let server =
        console.ok(
            sandbox::serve::Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await,
        )?;
    let address = server.address();
    let mut document = new_document();
    document.insert("endpoint".to_owned(), json!(format!("http://{address}")));
    console.document(document);
    // Whoever waits for the server reads this line (or document) and may go on.
    console.data(&format!("http://{address}\n"));
    console.finish();
    console.say("answering AWS clients; Ctrl-C ends it");
    server
        .run(sandbox.clone(), cancel.reached(Level::Stop))
        .await;
    console.ok(sandbox.flush())?;
    Ok(Exit::Done)
}

fn seed(console: &Console, file: &Path, folder: &Path) -> Outcome {
    let text = console.ok(files::read(file))?;
    let seed = console.ok(Seed::parse(&text, &file.display().to_string()))?;
    let count = console.ok(seed.put(&open(console, folder, 1.0)?))?;
    console.say(format_args!(
        "{count} buckets and things are there in {}",
        folder.display()
    ));
    let mut document = new_document();
    document.insert("count".to_owned(), json!(count));
    console.document(document);
    Ok(Exit::Done)
}

fn reset(console: &Console, folder: &Path) -> Outcome {
    let shown = folder.display();
    if console.ok(Sandbox::erase(folder))? {
        console.say(format_args!("emptied {shown}"));
    } else {
        console.say(format_args!("nothing to empty in {shown}"));
    }
    Ok(Exit::Done)
}

fn info(console: &Console, folder: &Path) -> Outcome {
    let info = open(console, folder, 1.0)?.info();
    let mut text = String::new();
    for (account, regions) in &info.accounts {
        text.push_str(&format!("account {account}: {}\n", regions.join(", ")));
    }
    for (kind, count) in &info.counts {
        text.push_str(&format!("{count:>6}  {kind}\n"));
    }
    if text.is_empty() {
        console.say("empty");
    }
    console.data(&text);
    let mut document = new_document();
    document.insert("accounts".to_owned(), json!(info.accounts));
    document.insert("counts".to_owned(), json!(info.counts));
    console.document(document);
    Ok(Exit::Done)
}

fn open(console: &Console, folder: &Path, speed: f64) -> Result<Sandbox, Stopped> {
    console.ok(Sandbox::open(
        folder,
        Clock::scaled(speed),
        target::behaviour(),
    ))
}

/// The sandbox's own folder.
fn folder(place: &SandboxPlace) -> PathBuf {
    place.dir.clone().unwrap_or_else(|| {
        let directory = place.directory.as_deref().unwrap_or(Path::new("."));
        target::usual_sandbox(&project::shown(directory))
    })
}
