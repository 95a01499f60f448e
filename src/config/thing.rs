//! A resource or part while it is evaluated, and its attributes.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::block::{Block, Source, StatementBlock};
use super::conform::{Conform, ObjectBuilder, Site};
use super::evaluator::{Dep, Evaluator, Item, Slot};
use super::expression::{Env, Pair};
use super::facts::ThingFacts;
use super::fail::{Fail, Res};
use super::reference::ACCOUNT;
use super::scope::ScopeId;
use super::world::World;
use crate::address::Address;
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Kind;
use crate::kinds::schema::{Attribute, Part, Schema, Type};
use crate::syntax::tree::{Body, BodyItem, Expr, ExprKind, ObjectKey};
use crate::value::{Data, Map, Residual, ResourceRef, Value};

/// A resource or part.
pub(super) struct Thing<'a> {
    /// Where its names are looked up.
    pub(super) scope: ScopeId,
    /// Its address.
    pub(super) address: Address,
    /// Its schema.
    pub(super) schema: &'static Schema,
    /// Its kind.
    pub(super) kind: &'static dyn Kind,
    /// Which part it is.
    pub(super) part: Option<&'static Part>,
    /// Its block, if it has one of its own.
    pub(super) block: Option<&'a Block<'a>>,
    /// What was found of it, if an `existing` block looks for it; `Some(None)`: nothing yet.
    pub(super) existing: Option<Option<Map>>,
    /// Attributes that something else gave it.
    pub(super) given: Vec<(&'static Attribute, Value)>,
    /// Where it is, if its kind said so.
    pub(super) given_place: Option<Place>,
    /// Further things it needs.
    pub(super) needs: Vec<Address>,
    /// Its name or label, or the key of a list item.
    pub(super) label: Arc<str>,
    /// Its key under `for_each`.
    pub(super) key: Option<Arc<str>>,
    /// `each`.
    pub(super) each: Option<Rc<Pair>>,
    /// `item`.
    pub(super) item: Option<Rc<Pair>>,
    /// The resource, for a part.
    pub(super) parent: Option<Rc<Thing<'a>>>,
    /// It, as a value.
    pub(super) reference: Arc<ResourceRef>,
    /// Its name in the file.
    pub(super) span: Span,
    /// Its attributes: the block's, then the given ones.
    pub(super) slots: Vec<RefCell<Slot<Rc<Attr>>>>,
    /// Where it is.
    pub(super) place: RefCell<Slot<Place>>,
    /// Its parts, one slot for each word of the schema, then one for all derived ones.
    pub(super) parts: Vec<RefCell<Slot<PartList<'a>>>>,
}

/// Parts of a resource.
pub(super) type PartList<'a> = Rc<Vec<Rc<Thing<'a>>>>;

/// An evaluated attribute.
pub(super) struct Attr {
    /// Its value in the canonical form of its type.
    pub(super) value: Value,
    /// Resources that stand in it where its type takes one.
    pub(super) named: Vec<Arc<ResourceRef>>,
    /// What it refers to.
    pub(super) deps: Vec<Dep>,
}

impl<'a> Thing<'a> {
    /// Slots for the attributes and parts of a thing.
    pub(super) fn slots<T>(count: usize) -> Vec<RefCell<Slot<T>>> {
        std::iter::repeat_with(RefCell::default)
            .take(count)
            .collect()
    }

    fn written(&self) -> usize {
        self.block.map_or(0, |block| block.written.len())
    }

    /// Where the attribute stands among its slots, if it was written or given.
    pub(super) fn entry(&self, name: &str) -> Option<usize> {
        let written = self
            .block
            .and_then(|block| block.written.iter().position(|w| w.attribute.name == name));
        written.or_else(|| {
            self.given
                .iter()
                .position(|(attribute, _)| attribute.name == name)
                .map(|at| at + self.written())
        })
    }

