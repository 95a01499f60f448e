//! Random names.

use crate::diagnostic::{Diagnostic, codes};

/// Random bytes of a name.
const NAME_BYTES: usize = 16;

/// A random name, of a lineage or a run, in the shape of a UUID.
///
/// # Errors
/// The system gives no random numbers.
pub fn name() -> Result<String, Diagnostic> {
    let mut bytes = [0_u8; NAME_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        Diagnostic::error(
            codes::cli::RUNTIME,
            format!("the system gives no random numbers: {error}"),
        )
    })?;
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok([
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-"))
}
