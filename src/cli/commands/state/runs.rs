//! `smd state runs`: who did what and when, and how it ended.

use serde_json::{Value as Json, json};

use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::exit::Exit;
use crate::cli::recorded::Unread;
use crate::cli::table::{table, when};
use crate::state::runs::{self, Ended, Run};

/// Digits of a plan's digest that are shown: enough to tell the plans of a stack apart.
const DIGEST_DIGITS: usize = 12;

/// Lists the runs that wrote this stack's state, oldest first.
///
/// # Errors
/// The log cannot be read.
pub async fn runs(console: &Console, place: &Unread) -> Outcome {
    let runs = runs::read(&console.ok(place.backend.runs().await)?);
    if runs.is_empty() {
        console.say(format_args!("no run of stack `{}` is known", place.stack));
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut list: Vec<Json> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        // One at a time: whoever came later found nobody at work.
        let outcome = outcome(run, at + 1 == runs.len());
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let ended = run.ended.as_ref();
        rows.push(vec![
            when(run.begun.at_ms),
            text(ended.map(|ended| when(ended.at_ms))),
            run.begun.who.clone(),
            run.begun.operation.clone(),
            text(
                run.begun
                    .plan
                    .as_ref()
                    .map(|digest| digest.chars().take(DIGEST_DIGITS).collect()),
            ),
            text(
                ended
                    .and_then(|ended| ended.serial)
                    .map(|serial| serial.to_string()),
            ),
            match ended {
                Some(ended) => format!("{outcome}{}", counts(ended)),
                None => outcome.to_owned(),
            },
        ]);
        list.push(json!({
            "run": run.begun.run,
            "began_ms": run.begun.at_ms,
            "ended_ms": ended.map(|ended| ended.at_ms),
            "who": run.begun.who,
            "command": run.begun.operation,
            "plan": run.begun.plan,
            "follows": run.begun.follows,
            "serial": ended.and_then(|ended| ended.serial),
            "outcome": outcome,
            "exit": ended.map(|ended| ended.exit),
            "counts": ended.map(|ended| &ended.counts),
        }));
    }
    if !rows.is_empty() {
        console.data(&table(
            &[
                "BEGAN", "ENDED", "WHO", "COMMAND", "PLAN", "SERIAL", "OUTCOME",
            ],
            &rows,
        ));
    }
    let mut document = new_document();
    document.insert("stack".to_owned(), json!(place.stack));
    document.insert("runs".to_owned(), Json::Array(list));
    console.document(document);
    Ok(Exit::Done)
}

fn outcome(run: &Run, is_last: bool) -> &'static str {
    match &run.ended {
        None if is_last => "broken off, or at work",
        None => "broken off",
        Some(ended) => Exit::ALL
            .iter()
            .find(|(exit, _)| exit.code() == ended.exit)
            .map_or("ended", |(exit, _)| exit.word()),
    }
}

fn counts(ended: &Ended) -> String {
    let counts: Vec<String> = ended
        .counts
        .iter()
        .map(|(name, count)| format!("{count} {}", name.replace('_', " ")))
        .collect();
    if counts.is_empty() {
        String::new()
    } else {
        format!(": {}", counts.join(", "))
    }
}
