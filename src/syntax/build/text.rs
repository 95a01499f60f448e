//! What strings and heredocs say: escapes resolved, indent removed, `${ … }` built.

use std::borrow::Cow;
use std::sync::Arc;

use crate::syntax::grammar::{Node, Rule};
use crate::syntax::tree::{Expr, ExprKind, TemplatePart};

use super::{Builder, Built};

/// A piece of a heredoc before its indent is removed.
enum Piece<'t> {
    Text(Cow<'t, str>),
    Expr(Expr),
}

impl<'t> Builder<'_, 't> {
    /// A `"…"`, as an expression and its depth.
    pub(super) fn string(&mut self, node: Node<'t>) -> Built<(ExprKind, usize)> {
        if let Some(text) = self.plain_string(&node) {
            return Ok((ExprKind::String(self.stored(text)), 1));
        }
        let mut parts = Vec::new();
        let mut deepest = 0;
        for inner in node.into_inner() {
            if inner.as_rule() == Rule::text {
                parts.push(TemplatePart::Text(Arc::from(unescape(inner.as_str()))));
            } else if let Some(expr) = inner.into_inner().next() {
                let (expr, depth) = self.expr_with_depth(expr)?;
                deepest = deepest.max(depth);
                parts.push(TemplatePart::Expr(expr));
            }
        }
        Ok((ExprKind::Template(parts.into()), deepest + 1))
    }

    fn stored(&mut self, text: Cow<'t, str>) -> Arc<str> {
        match text {
            Cow::Borrowed(text) => self.word(text),
            Cow::Owned(text) => Arc::from(text),
        }
    }

    /// What a string without `${ … }` says.
    pub(super) fn plain_string(&self, node: &Node<'t>) -> Option<Cow<'t, str>> {
        let mut inner = node.clone().into_inner();
        match (inner.next(), inner.next()) {
            (None, _) => Some(Cow::Borrowed("")),
            (Some(text), None) if text.as_rule() == Rule::text => Some(unescape(text.as_str())),
            _ => None,
        }
    }

    /// A heredoc, as an expression and its depth. pest saw its text blank, so the text comes from
    /// the source: what lies between the first line, the `${ … }` and the last line.
    pub(super) fn heredoc(&mut self, node: Node<'t>) -> Built<(ExprKind, usize)> {
        let span = self.span(&node);
        let (start, end) = (span.start as usize, span.end as usize);
        let source = self.source;
        let whole = source.get(start..end).unwrap_or_default();
        let head = whole.lines().next().unwrap_or_default();
        let raw = head.contains('\'');
        let indented = head.starts_with("<<-");
        let text_start = start + whole.find('\n').map_or(whole.len(), |at| at + 1);
        // The last line is the word, perhaps indented.
        let text_end = start + whole.rfind('\n').map_or(whole.len(), |at| at + 1);
        let mut pieces = Vec::new();
        let mut deepest = 0;
        let mut at = text_start;
        for inner in node.into_inner() {
            let place = self.span(&inner);
            pieces.push(Piece::Text(heredoc_text(
                source.get(at..place.start as usize).unwrap_or_default(),
                raw,
            )));
            at = place.end as usize;
            if let Some(expr) = inner.into_inner().next() {
                let (expr, depth) = self.expr_with_depth(expr)?;
                deepest = deepest.max(depth);
                pieces.push(Piece::Expr(expr));
            }
        }
        pieces.push(Piece::Text(heredoc_text(
            source.get(at..text_end.max(at)).unwrap_or_default(),
            raw,
        )));
        if indented {
            remove_indent(&mut pieces);
        }
        let mut parts: Vec<TemplatePart> = pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) if text.is_empty() => None,
                Piece::Text(text) => Some(TemplatePart::Text(Arc::from(text))),
                Piece::Expr(expr) => Some(TemplatePart::Expr(expr)),
            })
            .collect();
        match (parts.pop(), parts.is_empty()) {
            (None, _) => Ok((ExprKind::String(Arc::from("")), 1)),
            (Some(TemplatePart::Text(text)), true) => Ok((ExprKind::String(text), 1)),
            (Some(part), _) => {
                parts.push(part);
                Ok((ExprKind::Template(parts.into()), deepest + 1))
            }
        }
    }
}

/// Line ends are `\n` whatever the file's are; `$${` is `${`.
fn heredoc_text(text: &str, raw: bool) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains("\r\n") {
        text = Cow::Owned(text.replace("\r\n", "\n"));
    }
    if !raw && text.contains("$${") {
        text = Cow::Owned(text.replace("$${", "${"));
    }
    text
}

/// Removes the indent that all lines share; blank lines do not count.
fn remove_indent(pieces: &mut [Piece<'_>]) {
    let mut shared: Option<usize> = None;
    for_each_line(pieces, |line, ends| {
        let indent = indent_of(line);
        // A line of blanks alone does not count; blanks before a `${` do.
        if !(ends && line.trim().is_empty()) {
            shared = Some(shared.map_or(indent, |least| least.min(indent)));
        }
    });
    let shared = shared.unwrap_or(0);
    let mut line_begins = true;
    for piece in pieces {
        match piece {
            Piece::Expr(_) => line_begins = false,
            Piece::Text(text) => {
                let mut kept = String::with_capacity(text.len());
                for line in text.split_inclusive('\n') {
                    let cut = if line_begins {
                        indent_of(line).min(shared)
                    } else {
                        0
                    };
                    kept.push_str(line.get(cut..).unwrap_or_default());
                    line_begins = line.ends_with('\n');
                }
                *text = Cow::Owned(kept);
            }
        }
    }
}

fn indent_of(line: &str) -> usize {
    line.bytes()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// Calls `see` with the first text of every line, and whether the line ends in that text.
fn for_each_line(pieces: &[Piece<'_>], mut see: impl FnMut(&str, bool)) {
    let mut line_begins = true;
    for piece in pieces {
        match piece {
            Piece::Expr(_) => {
                if line_begins {
                    see("", false);
                }
                line_begins = false;
            }
            Piece::Text(text) => {
                for line in text.split_inclusive('\n') {
                    let ends = line.ends_with('\n');
                    if line_begins {
                        see(line, ends);
                    }
                    line_begins = ends;
                }
            }
        }
    }
}

/// Resolves the escapes of a string's text; the scanner has checked them.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '$']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '$']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let (said, behind) = resolve(special);
        out.push(said);
        if said == '$' && special.starts_with("$${") {
            out.push('{');
        }
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What the escape or `$` at the start of `text` says, and the text behind it.
fn resolve(text: &str) -> (char, &str) {
    if let Some(behind) = text.strip_prefix("$${") {
        return ('$', behind);
    }
    let mut characters = text.chars();
    let first = characters.next().unwrap_or_default();
    if first != '\\' {
        return (first, characters.as_str());
    }
    let escaped = characters.next().unwrap_or('\\');
    let behind = characters.as_str();
    let said = match escaped {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let named = behind
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .and_then(|(digits, behind)| {
                    let character = u32::from_str_radix(digits, 16)
                        .ok()
                        .and_then(char::from_u32)?;
                    Some((character, behind))
                });
            return named.unwrap_or(('u', behind));
        }
        other => other,
    };
    (said, behind)
}
