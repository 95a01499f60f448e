//! What to say about a piece of text the grammar refused: by its shape where that tells what was
//! meant, else by what stood before the place where reading stopped. Never in the grammar's words.

mod expected;
mod shape;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, FileId, Span};

use super::lex::{Kind, Token};

/// Where the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It should be a statement.
    File,
    /// It should be an attribute or a nested block.
    Body,
}

pub(super) struct Explainer<'l> {
    pub(super) file: FileId,
    pub(super) source: &'l str,
    pub(super) tokens: &'l [Token],
    pub(super) place: Place,
}

impl Explainer<'_> {
    /// Explains why the tokens `first..last` cannot be read; the grammar stopped at byte `at`.
    pub(super) fn explain(&self, first: u32, last: u32, at: u32) -> Diagnostic {
        let significant: Vec<Token> = self
            .tokens
            .get(first as usize..last as usize)
            .unwrap_or_default()
            .iter()
            .filter(|token| !token.kind.is_trivia())
            .copied()
            .collect();
        self.by_shape(&significant)
            .unwrap_or_else(|| self.by_place(first, last, at))
    }

    fn text(&self, token: &Token) -> &str {
        self.source
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    fn span(&self, token: &Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// A token as a reader sees it: a string is one thing.
    fn whole_span(&self, token: &Token) -> Span {
        let end = match token.kind {
            Kind::Quote => self
                .tokens
                .get(token.mate as usize)
                .map_or(token.end, |mate| mate.end),
            _ => token.end,
        };
        Span::new(self.file, token.start, end)
    }

    fn found(&self, token: &Token) -> String {
        match token.kind {
            Kind::Newline | Kind::Break => "the end of the line".to_owned(),
            Kind::Quote | Kind::Text | Kind::QuoteEnd => "a string".to_owned(),
            Kind::Heredoc | Kind::HeredocText | Kind::HeredocEnd => "a heredoc".to_owned(),
            _ => format!("`{}`", self.text(token)),
        }
    }

    fn by_place(&self, first: u32, last: u32, at: u32) -> Diagnostic {
        let tokens = self
            .tokens
            .get(first as usize..last as usize)
            .unwrap_or_default();
        let stop = tokens
            .iter()
            .position(|token| {
                token.end > at && (!token.kind.is_trivia() || token.kind == Kind::Newline)
            })
            .unwrap_or(tokens.len());
        let before = tokens.get(..stop).unwrap_or_default();
        let expected = self.expected(before);
        // What ends an item is not part of it.
        let behind = self.tokens.get(last as usize).filter(|token| {
            matches!(token.kind, Kind::Comma | Kind::CloseBrace) && token.start < token.end
        });
        let (found, span) = match tokens.get(stop).or(behind) {
            Some(token) => (self.found(token), self.whole_span(token)),
            None => {
                let end = before
                    .iter()
                    .rev()
                    .find(|token| !token.kind.is_trivia())
                    .map_or(at, |token| token.end);
                let rest = self.source.get(end as usize..).unwrap_or_default();
                let found = if rest.trim().is_empty() {
                    "the end of the file"
                } else {
                    "the end of the line"
                };
                (found.to_owned(), Span::new(self.file, end, end))
            }
        };
        let diagnostic = Diagnostic::error(
            codes::UNEXPECTED,
            format!("expected {expected}, found {found}"),
        )
        .at(span, format!("expected {expected}"));
        self.with_hint(diagnostic, tokens.get(stop), before)
    }

    fn with_hint(
        &self,
        diagnostic: Diagnostic,
        stop: Option<&Token>,
        before: &[Token],
    ) -> Diagnostic {
        let starts_line = before
            .last()
            .is_some_and(|token| token.kind.is_line_end() || token.kind == Kind::LineComment);
        match stop.map(|token| token.kind) {
            Some(Kind::Question | Kind::Colon | Kind::Operator | Kind::Dot | Kind::Minus)
                if starts_line =>
            {
                diagnostic.help("to go on in the next line, end the line before with the operator")
            }
            Some(Kind::Comma)
                if before
                    .iter()
                    .rev()
                    .find(|token| !token.kind.is_trivia())
                    .is_some_and(|token| token.kind == Kind::Comma || token.kind.is_opener()) =>
            {
                Diagnostic {
                    code: codes::EXTRA_COMMA,
                    ..diagnostic
                }
            }
            Some(Kind::Minus) => match stop.and_then(|minus| self.dashed_key(minus, before)) {
                Some(key) => diagnostic.help(format!(
                    "a key that is not a plain name is written in quotes: `\"{key}\"`"
                )),
                None => diagnostic,
            },
            _ => diagnostic,
        }
    }

    /// `cost-centre`, if a key of an object was written so: words and dashes without a blank.
    fn dashed_key(&self, minus: &Token, before: &[Token]) -> Option<&str> {
        let first = before.last().filter(|word| {
            word.kind == Kind::Word && word.end == minus.start && self.starts_key(before)
        })?;
        let from = self
            .tokens
            .partition_point(|token| token.start < first.start);
        let mut end = first.start;
        for token in self.tokens.get(from..)? {
            let is_piece = matches!(token.kind, Kind::Word | Kind::Minus | Kind::Number);
            if token.start != end || !is_piece {
                break;
            }
            end = token.end;
        }
        self.source.get(first.start as usize..end as usize)
    }

    /// Whether the last of the tokens is the first of an object's member, or of a line.
    fn starts_key(&self, before: &[Token]) -> bool {
        before
            .iter()
            .rev()
            .skip(1)
            .find(|token| !token.kind.is_trivia() || token.kind == Kind::Newline)
            .is_some_and(|token| {
                matches!(token.kind, Kind::OpenBrace | Kind::Comma | Kind::Newline)
            })
    }
}
