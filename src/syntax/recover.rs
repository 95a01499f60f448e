//! Reads a statement that pest refused piece by piece: its head, then every attribute and nested
//! block of its body on its own. What is sound is kept, what is not is reported once.

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span};

use super::build::{Builder, Words};
use super::explain::{Explainer, Place};
use super::grammar::{self, Rule};
use super::layout::{Layout, Stretch, holds, stretch};
use super::lex::{Kind, Token};
use super::tree::{Body, BodyItem, Statement, StatementKind};

pub(super) struct Recovery<'l, 't> {
    pub(super) file: FileId,
    pub(super) source: &'t str,
    pub(super) layout: &'l Layout,
    pub(super) errors: Diagnostics,
    /// How many blocks deep this is.
    pub(super) depth: usize,
}

impl Recovery<'_, '_> {
    /// The statement, without what of it is broken; `None` if its head is.
    pub(super) fn statement(&mut self, whole: &Stretch) -> Option<Statement> {
        let Some(open) = self.body_brace(whole) else {
            if self.is_reported(whole) {
                return None;
            }
            return match self.read_whole(Rule::whole_statement, whole) {
                Ok(Piece::Statement(statement)) => Some(statement),
                Ok(Piece::Item(_)) => None,
                Err(error) => {
                    self.errors.push(*error);
                    None
                }
            };
        };
        let head = self.head(Place::File, Rule::whole_statement, whole, open);
        let body = self.body(open);
        self.behind(Place::File, whole, open);
        let Some(Piece::Statement(mut statement)) = head else {
            return None;
        };
        statement.span.end = whole.end;
        match &mut statement.kind {
            StatementKind::Block { body: place, .. }
            | StatementKind::OutputBlock { body: place, .. }
            | StatementKind::Existing { body: place, .. }
            | StatementKind::Moved(place)
            | StatementKind::Removed(place)
            | StatementKind::Expect { body: place, .. } => *place = body,
            StatementKind::Input { body: place, .. }
            | StatementKind::Module { body: place, .. } => *place = Some(body),
            StatementKind::Let { .. }
            | StatementKind::OutputValue { .. }
            | StatementKind::Import { .. } => {}
        }
        Some(statement)
    }

    fn token(&self, at: u32) -> Option<Token> {
        self.layout.tokens.get(at as usize).copied()
    }

    /// The brace of the body: the first one outside of other brackets, if no `=` stands before it.
    fn body_brace(&self, whole: &Stretch) -> Option<u32> {
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

    /// Whether what is wrong with it has been said.
    fn is_reported(&self, piece: &Stretch) -> bool {
        // One past the end, too: what is missing at an end has no byte of its own.
        holds(
            &self.layout.poison,
            piece.start,
            piece.end.max(piece.start + 1),
        ) || holds(&self.layout.repaired, piece.start, piece.end)
    }

    /// Reads what stands before the brace, as if the body were empty.
    fn head(&mut self, place: Place, rule: Rule, whole: &Stretch, open: u32) -> Option<Piece> {
        let brace = self.token(open)?;
        let head = stretch(&self.layout.tokens, whole.first, open);
        if let Some(head) = &head
            && self.is_reported(head)
        {
            return None;
        }
        let before = self
            .layout
            .prepared
            .get(whole.start as usize..brace.start as usize)?;
        let text = format!("{before}{{}}");
        let read = self.read(rule, &text, whole.start);
        match read {
            Ok(piece) => Some(piece),
            Err(Refused::At(at)) => {
                let at = (whole.start + at).min(brace.start);
                let error = self.explainer(place).explain(whole.first, open + 1, at);
                self.errors.push(error);
                None
            }
            Err(Refused::For(error)) => {
                self.errors.push(*error);
                None
            }
        }
    }

    fn explainer(&self, place: Place) -> Explainer<'_> {
        Explainer {
            file: self.file,
            source: self.source,
            tokens: &self.layout.tokens,
            place,
        }
    }

