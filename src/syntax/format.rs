//! The one canonical style. It works on tokens, so every comment stays: two blanks of indent, `=`
//! aligned in runs of attribute lines, one attribute a line, at most one empty line.
//!
//! Blocks and objects written on one line stay so; a block that is wider than [`MAX_WIDTH`] is
//! opened. Lists and calls keep their line breaks. Strings and heredocs are never touched.

mod entries;
mod inline;

use super::lex::{Kind, Token};

/// Columns up to which a block stays on one line.
pub(super) const MAX_WIDTH: usize = 100;

/// A text that becomes so many times as long, and [`FLOOR_BYTES`] more, is gone through twice.
const MOST_TIMES: usize = 4;
const FLOOR_BYTES: usize = 64 * 1024;

/// Blanks of one level.
pub(super) const INDENT: usize = 2;

/// Prints the tokens of a sound text.
pub(super) fn format(source: &str, tokens: &[Token]) -> String {
    let mut breaks = Vec::with_capacity(tokens.len() + 1);
    let mut count = 0_u32;
    // Up to here new lines do not count: they stand alone between braces.
    let mut empty_up_to = 0;
    breaks.push(count);
    for (at, token) in tokens.iter().enumerate() {
        if is_empty(tokens, at) {
            empty_up_to = token.mate as usize;
        }
        let comment_of_lines = token.kind == Kind::BlockComment
            && source
                .get(token.start as usize..token.end as usize)
                .is_some_and(|text| text.contains('\n'));
        if (token.kind.is_line_end() && at >= empty_up_to)
            || token.kind == Kind::Heredoc
            || comment_of_lines
        {
            count += 1;
        }
        breaks.push(count);
    }
    let mut formatter = Formatter {
        source,
        tokens,
        breaks,
        out: String::with_capacity(source.len() + source.len() / 8),
        most: source.len() * MOST_TIMES + FLOOR_BYTES,
        counted: None,
    };
    formatter.entries(0, tokens.len(), 0, Context::File);
    if let Some(counted) = formatter.counted {
        // Mostly indent: now that its size is known, it is written without being copied as it grows.
        formatter.out = String::with_capacity(counted + formatter.out.len() + 1);
        formatter.most = usize::MAX;
        formatter.counted = None;
        formatter.entries(0, tokens.len(), 0, Context::File);
    }
    if !formatter.out.is_empty() {
        formatter.out.push('\n');
    }
    formatter.out
}

/// Whether the token at `at` opens braces with nothing but new lines between them.
fn is_empty(tokens: &[Token], at: usize) -> bool {
    let Some(open) = tokens.get(at).filter(|open| open.kind == Kind::OpenBrace) else {
        return false;
    };
    tokens
        .get(at + 1..open.mate as usize)
        .is_some_and(|inside| inside.iter().all(|token| token.kind.is_line_end()))
}

/// What entries are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// Statements.
    File,
    /// A block or an object.
    Braces,
    /// `object({ … })` of a type.
    Type,
}

struct Formatter<'s> {
    source: &'s str,
    tokens: &'s [Token],
    /// How many tokens before this one span or end a line.
    breaks: Vec<u32>,
    out: String,
    /// Past so many bytes what is written is only counted.
    most: usize,
    /// Bytes that were only counted.
    counted: Option<usize>,
}

impl<'s> Formatter<'s> {
    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn text(&self, token: &Token) -> &'s str {
        self.source
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    fn word(&self, at: usize) -> &'s str {
        self.tokens.get(at).map_or("", |token| self.text(token))
    }

    /// Whether the tokens `first..last` need more than one line.
    fn spans_lines(&self, first: usize, last: usize) -> bool {
        self.breaks.get(first) != self.breaks.get(last)
    }

    /// The index of the bracket that closes the one at `at`, or `at` itself.
    fn mate(&self, at: usize) -> usize {
        self.tokens
            .get(at)
            .filter(|token| token.kind.is_opener())
            .map_or(at, |token| (token.mate as usize).max(at))
    }

    /// The first token from `at` on, before `last`, that is no comment or new line.
    fn significant(&self, at: usize, last: usize) -> usize {
        (at..last)
            .find(|at| self.kind(*at).is_some_and(|kind| !kind.is_trivia()))
            .unwrap_or(last)
    }

    /// Whether the brace at `at` opens `{ for … }`.
    fn opens_for(&self, at: usize) -> bool {
        let close = self.mate(at);
        let word = self.significant(at + 1, close);
        let name = self.significant(word + 1, close);
        let behind = self.significant(name + 1, close);
        self.word(word) == "for"
            && self.kind(name) == Some(Kind::Word)
            && matches!(self.word(behind), "in" | ",")
    }

    /// Ends the line and begins one, an empty one between them if asked for.
    fn begin_line(&mut self, indent: usize, empty_before: bool) {
        if self.out.is_empty() && self.counted.is_none() {
            return;
        }
        if self.out.len() > self.most {
            self.counted = Some(self.counted.unwrap_or(0) + self.out.len());
            self.out.clear();
        }
        self.out.push('\n');
        if empty_before {
            self.out.push('\n');
        }
        self.blanks(indent);
    }

    fn blanks(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }
}
