//! What the files declare, before anything is evaluated: names, and blocks read against schemas.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::block::Block;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, codes, did_you_mean};
use crate::kinds::Kind;
use crate::kinds::schema::Schema;
use crate::syntax::tree::{Body, Expr, File, Ident, Statement, StatementKind, TypeExpr};

/// A kind and one of its schemas.
pub(super) type Known = (&'static dyn Kind, &'static Schema);

/// Everything that is declared.
#[derive(Default)]
pub(super) struct Program<'a> {
    /// Kinds and parts by their words.
    pub(super) kinds: HashMap<&'static str, Known>,
    /// Words that may start a resource block.
    pub(super) kind_words: Vec<&'static str>,
    /// Resources, in order of files and statements.
    pub(super) resources: Vec<Resource<'a>>,
    /// Where each resource is in that list, by kind and name.
    pub(super) by_kind: HashMap<&'static str, BTreeMap<&'a str, usize>>,
    /// Lets, in order.
    pub(super) lets: Vec<(&'a Ident, &'a Expr)>,
    /// Where each let is in that list.
    pub(super) let_names: BTreeMap<&'a str, usize>,
    /// Inputs by name, with their place in an order of all inputs.
    pub(super) inputs: BTreeMap<&'a str, Input<'a>>,
    /// Accounts by name.
    pub(super) accounts: BTreeMap<&'a str, (&'a Ident, &'a Body)>,
    /// Outputs by name.
    pub(super) outputs: BTreeMap<&'a str, Output<'a>>,
    /// The stack block.
    pub(super) stack: Option<(&'a Ident, &'a Body)>,
    /// `moved` statements with their places.
    pub(super) moved: Vec<(&'a Body, Span)>,
    /// `removed` statements with their places.
    pub(super) removed: Vec<(&'a Body, Span)>,
    /// `import` statements: address and id.
    pub(super) imports: Vec<(&'a Expr, &'a Expr)>,
    /// What is declared but cannot be used: kinds and names whose statements were refused. A
    /// reference to one is not reported again.
    pub(super) refused: BTreeSet<(&'a str, &'a str)>,
}

/// A resource block.
pub(super) struct Resource<'a> {
    /// Its kind.
    pub(super) kind: &'static dyn Kind,
    /// Its name.
    pub(super) name: &'a Ident,
    /// What is in it.
    pub(super) block: Block<'a>,
}

/// An input statement.
pub(super) struct Input<'a> {
    /// Its place among all inputs.
    pub(super) index: usize,
    /// Its name.
    pub(super) name: &'a Ident,
    /// Its type, if written.
    pub(super) ty: Option<&'a TypeExpr>,
    /// What is in its block, if written.
    pub(super) body: Option<&'a Body>,
}

/// An output statement.
pub(super) enum Output<'a> {
    /// `output NAME = expr`.
    Value(&'a Ident, &'a Expr),
    /// `output NAME { … }`.
    Block(&'a Ident, &'a Body),
}

impl<'a> Output<'a> {
    /// Its name.
    pub(super) fn name(&self) -> &'a Ident {
        match self {
            Self::Value(name, _) | Self::Block(name, _) => name,
        }
    }
}

fn duplicate(what: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        codes::config::DUPLICATE,
        format!("{what} is declared twice"),
    )
    .at(again, "a second time here")
    .at(first, "first declared here")
}

