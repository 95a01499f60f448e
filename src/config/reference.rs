//! References: names, what is behind a dot or in brackets.

use std::rc::Rc;
use std::sync::Arc;

use super::evaluator::{Evaluator, Held, Item};
use super::expand::Expansion;
use super::expression::{Env, Mode, Pair};
use super::fail::{Fail, Res};
use super::operator;
use super::scope::ScopeId;
use super::thing::Thing;
use crate::address::{Address, MODULE};
use crate::diagnostic::{Span, codes, did_you_mean, did_you_mean_of};
use crate::kinds::schema::{PartForm, Schema};
use crate::syntax::tree::{Expr, ExprKind, Ident};
use crate::value::{Data, Map, ResourceRef, Value};

/// The kind word of accounts, which are referred to like resources.
pub(super) const ACCOUNT: &str = "account";

/// The word of other stacks, whose outputs are referred to like attributes.
pub(super) const STACK: &str = "stack";

/// What a reference names so far.
pub(super) enum Target<'a> {
    /// A value.
    Value(Value),
    /// `input`, `let`, `account`, `each`, `item`, `module`.
    Word(&'static str),
    /// A kind.
    Kind(&'static Schema),
    /// A resource block of a scope.
    Resource(ScopeId, usize),
    /// A call of a module.
    Call(ScopeId, usize),
    /// An `existing stack` block of a scope.
    Stack(ScopeId, usize),
    /// A module that a call made.
    Module(ScopeId),
    /// A resource or part.
    Thing(Rc<Thing<'a>>),
    /// All parts of a resource under one word.
    Parts(Rc<Thing<'a>>, usize),
    /// The parts of one label, which has `for_each`.
    Label(Rc<Thing<'a>>, usize, Arc<str>),
}

/// Words at the start of a reference that are not kinds.
const WORDS: &[&str] = &["input", "let", "account", "each", "item", MODULE];

fn unknown_name(message: String, span: Span) -> Fail {
    Fail::new(codes::config::UNKNOWN_NAME, message, Some(span))
}

impl<'a> Evaluator<'a> {
    /// The value of a reference.
    pub(super) fn reference(&self, expr: &Expr, env: &Env<'_>) -> Res {
        let target = self.target(expr, env)?;
        self.settle(target, expr.span)
    }

    /// What an expression of names, dots and brackets names.
    pub(super) fn target(&self, expr: &Expr, env: &Env<'_>) -> Res<Target<'a>> {
        self.deeper(Some(expr.span), || match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span, env),
            ExprKind::Attribute(attribute) => {
                let base = self.target(&attribute.of, env)?;
                self.step(base, &attribute.name, expr.span, env)
            }
            ExprKind::Index(base, index) => {
                let base_target = self.target(base, env)?;
                self.index_step(base_target, index, base.span, expr.span, env)
            }
            _ => self.eval(expr, env).map(Target::Value),
        })
    }

    fn name(&self, name: &str, span: Span, env: &Env<'_>) -> Res<Target<'a>> {
        if let Some(value) = env.variable(name) {
            return Ok(Target::Value(operator::spanned(value.clone(), Some(span))));
        }
        match env.mode {
            Mode::Variables => {
                let mut names = Vec::new();
                let mut next = env.bindings;
                while let Some(binding) = next {
                    names.push(binding.name);
                    next = binding.next;
                }
                return Err(
                    unknown_name(format!("the template has no variable `{name}`"), span)
                        .help_opt(did_you_mean(name, names)),
                );
            }
            Mode::Literal => {
                return Err(Fail::new(
                    codes::config::STATIC,
                    format!("a value given for an input is a literal, and `{name}` is a name"),
                    Some(span),
                )
                .help("a text stands in quotes"));
            }
            Mode::Static if !matches!(name, "input" | "each") => {
                return Err(Fail::new(
                    codes::config::STATIC,
                    format!("only literals and inputs are taken here, not `{name}`"),
                    Some(span),
                ));
            }
            Mode::Static | Mode::Full => {}
        }
        if name == "self" {
            return match env.own {
                Some(own) => Ok(Target::Value(
                    Value::new(Data::Resource(Arc::clone(own))).at(span),
                )),
                None => Err(unknown_name(
                    "`self` is the group in a rule of a security group, and nothing elsewhere"
                        .into(),
                    span,
                )),
            };
        }
        if let Some(word) = WORDS.iter().find(|word| **word == name) {
            return Ok(Target::Word(word));
        }
        let program = self.in_scope(env.scope)?.program;
        if let Some(index) = program.let_names.get(name) {
            return self.let_value(env.scope, *index, span).map(Target::Value);
        }
        if name == STACK {
            return Ok(Target::Word(STACK));
        }
        if let Ok(at) = program.kind_words.binary_search(&name)
            && let Some((_, schema)) = program
                .kind_words
                .get(at)
                .and_then(|word| program.kinds.get(word))
        {
            return Ok(Target::Kind(schema));
        }
        if program.refused.iter().any(|(kind, _)| *kind == name) {
            return Err(Fail::Told);
        }
        let mut near: Vec<&str> = Vec::new();
        let mut next = env.bindings;
        while let Some(binding) = next {
            near.push(binding.name);
            next = binding.next;
        }
        near.extend(program.let_names.keys());
        near.extend(&program.kind_words);
        near.extend(WORDS);
        let fail = unknown_name(format!("nothing is called `{name}`"), span);
        Err(match did_you_mean(name, near) {
            Some(help) => fail.help(help),
            None if program.inputs.contains_key(name) => {
                fail.help(format!("the input is `input.{name}`"))
            }
            None => fail.help(format!("a text stands in quotes: `\"{name}\"`")),
        })
    }

    /// The value of a `let`.
    pub(super) fn let_value(&self, scope: ScopeId, index: usize, span: Span) -> Res {
        let scope = self.in_scope(scope)?;
        let (Some(slot), Some((name, expr))) =
            (scope.lets.get(index), scope.program.lets.get(index))
        else {
            return Err(Fail::Told);
        };
        let held = self.once(
            (slot, scope.id),
            || Item::Let(scope.named(&format!("let.{}", name.text))),
            Some(span),
            || {
                let (value, deps) = self.collect(false, || -> Res {
                    let value = self.eval(expr, &Env::of(scope.id))?;
                    self.budget.value(&value, Some(expr.span))?;
                    Ok(value)
                });
                Ok(Rc::new(Held {
                    value: value?,
                    deps,
                }))
            },
        )?;
        self.take_over(&held.deps);
        Ok(held.value.clone().at(span))
    }

    fn pair(pair: Option<&Pair>, word: &str, name: &Ident, span: Span) -> Res {
        let Some(pair) = pair else {
            let owner = if word == "each" {
                "resource"
            } else {
                "labelled part"
            };
            return Err(unknown_name(
                format!("`{word}` is there in a {owner} with `for_each` only"),
                span,
            ));
        };
        match &*name.text {
            "key" => Ok(pair.key.clone().at(span)),
            "value" => Ok(pair.value.clone().at(span)),
            other => Err(unknown_name(
                format!("`{word}` has `key` and `value`, and no `{other}`"),
                name.span,
            )
            .help_opt(did_you_mean(other, ["key", "value"]))),
        }
    }

    fn step(&self, base: Target<'a>, name: &Ident, span: Span, env: &Env<'_>) -> Res<Target<'a>> {
        let word = &*name.text;
        Ok(match base {
            Target::Value(value) => match self.thing_of(&value) {
                Some(thing) => self.thing_step(&thing, name, span)?,
                None => Target::Value(operator::spanned(self.member(&value, name)?, Some(span))),
            },
            Target::Word("input") => Target::Value(self.input(env.scope, name, span)?),
            Target::Word("let") => {
                let program = self.in_scope(env.scope)?.program;
                match program.let_names.get(word) {
                    Some(index) => Target::Value(self.let_value(env.scope, *index, span)?),
                    None => {
                        return Err(unknown_name(format!("there is no `let.{word}`"), name.span)
                            .help_opt(did_you_mean_of(
                                "let",
                                word,
                                program.let_names.keys().copied(),
                            )));
                    }
                }
            }
            Target::Word(ACCOUNT) => Target::Value(self.account_reference(env.scope, name, span)?),
            Target::Word(pair @ ("each" | "item")) => {
                let of = if pair == "each" { env.each } else { env.item };
                Target::Value(Self::pair(of, pair, name, span)?)
            }
            Target::Word(STACK) => {
                let program = self.in_scope(env.scope)?.program;
                match program.stack_names.get(word) {
                    Some(index) => Target::Stack(env.scope, *index),
                    None => {
                        let near = program.stack_names.keys().copied();
                        return Err(unknown_name(
                            format!("there is no `existing {STACK} {word}`"),
                            name.span,
                        )
                        .help_opt(did_you_mean_of(STACK, word, near)));
                    }
                }
            }
            Target::Stack(scope, index) => {
                Target::Value(self.stack_output(scope, index, name, span)?)
            }
            Target::Word(_) => {
                let program = self.in_scope(env.scope)?.program;
                match program.call_names.get(word) {
                    Some(index) => Target::Call(env.scope, *index),
                    None => {
                        let near = program.call_names.keys().copied();
                        return Err(unknown_name(
                            format!("there is no `{MODULE}.{word}`"),
                            name.span,
                        )
                        .help_opt(did_you_mean_of(MODULE, word, near)));
                    }
                }
            }
            Target::Call(scope, index) => {
                let module = self.single_module(scope, index, span)?;
                Target::Value(self.module_output(module, name, span)?)
            }
            Target::Module(scope) => Target::Value(self.module_output(scope, name, span)?),
            Target::Kind(schema) => {
                let program = self.in_scope(env.scope)?.program;
                let names = program.by_kind.get(schema.kind);
                let existing = program
                    .existing_names
                    .get(schema.kind)
                    .and_then(|names| names.get(word));
                if let Some(index) = names.and_then(|names| names.get(word)) {
                    Target::Resource(env.scope, *index)
                } else if let Some(index) = existing {
                    Target::Value(self.existing(env.scope, *index, span)?)
                } else if program.refused.contains(&(schema.kind, word)) {
                    return Err(Fail::Told);
                } else {
                    let near = [names, program.existing_names.get(schema.kind)];
                    let near = near.into_iter().flatten();
                    let near = near.flat_map(|names| names.keys().copied());
                    return Err(unknown_name(
                        format!("there is no `{}.{word}`", schema.kind),
                        span,
                    )
                    .help_opt(did_you_mean_of(schema.kind, word, near)));
                }
            }
            Target::Resource(scope, index) => {
                let thing = self.single(scope, index, span)?;
                self.thing_step(&thing, name, span)?
            }
            Target::Thing(thing) => self.thing_step(&thing, name, span)?,
            Target::Parts(thing, at) => self.part_step(&thing, at, name, span)?,
            Target::Label(thing, at, label) => {
                let word = thing.schema.parts.get(at).map_or("", |part| part.word);
                return Err(Fail::new(
                    codes::config::NEEDS_KEY,
                    format!("`{}.{word}.{label}` has `for_each`", thing.address),
                    Some(span),
                )
                .help("name one of its parts by its key in brackets"));
            }
        })
    }

    fn index_step(
        &self,
        base: Target<'a>,
        index: &Expr,
        base_span: Span,
        span: Span,
        env: &Env<'_>,
    ) -> Res<Target<'a>> {
        let key = self.eval(index, env)?;
        let known_key = |key: &Value| -> Res<Arc<str>> {
            if key.is_unknown() {
                return Err(self.unless_sought(
                    key,
                    Fail::new(
                        codes::config::FOR_EACH,
                        "which instance is meant must be known when planning",
                        Some(index.span),
                    ),
                ));
            }
            if key.sensitive {
                return Err(Fail::new(
                    codes::config::SENSITIVE,
                    "a key may not be sensitive",
                    Some(index.span),
                ));
            }
            operator::key_text(key, Some(index.span))
        };
        Ok(match base {
            Target::Call(scope, at) => {
                let key = known_key(&key)?;
                Target::Module(self.keyed_module(scope, at, &key, span)?)
            }
            Target::Stack(scope, at) => {
                let value = self.stack_outputs(scope, at, base_span)?;
                Target::Value(operator::index(self, &value, &key, Some(span))?)
            }
            Target::Module(scope) => {
                let value = self.settle(Target::Module(scope), base_span)?;
                Target::Value(operator::index(self, &value, &key, Some(span))?)
            }
            Target::Resource(scope, at) => {
                let expansion = self.expansion(scope, at, Some(base_span))?;
                let name = self.in_scope(scope)?.resource_name(at);
                match &*expansion {
                    Expansion::Many { things, .. } => {
                        let key = known_key(&key)?;
                        match things.get(&key) {
                            Some(thing) => Target::Thing(Rc::clone(thing)),
                            None if expansion.left_out(&key) => {
                                return Err(left_out(&format!("{name}[\"{key}\"]"), span));
                            }
                            None => {
                                return Err(Fail::new(
                                    codes::config::UNKNOWN_KEY,
                                    format!("`{name}` has no instance `{key}`"),
                                    Some(span),
                                )
                                .help_opt(did_you_mean(&key, things.keys().map(|key| &**key))));
                            }
                        }
                    }
                    Expansion::One(_) | Expansion::LeftOut => {
                        return Err(Fail::new(
                            codes::config::NEEDS_KEY,
                            format!("`{name}` has no `for_each`, so it has no instances"),
                            Some(span),
                        )
                        .help(format!("write `{name}`")));
                    }
                }
            }
            Target::Label(thing, at, label) => {
                let key = known_key(&key)?;
                let word = thing.schema.parts.get(at).map_or("", |part| part.word);
                let address = thing.address.part(word, &label, Some(&key));
                match self.thing_at(&address) {
                    Some(part) => Target::Thing(part),
                    None => {
                        return Err(Fail::new(
                            codes::config::UNKNOWN_KEY,
                            format!("there is no `{address}`"),
                            Some(span),
                        ));
                    }
                }
            }
            Target::Parts(thing, at) => {
                let key = known_key(&key)?;
                self.parts_of(&thing, at, Some(base_span))?;
                let word = thing.schema.parts.get(at).map_or("", |part| part.word);
                let address = thing.address.item(word, &key);
                match self.thing_at(&address) {
                    Some(part) => Target::Thing(part),
                    None => match thing.entry(word) {
                        // What is written for derived parts is an attribute, too.
                        Some(entry) => {
                            let value = self.entry_value(&thing, entry, Some(base_span))?;
                            Target::Value(operator::index(
                                self,
                                &value,
                                &key_value(&key),
                                Some(span),
                            )?)
                        }
                        None => {
                            return Err(Fail::new(
                                codes::config::UNKNOWN_KEY,
                                format!("there is no `{address}`"),
                                Some(span),
                            ));
                        }
                    },
                }
            }
            Target::Word(word) => {
                return Err(Fail::new(
                    codes::config::NEEDS_KEY,
                    format!("`{word}` is followed by a name: `{word}.name`"),
                    Some(base_span),
                ));
            }
            Target::Kind(schema) => {
                return Err(Fail::new(
                    codes::config::NEEDS_KEY,
                    format!("`{0}` is followed by a name: `{0}.name`", schema.kind),
                    Some(base_span),
                ));
            }
            Target::Value(value) => Target::Value(operator::index(self, &value, &key, Some(span))?),
            Target::Thing(thing) => {
                let value = self.settle(Target::Thing(thing), base_span)?;
                Target::Value(operator::index(self, &value, &key, Some(span))?)
            }
        })
    }

    /// The one instance of a resource without `for_each`.
    fn single(&self, scope: ScopeId, index: usize, span: Span) -> Res<Rc<Thing<'a>>> {
        let expansion = self.expansion(scope, index, Some(span))?;
        let name = self.in_scope(scope)?.resource_name(index);
        match &*expansion {
            Expansion::One(thing) => Ok(Rc::clone(thing)),
            Expansion::LeftOut => Err(left_out(&name, span)),
            Expansion::Many { things, .. } => Err(Fail::new(
                codes::config::NEEDS_KEY,
                format!("`{name}` has `for_each`: say which instance"),
                Some(span),
            )
            .help(match things.keys().next() {
                Some(key) => format!("write `{name}[\"{key}\"]`, or `values({name})[*]` for all"),
                None => format!("write `values({name})[*]` for all"),
            })),
        }
    }

    /// The value of what a reference names.
    pub(super) fn settle(&self, target: Target<'a>, span: Span) -> Res {
        let resource = |thing: &Thing<'a>| {
            self.refer(&thing.address, Some(span));
            Value::new(Data::Resource(Arc::clone(&thing.reference))).at(span)
        };
        match target {
            Target::Value(value) => Ok(value),
            Target::Thing(thing) => Ok(resource(&thing)),
            Target::Call(scope, index) => self.whole_call(scope, index, span),
            Target::Module(scope) => self.whole_module(scope, span),
            Target::Stack(scope, index) => self.stack_outputs(scope, index, span),
            Target::Resource(scope, index) => {
                let expansion = self.expansion(scope, index, Some(span))?;
                match &*expansion {
                    Expansion::Many { things, value, .. } => {
                        for thing in things.values() {
                            self.refer(&thing.address, Some(span));
                        }
                        Ok(value.clone().at(span))
                    }
                    _ => self
                        .single(scope, index, span)
                        .map(|thing| resource(&thing)),
                }
            }
            Target::Parts(thing, at) => {
                let word = thing.schema.parts.get(at).map_or("", |part| part.word);
                let parts = self.parts_of(&thing, at, Some(span))?;
                let single = thing.address.single(word);
                if let Some(part) = parts.iter().find(|part| part.address == single) {
                    return Ok(resource(part));
                }
                if let Some(entry) = thing.entry(word) {
                    return self.entry_value(&thing, entry, Some(span));
                }
                let members: Map = parts
                    .iter()
                    .map(|part| (Arc::clone(&part.label), resource(part)))
                    .collect();
                Ok(Value::map(members).at(span))
            }
            Target::Label(thing, at, label) => {
                let members: Map = self
                    .parts_of(&thing, at, Some(span))?
                    .iter()
                    .filter(|part| part.label == label)
                    .filter_map(|part| Some((Arc::clone(part.key.as_ref()?), resource(part))))
                    .collect();
                Ok(Value::map(members).at(span))
            }
            Target::Word(word) => Err(Fail::new(
                codes::config::UNKNOWN_NAME,
                format!("`{word}` alone is no value: write `{word}.name`"),
                Some(span),
            )),
            Target::Kind(schema) => Err(Fail::new(
                codes::config::UNKNOWN_NAME,
                format!("`{0}` alone is no value: write `{0}.name`", schema.kind),
                Some(span),
            )),
        }
    }

    /// The resource or part that a value is, if it is one.
    fn thing_of(&self, value: &Value) -> Option<Rc<Thing<'a>>> {
        match &value.data {
            Data::Resource(resource) => self.thing_at(&resource.address),
            _ => None,
        }
    }

    /// The resource or part at an address, if it was made.
    pub(super) fn thing_at(&self, address: &Address) -> Option<Rc<Thing<'a>>> {
        self.things.borrow().get(address).cloned()
    }

    /// `thing.name`: an attribute, or the parts under a word.
    fn thing_step(&self, thing: &Rc<Thing<'a>>, name: &Ident, span: Span) -> Res<Target<'a>> {
        let word = &*name.text;
        let part = thing.schema.parts.iter().position(|part| part.word == word);
        if let Some(at) = part {
            return Ok(Target::Parts(Rc::clone(thing), at));
        }
        if !thing.schema.attributes.iter().any(|a| a.is_called(word)) {
            let words = thing
                .schema
                .attributes
                .iter()
                .flat_map(|a| std::iter::once(a.name).chain(a.aliases.iter().copied()))
                .chain(thing.schema.parts.iter().map(|part| part.word));
            return Err(Fail::new(
                codes::config::UNKNOWN_ATTRIBUTE,
                format!("`{}` has no attribute `{word}`", thing.schema.kind),
                Some(name.span),
            )
            .help_opt(did_you_mean(word, words)));
        }
        let value = self.attribute_of(thing, word, Some(span))?;
        self.refer_to_value(&thing.address, &value, Some(span));
        Ok(Target::Value(operator::spanned(value, Some(span))))
    }

    /// `thing.word.name`: the part with this label.
    fn part_step(
        &self,
        thing: &Rc<Thing<'a>>,
        at: usize,
        name: &Ident,
        span: Span,
    ) -> Res<Target<'a>> {
        let Some(part) = thing.schema.parts.get(at) else {
            return Err(Fail::Told);
        };
        let parts = self.parts_of(thing, at, Some(span))?;
        let label = &*name.text;
        let address = thing.address.part(part.word, label, None);
        if let Some(found) = self.thing_at(&address) {
            return Ok(Target::Thing(found));
        }
        if parts
            .iter()
            .any(|part| &*part.label == label && part.key.is_some())
        {
            return Ok(Target::Label(Rc::clone(thing), at, Arc::clone(&name.text)));
        }
        // A part of which there is one: its attributes follow at once.
        let single = thing.address.single(part.word);
        if let Some(found) = parts.iter().find(|part| part.address == single) {
            return self.thing_step(found, name, span);
        }
        if let Some(entry) = thing.entry(part.word) {
            let value = self.entry_value(thing, entry, Some(span))?;
            return Ok(Target::Value(self.member(&value, name)?));
        }
        let declared = thing.block.is_some_and(|block| {
            block
                .parts
                .iter()
                .any(|other| other.index == at && &*other.label.text == label)
        });
        if declared && part.form == PartForm::Block {
            return Err(left_out(address.as_str(), span));
        }
        Err(Fail::new(
            codes::config::UNKNOWN_NAME,
            format!("there is no `{address}`"),
            Some(span),
        )
        .help_opt(did_you_mean(label, parts.iter().map(|part| &*part.label))))
    }

    /// `account.x`, as a value.
    fn account_reference(&self, scope: ScopeId, name: &Ident, span: Span) -> Res {
        if scope != ScopeId::ROOT {
            return Err(unknown_name(
                format!("there is no `account.{}` in a module", name.text),
                span,
            )
            .help("give the call `account = account.NAME`, or the module an input of the type `account`"));
        }
        let accounts = self.all_accounts()?;
        let reference = |label: &Arc<str>| {
            Value::new(Data::Resource(Arc::new(ResourceRef {
                address: Address::from_text(format!("{ACCOUNT}.{label}")),
                kind: ACCOUNT.into(),
            })))
            .at(span)
        };
        if accounts.by_label.contains_key(&name.text) {
            return Ok(reference(&name.text));
        }
        if let Some(keys) = accounts.keyed.get(&name.text) {
            return Ok(Value::map(
                keys.iter()
                    .map(|(key, label)| (Arc::clone(key), reference(label)))
                    .collect(),
            )
            .at(span));
        }
        if self.program.accounts.contains_key(&*name.text) {
            // Declared, but its settings were refused.
            return Err(Fail::Told);
        }
        Err(
            unknown_name(format!("there is no `account.{}`", name.text), span).help_opt(
                did_you_mean_of(ACCOUNT, &name.text, self.program.accounts.keys().copied()),
            ),
        )
    }
}

fn key_value(key: &Arc<str>) -> Value {
    Value::string(Arc::clone(key))
}

pub(super) fn left_out(what: &str, span: Span) -> Fail {
    Fail::new(
        codes::config::LEFT_OUT,
        format!("`{what}` is left out: its `when` is false"),
        Some(span),
    )
    .help(format!("`try({what}, other)` takes something else then"))
}
