//! `smd state history`: the states that were, and the one that is.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::exit::Exit;
use crate::cli::recorded::Unread;
use crate::cli::table::{table, when};
use crate::diagnostic::Diagnostic;
use crate::state::{self, State};

/// Lists the states that are kept, oldest first, and last the one that stands.
///
/// # Errors
/// They cannot be listed.
pub async fn history(console: &Console, place: &Unread) -> Outcome {
    let name = place.backend.name();
    let stored = console.ok(place.backend.load().await)?;
    let decode = |bytes: &[u8]| state::decode(bytes, &name, Some(&place.stack));
    let mut versions: BTreeMap<u64, Result<State, Diagnostic>> = BTreeMap::new();
    for serial in console.ok(place.backend.versions().await)? {
        let read = match place.backend.version(serial).await {
            Ok(Some(bytes)) => decode(&bytes),
            // It went while the others were read.
            Ok(None) => continue,
            Err(why) => Err(why),
        };
        versions.insert(serial, read);
    }
    let now = match &stored {
        Some(stored) => Some(console.ok(decode(&stored.bytes))?),
        None => None,
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut list: Vec<Json> = Vec::new();
    for (serial, version) in &versions {
        match version {
            Ok(state) => {
                rows.push(row(state, ""));
                list.push(entry(state, false));
            }
            Err(why) => {
                rows.push(vec![
                    serial.to_string(),
                    format!("cannot be read: {}", why.message),
                ]);
                list.push(json!({ "serial": serial, "error": why.message }));
            }
        }
    }
    if let Some(state) = &now {
        rows.push(row(state, "now"));
        list.push(entry(state, true));
    }
    if rows.is_empty() {
        console.say(format_args!("no state of stack `{}` is kept", place.stack));
    } else {
        console.data(&table(
            &["SERIAL", "WRITTEN", "BY", "COMMAND", "RECORDS", ""],
            &rows,
        ));
    }
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(place.stack));
    document.insert("versions".to_owned(), Json::Array(list));
    console.document(document);
    Ok(Exit::Done)
}

fn row(state: &State, mark: &str) -> Vec<String> {
    let saved = state.saved.as_ref();
    let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
    vec![
        state.serial.to_string(),
        saved.map_or_else(|| "-".to_owned(), |saved| when(saved.at_ms)),
        text(saved.map(|saved| saved.who.as_str())),
        text(saved.map(|saved| saved.operation.as_str())),
        state.records.len().to_string(),
        mark.to_owned(),
    ]
}

fn entry(state: &State, now: bool) -> Json {
    json!({
        "serial": state.serial,
        "lineage": state.lineage,
        "saved": state.saved,
        "records": state.records.len(),
        "now": now,
    })
}