impl<'a> Program<'a> {
    /// Reads all statements.
    pub(super) fn read(
        files: &'a [File],
        broken: &[Span],
        kinds: &[&'static dyn Kind],
        out: &mut Diagnostics,
    ) -> Self {
        let mut program = Self::default();
        for kind in kinds {
            for (position, schema) in kind.schemas().iter().enumerate() {
                program.kinds.insert(schema.kind, (*kind, schema));
                if position == 0 {
                    program.kind_words.push(schema.kind);
                }
            }
        }
        program.kind_words.sort_unstable();
        for statement in files.iter().flat_map(|file| &file.statements) {
            let damaged = holds(statement.span, broken);
            program.statement(statement, damaged, out);
        }
        program
    }

    fn statement(&mut self, statement: &'a Statement, damaged: bool, out: &mut Diagnostics) {
        match &statement.kind {
            StatementKind::Block {
                keyword,
                name,
                body,
            } => match &*keyword.text {
                "stack" => match self.stack {
                    Some((first, _)) => out.push(
                        Diagnostic::error(codes::config::STACK, "there are two `stack` blocks")
                            .at(name.span, "the second")
                            .at(first.span, "the first"),
                    ),
                    None => self.stack = Some((name, body)),
                },
                "account" => match self.accounts.get(&*name.text) {
                    Some((first, _)) => out.push(duplicate(
                        &format!("`account.{}`", name.text),
                        name.span,
                        first.span,
                    )),
                    None => {
                        self.accounts.insert(&name.text, (name, body));
                    }
                },
                _ => self.resource(keyword, name, body, damaged, out),
            },
            StatementKind::Input { name, ty, body } => {
                let index = self.inputs.len();
                match self.inputs.get(&*name.text) {
                    Some(first) => out.push(duplicate(
                        &format!("`input.{}`", name.text),
                        name.span,
                        first.name.span,
                    )),
                    None => {
                        self.inputs.insert(
                            &name.text,
                            Input {
                                index,
                                name,
                                ty: ty.as_ref(),
                                body: body.as_ref(),
                            },
                        );
                    }
                }
            }
            StatementKind::Let { name, value } => {
                match self
                    .let_names
                    .get(&*name.text)
                    .and_then(|at| self.lets.get(*at))
                {
                    Some((first, _)) => out.push(duplicate(
                        &format!("`let.{}`", name.text),
                        name.span,
                        first.span,
                    )),
                    None => {
                        self.let_names.insert(&name.text, self.lets.len());
                        self.lets.push((name, value));
                    }
                }
            }
            StatementKind::OutputValue { name, value } => {
                self.output(Output::Value(name, value), out);
            }
            StatementKind::OutputBlock { name, body } => {
                self.output(Output::Block(name, body), out);
            }
            StatementKind::Module { name, .. } => {
                self.refused.insert(("module", &name.text));
                out.push(later("module", name.span));
            }
            StatementKind::Existing { keyword, name, .. } => {
                self.refused.insert((&keyword.text, &name.text));
                out.push(later("existing", name.span));
            }
            StatementKind::Import { to, id } => self.imports.push((to, id)),
            StatementKind::Moved(body) => self.moved.push((body, statement.span)),
            StatementKind::Removed(body) => self.removed.push((body, statement.span)),
            StatementKind::Expect { .. } => out.push(later("expect", statement.span)),
        }
    }

    fn output(&mut self, output: Output<'a>, out: &mut Diagnostics) {
        let name = output.name();
        match self.outputs.get(&*name.text) {
            Some(first) => out.push(duplicate(
                &format!("the output `{}`", name.text),
                name.span,
                first.name().span,
            )),
            None => {
                self.outputs.insert(&name.text, output);
            }
        }
    }

    fn resource(
        &mut self,
        keyword: &'a Ident,
        name: &'a Ident,
        body: &'a Body,
        damaged: bool,
        out: &mut Diagnostics,
    ) {
        let found = self
            .kinds
            .get(&*keyword.text)
            .filter(|(_, schema)| self.kind_words.binary_search(&schema.kind).is_ok());
        let Some((kind, schema)) = found.copied() else {
            self.refused.insert((&keyword.text, &name.text));
            let words = self
                .kind_words
                .iter()
                .copied()
                .chain(["stack", "account", "input", "let", "output"]);
            out.push(
                Diagnostic::error(
                    codes::config::UNKNOWN_KIND,
                    format!("there is no kind `{}`", keyword.text),
                )
                .at(keyword.span, "")
                .help_opt(did_you_mean(&keyword.text, words)),
            );
            return;
        };
        if let Some(first) = self
            .by_kind
            .get(schema.kind)
            .and_then(|names| names.get(&*name.text))
            .and_then(|at| self.resources.get(*at))
        {
            out.push(duplicate(
                &format!("`{}.{}`", keyword.text, name.text),
                name.span,
                first.name.span,
            ));
            return;
        }
        let mut block = Block::read(schema, body, false, out);
        if damaged {
            block.refuse();
        }
        self.by_kind
            .entry(schema.kind)
            .or_default()
            .insert(&name.text, self.resources.len());
        self.resources.push(Resource { kind, name, block });
    }
}

/// Whether one of these places, which are in order, lies in the span.
fn holds(span: Span, places: &[Span]) -> bool {
    let from = places.partition_point(|place| (place.file, place.start) < (span.file, span.start));
    places
        .get(from)
        .is_some_and(|place| place.file == span.file && place.start <= span.end)
}

fn later(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::config::LATER,
        format!("`{what}` comes with a later version of smd"),
    )
    .at(span, "")
}
