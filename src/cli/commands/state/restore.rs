//! `smd state restore`: an earlier state becomes the one that stands.

use serde_json::json;

use crate::address::Address;
use crate::cli::confirm;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::recorded::{Kept, Unread};
use crate::cli::run_log::LoggedRun;
use crate::cli::table::when;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{self, State, runs};

/// The command's name.
const COMMAND: &str = "state restore";

/// Writes a kept state as a new serial; the one that stood is kept too.
///
/// # Errors
/// It is not kept, an earlier run left work open, or nobody agrees.
pub async fn restore(
    console: &Console,
    environment: &Environment,
    place: &Unread,
    serial: u64,
    auto_approve: bool,
) -> Outcome {
    let name = place.backend.name();
    let kept = console.ok(place.backend.versions().await)?;
    let Some(bytes) = console.ok(place.backend.version(serial).await)? else {
        return console.ok(Err(not_kept(serial, &kept)));
    };
    let mut restored = console.ok(state::decode(&bytes, &name, Some(&place.stack)))?;
    let recorded = place.unloaded();
    let mut locked = recorded.lock(console, environment, COMMAND).await?;
    console.ok(locked.settled())?;
    confirm::can_ask(console, environment, auto_approve, COMMAND)?;
    let now = locked.state.as_ref();
    let (again, forgotten) = (
        only_in(&restored, now),
        now.map(|now| only_in(now, Some(&restored))),
    );
    let forgotten = forgotten.unwrap_or_default();
    console.data(&told(&restored, &again, &forgotten));
    if !auto_approve {
        confirm::ask(console, "Restore it?").await?;
    }
    let logged = LoggedRun::begin(console, &locked, None).await?;
    // Beyond every serial that was, so that nothing made for one of those fits by chance.
    let runs = runs::read(&console.ok(place.backend.runs().await)?);
    let told = runs.iter().filter_map(|run| run.ended.as_ref()?.serial);
    let last = now
        .map(|now| now.serial)
        .into_iter()
        .chain(kept)
        .chain(told);
    restored.serial = last.max().unwrap_or(0).max(serial);
    let count = restored.records.len();
    let saved = locked.save(console, restored, Kept::Nowhere).await;
    let outcome = saved.map(|()| Exit::Done);
    logged
        .end(console, &locked, outcome, [("records", count)])
        .await;
    outcome?;
    let written = locked.serial();
    locked.release(console).await?;
    console.data(&format!(
        "\nrestored serial {serial} as serial {}; `smd plan` shows how AWS differs from it\n",
        written.unwrap_or(serial)
    ));
    let mut document = new_document();
    document.insert("restored".to_owned(), json!(serial));
    document.insert("serial".to_owned(), json!(written));
    document.insert("recorded_again".to_owned(), json!(again));
    document.insert("forgotten".to_owned(), json!(forgotten));
    console.document(document);
    Ok(Exit::Done)
}

/// What is recorded here and not there.
fn only_in(state: &State, other: Option<&State>) -> Vec<Address> {
    state
        .records
        .keys()
        .filter(|address| other.is_none_or(|other| !other.records.contains_key(*address)))
        .cloned()
        .collect()
}

fn told(restored: &State, again: &[Address], forgotten: &[Address]) -> String {
    let by = restored.saved.as_ref().map_or_else(String::new, |saved| {
        format!(
            ", written {} by `smd {}` of {}",
            when(saved.at_ms),
            saved.operation,
            saved.who
        )
    });
    let mut out = format!(
        "serial {} has {} records{by}\n",
        restored.serial,
        restored.records.len()
    );
    for (addresses, word) in [
        (again, "recorded again"),
        (forgotten, "no longer recorded, and not touched"),
    ] {
        for address in addresses {
            out.push_str(&format!("  {address}: {word}\n"));
        }
    }
    out
}

fn not_kept(serial: u64, kept: &[u64]) -> Diagnostic {
    let error = Diagnostic::error(
        codes::state::NO_VERSION,
        format!("no state with serial {serial} is kept"),
    );
    match (kept.first(), kept.last()) {
        (Some(first), Some(last)) => error.help(format!(
            "serials {first} to {last} are: `smd state history` lists them"
        )),
        _ => error.help("none is yet: each write of the state keeps the one it replaces"),
    }
}
