//! From pest's pairs to the tree: statements and bodies. Positions are shifted to the file.

mod expr;
mod text;
mod types;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, FileId, Span};

use super::grammar::{Node, Nodes, Rule};
use super::pieces::{Apart, Places};
use super::tree::{Body, BodyItem, Expr, Ident, Label, Statement, StatementKind, TypeExpr};

/// Words seen so far, so that each is stored once.
pub(super) type Words = HashSet<Arc<str>>;

/// What cannot be built, boxed because it is rare.
pub(super) type Built<T> = Result<T, Box<Diagnostic>>;

/// Builds trees from the pairs of one piece of text.
pub(super) struct Builder<'w, 't> {
    pub(super) file: FileId,
    /// The source of the whole file, for the text of heredocs.
    pub(super) source: &'t str,
    /// Where the piece stands in the file.
    pub(super) places: Places,
    pub(super) words: &'w mut Words,
    /// What was read apart from the piece, by the byte of the bracket that closes it.
    pub(super) apart: HashMap<u32, Apart>,
}

impl<'t> Builder<'_, 't> {
    fn span(&self, node: &Node<'_>) -> Span {
        let span = node.as_span();
        let offset = |at: usize| self.places.in_file(u32::try_from(at).unwrap_or(u32::MAX));
        // pest counts blanks behind the last part of a rule in; people do not.
        let end = span.start() + node.as_str().trim_end().len();
        Span::new(self.file, offset(span.start()), offset(end))
    }

    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(word) = self.words.get(text) {
            return Arc::clone(word);
        }
        let word: Arc<str> = Arc::from(text);
        self.words.insert(Arc::clone(&word));
        word
    }

    fn ident(&mut self, node: &Node<'t>) -> Ident {
        Ident {
            text: self.word(node.as_str()),
            span: self.span(node),
        }
    }

    /// pest's grammar and this module disagree: a defect of smd, told as such.
    fn defect<T>(&self, node: Option<&Node<'_>>, missing: &str) -> Built<T> {
        Err(Box::new(
            Diagnostic::error(
                codes::UNEXPECTED,
                format!("this text cannot be read: {missing} is missing"),
            )
            .at_opt(node.map(|node| self.span(node)), ""),
        ))
    }

    /// A grammar that gave nothing: a defect of smd.
    pub(super) fn nothing<T>(&self) -> Built<T> {
        self.defect(None, "all of it")
    }

    fn next_ident(&mut self, nodes: &mut Nodes<'t>) -> Built<Ident> {
        match nodes.find(|node| node.as_rule() == Rule::name) {
            Some(node) => Ok(self.ident(&node)),
            None => self.defect(None, "a name"),
        }
    }

    fn next_expr(&mut self, nodes: &mut Nodes<'t>) -> Built<Expr> {
        match nodes.find(|node| node.as_rule() == Rule::expr) {
            Some(node) => self.expr(node),
            None => self.defect(None, "an expression"),
        }
    }

    fn next_body(&mut self, nodes: &mut Nodes<'t>) -> Built<Body> {
        match nodes.find(|node| node.as_rule() == Rule::body) {
            Some(node) => self.body(node),
            None => self.defect(None, "a block"),
        }
    }

    /// The statement that was read.
    pub(super) fn statement(&mut self, node: Node<'t>) -> Built<Statement> {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = node.into_inner();
        let kind = match rule {
            Rule::let_value => StatementKind::Let {
                name: self.next_ident(&mut nodes)?,
                value: self.next_expr(&mut nodes)?,
            },
            Rule::output_value => StatementKind::OutputValue {
                name: self.next_ident(&mut nodes)?,
                value: self.next_expr(&mut nodes)?,
            },
            Rule::output_block => StatementKind::OutputBlock {
                name: self.next_ident(&mut nodes)?,
                body: self.next_body(&mut nodes)?,
            },
            Rule::input => self.input(nodes)?,
            Rule::module => StatementKind::Module {
                name: self.next_ident(&mut nodes)?,
                source: self.next_expr(&mut nodes)?,
                body: nodes.next().map(|node| self.body(node)).transpose()?,
            },
            Rule::existing => StatementKind::Existing {
                keyword: self.next_ident(&mut nodes)?,
                name: self.next_ident(&mut nodes)?,
                body: self.next_body(&mut nodes)?,
            },
            Rule::import => StatementKind::Import {
                to: self.next_expr(&mut nodes)?,
                id: self.next_expr(&mut nodes)?,
            },
            Rule::moved => StatementKind::Moved(self.next_body(&mut nodes)?),
            Rule::removed => StatementKind::Removed(self.next_body(&mut nodes)?),
            Rule::expect => self.expect(nodes)?,
            _ => StatementKind::Block {
                keyword: self.next_ident(&mut nodes)?,
                name: self.next_ident(&mut nodes)?,
                body: self.next_body(&mut nodes)?,
            },
        };
        Ok(Statement { span, kind })
    }

    fn input(&mut self, mut nodes: Nodes<'t>) -> Built<StatementKind> {
        let name = self.next_ident(&mut nodes)?;
        let mut ty: Option<TypeExpr> = None;
        let mut body = None;
        for node in nodes {
            match node.as_rule() {
                Rule::type_expr => ty = Some(self.type_expr(node)?),
                _ => body = Some(self.body(node)?),
            }
        }
        Ok(StatementKind::Input { name, ty, body })
    }

    fn expect(&mut self, nodes: Nodes<'t>) -> Built<StatementKind> {
        let mut property = None;
        let mut label = None;
        let mut body = Body::default();
        for node in nodes {
            match node.as_rule() {
                Rule::name => property = Some(self.ident(&node)),
                Rule::label => label = Some(self.label(node)?),
                Rule::body => body = self.body(node)?,
                _ => {}
            }
        }
        Ok(StatementKind::Expect {
            property,
            label,
            body,
        })
    }

    fn body(&mut self, node: Node<'t>) -> Built<Body> {
        let span = Some(self.span(&node));
        let items = node
            .into_inner()
            .map(|item| self.item(item))
            .collect::<Built<Box<[_]>>>()?
            .into_vec();
        Ok(Body { items, span })
    }

    /// The attribute or nested block that was read.
    pub(super) fn item(&mut self, node: Node<'t>) -> Built<BodyItem> {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut nodes = node.into_inner();
        let name = self.next_ident(&mut nodes)?;
        if rule == Rule::attribute {
            let value = self.next_expr(&mut nodes)?;
            return Ok(BodyItem::Attribute { name, value });
        }
        let mut label = None;
        let mut body = Body::default();
        for node in nodes {
            match node.as_rule() {
                Rule::label => label = Some(self.label(node)?),
                _ => body = self.body(node)?,
            }
        }
        Ok(BodyItem::Block {
            keyword: name,
            label,
            body,
            span,
        })
    }

    fn label(&mut self, node: Node<'t>) -> Built<Label> {
        let span = self.span(&node);
        let Some(inner) = node.into_inner().next() else {
            return self.defect(None, "a label");
        };
        if inner.as_rule() == Rule::name {
            return Ok(Label {
                text: self.word(inner.as_str()),
                quoted: false,
                span,
            });
        }
        match self.plain_string(&inner) {
            Some(text) => Ok(Label {
                text: Arc::from(text),
                quoted: true,
                span,
            }),
            None => Err(Box::new(
                Diagnostic::error(codes::UNEXPECTED, "a label is fixed text")
                    .at(span, "expected no `${ … }` here")
                    .help("for a literal `${` write `$${`"),
            )),
        }
    }
}
