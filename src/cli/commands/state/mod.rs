//! `smd state …`: looking at what is recorded, and looking after it.

mod history;
mod mv;
mod rebuild;
mod restore;
mod runs;

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::cli::args::StateCommand;
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::project::Project;
use crate::cli::recorded::{Kept, Recorded, Unread};
use crate::cli::run_log::LoggedRun;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::render;
use crate::state::State;

/// Looks at what is recorded or was, forgets some of it, or puts it back.
///
/// # Errors
/// Nothing is recorded, or not at that address.
pub async fn run(console: &Console, environment: &Environment, command: &StateCommand) -> Outcome {
    let (dir, record) = match command {
        StateCommand::List { directory, record }
        | StateCommand::History { directory, record }
        | StateCommand::Runs { directory, record }
        | StateCommand::Show {
            directory, record, ..
        }
        | StateCommand::Restore {
            directory, record, ..
        }
        | StateCommand::Rebuild {
            directory, record, ..
        } => (&directory.dir, record),
        StateCommand::Rm { dir, record, .. } | StateCommand::Mv { dir, record, .. } => {
            (dir, record)
        }
    };
    let mut project = Project::open(console, environment, dir, &record.inputs)?;
    // What looks after a state must work where that state cannot be read.
    let place = Unread::of(console, environment, &project, &record.sandbox).await?;
    match command {
        StateCommand::List { .. } => list(console, &place.read(console).await?),
        StateCommand::Show { address, .. } => show(console, &place.read(console).await?, address),
        StateCommand::Rm { addresses, .. } => {
            rm(console, environment, &place.read(console).await?, addresses).await
        }
        StateCommand::Mv { from, to, .. } => {
            mv::mv(
                console,
                environment,
                &place.read(console).await?,
                (from, to),
            )
            .await
        }
        StateCommand::History { .. } => history::history(console, &place).await,
        StateCommand::Runs { .. } => runs::runs(console, &place).await,
        StateCommand::Restore {
            serial,
            auto_approve,
            ..
        } => restore::restore(console, environment, &place, *serial, *auto_approve).await,
        StateCommand::Rebuild { parallelism, .. } => {
            let how = (&record.inputs, &record.sandbox, parallelism);
            rebuild::rebuild(console, environment, &mut project, &place, how).await
        }
    }
}

fn list(console: &Console, recorded: &Recorded) -> Outcome {
    recorded.tell_unsettled(console);
    let addresses: Vec<&str> = recorded
        .state
        .iter()
        .flat_map(|state| state.records.keys())
        .map(Address::as_str)
        .collect();
    let text: String = addresses
        .iter()
        .map(|address| format!("{address}\n"))
        .collect();
    console.data(&text);
    let mut document = new_document();
    document.insert("addresses".to_owned(), json!(addresses));
    console.document(document);
    Ok(Exit::Done)
}

fn show(console: &Console, recorded: &Recorded, address: &str) -> Outcome {
    recorded.tell_unsettled(console);
    let state = recorded.needed(console)?;
    let address = find(console, state, address)?;
    console.data(&render::state_text(
        state,
        std::slice::from_ref(&address),
        super::show::options(console),
    ));
    let mut document = new_document();
    document.insert("address".to_owned(), json!(address));
    document.insert(
        "record".to_owned(),
        state
            .records
            .get(&address)
            .and_then(|record| serde_json::to_value(record).ok())
            .unwrap_or(Json::Null),
    );
    console.document(document);
    Ok(Exit::Done)
}

async fn rm(
    console: &Console,
    environment: &Environment,
    recorded: &Recorded,
    addresses: &[String],
) -> Outcome {
    let mut locked = recorded.lock(console, environment, "state rm").await?;
    console.ok(locked.settled())?;
    let mut state = locked.needed(console)?.clone();
    let wanted = addresses
        .iter()
        .map(|address| find(console, &state, address))
        .collect::<Result<Vec<_>, _>>()?;
    let forgotten: Vec<Address> = state
        .records
        .iter()
        .filter(|(address, record)| {
            wanted
                .iter()
                .any(|wanted| *address == wanted || record.parent.as_ref() == Some(wanted))
        })
        .map(|(address, _)| address.clone())
        .collect();
    for address in &forgotten {
        state.records.remove(address);
    }
    let logged = LoggedRun::begin(console, &locked, None).await?;
    let saved = locked.save(console, state, Kept::Nowhere).await;
    let outcome = saved.map(|()| Exit::Done);
    let counts = [("forgotten", forgotten.len())];
    logged.end(console, &locked, outcome, counts).await;
    outcome?;
    locked.release(console).await?;
    let lines: String = forgotten
        .iter()
        .map(|address| format!("forgot {address}\n"))
        .collect();
    console.data(&lines);
    let mut document = new_document();
    document.insert("forgotten".to_owned(), json!(forgotten));
    console.document(document);
    Ok(Exit::Done)
}

fn find(console: &Console, state: &State, address: &str) -> Result<Address, Stopped> {
    let wanted = Address::from_text(address);
    console.ok(if state.records.contains_key(&wanted) {
        Ok(wanted)
    } else {
        Err(Diagnostic::error(
            codes::cli::NO_SUCH_ADDRESS,
            format!("nothing is recorded at `{address}`"),
        )
        .help_opt(did_you_mean(
            address,
            state.records.keys().map(Address::as_str),
        ))
        .help("`smd state list` lists what is"))
    })
}
