//! What stands on a line, and expressions that go over several.

use super::{Context, Formatter, INDENT, is_empty};
use crate::syntax::lex::{Kind, Token};

/// An open bracket while its content is written.
struct Level {
    kind: Kind,
    /// Indent of the line it was opened on.
    indent: usize,
    /// Whether the next `=` or `:` in it separates key and value.
    key: bool,
    is_for: bool,
    is_type: bool,
}

/// What was written last.
#[derive(Clone, Copy)]
struct Before {
    kind: Kind,
    /// A sign before an operand.
    sign: bool,
    /// `for`, `in` or `if` of a `for` expression.
    keyword: bool,
}

impl Formatter<'_> {
    /// As [`Self::inline`], into a text of its own.
    pub(super) fn flat(
        &mut self,
        first: usize,
        last: usize,
        before: Option<Kind>,
        in_type: bool,
    ) -> String {
        let kept = std::mem::take(&mut self.out);
        self.inline(first, last, 0, before, in_type);
        std::mem::replace(&mut self.out, kept)
    }

    /// Writes the tokens `first..last` with canonical blanks. Line breaks in them stay; `indent` is
    /// that of the line this begins on, `before` what stands there.
    pub(super) fn inline(
        &mut self,
        first: usize,
        last: usize,
        indent: usize,
        before: Option<Kind>,
        in_type: bool,
    ) {
        let mut levels: Vec<Level> = Vec::new();
        let mut before = before.map(|kind| Before {
            kind,
            sign: false,
            keyword: false,
        });
        let mut line_ends = 0_usize;
        let mut line_indent = indent;
        // Only the name of an input is followed by a type on this level.
        let mut top_key = in_type;
        let mut at = first;
        while at < last {
            let Some(token) = self.token(at) else { break };
            if token.kind.is_line_end() {
                line_ends += 1;
                at += 1;
                continue;
            }
            let is_closer = matches!(
                token.kind,
                Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen
            );
            let drops = token.kind == Kind::Comma
                && matches!(
                    self.kind(at + 1),
                    Some(Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen)
                );
            if drops {
                at += 1;
                continue;
            }
            let level = levels.last_mut();
            let is_key = matches!(token.kind, Kind::Assign | Kind::Colon)
                && level.as_ref().map_or(top_key, |level| level.key);
            let type_key = is_key && level.as_ref().map_or(in_type, |level| level.is_type);
            let keyword = token.kind == Kind::Word
                && level.as_ref().is_some_and(|level| level.is_for)
                && before.is_none_or(|before| before.kind != Kind::Dot)
                && matches!(self.text(&token), "for" | "in" | "if");
            let outer = level.as_ref().map(|level| level.indent);
            match level {
                Some(level) if is_key => level.key = false,
                Some(level) if token.kind == Kind::Comma => {
                    level.key = level.kind == Kind::OpenBrace && !level.is_for;
                }
                None if is_key => top_key = false,
                _ => {}
            }
            if is_closer {
                levels.pop();
            }
            if line_ends > 0 {
                line_indent = match outer {
                    Some(outer) if is_closer => outer,
                    Some(outer) => outer + INDENT,
                    None => indent + INDENT,
                };
                let inner = !is_closer && before.is_some_and(|before| !before.kind.is_opener());
                self.begin_line(line_indent, inner && line_ends > 1);
            } else if !type_key && before.is_some_and(|before| needs_blank(before, &token)) {
                self.out.push(' ');
            }
            line_ends = 0;
            let sign = matches!(token.kind, Kind::Minus | Kind::Not)
                && before.is_none_or(|before| before.keyword || !before.kind.ends_operand());
            let opened_for =
                matches!(token.kind, Kind::OpenBrace | Kind::OpenBracket) && self.opens_for(at);
            let mut written = token.kind;
            match token.kind {
                Kind::Quote | Kind::Heredoc => {
                    let end = self.mate(at);
                    let to = self.token(end).map_or(token.end, |mate| mate.end);
                    self.out.push_str(
                        self.source
                            .get(token.start as usize..to as usize)
                            .unwrap_or_default(),
                    );
                    written = token.kind.closer().unwrap_or(token.kind);
                    at = end;
                }
                Kind::OpenBrace => {
                    let is_type = self.opens_type(at);
                    let close = self.mate(at);
                    if is_empty(self.tokens, at) {
                        self.out.push_str("{}");
                        written = Kind::CloseBrace;
                        at = close;
                    } else if !opened_for && self.spans_lines(at, close) {
                        let context = if is_type {
                            Context::Type
                        } else {
                            Context::Braces
                        };
                        self.braces(at, line_indent, context, at);
                        written = Kind::CloseBrace;
                        at = close;
                    } else {
                        self.out.push('{');
                        levels.push(Level {
                            kind: token.kind,
                            indent: line_indent,
                            key: !opened_for,
                            is_for: opened_for,
                            is_type,
                        });
                    }
                }
                Kind::Colon | Kind::Assign if is_key => {
                    self.out.push_str(if type_key { ":" } else { "=" });
                    written = Kind::Assign;
                }
                kind => {
                    self.out.push_str(self.text(&token));
                    if kind.is_opener() {
                        levels.push(Level {
                            kind,
                            indent: line_indent,
                            key: false,
                            is_for: opened_for,
                            is_type: false,
                        });
                    }
                }
            }
            before = Some(Before {
                kind: written,
                sign,
                keyword,
            });
            at += 1;
        }
    }

    /// The brace of `object({`.
    fn opens_type(&self, at: usize) -> bool {
        at.checked_sub(2).is_some_and(|word| {
            self.kind(at - 1) == Some(Kind::OpenParen) && self.word(word) == "object"
        })
    }
}

/// Whether a blank stands between two things on a line.
fn needs_blank(before: Before, token: &Token) -> bool {
    if before.sign {
        return false;
    }
    match (before.kind, token.kind) {
        (Kind::LineComment | Kind::BlockComment, _)
        | (_, Kind::LineComment | Kind::BlockComment) => true,
        (Kind::OpenBrace, Kind::CloseBrace)
        | (Kind::OpenParen | Kind::OpenBracket | Kind::Dot | Kind::Range, _)
        | (
            _,
            Kind::Comma
            | Kind::CloseParen
            | Kind::CloseBracket
            | Kind::Dot
            | Kind::Range
            | Kind::Spread,
        ) => false,
        (Kind::Word, Kind::OpenParen) => before.keyword,
        (kind, Kind::OpenBracket) => before.keyword || !kind.ends_operand(),
        _ => true,
    }
}
