//! `smd state mv`.

use serde_json::json;

use crate::address::Address;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::recorded::{Kept, Recorded};
use crate::cli::run_log::LoggedRun;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds;
use crate::plan::is_set_aside;
use crate::state::{Change, State};

/// Gives what is recorded at one address, with its parts, another one.
pub(super) async fn mv(
    console: &Console,
    environment: &Environment,
    recorded: &Recorded,
    (from, to): (&str, &str),
) -> Outcome {
    let mut locked = recorded.lock(console, environment, "state mv").await?;
    console.ok(locked.settled())?;
    let mut state = locked.needed(console)?.clone();
    let from = super::find(console, &state, from)?;
    let to = Address::from_text(to);
    let moves = console.ok(moves(&state, &from, &to))?;
    state.change(Change::Rename(moves.clone()));
    for (_, address) in &moves {
        if let Some(record) = state.records.get_mut(address) {
            // Its tags name the old address until the next apply.
            let schema = kinds::schema_of(&record.kind);
            record.unfinished |= schema.is_some_and(|schema| schema.taggable);
            // A made-up name stays as it was made; one that the files write is compared as ever.
            if let Some(rule) = schema.and_then(|schema| schema.name) {
                record.written.remove(rule.attribute);
            }
        }
    }
    let logged = LoggedRun::begin(console, &locked, None).await?;
    let saved = locked.save(console, state, Kept::Nowhere).await;
    let outcome = saved.map(|()| Exit::Done);
    logged
        .end(console, &locked, outcome, [("moved", moves.len())])
        .await;
    outcome?;
    locked.release(console).await?;
    let lines: String = moves
        .iter()
        .map(|(from, to)| format!("moved {from} to {to}\n"))
        .collect();
    console.data(&lines);
    let mut document = new_document();
    let moved: Vec<_> = moves
        .iter()
        .map(|(from, to)| json!({ "from": from, "to": to }))
        .collect();
    document.insert("moved".to_owned(), json!(moved));
    console.document(document);
    Ok(Exit::Done)
}

/// Every record that moves, with its new address.
fn moves(
    state: &State,
    from: &Address,
    to: &Address,
) -> Result<Vec<(Address, Address)>, Diagnostic> {
    let refused = |message: String| Diagnostic::error(codes::cli::CANNOT_MOVE, message);
    let word = to.word();
    if word.as_deref().and_then(kinds::schema_of).is_none() {
        return Err(refused(format!("`{to}` is no address"))
            .help("give an address as plans show it, such as `vpc.studio`"));
    }
    if word != from.word() {
        return Err(refused(format!(
            "`{from}` cannot become `{to}`: that is another kind"
        )));
    }
    let of_part = from.resource_of().filter(|resource| resource != from);
    if of_part.is_some() && of_part != to.resource_of() {
        return Err(refused(format!(
            "`{from}` cannot become a part of another resource"
        )));
    }
    let moves: Vec<(Address, Address)> = state
        .records
        .keys()
        .filter(|address| address.is_or_is_in(from) && !is_set_aside(address))
        .filter_map(|address| Some((address.clone(), from.carry(to, address)?)))
        .collect();
    match moves
        .iter()
        .find(|(_, new)| state.records.contains_key(new))
    {
        Some((_, new)) => Err(refused(format!("something is recorded at `{new}` already"))
            .help("forget it first with `smd state rm`, or choose another address")),
        None => Ok(moves),
    }
}
