//! `smd sandbox serve`, `smd sandbox reset` and `smd sandbox info`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde_json::json;

use crate::apply::{Cancel, Level};
use crate::cli::args::{SandboxCommand, SandboxPlace};
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::exit::Exit;
use crate::cli::{project, signals, target};
use crate::clock::Clock;
use crate::sandbox::{self, Behaviour, Sandbox};

/// Serves, empties or describes a sandbox.
///
/// # Errors
/// It cannot be opened, or the port cannot be listened on.
pub async fn run(console: &Console, command: &SandboxCommand) -> Outcome {
    match command {
        SandboxCommand::Serve { place, port, speed } => serve(console, place, *port, *speed).await,
        SandboxCommand::Reset { place } => {
            let folder = folder(place);
            let shown = folder.display();
            if console.ok(Sandbox::erase(&folder))? {
                console.say(format_args!("emptied {shown}"));
            } else {
                console.say(format_args!("nothing to empty in {shown}"));
            }
            Ok(Exit::Done)
        }
        SandboxCommand::Info { place } => info(console, place),
    }
}

async fn serve(console: &Console, place: &SandboxPlace, port: u16, speed: f64) -> Outcome {
    let sandbox = open(console, place, speed)?;
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

fn info(console: &Console, place: &SandboxPlace) -> Outcome {
    let info = open(console, place, 1.0)?.info();
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

fn open(console: &Console, place: &SandboxPlace, speed: f64) -> Result<Sandbox, Stopped> {
    console.ok(Sandbox::open(
        &folder(place),
        Clock::scaled(speed),
        Behaviour::default(),
    ))
}

fn folder(place: &SandboxPlace) -> PathBuf {
    place
        .dir
        .clone()
        .unwrap_or_else(|| target::usual_sandbox(&project::shown(&place.directory)))
}
