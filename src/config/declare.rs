//! What the files declare, before anything is evaluated: names, and blocks read against schemas.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::block::Block;
use super::existing_stack::ExistingStack;
use super::modules::Modules;
use super::reference::STACK;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span, codes, did_you_mean};
use crate::kinds::Kind;
use crate::kinds::schema::Schema;
use crate::syntax::tree::{
    Body, BodyItem, Expr, File, Ident, Label, Statement, StatementKind, TypeExpr,
};

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
    /// Outputs by name, with their place in an order of all outputs.
    pub(super) outputs: BTreeMap<&'a str, (usize, Output<'a>)>,
    /// The stack block.
    pub(super) stack: Option<(&'a Ident, &'a Body)>,
    /// Calls of modules, in order.
    pub(super) calls: Vec<ModuleCall<'a>>,
    /// Where each call is in that list.
    pub(super) call_names: BTreeMap<&'a str, usize>,
    /// The module's directory, below the configuration's; `None`: it is the configuration.
    pub(super) module: Option<&'a Path>,
    /// Its files, in order.
    pub(super) files: Vec<FileId>,
    /// `existing` blocks, in order.
    pub(super) existing: Vec<Existing<'a>>,
    /// Where each of them is in that list, by kind and name.
    pub(super) existing_names: HashMap<&'static str, BTreeMap<&'a str, usize>>,
    /// `existing stack` blocks, in order.
    pub(super) stacks: Vec<ExistingStack<'a>>,
    /// Where each of them is in that list, by name.
    pub(super) stack_names: BTreeMap<&'a str, usize>,
    /// Expectations in sentences, in order.
    pub(super) expects: Vec<Expect<'a>>,
    /// Where each of them stands.
    pub(super) expect_names: BTreeMap<&'a str, Span>,
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

/// A call of a module.
pub(super) struct ModuleCall<'a> {
    /// Its name.
    pub(super) name: &'a Ident,
    /// Which of the modules it names; `None`: one that cannot be used, which was reported.
    pub(super) module: Option<usize>,
    /// Values for the module's inputs.
    pub(super) arguments: BTreeMap<&'a str, (&'a Ident, &'a Expr)>,
    /// `for_each`.
    pub(super) for_each: Option<&'a Expr>,
    /// `when`.
    pub(super) when: Option<&'a Expr>,
    /// `account`.
    pub(super) account: Option<&'a Expr>,
    /// `region`.
    pub(super) region: Option<&'a Expr>,
    /// `depends_on`.
    pub(super) depends_on: Option<&'a Expr>,
}

/// What a call takes beside the module's inputs.
pub(super) const CALL_WORDS: &[&str] = &["for_each", "when", "account", "region", "depends_on"];

/// `existing KIND NAME { … }`.
pub(super) struct Existing<'a> {
    /// Its kind.
    pub(super) kind: &'static dyn Kind,
    /// Its schema.
    pub(super) schema: &'static Schema,
    /// Its name.
    pub(super) name: &'a Ident,
    /// `id`.
    pub(super) id: Option<&'a Expr>,
    /// `name`.
    pub(super) by_name: Option<&'a Expr>,
    /// `tags`.
    pub(super) tags: Option<&'a Expr>,
    /// `all`.
    pub(super) all: Option<&'a Expr>,
    /// `optional`.
    pub(super) optional: Option<&'a Expr>,
    /// `account`.
    pub(super) account: Option<&'a Expr>,
    /// `region`.
    pub(super) region: Option<&'a Expr>,
}

impl Existing<'_> {
    /// `kind.name`.
    pub(super) fn word(&self) -> String {
        format!("{}.{}", self.schema.kind, self.name.text)
    }
}

/// Words of an `existing` block.
const EXISTING_WORDS: [&str; 7] = ["id", "name", "tags", "all", "optional", "account", "region"];

/// `expect "sentence" { … }`.
pub(super) struct Expect<'a> {
    /// The sentence.
    pub(super) label: &'a Label,
    /// What is between the braces.
    pub(super) body: &'a Body,
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

pub(super) fn duplicate(what: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        codes::config::DUPLICATE,
        format!("{what} is declared twice"),
    )
    .at(again, "a second time here")
    .at(first, "first declared here")
}

