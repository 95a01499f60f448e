//! Text to trees: a byte scanner finds statement boundaries, pest parses each statement on its own
//! and in parallel, and the formatter prints trees back. Knows neither kinds nor AWS.
//!
//! Parsing returns a tree and a list of errors; one bad statement does not hide the next. The way:
//! [`lex`] cuts text into tokens, [`layout`] matches brackets, cuts statements and blanks what
//! means nothing, [`grammar`] is pest, [`build`] makes the tree. Where pest refuses a statement,
//! [`recover`] reads it piece by piece and [`explain`] says what is wrong with a piece.

mod build;
mod decode;
mod explain;
mod format;
mod grammar;
mod layout;
mod lex;
mod pieces;
mod recover;
pub mod tree;

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{self, Diagnostic, Diagnostics, FileId, Severity, Span};
use build::Words;
use layout::{Layout, Stretch};
use pieces::{PIECE_TOKENS, Pieces};
use recover::Recovery;
use tree::{File, Statement};

pub use decode::decode;

/// How deep blocks, brackets, templates and conditionals may nest in all.
pub const MAX_NESTING: usize = 64;

/// How deep the tree of one expression may be: operators nest without a bracket.
pub const MAX_DEPTH: usize = 128;

/// How large a file may be, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// How many errors of one file are told.
pub const MAX_ERRORS: usize = 100;

/// Statements that one thread takes at a time: fewer cost more in handing out than they save.
const STATEMENTS_AT_A_TIME: usize = 16;

/// Statements that are read before they get their place in their files.
const STATEMENTS_KEPT: usize = 4096;

/// Bytes of the shortest statement: `a b{}` and the end of its line.
const SHORTEST_STATEMENT: usize = 6;

/// Parses the text of one file. Never fails: what could not be read is in the diagnostics.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (File, Diagnostics) {
    let (mut files, diagnostics) = parse_files(&[(file, text)]);
    let parsed = files.pop().unwrap_or(File {
        file,
        statements: Vec::new(),
    });
    (parsed, diagnostics)
}

/// Parses many files, all statements of all files in parallel. The files come back in their order,
/// the diagnostics sorted by file and position.
#[must_use]
pub fn parse_files(files: &[(FileId, &str)]) -> (Vec<File>, Diagnostics) {
    parse_in_pieces(files, PIECE_TOKENS)
}

/// The same with pieces of `at_a_time` tokens.
fn parse_in_pieces(files: &[(FileId, &str)], at_a_time: u32) -> (Vec<File>, Diagnostics) {
    let layouts: Vec<Result<Layout, Box<Diagnostic>>> = files
        .par_iter()
        .map(|(file, text)| {
            if text.len() > MAX_FILE_BYTES {
                return Err(Box::new(
                    decode::too_large(None, text.len()).at(Span::new(*file, 0, 0), "this file"),
                ));
            }
            Ok(layout::layout(*file, text))
        })
        .collect();
    let pieces: Vec<Pieces<'_>> = files
        .iter()
        .zip(&layouts)
        .filter_map(|((file, source), layout)| {
            Some(Pieces {
                file: *file,
                source,
                layout: layout.as_ref().ok()?,
                at_a_time,
            })
        })
        .collect();
    let mut places: Vec<(u32, u32)> = Vec::with_capacity(
        pieces
            .iter()
            .map(|pieces| pieces.layout.statements.len())
            .sum(),
    );
    for (file, pieces) in (0_u32..).zip(&pieces) {
        places.extend(
            (0_u32..)
                .zip(&pieces.layout.statements)
                .map(|(at, _)| (file, at)),
        );
    }
    // Some thousand at a time, so that they are not there twice.
    let mut read = places.chunks(STATEMENTS_KEPT).flat_map(|places| {
        let read: Vec<Option<Statement>> = places
            .par_iter()
            .with_min_len(STATEMENTS_AT_A_TIME)
            .map_init(Words::new, |words, (file, at)| {
                let pieces = pieces.get(*file as usize)?;
                let stretch = pieces.layout.statements.get(*at as usize)?;
                read_statement(pieces, stretch, words)
            })
            .collect();
        read
    });
    let mut pieces = pieces.iter();
    let mut parsed = Vec::with_capacity(files.len());
    let mut diagnostics = Diagnostics::new();
    for ((file, source), layout) in files.iter().zip(&layouts) {
        let mut statements = Vec::new();
        match layout {
            Err(error) => diagnostics.push((**error).clone()),
            Ok(layout) => {
                let Some(pieces) = pieces.next() else { break };
                let mut recovery = Recovery {
                    pieces: *pieces,
                    errors: layout.errors.clone(),
                    told: 0,
                    depth: 0,
                    words: Words::new(),
                };
                let most = source.len() / SHORTEST_STATEMENT + 1;
                statements.reserve_exact(layout.statements.len().min(most));
                for (stretch, statement) in layout.statements.iter().zip(read.by_ref()) {
                    // Past the limit nothing more is told, so broken statements are left alone.
                    let statement = match statement {
                        None if recovery.errors.len() <= MAX_ERRORS => recovery.statement(stretch),
                        read => read,
                    };
                    statements.extend(statement);
                }
                diagnostics.extend(limited(*file, recovery.errors));
            }
        }
        parsed.push(File {
            file: *file,
            statements,
        });
    }
    (parsed, diagnostics)
}

/// The statement, if pest reads it as it is.
fn read_statement(pieces: &Pieces<'_>, stretch: &Stretch, words: &mut Words) -> Option<Statement> {
    // A long block is read item by item, as if it were broken.
    if stretch.broken || (pieces.is_long(stretch) && pieces.layout.body_brace(stretch).is_some()) {
        return None;
    }
    // What cannot be built is found again, and told, where the statement is read piece by piece.
    pieces.statement(stretch, words).ok()
}

/// The first errors of a file in order, and a note if there are more.
fn limited(file: FileId, mut errors: Diagnostics) -> Diagnostics {
    diagnostic::sort(&mut errors);
    if errors.len() > MAX_ERRORS {
        let place = errors
            .get(MAX_ERRORS)
            .and_then(Diagnostic::span)
            .unwrap_or(Span::new(file, 0, 0));
        errors.truncate(MAX_ERRORS);
        errors.push(
            Diagnostic::new(
                Severity::Note,
                codes::TOO_MANY_ERRORS,
                format!("only the first {MAX_ERRORS} errors of this file are shown"),
            )
            .at(
                Span::new(file, place.start, place.start),
                "the next one is here",
            ),
        );
    }
    errors
}

/// Formats a file. The result parses to the same tree, and formatting it again changes nothing.
///
/// # Errors
/// The diagnostics of a text that does not parse; such a text is not touched.
pub fn format(file: FileId, text: &str) -> Result<String, Diagnostics> {
    let (_, diagnostics) = parse(file, text);
    if diagnostic::has_errors(&diagnostics) {
        return Err(diagnostics);
    }
    Ok(format::format(text, &layout::layout(file, text).tokens))
}
