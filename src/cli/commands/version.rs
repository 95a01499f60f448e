//! `smd version`.

use serde_json::json;

use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::exit::Exit;

/// Prints the version.
///
/// # Errors
/// Never.
pub fn run(console: &Console) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    console.data(&format!("smd {version}\n"));
    let mut document = new_document();
    document.insert("version".to_owned(), json!(version));
    console.document(document);
    Ok(Exit::Done)
}
