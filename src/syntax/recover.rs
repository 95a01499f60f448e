//! Reads a statement that pest refused piece by piece: its head, then every attribute and nested
//! block of its body on its own. What is sound is kept, what is not is reported once. Long blocks are
//! read like that, too.

use std::collections::HashMap;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};

use super::MAX_ERRORS;
use super::build::{Builder, Words};
use super::explain::{Explainer, Place};
use super::grammar::{self, Rule};
use super::layout::{Stretch, holds, stretch};
use super::lex::{Kind, Token};
use super::pieces::{Pieces, Places, Refused};
use super::tree::{Body, BodyItem, Statement, StatementKind};

pub(super) struct Recovery<'l> {
    pub(super) pieces: Pieces<'l>,
    pub(super) errors: Diagnostics,
    /// How many of them were found here.
    pub(super) told: usize,
    /// How many blocks deep this is.
    pub(super) depth: usize,
    pub(super) words: Words,
}

impl Recovery<'_> {
    /// The statement, without what of it is broken; `None` if its head is.
    pub(super) fn statement(&mut self, whole: &Stretch) -> Option<Statement> {
        let Some(open) = self.pieces.layout.body_brace(whole) else {
            if self.is_reported(whole) {
                return None;
            }
            let read = self.pieces.statement(whole, &mut self.words);
            return read
                .map_err(|refused| self.refused(Place::File, whole, refused))
                .ok();
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
        self.pieces.layout.token(at)
    }

    /// Errors are found in their order, and no more than the first are told.
    fn tell(&mut self, error: Diagnostic) {
        if self.told <= MAX_ERRORS {
            self.told += 1;
            self.errors.push(error);
        }
    }

    /// Whether what is wrong with it has been said.
    fn is_reported(&self, piece: &Stretch) -> bool {
        // One past the end, too: what is missing at an end has no byte of its own.
        holds(
            &self.pieces.layout.poison,
            piece.start,
            piece.end.max(piece.start + 1),
        ) || holds(&self.pieces.layout.repaired, piece.start, piece.end)
    }

    /// Reads what stands before the brace, as if the body were empty.
    fn head(&mut self, place: Place, rule: Rule, whole: &Stretch, open: u32) -> Option<Piece> {
        let brace = self.token(open)?;
        let head = stretch(&self.pieces.layout.tokens, whole.first, open);
        if let Some(head) = &head
            && self.is_reported(head)
        {
            return None;
        }
        if let Some(head) = head
            && self.pieces.is_long(&head)
        {
            self.tell(self.pieces.too_long(&head));
            return None;
        }
        let before = self
            .pieces
            .layout
            .prepared
            .get(whole.start as usize..brace.start as usize)?;
        let text = format!("{before}{{}}");
        match self.read_head(rule, &text, whole.start) {
            Ok(piece) => Some(piece),
            Err(Refused::At(at)) => {
                let error =
                    self.explainer(place)
                        .explain(whole.first, open + 1, at.min(brace.start));
                self.tell(error);
                None
            }
            Err(Refused::For(error)) => {
                self.tell(*error);
                None
            }
        }
    }

    fn explainer(&self, place: Place) -> Explainer<'_> {
        Explainer {
            file: self.pieces.file,
            source: self.pieces.source,
            tokens: &self.pieces.layout.tokens,
            place,
        }
    }

    fn body(&mut self, open: u32) -> Body {
        let Some(brace) = self.token(open) else {
            return Body::default();
        };
        let close = brace.mate;
        let end = self.token(close).map_or(brace.end, |token| token.end);
        let mut items = Vec::with_capacity(self.count_items(open + 1, close));
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
            match stretch(&self.pieces.layout.tokens, first, at) {
                Some(item) => items.extend(self.item(&item)),
                None if is_comma && (after_comma || items.is_empty()) => self.extra_comma(token),
                None => {}
            }
            after_comma = is_comma;
            at += 1;
            first = at;
        }
        // Where some are broken.
        items.shrink_to_fit();
        Body {
            items,
            span: Some(Span::new(self.pieces.file, brace.start, end)),
        }
    }

    /// How many items there are at most, so that no list of them has to grow.
    fn count_items(&self, first: u32, close: u32) -> usize {
        let mut count = 0;
        let mut is_begun = false;
        let mut at = first;
        while at < close {
            let Some(token) = self.token(at) else { break };
            match token.kind {
                Kind::Newline | Kind::Comma => {
                    count += usize::from(std::mem::take(&mut is_begun));
                }
                kind => is_begun |= !kind.is_trivia(),
            }
            at = match token.kind.is_opener() {
                true => token.mate.max(at) + 1,
                false => at + 1,
            };
        }
        count + usize::from(is_begun)
    }

    fn extra_comma(&mut self, token: Token) {
        self.tell(
            Diagnostic::error(codes::EXTRA_COMMA, "this `,` separates nothing").at(
                Span::new(self.pieces.file, token.start, token.end),
                "expected an attribute or a block",
            ),
        );
    }

    fn item(&mut self, item: &Stretch) -> Option<BodyItem> {
        let Some(open) = self.pieces.layout.body_brace(item) else {
            if self.is_reported(item) {
                return None;
            }
            let read = self.pieces.item(item, &mut self.words);
            return read
                .map_err(|refused| self.refused(Place::Body, item, refused))
                .ok();
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
        let Some(rest) = stretch(&self.pieces.layout.tokens, close + 1, whole.last) else {
            return;
        };
        if !self.is_reported(&rest) {
            let error = self
                .explainer(place)
                .explain(whole.first, whole.last, rest.start);
            self.tell(error);
        }
    }

    fn refused(&mut self, place: Place, piece: &Stretch, refused: Refused) {
        let error = match refused {
            Refused::For(error) => *error,
            Refused::At(at) => self.explainer(place).explain(piece.first, piece.last, at),
        };
        self.tell(error);
    }

    /// Reads a head with an empty body behind it.
    fn read_head(&mut self, rule: Rule, text: &str, base: u32) -> Result<Piece, Refused> {
        let mut nodes = grammar::read(rule, text).map_err(|at| {
            Refused::At(base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)))
        })?;
        let Some(node) = nodes.next() else {
            return Err(Refused::At(base));
        };
        let mut builder = Builder {
            file: self.pieces.file,
            source: self.pieces.source,
            places: Places::whole(base),
            words: &mut self.words,
            apart: HashMap::new(),
        };
        let built = if rule == Rule::whole_item {
            builder.item(node).map(Piece::Item)
        } else {
            builder.statement(node).map(Piece::Statement)
        };
        built.map_err(Refused::For)
    }
}

/// What a head was read as.
enum Piece {
    Statement(Statement),
    Item(BodyItem),
}
