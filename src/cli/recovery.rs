//! What an earlier run left open is settled before anything else is done: by looking.

use super::console::{Console, Stopped};
use super::environment::Environment;
use super::recorded::{Kept, Locked, Recorded};
use crate::apply::{self, Finding, Settled};
use crate::aws::Aws;
use crate::diagnostic::{Diagnostic, Sources, codes};
use crate::kinds;
use crate::state::State;
use crate::state::journal::Head;

/// Settles what an earlier run left open, and saves what was found.
///
/// # Errors
/// [`Stopped`], once reported: it could not be saved.
pub async fn settle(
    console: &Console,
    sources: &Sources,
    locked: &mut Locked<'_>,
    aws: &Aws,
    parallelism: usize,
) -> Result<(), Stopped> {
    let head = locked.broken_off.take();
    let Some(mut state) = locked.state.clone() else {
        return match locked.has_journal() {
            // The torn beginning of a journal: nothing was done under it.
            true => locked.clear_journal(console).await,
            false => Ok(()),
        };
    };
    if head.is_none() && state.open.is_empty() {
        return match locked.has_journal() {
            true => locked.clear_journal(console).await,
            false => Ok(()),
        };
    }
    let settled = look(
        console,
        sources,
        head.as_ref(),
        &mut state,
        aws,
        parallelism,
    )
    .await;
    let learned = settled
        .iter()
        .any(|settled| !matches!(settled.finding, Finding::Uncertain(_)));
    if head.is_some() || learned {
        locked.save(console, state, Kept::InJournal).await?;
    }
    Ok(())
}

/// As [`settle`], for a command that only looks: where the record cannot be written now, what is
/// found counts for this command alone. Gives what is known.
///
/// # Errors
/// [`Stopped`], once reported.
pub async fn settle_to_look(
    console: &Console,
    environment: &Environment,
    sources: &Sources,
    recorded: &Recorded,
    aws: &Aws,
    parallelism: usize,
) -> Result<Option<State>, Stopped> {
    let is_settled = recorded.broken_off.is_none()
        && recorded
            .state
            .as_ref()
            .is_none_or(|state| state.open.is_empty());
    if is_settled {
        return Ok(recorded.state.clone());
    }
    match recorded.try_lock(environment, "plan").await {
        Ok(mut locked) => {
            settle(console, sources, &mut locked, aws, parallelism).await?;
            let state = locked.state.clone();
            locked.release(console).await?;
            Ok(state)
        }
        Err(why) if why.code == codes::state::LOCKED => {
            let why = Diagnostic::warning(
                codes::apply::AT_WORK,
                "another run is at work: this counts in what it has recorded so far",
            )
            .note(why.message);
            console.report(sources, &[why]);
            Ok(recorded.state.clone())
        }
        Err(_) => {
            let mut state = recorded.state.clone();
            if let Some(state) = &mut state {
                let head = recorded.broken_off.as_ref();
                look(console, sources, head, state, aws, parallelism).await;
            }
            Ok(state)
        }
    }
}

/// Looks, and says what was found.
async fn look(
    console: &Console,
    sources: &Sources,
    head: Option<&Head>,
    state: &mut State,
    aws: &Aws,
    parallelism: usize,
) -> Vec<Settled> {
    let open = state.open.len();
    if open > 0 {
        console.say(format_args!(
            "looking how earlier work on {open} {} ended",
            if open == 1 { "thing" } else { "things" }
        ));
    }
    let settled = apply::settle(state, aws, kinds::registry(), parallelism).await;
    let message = match head {
        Some(head) => format!(
            "an earlier run was broken off: `smd {}` by {}; what it recorded is kept",
            head.operation, head.who
        ),
        None => "an earlier run left work of which nobody knew how it ended".to_owned(),
    };
    let mut warning = Diagnostic::warning(codes::apply::BROKEN_OFF, message);
    for Settled { address, finding } in &settled {
        let what = match finding {
            Finding::Made(id) => format!("was made ({id}) and is recorded now"),
            Finding::Recorded => continue,
            Finding::NotMade => "was not made".to_owned(),
            Finding::Unfinished => "is there; the plan looks at all of it".to_owned(),
            Finding::Gone => "is gone".to_owned(),
            Finding::Uncertain(why) => {
                format!("is uncertain, and what needs it waits: {why}")
            }
        };
        warning = warning.note(format!("`{address}` {what}"));
    }
    console.report(sources, &[warning]);
    settled
}
