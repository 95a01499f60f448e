//! The byte scanner: text to tokens, comments and new lines included.
//!
//! It knows strings, heredocs and the expressions inside them, and keeps its own stack of them, so
//! nothing here recurses. Every byte that is not blank belongs to a token.

mod text;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span};

use super::MAX_ERRORS;

/// The `mate` of a token that is no bracket.
pub(super) const NO_MATE: u32 = u32::MAX;

/// How often the scanner may go back to the end of a line because something had no end. Past that
/// the rest of the file belongs to it: so the work stays linear.
const MAX_REWINDS: u32 = 8;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// The `"` that opens a string.
    Quote,
    QuoteEnd,
    /// Literal text inside a string.
    Text,
    /// `<<EOF` and its variants.
    Heredoc,
    /// The line with the heredoc's word, up to the end of the word.
    HeredocEnd,
    /// Literal text inside a heredoc.
    HeredocText,
    /// `${`
    Interpolation,
    InterpolationEnd,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    Comma,
    Assign,
    Colon,
    Question,
    Arrow,
    Dot,
    Range,
    Spread,
    /// An infix operator other than `-`.
    Operator,
    Minus,
    Not,
    /// A new line that separates.
    Newline,
    /// A new line that means nothing; the scanner makes only these, [`super::layout`] decides.
    Break,
    LineComment,
    BlockComment,
    /// Something already reported.
    Bad,
}

impl Kind {
    /// Comments and new lines.
    pub(super) fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Newline | Self::Break | Self::LineComment | Self::BlockComment
        )
    }

    pub(super) fn is_line_end(self) -> bool {
        matches!(self, Self::Newline | Self::Break)
    }

    pub(super) fn is_opener(self) -> bool {
        self.closer().is_some()
    }

    pub(super) fn is_closer(self) -> bool {
        matches!(
            self,
            Self::CloseBrace
                | Self::CloseBracket
                | Self::CloseParen
                | Self::QuoteEnd
                | Self::HeredocEnd
                | Self::InterpolationEnd
        )
    }

    /// What closes it, if it opens something.
    pub(super) fn closer(self) -> Option<Self> {
        Some(match self {
            Self::OpenBrace => Self::CloseBrace,
            Self::OpenBracket => Self::CloseBracket,
            Self::OpenParen => Self::CloseParen,
            Self::Quote => Self::QuoteEnd,
            Self::Heredoc => Self::HeredocEnd,
            Self::Interpolation => Self::InterpolationEnd,
            _ => return None,
        })
    }

    /// After these a new line does not end an expression.
    pub(super) fn continues(self) -> bool {
        matches!(
            self,
            Self::Comma
                | Self::Assign
                | Self::Colon
                | Self::Question
                | Self::Arrow
                | Self::Dot
                | Self::Range
                | Self::Operator
                | Self::Minus
                | Self::Not
        )
    }

    /// Whether an operand may end with it.
    pub(super) fn ends_operand(self) -> bool {
        matches!(
            self,
            Self::Word
                | Self::Number
                | Self::QuoteEnd
                | Self::HeredocEnd
                | Self::CloseBrace
                | Self::CloseBracket
                | Self::CloseParen
        )
    }
}

/// A token: what it is, its bytes, and for brackets the index of the other one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) mate: u32,
}

/// What the scanner is inside of.
enum Mode {
    Quote {
        token: usize,
    },
    Heredoc {
        token: usize,
        tag: std::ops::Range<usize>,
        raw: bool,
    },
    Interpolation {
        start: usize,
        brackets: u32,
    },
}

/// The tokens of a text and what is wrong with them.
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    pub(super) errors: Diagnostics,
}

/// Cuts a text into tokens.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer {
        file,
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        // A guess that saves most of the growing; a token takes about four bytes of text.
        tokens: Vec::with_capacity(text.len() / 4 + 16),
        errors: Vec::new(),
        modes: Vec::new(),
        rewinds: 0,
        comments_end: true,
    };
    lexer.run();
    Lexed {
        tokens: lexer.tokens,
        errors: lexer.errors,
    }
}

struct Lexer<'t> {
    file: FileId,
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tokens: Vec<Token>,
    errors: Diagnostics,
    modes: Vec<Mode>,
    rewinds: u32,
    /// Whether a `*/` may still come.
    comments_end: bool,
}

