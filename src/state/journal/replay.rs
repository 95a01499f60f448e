//! From a state and the journal of a run that was broken off to what is known now.

use std::collections::BTreeMap;

use super::entry::{Entry, Head};
use super::line::Read;
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{Open, OpenCall, State};

/// What state and journal say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The state with everything recorded by the run; [`State::open`] holds what it had begun.
    pub state: State,
    /// The run that was broken off; `None`: the journal's run is in the state already.
    pub broken_off: Option<Head>,
}

/// Replays a journal on the state it continues. The serial stays that of `state`.
///
/// # Errors
/// The journal belongs to another state: another stack, another lineage, or a later serial than
/// the stored one (someone put an old state back).
pub fn replay(state: Option<State>, read: Read, name: &str) -> Result<Replayed, Diagnostic> {
    let head = read.head;
    if let Some(state) = state.as_ref().filter(|state| {
        state.lineage == head.lineage && head.follows.is_none_or(|serial| serial < state.serial)
    }) {
        // The run saved its state and ended before it could take its journal away.
        return Ok(Replayed {
            state: state.clone(),
            broken_off: None,
        });
    }
    let fits = match &state {
        Some(state) => state.lineage == head.lineage && head.follows == Some(state.serial),
        None => head.follows.is_none(),
    };
    if !fits {
        return Err(foreign(state.as_ref(), &head, name));
    }
    let mut state = state.unwrap_or_else(|| State::new(&head.stack, head.lineage.clone()));
    let mut open: BTreeMap<u64, Open> = BTreeMap::new();
    let mut intent_of_call: BTreeMap<u64, (u64, usize)> = BTreeMap::new();
    for entry in read.entries {
        match entry {
            Entry::Head(_) => {}
            Entry::Intent { number, intent } => {
                open.insert(
                    number,
                    Open {
                        intent,
                        calls: Vec::new(),
                        uncertain: None,
                    },
                );
            }
            Entry::Begun {
                call,
                intent,
                operation,
                at_ms,
                ..
            } => {
                if let Some(open) = open.get_mut(&intent) {
                    intent_of_call.insert(call, (intent, open.calls.len()));
                    open.calls.push(OpenCall {
                        number: call,
                        operation,
                        begun_ms: at_ms,
                        outcome: None,
                    });
                }
            }
            Entry::Ended { call, outcome } => {
                let begun = intent_of_call
                    .get(&call)
                    .and_then(|(intent, at)| open.get_mut(intent)?.calls.get_mut(*at));
                if let Some(begun) = begun {
                    begun.outcome = Some(outcome);
                }
            }
            Entry::Change(change) => state.change(change),
            Entry::Settled { intent } => {
                open.remove(&intent);
            }
        }
    }
    state.open.extend(open.into_values());
    Ok(Replayed {
        state,
        broken_off: Some(head),
    })
}

fn foreign(state: Option<&State>, head: &Head, name: &str) -> Diagnostic {
    let of = match head.follows {
        Some(serial) => format!("serial {serial} of lineage {}", head.lineage),
        None => format!("the first state of lineage {}", head.lineage),
    };
    let stored = state.map_or_else(
        || "there is none".to_owned(),
        |state| {
            format!(
                "the stored one is serial {} of lineage {}",
                state.serial, state.lineage
            )
        },
    );
    Diagnostic::error(
        codes::state::JOURNAL_FOREIGN,
        format!("the journal `{name}` continues {of}, but {stored}"),
    )
    .note(format!("it is of `smd {}` by {}, which was broken off", head.operation, head.who))
    .help("put back the state that it continues (`smd state history` lists what was kept); if that is lost, move the journal away and run `smd state rebuild`")
}
