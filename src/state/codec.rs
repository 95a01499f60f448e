//! The state file's text: read with suspicion, written the same for the same state.

use super::{FORMAT_VERSION, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::weight::{self, TOO_MANY_VALUES};

/// The largest state that is read, in bytes: 100,000 resources take a tenth of it.
const MAX_BYTES: usize = 1 << 30;

/// Reads a state. `name` is how the file is called in messages, `stack` the stack it must be of
/// (`None`: any).
///
/// # Errors
/// Not a state, damaged, of a newer smd, or of another stack. Nothing in the bytes makes it panic.
pub fn decode(bytes: &[u8], name: &str, stack: Option<&str>) -> Result<State, Diagnostic> {
    /// Just enough to tell a newer format from damage.
    #[derive(serde::Deserialize)]
    struct Header {
        format_version: u32,
    }
    let damaged = |why: String| {
        Diagnostic::error(
            codes::state::DAMAGED,
            format!("the state `{name}` cannot be read: {why}"),
        )
        .help("move it away and put an earlier one back with `smd state restore` (`smd state history` lists them), or restore the file from a backup; smd changed nothing")
    };
    if bytes.len() > MAX_BYTES {
        return Err(damaged(format!("it is larger than {MAX_BYTES} bytes")));
    }
    if !weight::is_bearable(bytes) {
        return Err(damaged(TOO_MANY_VALUES.to_owned()));
    }
    let header: Header =
        serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    if header.format_version > FORMAT_VERSION {
        return Err(Diagnostic::error(
            codes::state::NEWER,
            format!(
                "the state `{name}` was written by a newer smd (format {}, this one knows {FORMAT_VERSION})",
                header.format_version
            ),
        )
        .help("use the smd that wrote it, or a newer one"));
    }
    let state: State = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    match stack {
        Some(stack) if stack != state.stack => Err(Diagnostic::error(
            codes::state::OTHER_STACK,
            format!("the state `{name}` belongs to the stack `{}`, not to `{stack}`", state.stack),
        )
        .help("give each stack a state of its own: another `path` in its `state` block, or the stack's old name back")),
        _ => Ok(state),
    }
}

/// The state as text: pretty JSON, keys in order, a newline at the end.
///
/// # Errors
/// A sensitive value in a record: a defect, refused rather than written.
pub fn encode(state: &State) -> Result<String, Diagnostic> {
    serde_json::to_string_pretty(state)
        .map(|text| text + "\n")
        .map_err(|error| {
            Diagnostic::error(
                codes::state::INTERNAL,
                format!("the state cannot be written: {error}"),
            )
        })
}