    /// The attribute in this slot.
    pub(super) fn entry_attribute(&self, entry: usize) -> Option<&'static Attribute> {
        match self.block.and_then(|block| block.written.get(entry)) {
            Some(written) => Some(written.attribute),
            None => self
                .given
                .get(entry.checked_sub(self.written())?)
                .map(|(attribute, _)| *attribute),
        }
    }

    /// Where the attribute's value stands in the file.
    pub(super) fn entry_span(&self, entry: usize) -> Option<Span> {
        match self.block.and_then(|block| block.written.get(entry)) {
            Some(written) => Some(match &written.source {
                Source::Value(expr) => expr.span,
                Source::Block(body) => body.span.unwrap_or(written.span),
                Source::Statements(_) => written.span,
            }),
            None => self
                .given
                .get(entry.checked_sub(self.written())?)
                .and_then(|(_, value)| value.span),
        }
    }

    /// Where its expressions stand.
    pub(super) fn env(&self) -> Env<'_> {
        Env {
            each: self.each.as_deref(),
            item: self.item.as_deref(),
            own: self.parent.as_ref().map(|parent| &parent.reference),
            ..Env::of(self.scope)
        }
    }
}

impl<'a> Evaluator<'a> {
    /// A slot's attribute, evaluated.
    pub(super) fn entry_attr(
        &self,
        thing: &Rc<Thing<'a>>,
        entry: usize,
        via: Option<Span>,
    ) -> Res<Rc<Attr>> {
        let (Some(slot), Some(attribute)) = (thing.slots.get(entry), thing.entry_attribute(entry))
        else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, thing.scope),
            || Item::Attribute(thing.address.clone(), attribute.name),
            via,
            || {
                let (result, deps) =
                    self.collect(true, || self.evaluate_entry(thing, entry, attribute));
                let (value, named) = result?;
                self.budget.value(&value, value.span)?;
                Ok(Rc::new(Attr { value, named, deps }))
            },
        )
    }

    /// A slot's value.
    pub(super) fn entry_value(
        &self,
        thing: &Rc<Thing<'a>>,
        entry: usize,
        via: Option<Span>,
    ) -> Res {
        Ok(self.entry_attr(thing, entry, via)?.value.clone())
    }

    fn evaluate_entry(
        &self,
        thing: &Rc<Thing<'a>>,
        entry: usize,
        attribute: &'static Attribute,
    ) -> Res<(Value, Vec<Arc<ResourceRef>>)> {
        let mut conform = Conform::new(self);
        let env = thing.env();
        let value = match thing.block.and_then(|block| block.written.get(entry)) {
            Some(written) => {
                let site = Site {
                    path: attribute.name,
                    span: Some(written.span),
                };
                match &written.source {
                    Source::Value(expr) => {
                        self.typed(&mut conform, expr, &attribute.ty, site, &env)
                    }
                    Source::Block(body) => {
                        self.typed_block(&mut conform, body, &attribute.ty, site, &env)
                    }
                    Source::Statements(statements) => {
                        let document = self.statements(&mut conform, statements, None, &env);
                        document
                            .and_then(|document| conform.conform(&document, &attribute.ty, site))
                    }
                }
            }
            None => {
                let at = entry.checked_sub(thing.written()).unwrap_or(usize::MAX);
                thing.given.get(at).and_then(|(_, value)| {
                    let site = Site {
                        path: attribute.name,
                        span: value.span.or(Some(thing.span)),
                    };
                    conform.conform(value, &attribute.ty, site)
                })
            }
        };
        if value.as_ref().is_some_and(Value::has_sensitive)
            && (attribute.name == "name"
                || thing
                    .schema
                    .name
                    .is_some_and(|rule| rule.attribute == attribute.name))
        {
            conform.out.push(
                Diagnostic::error(
                    codes::config::SENSITIVE,
                    format!("`{}` may not be sensitive", attribute.name),
                )
                .at_opt(thing.entry_span(entry), ""),
            );
        }
        match value {
            Some(value) if conform.is_fine() => Ok((value, conform.named)),
            _ => {
                let damaged = thing.block.is_some_and(|block| block.refused);
                for diagnostic in conform.out {
                    // What could not be read may be what is missing.
                    if damaged && diagnostic.code == codes::config::MISSING_ATTRIBUTE {
                        continue;
                    }
                    self.report(diagnostic.about(thing.address.as_str()));
                }
                Err(Fail::Told)
            }
        }
    }

    /// An expression to a type. Object literals keep the place of each member.
    fn typed(
        &self,
        conform: &mut Conform<'_>,
        expr: &Expr,
        ty: &Type,
        site: Site<'_>,
        env: &Env<'_>,
    ) -> Option<Value> {
        match (&expr.kind, ty) {
            (ExprKind::Paren(inner), _) => return self.typed(conform, inner, ty, site, env),
            (ExprKind::Object(entries), Type::Object(members))
                if entries
                    .iter()
                    .all(|(key, _)| matches!(key, ObjectKey::Name(_))) =>
            {
                let entries = entries.iter().filter_map(|(key, value)| match key {
                    ObjectKey::Name(name) => Some((&*name.text, name.span, Entry::Value(value))),
                    ObjectKey::Expr(_) => None,
                });
                return self.members(conform, entries, members, site.path, expr.span, env);
            }
            (ExprKind::List(items), Type::List(inner, _) | Type::Set(inner, _))
                if matches!(inner, Type::Object(_)) =>
            {
                let mut fine = true;
                let mut out = Vec::with_capacity(items.len());
                for item in &**items {
                    let site = Site {
                        path: site.path,
                        span: Some(item.span),
                    };
                    match self.typed(conform, item, inner, site, env) {
                        Some(value) => out.push(value),
                        None => fine = false,
                    }
                }
                return fine
                    .then(|| conform.conform(&Value::list(out).at(expr.span), ty, site))
                    .flatten();
            }
            _ => {}
        }
        match self.eval(expr, env) {
            Ok(value) => {
                let site = Site {
                    path: site.path,
                    span: Some(expr.span),
                };
                conform.conform(&value, ty, site)
            }
            Err(fail) => {
                conform.fail(fail);
                None
            }
        }
    }

    /// A block to a type: an object, or an IAM document.
    fn typed_block(
        &self,
        conform: &mut Conform<'_>,
        body: &Body,
        ty: &Type,
        site: Site<'_>,
        env: &Env<'_>,
    ) -> Option<Value> {
        let span = site.span.or(body.span)?;
        match ty {
            Type::Object(members) => {
                let entries = body.items.iter().filter_map(|item| match item {
                    BodyItem::Attribute { name, value } => {
                        Some((&*name.text, name.span, Entry::Value(value)))
                    }
                    BodyItem::Block {
                        keyword,
                        label: None,
                        body,
                        ..
                    } => Some((&*keyword.text, keyword.span, Entry::Block(body))),
                    BodyItem::Block { .. } => None,
                });
                let labels = body.items.iter().filter_map(|item| match item {
                    BodyItem::Block {
                        keyword,
                        label: Some(label),
                        ..
                    } => Some(
                        Diagnostic::error(
                            codes::config::BLOCK_FORM,
                            format!("`{}` takes no label", keyword.text),
                        )
                        .at(label.span, ""),
                    ),
                    _ => None,
                });
                let before = conform.out.len();
                conform.out.extend(labels);
                let fine = conform.out.len() == before;
                self.members(conform, entries, members, site.path, span, env)
                    .filter(|_| fine)
            }
            Type::IamDocument => {
                let statements: Vec<StatementBlock<'_>> = body
                    .items
                    .iter()
                    .filter_map(|item| match item {
                        BodyItem::Block {
                            keyword,
                            label,
                            body,
                            ..
                        } if &*keyword.text == "statement" => Some(StatementBlock {
                            label: label.as_ref(),
                            body,
                            span: keyword.span,
                        }),
                        _ => None,
                    })
                    .collect();
                let document = self.statements(conform, &statements, Some(body), env)?;
                conform.conform(&document, ty, site)
            }
            _ => {
                conform.out.push(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` is not written as a block", site.path),
                    )
                    .at(span, ""),
                );
                None
            }
        }
    }

    fn members<'e>(
        &self,
        conform: &mut Conform<'_>,
        entries: impl Iterator<Item = (&'e str, Span, Entry<'e>)>,
        members: &'static [Attribute],
        path: &str,
        span: Span,
        env: &Env<'_>,
    ) -> Option<Value> {
        let mut object = ObjectBuilder::new(members);
        let mut fine = true;
        let mut refused = false;
        for (word, at, entry) in entries {
            let attribute = match object.admit(word, Some(at), path) {
                Ok(attribute) => attribute,
                Err(diagnostic) => {
                    conform.out.push(*diagnostic);
                    fine = false;
                    refused = true;
                    continue;
                }
            };
            let inner_path = format!("{path}.{}", attribute.name);
            let site = Site {
                path: &inner_path,
                span: Some(at),
            };
            let value = match entry {
                Entry::Value(expr) => self.typed(conform, expr, &attribute.ty, site, env),
                Entry::Block(body) => self.typed_block(conform, body, &attribute.ty, site, env),
            };
            match value {
                Some(value) => object.set(attribute, value),
                None => fine = false,
            }
        }
        // What was refused may be what is missing, misspelt.
        if !refused {
            let missing = object.missing(path, Some(span));
            fine &= missing.is_empty();
            conform.out.extend(missing);
        }
        fine.then(|| Value::map(object.done()).at(span))
    }

    /// `statement SID { … }` blocks, and the attributes beside them, as one document.
    fn statements(
        &self,
        conform: &mut Conform<'_>,
        statements: &[StatementBlock<'_>],
        body: Option<&Body>,
        env: &Env<'_>,
    ) -> Option<Value> {
        let mut fine = true;
        let mut document = Map::new();
        for item in body.into_iter().flat_map(|body| &body.items) {
            match item {
                BodyItem::Attribute { name, value } => match self.eval(value, env) {
                    Ok(value) => {
                        document.insert(Arc::clone(&name.text), value);
                    }
                    Err(fail) => {
                        conform.fail(fail);
                        fine = false;
                    }
                },
                BodyItem::Block { keyword, .. } if &*keyword.text != "statement" => {
                    conform.out.push(
                        Diagnostic::error(
                            codes::config::DOCUMENT,
                            format!(
                                "a document has `statement` blocks, and no `{}`",
                                keyword.text
                            ),
                        )
                        .at(keyword.span, ""),
                    );
                    fine = false;
                }
                BodyItem::Block { .. } => {}
            }
        }
        let mut list = Vec::new();
        for statement in statements {
            match self.statement(conform, statement, env) {
                Some(value) => list.push(value),
                None => fine = false,
            }
        }
        if !list.is_empty() || document.is_empty() {
            document.insert("Statement".into(), Value::list(list));
        }
        fine.then(|| Value::map(document))
    }

    fn statement(
        &self,
        conform: &mut Conform<'_>,
        statement: &StatementBlock<'_>,
        env: &Env<'_>,
    ) -> Option<Value> {
        let mut fine = true;
        let mut members = Map::new();
        if let Some(label) = statement.label {
            members.insert(
                "Sid".into(),
                Value::string(Arc::clone(&label.text)).at(label.span),
            );
        }
        for item in &statement.body.items {
            let result = match item {
                BodyItem::Attribute { name, value } => {
                    self.eval(value, env).map(|value| (name, value))
                }
                // `conditions { StringEquals = { … } }` and `principals { … }` as blocks.
                BodyItem::Block { keyword, body, .. } => self
                    .plain_block(body, env)
                    .map(|value| (keyword, value.at(keyword.span))),
            };
            match result {
                Ok((name, value)) => {
                    let Some(member) = statement_member(&name.text) else {
                        conform.out.push(
                            Diagnostic::error(
                                codes::config::DOCUMENT,
                                format!("a statement has no `{}`", name.text),
                            )
                            .at(name.span, "")
                            .help_opt(crate::diagnostic::did_you_mean(
                                &name.text,
                                STATEMENT_WORDS.iter().map(|(word, _)| *word),
                            )),
                        );
                        fine = false;
                        continue;
                    };
                    if members.insert(member.into(), value).is_some() {
                        conform.out.push(
                            Diagnostic::error(
                                codes::config::DUPLICATE_ATTRIBUTE,
                                format!("`{}` is written twice", name.text),
                            )
                            .at(name.span, ""),
                        );
                        fine = false;
                    }
                }
                Err(fail) => {
                    conform.fail(fail);
                    fine = false;
                }
            }
        }
        members
            .entry("Effect".into())
            .or_insert_with(|| Value::string("Allow"));
        fine.then(|| Value::map(members).at(statement.span))
    }

    /// A block without a schema as an object.
    fn plain_block(&self, body: &Body, env: &Env<'_>) -> Res {
        let mut members = Map::new();
        for item in &body.items {
            let (name, value) = match item {
                BodyItem::Attribute { name, value } => (name, self.eval(value, env)?),
                BodyItem::Block { keyword, body, .. } => {
                    let inner = self.deeper(Some(keyword.span), || self.plain_block(body, env))?;
                    (keyword, inner)
                }
            };
            members.insert(Arc::clone(&name.text), value);
        }
        Ok(Value::map(members))
    }

    /// An attribute of a resource or part: written, made up, derived, or only AWS's to know.
    pub(super) fn attribute_of(&self, thing: &Rc<Thing<'a>>, word: &str, via: Option<Span>) -> Res {
        let Some(attribute) = thing.schema.attributes.iter().find(|a| a.is_called(word)) else {
            return Err(Fail::new(
                codes::config::UNKNOWN_ATTRIBUTE,
                format!("`{}` has no attribute `{word}`", thing.schema.kind),
                via,
            ));
        };
        match &thing.existing {
            Some(Some(found)) => {
                let value = found.get(attribute.name).cloned();
                return Ok(value.unwrap_or_else(Value::null));
            }
            Some(None) => {
                return Ok(Value::unknown_attribute(
                    thing.address.clone(),
                    attribute.name,
                ));
            }
            None => {}
        }
        if let Some(value) = self.known_attribute(thing, attribute.name, via)? {
            return Ok(value);
        }
        let facts = ThingFacts::new(self, thing);
        let derived = self.deeper(via, || {
            Ok(thing.kind.derive(thing.schema.kind, attribute.name, &facts))
        })?;
        Ok(derived.unwrap_or_else(|| {
            Value::unknown(Residual::Attribute {
                address: thing.address.clone(),
                name: attribute.name.into(),
            })
        }))
    }

    /// An attribute that was written, given or made up.
    pub(super) fn known_attribute(
        &self,
        thing: &Rc<Thing<'a>>,
        name: &str,
        via: Option<Span>,
    ) -> Res<Option<Value>> {
        if let Some(found) = &thing.existing {
            return Ok(found.as_ref().and_then(|found| found.get(name).cloned()));
        }
        if name == "tags" && thing.schema.taggable {
            return self.tags(thing, via);
        }
        if let Some(entry) = thing.entry(name) {
            let value = self.entry_value(thing, entry, via)?;
            if !value.is_null() {
                return Ok(Some(value));
            }
        }
        Ok(self.made_up_name(thing, name))
    }
}

enum Entry<'e> {
    Value(&'e Expr),
    Block(&'e Body),
}

/// Words of a statement block and IAM's members for them.
const STATEMENT_WORDS: &[(&str, &str)] = &[
    ("sid", "Sid"),
    ("effect", "Effect"),
    ("principals", "Principal"),
    ("not_principals", "NotPrincipal"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
    ("conditions", "Condition"),
];

fn statement_member(word: &str) -> Option<&'static str> {
    STATEMENT_WORDS
        .iter()
        .find(|(written, member)| {
            // IAM's own words and the singular are taken, too.
            *written == word || *member == word || written.strip_suffix('s') == Some(word)
        })
        .map(|(_, member)| *member)
}

impl World for Evaluator<'_> {
    fn attribute(&self, resource: &ResourceRef, name: &str, span: Option<Span>) -> Res {
        if &*resource.kind == ACCOUNT {
            return self.account_attribute(&resource.address, name, span);
        }
        let Some(thing) = self.thing_at(&resource.address) else {
            return Err(Fail::new(
                codes::config::UNKNOWN_NAME,
                format!("there is no `{}`", resource.address),
                span,
            ));
        };
        let value = self.attribute_of(&thing, name, span)?;
        self.refer_to_value(&thing.address, &value, span);
        Ok(value)
    }

    fn budget(&self) -> &super::budget::Budget {
        &self.budget
    }

    fn file(&self, path: &str, span: Option<Span>) -> Res<String> {
        self.read_file(path, span)
    }

    fn template(&self, path: &str, variables: &Map, span: Option<Span>) -> Res {
        let text = self.read_file(path, span)?;
        self.template_text(&text, variables, span)
    }
}

/// Addresses that a value mentions: resources in it, and those it waits for.
pub(super) fn mentioned(value: &Value, span: Option<Span>, out: &mut Vec<Dep>) {
    let at = value.span.or(span);
    match &value.data {
        Data::Resource(resource) if &*resource.kind != ACCOUNT => out.push(Dep {
            address: resource.address.clone(),
            span: at,
        }),
        Data::List(items) => items.iter().for_each(|item| mentioned(item, at, out)),
        Data::Map(members) => members.values().for_each(|item| mentioned(item, at, out)),
        Data::Unknown(residual) => residual_mentions(residual, at, out),
        _ => {}
    }
}

fn residual_mentions(residual: &Residual, span: Option<Span>, out: &mut Vec<Dep>) {
    match residual {
        Residual::Attribute { address, .. } => out.push(Dep {
            address: address.clone(),
            span,
        }),
        Residual::Value(value) => mentioned(value, span, out),
        _ => super::budget::children(residual, &mut |child| residual_mentions(child, span, out)),
    }
}
