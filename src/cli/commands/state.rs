//! `smd state list`, `smd state show` and `smd state rm`.

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::cli::args::StateCommand;
use crate::cli::console::{Console, Outcome, Stopped, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::project::Project;
use crate::cli::recorded::{Kept, Recorded};
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::render;
use crate::state::State;

/// Looks at what is recorded, or forgets some of it.
///
/// # Errors
/// Nothing is recorded, or not at that address.
pub async fn run(console: &Console, environment: &Environment, command: &StateCommand) -> Outcome {
    let (dir, record) = match command {
        StateCommand::List { directory, record }
        | StateCommand::Show {
            directory, record, ..
        } => (&directory.dir, record),
        StateCommand::Rm { dir, record, .. } => (dir, record),
    };
    let project = Project::open(console, environment, dir, &record.inputs)?;
    let recorded = Recorded::open(console, environment, &project, &record.sandbox).await?;
    match command {
        StateCommand::List { .. } => list(console, &recorded),
        StateCommand::Show { address, .. } => show(console, &recorded, address),
        StateCommand::Rm { addresses, .. } => rm(console, environment, &recorded, addresses).await,
    }
}

fn list(console: &Console, recorded: &Recorded) -> Outcome {
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
    locked.save(console, state, Kept::Nowhere).await?;
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
