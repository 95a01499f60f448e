#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

mod errors;
mod formatting;
mod limits;
mod meaning;
mod print;
mod properties;

use super::*;
use crate::diagnostic::{Sources, terminal};

/// The page of the language reference that shows most of it.
const PAGE: &str = include_str!("tests/page.smd");

/// Parses a text that must be sound.
fn sound(text: &str) -> File {
    let (file, diagnostics) = parse(FileId(0), text);
    let mut sources = Sources::default();
    sources.add("main.smd", text);
    assert!(
        diagnostics.is_empty(),
        "{}",
        terminal(&diagnostics, &sources, false)
    );
    file
}

#[test]
fn page_is_read() {
    let file = sound(PAGE);
    assert_eq!(file.statements.len(), 15);
}