impl<'a> Program<'a> {
    /// Reads all statements of some files, given with where they are broken. `module`: the
    /// directory, if they are those of a module.
    pub(super) fn read(
        (files, broken): (&'a [File], &[Span]),
        kinds: &[&'static dyn Kind],
        module: Option<&'a Path>,
        modules: &Modules,
        out: &mut Diagnostics,
    ) -> Self {
        let mut program = Self {
            module,
            files: files.iter().map(|file| file.file).collect(),
            ..Self::default()
        };
        program.files.sort_unstable();
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
            program.statement(statement, damaged, modules, out);
        }
        program
    }

    fn statement(
        &mut self,
        statement: &'a Statement,
        damaged: bool,
        modules: &Modules,
        out: &mut Diagnostics,
    ) {
        match &statement.kind {
            StatementKind::Block { keyword, .. }
                if self.module.is_some() && matches!(&*keyword.text, "stack" | "account") =>
            {
                out.push(
                    Diagnostic::error(
                        codes::config::MODULE,
                        format!("a module has no `{}` of its own", keyword.text),
                    )
                    .at(keyword.span, "")
                    .help(if &*keyword.text == "account" {
                        "declare it beside the call, and give it there: `account = account.NAME`"
                    } else {
                        "it stands in the configuration's own files"
                    }),
                );
            }
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
                if self.module.is_some() && CALL_WORDS.contains(&&*name.text) {
                    out.push(
                        Diagnostic::error(
                            codes::config::MODULE,
                            format!("an input of a module may not be called `{}`", name.text),
                        )
                        .at(name.span, "")
                        .help("in a call the word has a meaning of its own; call the input something else"),
                    );
                }
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
            StatementKind::Module { name, source, body } => {
                self.call(name, source, body.as_ref(), modules, out);
            }
            StatementKind::Existing {
                keyword,
                name,
                body,
            } if &*keyword.text == STACK => self.existing_stack(name, body, out),
            StatementKind::Existing {
                keyword,
                name,
                body,
            } => self.existing(keyword, name, body, out),
            // Only those of the configuration's own files are read.
            StatementKind::Import { .. } | StatementKind::Moved(_) | StatementKind::Removed(_)
                if self.module.is_some() =>
            {
                let word = match &statement.kind {
                    StatementKind::Import { .. } => "import",
                    StatementKind::Moved(_) => "moved",
                    _ => "removed",
                };
                out.push(
                    Diagnostic::error(
                        codes::config::MODULE,
                        format!("a module has no `{word}` of its own"),
                    )
                    .at(statement.span, "")
                    .help("it stands in the configuration's own files, with addresses as plans show them: `module.NAME.vpc.main`"),
                );
            }
            StatementKind::Import { to, id } => self.imports.push((to, id)),
            StatementKind::Moved(body) => self.moved.push((body, statement.span)),
            StatementKind::Removed(body) => self.removed.push((body, statement.span)),
            StatementKind::Expect {
                property: None,
                label: Some(label),
                body,
            } => self.expect(label, body, out),
            StatementKind::Expect { property, .. } => {
                let what = property.as_ref().map_or_else(
                    || "expect".to_owned(),
                    |property| format!("expect {}", property.text),
                );
                out.push(later(&what, statement.span));
            }
        }
    }

    fn call(
        &mut self,
        name: &'a Ident,
        source: &'a Expr,
        body: Option<&'a Body>,
        modules: &Modules,
        out: &mut Diagnostics,
    ) {
        if let Some(first) = self
            .call_names
            .get(&*name.text)
            .and_then(|at| self.calls.get(*at))
        {
            let what = format!("`module.{}`", name.text);
            out.push(duplicate(&what, name.span, first.name.span));
            return;
        }
        let module = modules.called.get(&source.span).copied();
        if module.is_none() && !modules.refused.contains(&source.span) {
            out.push(
                Diagnostic::error(
                    codes::config::MODULE_PATH,
                    "the files of this module were not read",
                )
                .at(source.span, ""),
            );
        }
        let mut call = ModuleCall {
            name,
            module,
            arguments: BTreeMap::new(),
            for_each: None,
            when: None,
            account: None,
            region: None,
            depends_on: None,
        };
        let mut words: BTreeMap<&str, Span> = BTreeMap::new();
        for item in body.into_iter().flat_map(|body| &body.items) {
            let (word, value) = match item {
                BodyItem::Attribute { name, value } => (name, value),
                BodyItem::Block { keyword, .. } => {
                    out.push(
                        Diagnostic::error(
                            codes::config::BLOCK_FORM,
                            format!("`{}` is not written as a block", keyword.text),
                        )
                        .at(keyword.span, "")
                        .help(format!("write `{} = {{ … }}`", keyword.text)),
                    );
                    continue;
                }
            };
            if let Some(first) = words.insert(&word.text, word.span) {
                out.push(
                    Diagnostic::error(
                        codes::config::DUPLICATE_ATTRIBUTE,
                        format!("`{}` is written twice", word.text),
                    )
                    .at(word.span, "a second time here")
                    .at(first, "first written here"),
                );
                continue;
            }
            match &*word.text {
                "for_each" => call.for_each = Some(value),
                "when" => call.when = Some(value),
                "account" => call.account = Some(value),
                "region" => call.region = Some(value),
                "depends_on" => call.depends_on = Some(value),
                _ => {
                    call.arguments.insert(&word.text, (word, value));
                }
            }
        }
        self.call_names.insert(&name.text, self.calls.len());
        self.calls.push(call);
    }

    fn expect(&mut self, label: &'a Label, body: &'a Body, out: &mut Diagnostics) {
        match self.expect_names.get(&*label.text) {
            Some(first) => out.push(duplicate(
                &format!("the expectation \"{}\"", label.text),
                label.span,
                *first,
            )),
            None => {
                self.expect_names.insert(&label.text, label.span);
                self.expects.push(Expect { label, body });
            }
        }
    }

    fn output(&mut self, output: Output<'a>, out: &mut Diagnostics) {
        let name = output.name();
        match self.outputs.get(&*name.text) {
            Some((_, first)) => out.push(duplicate(
                &format!("the output `{}`", name.text),
                name.span,
                first.name().span,
            )),
            None => {
                self.outputs
                    .insert(&name.text, (self.outputs.len(), output));
            }
        }
    }

    /// The kind of a statement whose name is not taken yet.
    fn kind(
        &mut self,
        keyword: &'a Ident,
        name: &'a Ident,
        out: &mut Diagnostics,
    ) -> Option<Known> {
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
                .chain(["stack", "account", "input", "let", "output", "module"]);
            out.push(
                Diagnostic::error(
                    codes::config::UNKNOWN_KIND,
                    format!("there is no kind `{}`", keyword.text),
                )
                .at(keyword.span, "")
                .help_opt(did_you_mean(&keyword.text, words)),
            );
            return None;
        };
        let resource = self
            .by_kind
            .get(schema.kind)
            .and_then(|names| names.get(&*name.text))
            .and_then(|at| self.resources.get(*at))
            .map(|resource| resource.name.span);
        let existing = self
            .existing_names
            .get(schema.kind)
            .and_then(|names| names.get(&*name.text))
            .and_then(|at| self.existing.get(*at))
            .map(|existing| existing.name.span);
        if let Some(first) = resource.or(existing) {
            out.push(duplicate(
                &format!("`{}.{}`", keyword.text, name.text),
                name.span,
                first,
            ));
            return None;
        }
        Some((kind, schema))
    }

