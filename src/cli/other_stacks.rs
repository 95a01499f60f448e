//! The outputs of other stacks, read from their states for `existing stack` blocks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::console::Console;
use super::environment::Environment;
use super::recorded::Recorded;
use super::state_store;
use crate::config::{FoundStacks, StackSeek};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, codes};
use crate::state::{self, Sealed};

/// Reads every state that is sought. Nothing is locked: what is recorded counts, as `smd output` has
/// it.
///
/// # Errors
/// Every state that is not there or cannot be read.
pub async fn read(
    console: &Console,
    (environment, base): (&Environment, &Path),
    recorded: &Recorded,
    seeks: &BTreeMap<StackSeek, Option<Span>>,
) -> Result<FoundStacks, Diagnostics> {
    let mut found = FoundStacks::new();
    let mut wrong = Diagnostics::new();
    for (seek, span) in seeks {
        match outputs(console, (environment, base), recorded, seek).await {
            Ok(outputs) => {
                found.insert(seek.clone(), outputs);
            }
            Err(why) => wrong.push(why.at_opt(*span, "")),
        }
    }
    if wrong.is_empty() {
        Ok(found)
    } else {
        Err(wrong)
    }
}

async fn outputs(
    console: &Console,
    (environment, base): (&Environment, &Path),
    recorded: &Recorded,
    seek: &StackSeek,
) -> Result<BTreeMap<String, crate::value::Value>, Diagnostic> {
    let access = async || state_store::access(console, environment).await;
    let sandbox = recorded.sandbox.as_deref();
    let backend = state::open_backend(&seek.store, base, sandbox, &seek.stack, access).await?;
    let sealed = Sealed::new(backend, Arc::clone(&recorded.keys), &seek.stack);
    let name = state::Backend::name(&sealed);
    let loaded = state::load(&sealed, &seek.stack).await?;
    let state = loaded.state.ok_or_else(|| {
        Diagnostic::error(
            codes::config::EXISTING_STACK_NONE,
            format!("nothing is recorded of the stack `{}`", seek.stack),
        )
        .note(format!("looked in {name}"))
        .help("apply that stack first, or say where its state is: `state s3 { … }` or `state local { path = … }`")
    })?;
    Ok(state.outputs)
}