/// A byte offset as spans keep it; texts above [`super::MAX_FILE_BYTES`] never get here.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(super) fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'t> Lexer<'t> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, offset(start), offset(end))
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token {
            kind,
            start: offset(start),
            end: offset(end),
            mate: NO_MATE,
        });
        self.at = end;
    }

    fn error(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.errors.len() <= MAX_ERRORS {
            self.errors.push(make());
        }
    }

    /// The end of the line that holds `at`: its `\n`, or the end of the text.
    fn line_end(&self, at: usize) -> usize {
        self.bytes
            .get(at..)
            .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
            .map_or(self.bytes.len(), |length| at + length)
    }

    fn run(&mut self) {
        loop {
            while self.at < self.bytes.len() {
                match self.modes.last() {
                    None | Some(Mode::Interpolation { .. }) => self.token(),
                    Some(Mode::Quote { .. }) => self.quote_text(),
                    Some(Mode::Heredoc { .. }) => self.heredoc_text(),
                }
            }
            if !self.close_at_end() {
                return;
            }
        }
    }

    /// One token outside of literal text.
    fn token(&mut self) {
        let start = self.at;
        let Some(byte) = self.peek(0) else { return };
        let next = self.peek(1);
        match byte {
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'\n' => self.newline(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length = self.rest().iter().take_while(|b| is_word(**b)).count();
                self.push(Kind::Word, start, start + length);
            }
            b'0'..=b'9' => self.number(),
            b'"' => {
                let token = self.tokens.len();
                self.push(Kind::Quote, start, start + 1);
                self.modes.push(Mode::Quote { token });
            }
            b'#' => self.line_comment(),
            b'/' if next == Some(b'/') => self.line_comment(),
            b'/' if next == Some(b'*') => self.block_comment(),
            b'<' if next == Some(b'<') => self.heredoc(),
            b'{' => self.open(Kind::OpenBrace),
            b'[' => self.open(Kind::OpenBracket),
            b'(' => self.open(Kind::OpenParen),
            b'}' => self.close(Kind::CloseBrace),
            b']' => self.close(Kind::CloseBracket),
            b')' => self.close(Kind::CloseParen),
            b',' => self.push(Kind::Comma, start, start + 1),
            b':' => self.push(Kind::Colon, start, start + 1),
            b'?' => self.push(Kind::Question, start, start + 1),
            b'=' if next == Some(b'=') => self.push(Kind::Operator, start, start + 2),
            b'=' if next == Some(b'>') => self.push(Kind::Arrow, start, start + 2),
            b'=' => self.push(Kind::Assign, start, start + 1),
            b'!' | b'<' | b'>' if next == Some(b'=') => {
                self.push(Kind::Operator, start, start + 2);
            }
            b'|' | b'&' if next == Some(byte) => self.push(Kind::Operator, start, start + 2),
            b'!' => self.push(Kind::Not, start, start + 1),
            b'-' => self.push(Kind::Minus, start, start + 1),
            b'<' | b'>' | b'+' | b'*' | b'/' | b'%' => {
                self.push(Kind::Operator, start, start + 1);
            }
            b'.' if next == Some(b'.') && self.peek(2) == Some(b'.') => {
                self.push(Kind::Spread, start, start + 3);
            }
            b'.' if next == Some(b'.') => self.push(Kind::Range, start, start + 2),
            b'.' => self.push(Kind::Dot, start, start + 1),
            _ => self.unexpected_characters(),
        }
    }

    fn newline(&mut self) {
        if let Some(Mode::Interpolation { start, brackets: 0 }) = self.modes.last() {
            let start = *start;
            // The quote meant to end the string was taken for one that starts another.
            let at = offset(self.at);
            if self.errors.last().is_some_and(|error| {
                error.code == codes::UNTERMINATED_STRING
                    && error.span().is_some_and(|span| span.end == at)
            }) {
                self.errors.pop();
            }
            self.unclosed_interpolation(start);
            self.end_interpolation(self.at);
            if matches!(self.modes.last(), Some(Mode::Quote { .. })) {
                self.modes.pop();
                self.push(Kind::QuoteEnd, self.at, self.at);
            }
            return;
        }
        self.push(Kind::Break, self.at, self.at + 1);
    }

    fn open(&mut self, kind: Kind) {
        if let Some(Mode::Interpolation { brackets, .. }) = self.modes.last_mut() {
            *brackets += 1;
        }
        self.push(kind, self.at, self.at + 1);
    }

    fn close(&mut self, kind: Kind) {
        match self.modes.last_mut() {
            Some(Mode::Interpolation { brackets: 0, .. }) if kind == Kind::CloseBrace => {
                self.end_interpolation(self.at + 1);
            }
            Some(Mode::Interpolation { brackets, .. }) => {
                *brackets = brackets.saturating_sub(1);
                self.push(kind, self.at, self.at + 1);
            }
            _ => self.push(kind, self.at, self.at + 1),
        }
    }

    fn end_interpolation(&mut self, end: usize) {
        self.modes.pop();
        self.push(Kind::InterpolationEnd, self.at, end);
    }

    fn unclosed_interpolation(&mut self, start: usize) {
        let span = self.span(start, start + 2);
        self.error(|| {
            Diagnostic::error(
                codes::UNTERMINATED_INTERPOLATION,
                "this `${` is not closed on its line",
            )
            .at(span, "needs a `}`")
            .help("for the two characters themselves write `$${`")
        });
    }

    fn line_comment(&mut self) {
        let end = self.line_end(self.at);
        // The `\r` of a line end is no part of the comment.
        let trimmed = self
            .text
            .get(self.at..end)
            .map_or(end, |comment| self.at + comment.trim_end().len());
        self.push(Kind::LineComment, self.at, trimmed);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let length = if self.comments_end {
            self.text.get(start + 2..).and_then(|rest| rest.find("*/"))
        } else {
            None
        };
        if let Some(length) = length {
            self.push(Kind::BlockComment, start, start + length + 4);
            return;
        }
        self.comments_end = false;
        let span = self.span(start, start + 2);
        self.error(|| {
            Diagnostic::error(codes::UNTERMINATED_COMMENT, "this comment has no end")
                .at(span, "needs a `*/`")
        });
        self.push(Kind::Bad, start, self.line_end(start));
    }

    fn number(&mut self) {
        let start = self.at;
        let digits = |at: usize| {
            self.bytes
                .get(at..)
                .unwrap_or_default()
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut end = start + digits(start);
        if self.bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let tail = self
            .bytes
            .get(end..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        if tail == 0 {
            self.push(Kind::Number, start, end);
            return;
        }
        let end = end + tail;
        let span = self.span(start, end);
        let shown = self.text.get(start..end).unwrap_or_default();
        self.error(|| {
            Diagnostic::error(codes::BAD_NUMBER, format!("`{shown}` is not a number"))
                .at(span, "expected digits")
                .help(format!("write a text in quotes: `\"{shown}\"`"))
        });
        self.push(Kind::Bad, start, end);
    }

    /// A run of characters that mean nothing, reported once.
    fn unexpected_characters(&mut self) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest
            .chars()
            .take_while(|c| {
                !c.is_ascii()
                    || (!c.is_ascii_alphanumeric()
                        && !matches!(c, '_' | '"' | '#' | '{' | '}' | '[' | ']' | '(' | ')')
                        && !matches!(c, ',' | ':' | '?' | '=' | '!' | '<' | '>' | '+' | '-')
                        && !matches!(c, '*' | '/' | '%' | '.' | ' ' | '\t' | '\r' | '\n'))
            })
            .map(char::len_utf8)
            .sum::<usize>()
            .max(1);
        let end = start + length;
        let shown = self.text.get(start..end).unwrap_or_default();
        let span = self.span(start, end);
        self.error(|| text::unexpected_character(shown, span));
        self.push(Kind::Bad, start, end);
    }

    /// At the end of the text: closes what is open. Says whether there is more to read, because
    /// the scanner went back to the line where something without an end began.
    fn close_at_end(&mut self) -> bool {
        let Some(mode) = self.modes.first() else {
            return false;
        };
        let token = match mode {
            Mode::Quote { token } | Mode::Heredoc { token, .. } => *token,
            // The outermost is always a string or a heredoc.
            Mode::Interpolation { .. } => return false,
        };
        let is_heredoc = matches!(mode, Mode::Heredoc { .. });
        let Some(opener) = self.tokens.get(token).copied() else {
            return false;
        };
        let start = opener.start as usize;
        let line_end = self.line_end(start);
        self.modes.clear();
        let back = self.rewinds < MAX_REWINDS;
        if back {
            self.rewinds += 1;
            self.tokens.truncate(token);
            // What was said about the text behind is said again when it is read again.
            self.errors
                .retain(|error| error.span().is_none_or(|span| span.start < opener.start));
        }
        if is_heredoc {
            self.unterminated_heredoc(opener);
        } else {
            self.unterminated_string(start, line_end);
        }
        if back {
            let end = if is_heredoc {
                self.next_statement(line_end)
            } else {
                line_end
            };
            self.push(Kind::Bad, start, end);
        } else {
            self.tokens.truncate(token);
            self.push(Kind::Bad, start, self.bytes.len());
        }
        back
    }

    /// The end of the line before the next one at the margin that looks like a statement: the text
    /// of a heredoc without an end is not worth an error a line.
    fn next_statement(&self, from: usize) -> usize {
        let mut at = from;
        for line in self
            .text
            .get(from..)
            .unwrap_or_default()
            .split_inclusive('\n')
        {
            if at > from && text::looks_like_statement(line) {
                return at - 1;
            }
            at += line.len();
        }
        self.bytes.len()
    }

    fn unterminated_string(&mut self, start: usize, end: usize) {
        let span = self.span(start, end.max(start + 1));
        self.error(|| {
            Diagnostic::error(codes::UNTERMINATED_STRING, "this string has no end")
                .at(span, "needs a closing `\"` on this line")
                .help("for text of several lines use a heredoc: `<<EOF`")
        });
    }
}
