//! From tokens to statements: which bracket belongs to which, which new lines separate, where a
//! statement begins and ends, how deep things nest, and the text pest gets.
//!
//! A bracket that is never closed gets a closing token without bytes where it must have ended, so
//! that everything behind this pass sees balanced brackets.

mod brackets;
mod prepare;

use crate::diagnostic::{Diagnostics, FileId};

use super::lex::{self, Kind, Token};
use brackets::Matcher;

/// A statement: its tokens, and its bytes without comments before and behind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Index of the first token.
    pub(super) first: u32,
    /// One past the index of the last token.
    pub(super) last: u32,
    /// The first byte.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
    /// Whether an error was found in it, so that it has to be read piece by piece.
    pub(super) broken: bool,
}

/// What is known of a file before pest reads it.
pub(super) struct Layout {
    pub(super) tokens: Vec<Token>,
    /// The text with everything that means nothing to the grammar made blank; as long as the
    /// source, byte for byte.
    pub(super) prepared: String,
    pub(super) statements: Vec<Stretch>,
    pub(super) errors: Diagnostics,
    /// Offsets at which a piece of text cannot be read; sorted.
    pub(super) poison: Vec<u32>,
    /// Offsets of brackets that nothing closes; sorted.
    pub(super) repaired: Vec<u32>,
}

impl Layout {
    pub(super) fn token(&self, at: u32) -> Option<Token> {
        self.tokens.get(at as usize).copied()
    }

    /// The brace of the body: the first one outside of other brackets, if no `=` stands before it.
    pub(super) fn body_brace(&self, whole: &Stretch) -> Option<u32> {
        let mut at = whole.first;
        while at < whole.last {
            let token = self.token(at)?;
            match token.kind {
                Kind::OpenBrace => return Some(at),
                Kind::Assign => return None,
                kind if kind.is_opener() => at = token.mate.max(at) + 1,
                _ => at += 1,
            }
        }
        None
    }
}

/// Lays out a text.
pub(super) fn layout(file: FileId, text: &str) -> Layout {
    let lexed = lex::lex(file, text);
    let mut poison: Vec<u32> = lexed
        .errors
        .iter()
        .filter_map(|error| error.span().map(|span| span.start))
        .collect();
    poison.sort_unstable();
    let mut matched = Matcher::new(file, text, &lexed.tokens, &poison, false).run();
    if matched.mismatch {
        drop(matched);
        // The brackets do not match: only now do lines that look like statements count as such,
        // because in a sound file they may stand anywhere.
        matched = Matcher::new(file, text, &lexed.tokens, &poison, true).run();
    }
    drop(lexed.tokens);
    poison.extend(matched.poison);
    poison.sort_unstable();
    let mut repaired = matched.repaired;
    repaired.sort_unstable();
    let mut errors = lexed.errors;
    errors.extend(matched.errors);
    let tokens = matched.tokens;
    let statements = statements(&tokens, &matched.starts, &poison, &repaired);
    let prepared = prepare::prepare(text, &tokens);
    Layout {
        tokens,
        prepared,
        statements,
        errors,
        poison,
        repaired,
    }
}

/// Whether one of the sorted offsets lies in `start..end`.
pub(super) fn holds(offsets: &[u32], start: u32, end: u32) -> bool {
    offsets
        .get(offsets.partition_point(|offset| *offset < start))
        .is_some_and(|offset| *offset < end)
}

/// Cuts the tokens at the starts of statements and drops comments and new lines at both ends.
fn statements(tokens: &[Token], starts: &[u32], poison: &[u32], repaired: &[u32]) -> Vec<Stretch> {
    let mut statements = Vec::with_capacity(starts.len());
    let ends = starts
        .iter()
        .skip(1)
        .copied()
        .chain(std::iter::once(lex_len(tokens)));
    let found = starts
        .iter()
        .copied()
        .zip(ends)
        .filter_map(|(first, last)| stretch(tokens, first, last))
        .map(|mut stretch| {
            // One past the end, too: an error at the end of a file has no byte of its own.
            stretch.broken = holds(poison, stretch.start, stretch.end + 1)
                || holds(repaired, stretch.start, stretch.end + 1);
            stretch
        });
    statements.extend(found);
    statements
}

fn lex_len(tokens: &[Token]) -> u32 {
    u32::try_from(tokens.len()).unwrap_or(u32::MAX)
}

/// The tokens `first..last` without comments and new lines at both ends; `None` if nothing is left.
pub(super) fn stretch(tokens: &[Token], first: u32, last: u32) -> Option<Stretch> {
    let slice = tokens.get(first as usize..last as usize)?;
    let lead = slice.iter().position(|token| !token.kind.is_trivia())?;
    let tail = slice.iter().rposition(|token| !token.kind.is_trivia())?;
    Some(Stretch {
        first: first + u32::try_from(lead).ok()?,
        last: first + u32::try_from(tail).ok()? + 1,
        start: slice.get(lead)?.start,
        end: slice.get(tail)?.end,
        broken: false,
    })
}

/// The separators and braces of a line that starts a statement beyond doubt: two words and a
/// brace, or a keyword and what must follow it. Used only where the brackets do not match.
fn starts_statement(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(first) = tokens.get(at) else {
        return false;
    };
    let kind = |ahead: usize| tokens.get(at + ahead).map(|token| token.kind);
    let word = |ahead: usize| {
        tokens
            .get(at + ahead)
            .filter(|token| token.kind == Kind::Word)
            .and_then(|token| text.get(token.start as usize..token.end as usize))
    };
    if first.kind != Kind::Word {
        return false;
    }
    match (word(0), kind(1), kind(2)) {
        (_, Some(Kind::Word), Some(Kind::OpenBrace)) => true,
        (Some("let" | "output" | "input"), Some(Kind::Word), _)
        | (Some("import"), Some(Kind::Word), Some(Kind::Dot))
        | (Some("moved" | "removed"), Some(Kind::OpenBrace), _)
        | (Some("expect"), Some(Kind::Quote), _) => true,
        (Some("existing" | "expect"), Some(Kind::Word), Some(Kind::Word)) => {
            kind(3) == Some(Kind::OpenBrace)
        }
        (Some("module"), Some(Kind::Word), _) => word(2) == Some("from"),
        _ => false,
    }
}
