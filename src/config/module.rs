//! Modules: what a call makes, what it hands in and what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::declare::{CALL_WORDS, Input, ModuleCall, Output, Program};
use super::evaluator::{Evaluator, Held, Item};
use super::expression::{Env, Pair};
use super::fail::{Fail, Res};
use super::reference::left_out;
use super::scope::{Called, Instances, Scope, ScopeId};
use crate::address::{self, MODULE};
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean};
use crate::syntax::tree::Ident;
use crate::value::{Map, Value};

impl<'a> Evaluator<'a> {
    /// Every scope: the configuration, then its modules and those in them. Inputs, lets and outputs
    /// are looked at, used or not.
    pub(super) fn every_scope(&self) -> Vec<Rc<Scope<'a>>> {
        let mut all: Vec<Rc<Scope<'a>>> = self.scope(ScopeId::ROOT).into_iter().collect();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut next = 0;
        while let Some(scope) = all.get(next).cloned() {
            next += 1;
            self.within(scope.id, || {
                if let Some(called) = &scope.called {
                    // What its declarations say is the same each time.
                    let first = called.call.module.is_some_and(|module| seen.insert(module));
                    self.check_module_inputs(&scope, first);
                }
                for (index, (name, _)) in scope.program.lets.iter().enumerate() {
                    let (result, _) =
                        self.collect(false, || self.let_value(scope.id, index, name.span));
                    self.or_report(result);
                }
                self.every_existing(&scope);
                self.every_stack(&scope);
                if scope.called.is_some() {
                    for (index, output) in scope.program.outputs.values() {
                        let (result, _) =
                            self.collect(false, || self.output_held(&scope, *index, output, None));
                        self.or_report(result);
                    }
                }
            });
            all.extend(
                self.inner_modules(&scope)
                    .into_iter()
                    .filter_map(|id| self.scope(id)),
            );
        }
        all
    }

    /// The modules that the calls of a scope make.
    pub(super) fn inner_modules(&self, scope: &Scope<'a>) -> Vec<ScopeId> {
        (0..scope.program.calls.len())
            .filter_map(|index| self.instances(scope.id, index, None).ok())
            .flat_map(|instances| instances.scopes())
            .collect()
    }

    /// The modules that a call makes.
    pub(super) fn instances(
        &self,
        scope: ScopeId,
        index: usize,
        via: Option<Span>,
    ) -> Res<Rc<Instances>> {
        let scope = self.in_scope(scope)?;
        let (Some(slot), Some(call)) = (scope.modules.get(index), scope.program.calls.get(index))
        else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, scope.id),
            || Item::Instances(scope.call_name(index)),
            via,
            || {
                let (result, _) = self.collect(false, || self.make_modules(&scope, call));
                result.map(Rc::new)
            },
        )
    }

    fn make_modules(&self, scope: &Scope<'a>, call: &'a ModuleCall<'a>) -> Res<Instances> {
        let Some(program) = call.module.and_then(|at| self.modules.get(at)) else {
            return Err(Fail::Told);
        };
        self.check_arguments(call, program);
        let address =
            |key: Option<&str>| address::module(&call.name.text, key).inside(&scope.prefix);
        let Some(for_each) = call.for_each else {
            if self.is_wanted(call.when, &Env::of(scope.id))? {
                let module = self.make_module(scope, call, program, None, None)?;
                return Ok(Instances::One(module));
            }
            self.note_left_out(call.when, address(None));
            return Ok(Instances::LeftOut);
        };
        self.note_for_each(for_each, address(None));
        let mut scopes = BTreeMap::new();
        let mut left_out = BTreeSet::new();
        for (key, pair) in self.pairs(for_each, &Env::of(scope.id))? {
            let pair = Rc::new(pair);
            let env = Env {
                each: Some(&pair),
                ..Env::of(scope.id)
            };
            if self.is_wanted(call.when, &env)? {
                let each = Some(Rc::clone(&pair));
                let module = self.make_module(scope, call, program, Some(&key), each)?;
                scopes.insert(key, module);
            } else {
                self.note_left_out(call.when, address(Some(&*key)));
                left_out.insert(key);
            }
        }
        Ok(Instances::Many { scopes, left_out })
    }

    fn make_module(
        &self,
        scope: &Scope<'a>,
        call: &'a ModuleCall<'a>,
        program: &'a Program<'a>,
        key: Option<&str>,
        each: Option<Rc<Pair>>,
    ) -> Res<ScopeId> {
        let name = &call.name.text;
        let prefix: Arc<str> = address::module(name, key)
            .inside(&scope.prefix)
            .as_str()
            .into();
        // Modules that call modules can be very many from few files.
        let at = Some(call.name.span);
        if let Err(fail) = self.budget.bytes(Scope::bytes(program, &prefix), at) {
            // Every further one is too many as well: it is told once.
            return Err(match self.too_many_modules.replace(true) {
                true => Fail::Told,
                false => fail,
            });
        }
        let name_start = match key {
            Some(key) => format!("{}{name}-{key}-", scope.name_start),
            None => format!("{}{name}-", scope.name_start),
        };
        self.calls
            .borrow_mut()
            .note(Arc::clone(&prefix), call.name.span);
        let called = Called {
            call,
            caller: scope.id,
            each,
        };
        let mut scopes = self.scopes.borrow_mut();
        let id = ScopeId(scopes.len());
        scopes.push(Rc::new(Scope::new(
            id,
            program,
            prefix,
            name_start.into(),
            Some(called),
        )));
        Ok(id)
    }

    /// Reports values for inputs that the module does not have.
    fn check_arguments(&self, call: &ModuleCall<'a>, program: &Program<'a>) {
        for (word, (name, _)) in &call.arguments {
            if program.inputs.contains_key(word) {
                continue;
            }
            let words = program.inputs.keys().chain(CALL_WORDS).copied();
            self.report(
                Diagnostic::error(
                    codes::config::UNKNOWN_INPUT,
                    format!(
                        "`{MODULE}.{}` is given `{word}`, and the module has no such input",
                        call.name.text
                    ),
                )
                .at(name.span, "")
                .help_opt(did_you_mean(word, words)),
            );
        }
    }

    /// What a call hands in for an input; `None`: nothing.
    pub(super) fn argument(&self, called: &Called<'a>, input: &Input<'a>) -> Res<Option<Value>> {
        let Some((_, expr)) = called.call.arguments.get(&*input.name.text) else {
            return Ok(None);
        };
        self.within(called.caller, || self.eval(expr, &called.env()))
            .map(Some)
    }

    /// The module of a call without `for_each`.
    pub(super) fn single_module(&self, scope: ScopeId, index: usize, span: Span) -> Res<ScopeId> {
        let name = self.in_scope(scope)?.call_name(index);
        match &*self.instances(scope, index, Some(span))? {
            Instances::One(module) => Ok(*module),
            Instances::LeftOut => Err(left_out(&name, span)),
            Instances::Many { scopes, .. } => Err(Fail::new(
                codes::config::NEEDS_KEY,
                format!("`{name}` has `for_each`: say which instance"),
                Some(span),
            )
            .help(match scopes.keys().next() {
                Some(key) => format!("write `{name}[\"{key}\"]`, or `values({name})[*]` for all"),
                None => format!("write `values({name})[*]` for all"),
            })),
        }
    }

    /// The module of a call with `for_each` that has this key.
    pub(super) fn keyed_module(
        &self,
        scope: ScopeId,
        index: usize,
        key: &str,
        span: Span,
    ) -> Res<ScopeId> {
        let name = self.in_scope(scope)?.call_name(index);
        match &*self.instances(scope, index, Some(span))? {
            Instances::Many {
                scopes,
                left_out: out,
            } => match scopes.get(key) {
                Some(module) => Ok(*module),
                None if out.contains(key) => Err(left_out(&format!("{name}[\"{key}\"]"), span)),
                None => Err(Fail::new(
                    codes::config::UNKNOWN_KEY,
                    format!("`{name}` has no instance `{key}`"),
                    Some(span),
                )
                .help_opt(did_you_mean(key, scopes.keys().map(|key| &**key)))),
            },
            Instances::One(_) | Instances::LeftOut => Err(Fail::new(
                codes::config::NEEDS_KEY,
                format!("`{name}` has no `for_each`, so it has no instances"),
                Some(span),
            )
            .help(format!("write `{name}`"))),
        }
    }

    /// `module.m.x`.
    pub(super) fn module_output(&self, module: ScopeId, name: &Ident, span: Span) -> Res {
        let scope = self.in_scope(module)?;
        let outputs = &scope.program.outputs;
        let Some((index, output)) = outputs.get(&*name.text) else {
            let fail = Fail::new(
                codes::config::UNKNOWN_NAME,
                format!("`{}` has no output `{}`", scope.prefix, name.text),
                Some(name.span),
            );
            return Err(match did_you_mean(&name.text, outputs.keys().copied()) {
                Some(help) => fail.help(help),
                None => fail.help("of a module only its outputs are seen: write an `output` there"),
            });
        };
        let held = self.output_held(&scope, *index, output, Some(span))?;
        self.take_over(&held.deps);
        Ok(held.value.clone().at(span))
    }

    fn output_held(
        &self,
        scope: &Scope<'a>,
        index: usize,
        output: &Output<'a>,
        via: Option<Span>,
    ) -> Res<Rc<Held>> {
        let Some(slot) = scope.outputs.get(index) else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, scope.id),
            || Item::Output(scope.named(&output.name().text)),
            via,
            || {
                let (value, deps) = self.collect(false, || -> Res {
                    let written = self.written_output(output);
                    let expr = written.value.ok_or(Fail::Told)?;
                    let value = self.eval(expr, &Env::of(scope.id))?;
                    self.budget.value(&value, Some(expr.span))?;
                    Ok(value.sensitive(written.sensitive))
                });
                Ok(Rc::new(Held {
                    value: value?,
                    deps,
                }))
            },
        )
    }

    /// All outputs of a module, as an object.
    pub(super) fn whole_module(&self, module: ScopeId, span: Span) -> Res {
        let scope = self.in_scope(module)?;
        let mut members = Map::new();
        for (name, (index, output)) in &scope.program.outputs {
            let held = self.output_held(&scope, *index, output, Some(span))?;
            self.take_over(&held.deps);
            members.insert(Arc::from(*name), held.value.clone());
        }
        self.budget.values(members.len(), Some(span))?;
        Ok(Value::map(members).at(span))
    }

    /// A call as a value: the outputs of its module, or those of each by key.
    pub(super) fn whole_call(&self, scope: ScopeId, index: usize, span: Span) -> Res {
        let owner = self.in_scope(scope)?;
        let Some(slot) = owner.wholes.get(index) else {
            return Err(Fail::Told);
        };
        let held = self.once(
            (slot, scope),
            || Item::Output(owner.call_name(index)),
            Some(span),
            || {
                let (value, deps) = self.collect(false, || -> Res {
                    let instances = self.instances(scope, index, Some(span))?;
                    let Instances::Many { scopes, .. } = &*instances else {
                        return self.whole_module(self.single_module(scope, index, span)?, span);
                    };
                    let mut members = Map::new();
                    for (key, module) in scopes {
                        members.insert(Arc::clone(key), self.whole_module(*module, span)?);
                    }
                    Ok(Value::map(members))
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
}
