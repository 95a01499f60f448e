//! `for_each` and `when`: from blocks to resources and parts.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::block::{Block, Items, PartBlock};
use super::declare::Resource;
use super::evaluator::{Dep, Evaluator, Item, Slot};
use super::expression::{Env, Pair};
use super::facts::ThingFacts;
use super::fail::{Fail, Res};
use super::operator;
use super::scope::{Scope, ScopeId};
use super::thing::{PartList, Thing};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::PartDraft;
use crate::kinds::schema::{Attribute, Part, PartForm, Schema};
use crate::syntax::tree::{Expr, ExprKind};
use crate::value::{Data, Residual, ResourceRef, Value};

/// The instances of a resource block.
pub(super) enum Expansion<'a> {
    /// Left out by `when`.
    LeftOut,
    /// One, without `for_each`.
    One(Rc<Thing<'a>>),
    /// By key.
    Many {
        /// Those that are there.
        things: BTreeMap<Arc<str>, Rc<Thing<'a>>>,
        /// Keys left out by `when`.
        left_out: BTreeSet<Arc<str>>,
        /// The map of those that are there.
        value: Value,
    },
}

impl Expansion<'_> {
    /// Whether `when` left this key out.
    pub(super) fn left_out(&self, key: &str) -> bool {
        matches!(self, Self::Many { left_out, .. } if left_out.contains(key))
    }
}

fn for_each_error(message: impl Into<String>, span: Option<Span>) -> Fail {
    Fail::new(codes::config::FOR_EACH, message, span)
}