    fn existing(
        &mut self,
        keyword: &'a Ident,
        name: &'a Ident,
        body: &'a Body,
        out: &mut Diagnostics,
    ) {
        let Some((kind, schema)) = self.kind(keyword, name, out) else {
            return;
        };
        let mut written: BTreeMap<&str, (Span, &'a Expr)> = BTreeMap::new();
        let before = out.len();
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value } if EXISTING_WORDS.contains(&&*name.text) => {
                    if let Some((first, _)) = written.insert(&name.text, (name.span, value)) {
                        out.push(
                            Diagnostic::error(
                                codes::config::DUPLICATE_ATTRIBUTE,
                                format!("`{}` is written twice", name.text),
                            )
                            .at(name.span, "a second time here")
                            .at(first, "first written here"),
                        );
                    }
                }
                BodyItem::Attribute { name, .. } | BodyItem::Block { keyword: name, .. } => out
                    .push(
                        Diagnostic::error(
                            codes::config::EXISTING,
                            format!("an `existing` block has no `{}`", name.text),
                        )
                        .at(name.span, "")
                        .help_opt(did_you_mean(&name.text, EXISTING_WORDS)),
                    ),
            }
        }
        if out.len() > before {
            self.refused.insert((schema.kind, &name.text));
            return;
        }
        let get = |word: &str| written.get(word).map(|(_, value)| *value);
        self.existing_names
            .entry(schema.kind)
            .or_default()
            .insert(&name.text, self.existing.len());
        self.existing.push(Existing {
            kind,
            schema,
            name,
            id: get("id"),
            by_name: get("name"),
            tags: get("tags"),
            all: get("all"),
            optional: get("optional"),
            account: get("account"),
            region: get("region"),
        });
    }

    fn resource(
        &mut self,
        keyword: &'a Ident,
        name: &'a Ident,
        body: &'a Body,
        damaged: bool,
        out: &mut Diagnostics,
    ) {
        let Some((kind, schema)) = self.kind(keyword, name, out) else {
            return;
        };
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
