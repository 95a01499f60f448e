//! `existing stack NAME { … }`: the outputs of another stack, read from its state.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::declare::{Program, duplicate};
use super::evaluator::Evaluator;
use super::expression::{Env, Mode};
use super::fail::{Fail, Res};
use super::reference::STACK;
use super::scope::{Scope, ScopeId};
use crate::address::Address;
use crate::config::{Configuration, StackSeek, StateStore};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, codes, did_you_mean};
use crate::syntax::tree::{Body, BodyItem, Expr, Ident, Label};
use crate::value::{Map, Residual, Value};

/// Words of an `existing stack` block.
const WORDS: [&str; 2] = ["name", "state"];

/// `existing stack NAME { … }`.
pub(super) struct ExistingStack<'a> {
    /// Its name here.
    pub(super) name: &'a Ident,
    /// `name`: what the stack calls itself, if that is something else.
    own_name: Option<&'a Expr>,
    /// `state`: where, label and body.
    store: Option<(Span, Option<&'a Label>, &'a Body)>,
}

/// What was made of the blocks so far: `None` for one that is wrong, which was reported.
pub(super) type StackSeeks = std::cell::RefCell<BTreeMap<(ScopeId, usize), Option<Rc<StackSeek>>>>;

/// Digests of the outputs that were used, by the names they are referred to by, with the module.
pub(super) type StackUses = std::cell::RefCell<BTreeMap<Arc<str>, String>>;

impl<'a> Program<'a> {
    /// Reads an `existing stack` block.
    pub(super) fn existing_stack(
        &mut self,
        name: &'a Ident,
        body: &'a Body,
        out: &mut Diagnostics,
    ) {
        let first = self.stack_names.get(&*name.text);
        if let Some(first) = first.and_then(|at| self.stacks.get(*at)) {
            let what = format!("`{STACK}.{}`", name.text);
            out.push(duplicate(&what, name.span, first.name.span));
            return;
        }
        let mut stack = ExistingStack {
            name,
            own_name: None,
            store: None,
        };
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value }
                    if &*name.text == "name" && stack.own_name.is_none() =>
                {
                    stack.own_name = Some(value);
                }
                BodyItem::Block {
                    keyword,
                    label,
                    body,
                    ..
                } if &*keyword.text == "state" && stack.store.is_none() => {
                    stack.store = Some((keyword.span, label.as_ref(), body));
                }
                BodyItem::Attribute { name: word, .. } | BodyItem::Block { keyword: word, .. } => {
                    out.push(
                        Diagnostic::error(
                            codes::config::EXISTING_STACK,
                            format!(
                                "an `existing stack` block takes `name = …` and one `state … {{ … }}`, not this `{}`",
                                word.text
                            ),
                        )
                        .at(word.span, "")
                        .help_opt(did_you_mean(&word.text, WORDS)),
                    );
                }
            }
        }
        self.stack_names.insert(&name.text, self.stacks.len());
        self.stacks.push(stack);
    }
}

impl<'a> Evaluator<'a> {
    /// Looks at every `existing stack` block of a scope, used or not.
    pub(super) fn every_stack(&self, scope: &Scope<'a>) {
        for index in 0..scope.program.stacks.len() {
            // What is wrong with one is reported.
            let _ = self.stack_seek(scope.id, index);
        }
    }

    /// The address that stands for the block.
    fn stack_address(&self, scope: ScopeId, index: usize) -> Res<Address> {
        let scope = self.in_scope(scope)?;
        let stack = scope.program.stacks.get(index).ok_or(Fail::Told)?;
        Ok(scope.address(STACK, &stack.name.text, None))
    }

    /// Which state a block means. It is to be read before the next evaluation, unless it was.
    fn stack_seek(&self, id: ScopeId, index: usize) -> Res<Rc<StackSeek>> {
        if let Some(known) = self.stack_blocks.borrow().get(&(id, index)) {
            return known.clone().ok_or(Fail::Told);
        }
        let scope = self.in_scope(id)?;
        let seek = scope
            .program
            .stacks
            .get(index)
            .and_then(|stack| self.read_stack_block(id, stack))
            .map(Rc::new);
        if let Some(seek) = &seek
            && !self.options.stacks.contains_key(&**seek)
        {
            let address = self.stack_address(id, index)?;
            self.sought.borrow_mut().insert(address);
            self.stack_seeks.borrow_mut().insert(
                StackSeek::clone(seek),
                scope.program.stacks.get(index).map(|stack| stack.name.span),
            );
        }
        let mut blocks = self.stack_blocks.borrow_mut();
        blocks.insert((id, index), seek.clone());
        seek.ok_or(Fail::Told)
    }

    fn read_stack_block(&self, id: ScopeId, stack: &ExistingStack<'a>) -> Option<StackSeek> {
        let env = Env {
            mode: Mode::Static,
            ..Env::of(id)
        };
        let own = self.or_report(self.setting(stack.own_name, "name", &env))?;
        let store = match stack.store {
            Some((span, label, body)) => self.state_store(span, label, body, &env)?,
            None => StateStore::default(),
        };
        Some(StackSeek {
            stack: own.map_or_else(|| stack.name.text.to_string(), |(name, _)| name.to_string()),
            store,
        })
    }

    /// The value of an output of a stack.
    pub(super) fn stack_output(&self, id: ScopeId, index: usize, name: &Ident, span: Span) -> Res {
        let seek = self.stack_seek(id, index)?;
        let address = self.stack_address(id, index)?;
        let Some(outputs) = self.options.stacks.get(&*seek) else {
            return Ok(unread(address, &name.text).at(span));
        };
        let Some(value) = outputs.get(&*name.text) else {
            return Err(Fail::new(
                codes::config::EXISTING_STACK_OUTPUT,
                format!("the stack `{}` has no output `{}`", seek.stack, name.text),
                Some(name.span),
            )
            .help_opt(did_you_mean(&name.text, outputs.keys().map(String::as_str)))
            .help(
                "outputs are recorded by `smd apply` of that stack; sensitive ones are never recorded",
            ));
        };
        self.note_stack_use(format!("{address}.{}", name.text), value);
        Ok(value.clone().at(span))
    }

    /// All outputs of a stack.
    pub(super) fn stack_outputs(&self, id: ScopeId, index: usize, span: Span) -> Res {
        let seek = self.stack_seek(id, index)?;
        let address = self.stack_address(id, index)?;
        let Some(outputs) = self.options.stacks.get(&*seek) else {
            return Ok(unread(address, "outputs").at(span));
        };
        let members: Map = outputs
            .iter()
            .map(|(name, value)| (Arc::from(name.as_str()), value.clone()))
            .collect();
        let value = Value::map(members);
        self.note_stack_use(address.to_string(), &value);
        Ok(value.at(span))
    }

    /// Takes the digest of what was used, once for each name.
    fn note_stack_use(&self, name: String, value: &Value) {
        let mut uses = self.stack_uses.borrow_mut();
        if uses.contains_key(name.as_str()) {
            return;
        }
        let text = value.to_json().unwrap_or_default().to_string();
        uses.insert(name.into(), hex::encode(Sha256::digest(text.as_bytes())));
    }

    /// Lets a kept plan depend on the outputs that were used.
    pub(super) fn note_stack_uses(&self, configuration: &mut Configuration) {
        for (name, digest) in self.stack_uses.borrow().iter() {
            configuration
                .input_digests
                .insert(format!("existing {name}").into(), digest.clone());
        }
    }
}

/// What is not read yet.
fn unread(address: Address, name: &str) -> Value {
    Value::unknown(Residual::Attribute {
        address,
        name: name.into(),
    })
}