    fn body(&mut self, open: u32) -> Body {
        let Some(brace) = self.token(open) else {
            return Body::default();
        };
        let close = brace.mate;
        let end = self.token(close).map_or(brace.end, |token| token.end);
        let mut items = Vec::new();
        let mut first = open + 1;
        let mut at = first;
        let mut after_comma = false;
        while at <= close {
            let Some(token) = self.token(at) else { break };
            let is_end = at == close;
            if !(is_end || matches!(token.kind, Kind::Newline | Kind::Comma)) {
                at = if token.kind.is_opener() {
                    token.mate.max(at) + 1
                } else {
                    at + 1
                };
                continue;
            }
            let is_comma = token.kind == Kind::Comma && !is_end;
            match stretch(&self.layout.tokens, first, at) {
                Some(item) => items.extend(self.item(&item)),
                None if is_comma && (after_comma || items.is_empty()) => self.extra_comma(token),
                None => {}
            }
            after_comma = is_comma;
            at += 1;
            first = at;
        }
        Body {
            items,
            span: Some(Span::new(self.file, brace.start, end)),
        }
    }

    fn extra_comma(&mut self, token: Token) {
        self.errors.push(
            Diagnostic::error(codes::EXTRA_COMMA, "this `,` separates nothing").at(
                Span::new(self.file, token.start, token.end),
                "expected an attribute or a block",
            ),
        );
    }

    fn item(&mut self, item: &Stretch) -> Option<BodyItem> {
        let Some(open) = self.body_brace(item) else {
            if self.is_reported(item) {
                return None;
            }
            return match self.read_whole(Rule::whole_item, item) {
                Ok(Piece::Item(item)) => Some(item),
                Ok(Piece::Statement(_)) => None,
                Err(error) => {
                    self.errors.push(*error);
                    None
                }
            };
        };
        // Blocks nest as deep as brackets may; the rest was reported as too deep.
        let head = self.head(Place::Body, Rule::whole_item, item, open);
        let content = self.body_within_limit(open);
        self.behind(Place::Body, item, open);
        let Some(Piece::Item(BodyItem::Block {
            keyword,
            label,
            mut span,
            ..
        })) = head
        else {
            return None;
        };
        span.end = item.end;
        Some(BodyItem::Block {
            keyword,
            label,
            body: content,
            span,
        })
    }

    /// The body, unless it holds the point where nesting became too deep without anything else
    /// being wrong: recursion must not follow what the grammar may not.
    fn body_within_limit(&mut self, open: u32) -> Body {
        if self.depth >= super::MAX_NESTING {
            return Body::default();
        }
        self.depth += 1;
        let body = self.body(open);
        self.depth -= 1;
        body
    }

    /// What stands behind the closing brace on its line.
    fn behind(&mut self, place: Place, whole: &Stretch, open: u32) {
        let Some(close) = self.token(open).map(|brace| brace.mate) else {
            return;
        };
        let Some(rest) = stretch(&self.layout.tokens, close + 1, whole.last) else {
            return;
        };
        if !self.is_reported(&rest) {
            let error = self
                .explainer(place)
                .explain(whole.first, whole.last, rest.start);
            self.errors.push(error);
        }
    }

    fn read_whole(&self, rule: Rule, piece: &Stretch) -> Result<Piece, Box<Diagnostic>> {
        let text = self
            .layout
            .prepared
            .get(piece.start as usize..piece.end as usize)
            .unwrap_or_default();
        self.read(rule, text, piece.start)
            .map_err(|refused| match refused {
                Refused::For(error) => error,
                Refused::At(at) => {
                    let place = if rule == Rule::whole_item {
                        Place::Body
                    } else {
                        Place::File
                    };
                    Box::new(self.explainer(place).explain(
                        piece.first,
                        piece.last,
                        piece.start + at,
                    ))
                }
            })
    }

    fn read(&self, rule: Rule, text: &str, base: u32) -> Result<Piece, Refused> {
        let mut nodes = grammar::read(rule, text)
            .map_err(|at| Refused::At(u32::try_from(at).unwrap_or(u32::MAX)))?;
        let Some(node) = nodes.next() else {
            return Err(Refused::At(0));
        };
        let mut words = Words::new();
        let mut builder = Builder {
            file: self.file,
            source: self.source,
            base,
            words: &mut words,
        };
        let built = if rule == Rule::whole_item {
            builder.item(node).map(Piece::Item)
        } else {
            builder.statement(node).map(Piece::Statement)
        };
        built.map_err(Refused::For)
    }
}

/// What a piece of text was read as.
enum Piece {
    Statement(Statement),
    Item(BodyItem),
}

/// Why a piece of text was not read.
enum Refused {
    /// The grammar gave up at this byte of it.
    At(u32),
    /// The tree could not be built.
    For(Box<Diagnostic>),
}