impl<'a> Evaluator<'a> {
    /// The instances of a resource block of a scope.
    pub(super) fn expansion(
        &self,
        scope: ScopeId,
        index: usize,
        via: Option<Span>,
    ) -> Res<Rc<Expansion<'a>>> {
        let scope = self.in_scope(scope)?;
        let (Some(slot), Some(resource)) = (
            scope.expansions.get(index),
            scope.program.resources.get(index),
        ) else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, scope.id),
            || Item::Instances(scope.resource_name(index)),
            via,
            || {
                let (result, _) = self.collect(false, || self.expand(&scope, resource));
                result.map(Rc::new)
            },
        )
    }

    fn expand(&self, scope: &Scope<'a>, resource: &'a Resource<'a>) -> Res<Expansion<'a>> {
        let block = &resource.block;
        let address = |key: Option<&str>| {
            let kind = block.schema.kind;
            scope.address(kind, &resource.name.text, key)
        };
        let make = |key: Option<Arc<str>>, each: Option<Rc<Pair>>| {
            let address = address(key.as_deref());
            self.register(Thing {
                reference: Arc::new(ResourceRef {
                    address: address.clone(),
                    kind: block.schema.kind.into(),
                }),
                scope: scope.id,
                address,
                schema: block.schema,
                kind: resource.kind,
                part: None,
                block: Some(block),
                existing: None,
                given: Vec::new(),
                given_place: None,
                needs: Vec::new(),
                label: Arc::clone(&resource.name.text),
                key,
                each,
                item: None,
                parent: None,
                span: resource.name.span,
                slots: Thing::slots(block.written.len()),
                place: std::cell::RefCell::default(),
                parts: Thing::slots(block.schema.parts.len() + 1),
            })
        };
        let Some(for_each) = block.for_each else {
            let env = Env::of(scope.id);
            return Ok(if self.is_wanted(block.when, &env)? {
                Expansion::One(make(None, None))
            } else {
                self.note_left_out(block.when, address(None));
                Expansion::LeftOut
            });
        };
        self.note_for_each(for_each, address(None));
        let mut things = BTreeMap::new();
        let mut left_out = BTreeSet::new();
        for (key, pair) in self.pairs(for_each, &Env::of(scope.id))? {
            let pair = Rc::new(pair);
            let env = Env {
                each: Some(&pair),
                ..Env::of(scope.id)
            };
            if self.is_wanted(block.when, &env)? {
                let thing = make(Some(Arc::clone(&key)), Some(Rc::clone(&pair)));
                things.insert(key, thing);
            } else {
                self.note_left_out(block.when, address(Some(&*key)));
                left_out.insert(key);
            }
        }
        let value = Value::map(
            things
                .iter()
                .map(|(key, thing)| {
                    let resource = Value::new(Data::Resource(Arc::clone(&thing.reference)));
                    (Arc::clone(key), resource)
                })
                .collect(),
        );
        Ok(Expansion::Many {
            things,
            left_out,
            value,
        })
    }

    pub(super) fn note_left_out(&self, when: Option<&Expr>, address: Address) {
        if let Some(when) = when {
            self.left_out.borrow_mut().when.insert(address, when.span);
        }
    }

    pub(super) fn note_for_each(&self, for_each: &Expr, block: Address) {
        let mut left_out = self.left_out.borrow_mut();
        left_out.for_each.insert(block, for_each.span);
    }

    pub(super) fn register(&self, thing: Thing<'a>) -> Rc<Thing<'a>> {
        let thing = Rc::new(thing);
        self.things
            .borrow_mut()
            .insert(thing.address.clone(), Rc::clone(&thing));
        thing
    }

    /// The bool of a `when`.
    pub(super) fn is_wanted(&self, when: Option<&Expr>, env: &Env<'_>) -> Res<bool> {
        let Some(when) = when else { return Ok(true) };
        let value = self.eval(when, env)?;
        let at = Some(when.span);
        if value.is_unknown() {
            return Err(self.unless_sought(
                &value,
                for_each_error(
                    "`when` must be known when planning, and this is known after an apply only",
                    at,
                ),
            ));
        }
        if value.sensitive {
            return Err(Fail::new(
                codes::config::SENSITIVE,
                "`when` may not be sensitive",
                at,
            ));
        }
        operator::condition(&value, "`when`", at)
    }

    /// The keys and values of a `for_each`.
    pub(super) fn pairs(&self, for_each: &Expr, env: &Env<'_>) -> Res<Vec<(Arc<str>, Pair)>> {
        let value = self.eval(for_each, env)?;
        let at = Some(for_each.span);
        if value.sensitive {
            return Err(Fail::new(
                codes::config::SENSITIVE,
                "`for_each` may not be sensitive: its keys stand in addresses",
                at,
            ));
        }
        let pair = |key: &Arc<str>, value: Value| {
            (
                Arc::clone(key),
                Pair {
                    key: Value::string(Arc::clone(key)),
                    value,
                },
            )
        };
        self.budget.value(&value, at)?;
        match &value.data {
            Data::Map(members) => Ok(members
                .iter()
                .map(|(key, value)| pair(key, value.clone()))
                .collect()),
            Data::List(items) => {
                let mut seen: BTreeMap<Arc<str>, ()> = BTreeMap::new();
                let mut pairs = Vec::with_capacity(items.len());
                for item in items.iter() {
                    let span = item.span.or(at);
                    if item.is_unknown() {
                        return Err(self.unless_sought(item, for_each_error(
                            "the keys of `for_each` must be known when planning, and this one is known after an apply only",
                            span,
                        )
                        .help("use a map: its keys are known, and its values may be unknown")));
                    }
                    if item.sensitive {
                        return Err(Fail::new(
                            codes::config::SENSITIVE,
                            "a key of `for_each` may not be sensitive",
                            span,
                        ));
                    }
                    let Data::String(key) = &item.data else {
                        return Err(for_each_error(
                            format!(
                                "`for_each` takes a map, or a list of strings, and this item is a {}",
                                item.type_name()
                            ),
                            span,
                        ));
                    };
                    if seen.insert(Arc::clone(key), ()).is_some() {
                        return Err(for_each_error(
                            format!("`for_each` has the key `{key}` twice"),
                            span,
                        ));
                    }
                    pairs.push(pair(key, item.clone()));
                }
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
                Ok(pairs)
            }
            Data::Unknown(_) => Err(self.unless_sought(&value, for_each_error(
                "the keys of `for_each` must be known when planning, and these are known after an apply only",
                at,
            )
            .help("use a map whose keys are written in the files or come from inputs"))),
            _ => Err(for_each_error(
                format!(
                    "`for_each` takes a map, a set or a list of strings, not a {}",
                    value.type_name()
                ),
                at,
            )),
        }
    }

    /// The parts of a resource under one word.
    pub(super) fn parts_of(
        &self,
        thing: &Rc<Thing<'a>>,
        at: usize,
        via: Option<Span>,
    ) -> Res<PartList<'a>> {
        let (Some(part), Some(slot)) = (thing.schema.parts.get(at), thing.parts.get(at)) else {
            return Err(Fail::Told);
        };
        let own = self.once(
            (slot, thing.scope),
            || Item::Parts(thing.address.clone(), part.word),
            via,
            || {
                let (made, _) = self.collect(false, || match part.form {
                    PartForm::Block => self.labelled(thing, at),
                    PartForm::Items(_) => self.item_parts(thing, at),
                    PartForm::Derived => Ok(Vec::new()),
                });
                made.map(Rc::new)
            },
        )?;
        // A kind may derive parts under any word; ask it only where nothing else is there, so that
        // a reference to a written part does not need all of the resource.
        if !own.is_empty() {
            return Ok(own);
        }
        let derived = self.derived_parts(thing, via)?;
        if derived.is_empty() {
            return Ok(own);
        }
        Ok(Rc::new(
            derived
                .iter()
                .filter(|other| other.part.is_some_and(|other| other.word == part.word))
                .cloned()
                .collect(),
        ))
    }

    /// Every part of a resource.
    pub(super) fn all_parts(&self, thing: &Rc<Thing<'a>>) -> Vec<Rc<Thing<'a>>> {
        let mut all: Vec<Rc<Thing<'a>>> = Vec::new();
        for (at, part) in thing.schema.parts.iter().enumerate() {
            if part.form != PartForm::Derived
                && let Ok(parts) = self.parts_of(thing, at, None)
            {
                all.extend(parts.iter().cloned());
            }
        }
        if let Ok(derived) = self.derived_parts(thing, None) {
            all.extend(derived.iter().cloned());
        }
        // A derived part under the word of an empty list was counted with that word already.
        let mut seen = BTreeSet::new();
        all.retain(|part| seen.insert(part.address.clone()));
        all
    }

    fn labelled(&self, thing: &Rc<Thing<'a>>, at: usize) -> Res<Vec<Rc<Thing<'a>>>> {
        let mut out = Vec::new();
        let mut failed = false;
        let blocks = thing.block.into_iter().flat_map(|block| &block.parts);
        for part in blocks.filter(|part| part.index == at) {
            if let Err(fail) = self.labelled_part(thing, part, &mut out) {
                self.report_fail(fail);
                failed = true;
            }
        }
        if failed { Err(Fail::Told) } else { Ok(out) }
    }

    fn labelled_part(
        &self,
        thing: &Rc<Thing<'a>>,
        part: &'a PartBlock<'a>,
        out: &mut Vec<Rc<Thing<'a>>>,
    ) -> Res<()> {
        let block = &part.block;
        let env = thing.env();
        let base = Env {
            own: Some(&thing.reference),
            ..env
        };
        let address = |key: Option<&str>| thing.address.part(part.part.word, &part.label.text, key);
        let mut make = |key: Option<Arc<str>>, item: Option<Rc<Pair>>| {
            let address = address(key.as_deref());
            out.push(self.part_thing(
                thing,
                part.part,
                address,
                Arc::clone(&part.label.text),
                part.label.span,
                PartSource::Block(block, key, item),
            ));
        };
        let Some(for_each) = block.for_each else {
            if self.is_wanted(block.when, &base)? {
                make(None, None);
            } else {
                self.note_left_out(block.when, address(None));
            }
            return Ok(());
        };
        self.note_for_each(for_each, address(None));
        for (key, pair) in self.pairs(for_each, &base)? {
            let pair = Rc::new(pair);
            let env = Env {
                item: Some(&pair),
                ..base
            };
            if self.is_wanted(block.when, &env)? {
                make(Some(key), Some(Rc::clone(&pair)));
            } else {
                self.note_left_out(block.when, address(Some(&*key)));
            }
        }
        Ok(())
    }

    fn item_parts(&self, thing: &Rc<Thing<'a>>, at: usize) -> Res<Vec<Rc<Thing<'a>>>> {
        let lists = thing.block.into_iter().flat_map(|block| &block.items);
        let mut out: Vec<Rc<Thing<'a>>> = Vec::new();
        for items in lists.filter(|items| items.index == at) {
            let (value, deps) = self.collect(true, || self.eval(items.list, &thing.env()));
            let value = value?;
            match &value.data {
                Data::Null => {}
                Data::List(list) => {
                    let mut failed = false;
                    for (at, item) in list.iter().enumerate() {
                        let item = &item.clone().sensitive(value.sensitive);
                        let span = item.span.unwrap_or(items.list.span);
                        let needs = match literal_item(items.list, list.len(), at) {
                            // What stands outside the list came through a `let`: it may be any item's.
                            Some(written) => deps
                                .iter()
                                .filter(|dep| {
                                    dep.span.is_none_or(|span| {
                                        written.contains(span) || !items.list.span.contains(span)
                                    })
                                })
                                .cloned()
                                .collect(),
                            None => deps.clone(),
                        };
                        match self.item_part(thing, items, (item, span), needs, &out) {
                            Ok(part) => out.push(part),
                            Err(fail) => {
                                self.report_fail(fail);
                                failed = true;
                            }
                        }
                    }
                    if failed {
                        return Err(Fail::Told);
                    }
                }
                Data::Unknown(_) => {
                    return Err(self.unless_sought(
                        &value,
                        Fail::new(
                            codes::config::PART_KEY,
                            format!(
                                "what `{}` names must be known when planning",
                                items.part.word
                            ),
                            Some(items.list.span),
                        ),
                    ));
                }
                _ => {
                    return Err(Fail::new(
                        codes::config::WRONG_TYPE,
                        format!(
                            "`{}` takes a list, not a {}",
                            items.part.word,
                            value.type_name()
                        ),
                        Some(items.list.span),
                    )
                    .help(if matches!(value.data, Data::Map(_)) {
                        "for the values of a map, write `values(...)`"
                    } else {
                        "write `[ … ]` around it"
                    }));
                }
            }
        }
        Ok(out)
    }

    fn item_part(
        &self,
        thing: &Rc<Thing<'a>>,
        items: &Items<'a>,
        (item, span): (&Value, Span),
        deps: Vec<Dep>,
        earlier: &[Rc<Thing<'a>>],
    ) -> Res<Rc<Thing<'a>>> {
        let word = items.part.word;
        if item.sensitive {
            return Err(Fail::new(
                codes::config::SENSITIVE,
                format!("`{word}` makes keys of its items: they may not be sensitive"),
                Some(span),
            ));
        }
        // A resource, or an attribute that is not known yet, makes its edge by itself; of a known
        // text (the ARN of a policy of the same files) only the references that gave it tell.
        let needs = match &item.data {
            Data::String(_) => deps.into_iter().map(|dep| dep.address).collect(),
            _ => Vec::new(),
        };
        let key: Arc<str> = match &item.data {
            Data::Resource(resource) => resource.address.as_str().into(),
            Data::String(text) => Arc::clone(text),
            Data::Unknown(residual) => match &**residual {
                Residual::Attribute { address, .. } => address.as_str().into(),
                _ => {
                    return Err(self.unless_sought(
                        item,
                        Fail::new(
                            codes::config::PART_KEY,
                            format!("what this item of `{word}` names must be known when planning"),
                            Some(span),
                        )
                        .help("name the resource itself, or write its id"),
                    ));
                }
            },
            _ => {
                return Err(Fail::new(
                    codes::config::PART_KEY,
                    format!(
                        "an item of `{word}` is a resource or a text, not a {}",
                        item.type_name()
                    ),
                    Some(span),
                ));
            }
        };
        let address = thing.address.item(word, &key);
        if let Some(first) = earlier.iter().find(|part| part.address == address) {
            return Err(Diagnostic::error(
                codes::config::PART_KEY,
                format!("`{word}` names `{key}` twice"),
            )
            .at(span, "a second time here")
            .at(first.span, "first here")
            .into());
        }
        let attribute = part_attribute(items.part.schema, items.attribute, items.span)?;
        Ok(self.part_thing(
            thing,
            items.part,
            address,
            key,
            span,
            PartSource::Given(vec![(attribute, item.clone().at(span))], None, needs),
        ))
    }

    /// The parts that the kind derives.
    pub(super) fn derived_parts(
        &self,
        thing: &Rc<Thing<'a>>,
        via: Option<Span>,
    ) -> Res<PartList<'a>> {
        let Some(slot) = thing.parts.last() else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, thing.scope),
            || Item::Parts(thing.address.clone(), "parts"),
            via,
            || {
                if thing.part.is_some() || thing.existing.is_some() {
                    return Ok(Rc::new(Vec::new()));
                }
                let (result, _) = self.collect(false, || {
                    let mut out = Vec::new();
                    let facts = ThingFacts::new(self, thing);
                    let drafts = thing.kind.derived_parts(&facts, &mut out);
                    let failed = crate::diagnostic::has_errors(&out);
                    for diagnostic in out {
                        self.report(diagnostic);
                    }
                    if failed {
                        return Err(Fail::Told);
                    }
                    drafts
                        .into_iter()
                        .map(|draft| self.derived_part(thing, draft))
                        .collect::<Res<Vec<_>>>()
                });
                result.map(Rc::new)
            },
        )
    }

    fn derived_part(&self, thing: &Rc<Thing<'a>>, draft: PartDraft) -> Res<Rc<Thing<'a>>> {
        let span = draft.span.unwrap_or(thing.span);
        let Some(part) = thing
            .schema
            .parts
            .iter()
            .find(|part| part.schema.kind == draft.kind)
        else {
            return Err(Fail::new(
                codes::config::INTERNAL,
                format!(
                    "`{}` derives a part `{}` it does not have",
                    thing.schema.kind, draft.kind
                ),
                Some(span),
            ));
        };
        let given = draft
            .attributes
            .into_iter()
            .map(|(name, value)| Ok((part_attribute(part.schema, &name, span)?, value)))
            .collect::<Res<Vec<_>>>()?;
        let label = draft
            .address
            .as_str()
            .strip_prefix(thing.address.as_str())
            .unwrap_or_default()
            .trim_start_matches('.');
        let label: Arc<str> = label
            .strip_prefix(part.word)
            .unwrap_or(label)
            .trim_start_matches('.')
            .into();
        Ok(self.part_thing(
            thing,
            part,
            draft.address,
            label,
            span,
            PartSource::Given(given, draft.place, draft.needs),
        ))
    }

    fn part_thing(
        &self,
        parent: &Rc<Thing<'a>>,
        part: &'static Part,
        address: Address,
        label: Arc<str>,
        span: Span,
        source: PartSource<'a>,
    ) -> Rc<Thing<'a>> {
        let (block, key, item, mut given, given_place, needs) = match source {
            PartSource::Block(block, key, item) => {
                (Some(block), key, item, Vec::new(), None, Vec::new())
            }
            PartSource::Given(given, place, needs) => (None, None, None, given, place, needs),
        };
        let written = |name: &str| {
            block.is_some_and(|block| block.written.iter().any(|w| w.attribute.name == name))
                || given
                    .iter()
                    .any(|(attribute, _): &(&Attribute, _)| attribute.name == name)
        };
        // The part's resource is filled in, never written.
        let (parent_attribute, _) = part.parent;
        let owner = part
            .schema
            .attributes
            .iter()
            .find(|attribute| attribute.name == parent_attribute)
            .filter(|attribute| !written(attribute.name));
        // A labelled part's name is its label unless its kind has a rule for names.
        let name = part
            .schema
            .attributes
            .iter()
            .find(|attribute| attribute.name == "name")
            .filter(|_| block.is_some() && part.schema.name.is_none())
            .filter(|attribute| !written(attribute.name));
        if let Some(owner) = owner {
            given.push((
                owner,
                Value::new(Data::Resource(Arc::clone(&parent.reference))),
            ));
        }
        if let Some(name) = name {
            let text = match &key {
                Some(key) => format!("{label}-{key}"),
                None => label.to_string(),
            };
            given.push((name, Value::string(text)));
        }
        let count = block.map_or(0, |block| block.written.len()) + given.len();
        self.register(Thing {
            reference: Arc::new(ResourceRef {
                address: address.clone(),
                kind: part.schema.kind.into(),
            }),
            scope: parent.scope,
            address,
            schema: part.schema,
            kind: parent.kind,
            part: Some(part),
            block,
            existing: None,
            given,
            given_place,
            needs,
            label,
            key,
            each: parent.each.clone(),
            item,
            parent: Some(Rc::clone(parent)),
            span,
            slots: Thing::slots(count),
            place: std::cell::RefCell::new(Slot::Empty),
            parts: Thing::slots(1),
        })
    }

    /// Whether a part with this word is written on a resource.
    pub(super) fn has_part(&self, thing: &Rc<Thing<'a>>, word: &str) -> bool {
        let Some(block) = thing.block else {
            return false;
        };
        let in_list = block.items.iter().any(|items| items.part.word == word);
        in_list
            || block
                .parts
                .iter()
                .filter(|part| part.part.word == word)
                .any(|part| part.block.for_each.is_none() && part.block.when.is_none())
            || thing
                .schema
                .parts
                .iter()
                .position(|part| part.word == word && part.form == PartForm::Block)
                .is_some_and(|at| self.written_parts(thing, at))
    }

    /// Whether labelled parts with `for_each` or `when` come to anything.
    fn written_parts(&self, thing: &Rc<Thing<'a>>, at: usize) -> bool {
        let (Some(slot), Some(part)) = (thing.parts.get(at), thing.schema.parts.get(at)) else {
            return false;
        };
        let made = self.once(
            (slot, thing.scope),
            || Item::Parts(thing.address.clone(), part.word),
            None,
            || {
                let (made, _) = self.collect(false, || self.labelled(thing, at));
                made.map(Rc::new)
            },
        );
        // One that failed was meant to be there.
        made.map_or(true, |parts| !parts.is_empty())
    }
}

enum PartSource<'a> {
    Block(&'a Block<'a>, Option<Arc<str>>, Option<Rc<Pair>>),
    Given(
        Vec<(&'static Attribute, Value)>,
        Option<crate::config::Place>,
        Vec<Address>,
    ),
}

fn part_attribute(schema: &'static Schema, name: &str, span: Span) -> Res<&'static Attribute> {
    schema
        .attributes
        .iter()
        .find(|attribute| attribute.is_called(name))
        .ok_or_else(|| {
            Fail::new(
                codes::config::INTERNAL,
                format!("`{}` has no attribute `{name}` to fill in", schema.kind),
                Some(span),
            )
        })
}

/// Where the item `at` of a written list of `count` items stands; `None` if the list is made by an
/// expression, so that its items cannot be told apart.
fn literal_item(list: &Expr, count: usize, at: usize) -> Option<Span> {
    match &list.kind {
        ExprKind::Paren(inner) => literal_item(inner, count, at),
        ExprKind::List(items) if items.len() == count => items.get(at).map(|item| item.span),
        _ => None,
    }
}
