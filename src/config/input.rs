//! Inputs: where their values come from, and what they must meet.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::declare::Input;
use super::evaluator::{Evaluator, Held, Item};
use super::expression::{Env, Mode};
use super::fail::{Fail, Res};
use super::input_type::is_text;
use super::operator;
use super::scope::{Scope, ScopeId};
use super::variables::{self, Form, GivenValue};
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean, did_you_mean_of};
use crate::syntax::tree::{Body, BodyItem, Expr, Ident};
use crate::value::Value;

/// What an input's block says.
#[derive(Default)]
struct Settings<'a> {
    default: Option<&'a Expr>,
    sensitive: bool,
    rules: Vec<&'a Body>,
}

/// Words of an input's block.
const WORDS: &[&str] = &["default", "sensitive", "description", "validate", "type"];

impl<'a> Evaluator<'a> {
    /// The value of `input.name`.
    pub(super) fn input(&self, scope: ScopeId, name: &Ident, span: Span) -> Res {
        let scope = self.in_scope(scope)?;
        let inputs = &scope.program.inputs;
        let Some(input) = inputs.get(&*name.text) else {
            return Err(Fail::new(
                codes::config::UNKNOWN_NAME,
                format!("there is no `input.{}`", name.text),
                Some(name.span),
            )
            .help_opt(did_you_mean_of("input", &name.text, inputs.keys().copied())));
        };
        let held = self.input_value(&scope, input, Some(span))?;
        self.take_over(&held.deps);
        Ok(operator::spanned(held.value.clone(), Some(span)))
    }

    pub(super) fn input_value(
        &self,
        scope: &Scope<'a>,
        input: &Input<'a>,
        via: Option<Span>,
    ) -> Res<Rc<Held>> {
        let Some(slot) = scope.inputs.get(input.index) else {
            return Err(Fail::Told);
        };
        self.once(
            (slot, scope.id),
            || Item::Input(scope.named(&format!("input.{}", input.name.text))),
            via,
            || {
                let (value, deps) = self.collect(false, || self.find_input(scope, input));
                Ok(Rc::new(Held {
                    value: value?,
                    deps,
                }))
            },
        )
    }

    fn find_input(&self, scope: &Scope<'a>, input: &Input<'a>) -> Res {
        let settings = self.settings(input, false);
        let name = &input.name.text;
        let found = match &scope.called {
            Some(called) => self.argument(called, input)?,
            None => match self.given.get(name) {
                Some(given) => Some(self.given_value(input, given, settings.sensitive)?),
                None => None,
            },
        };
        let value = match (found, settings.default) {
            (Some(value), None) => value,
            // `null` leaves a value of a call out.
            (Some(value), Some(_)) if scope.called.is_none() || !value.is_null() => value,
            (_, Some(default)) => self.eval(default, &Env::of(scope.id))?,
            (None, None) => return Err(missing(scope, input)),
        };
        let value = match input.ty {
            Some(ty) => self
                .convert(
                    &value,
                    ty,
                    &scope.named(&format!("input.{name}")),
                    value.span.or(Some(input.name.span)),
                )
                .map_err(|fail| match fail {
                    // A message about a value quotes it.
                    Fail::Diagnostic(found) if settings.sensitive || value.has_sensitive() => {
                        Fail::new(
                            found.code,
                            format!(
                                "the sensitive value of the input `{name}` does not fit its type"
                            ),
                            Some(input.name.span),
                        )
                    }
                    Fail::Diagnostic(found)
                        if found
                            .span()
                            .is_some_and(|at| at.file != input.name.span.file) =>
                    {
                        found
                            .at(input.name.span, "the input is declared here")
                            .into()
                    }
                    other => other,
                })?,
            None => value,
        };
        self.budget.value(&value, Some(input.name.span))?;
        Ok(value.sensitive(settings.sensitive))
    }

    fn given_value(&self, input: &Input<'a>, given: &GivenValue, sensitive: bool) -> Res {
        let name = &input.name.text;
        let literal = Env {
            mode: Mode::Literal,
            ..Env::of(ScopeId::ROOT)
        };
        let refuse = |reason: &str| {
            let reason = if sensitive {
                String::new()
            } else {
                format!(": {reason}")
            };
            Fail::new(
                codes::config::INPUT_INVALID,
                format!(
                    "the value given for `{name}` by {} cannot be read{reason}",
                    given.source
                ),
                Some(input.name.span),
            )
        };
        match &given.form {
            Form::Value(value) => Ok(value.clone()),
            Form::Expr(expr, by) => match self.eval(expr, &literal) {
                Ok(value) if sensitive => Ok(variables::respan(&value, &|_| None)),
                Ok(value) => Ok(variables::shift_value(&value, *by)),
                Err(Fail::Diagnostic(_)) if sensitive => Err(refuse("")),
                Err(Fail::Diagnostic(mut diagnostic)) => {
                    variables::shift(&mut diagnostic, expr.span.file, *by, u32::MAX);
                    Err(Fail::Diagnostic(diagnostic))
                }
                Err(Fail::Told) => Err(Fail::Told),
            },
            Form::Text(text) => {
                if input.ty.is_some_and(is_text) {
                    return Ok(Value::string(text.as_str()));
                }
                match variables::parse_text(text) {
                    Ok(expr) => match self.eval(&expr, &literal) {
                        Ok(value) => Ok(variables::respan(&value, &|_| None)),
                        // `--var name=studio` for an input without a type is the text.
                        Err(_) if input.ty.is_none() => Ok(Value::string(text.as_str())),
                        Err(Fail::Diagnostic(diagnostic)) => Err(refuse(&diagnostic.message)),
                        Err(Fail::Told) => Err(Fail::Told),
                    },
                    Err(_) if input.ty.is_none() => Ok(Value::string(text.as_str())),
                    Err(reason) => Err(refuse(&reason)),
                }
            }
        }
    }

    /// What an input's block says; `check`: what is wrong with it is reported.
    fn settings(&self, input: &Input<'a>, check: bool) -> Settings<'a> {
        let mut settings = Settings::default();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        let refuse = |diagnostic: Diagnostic| {
            if check {
                self.report(diagnostic);
            }
        };
        for item in input.body.into_iter().flat_map(|body| &body.items) {
            match item {
                BodyItem::Attribute { name, value } => {
                    if let Some((_, first)) = seen.iter().find(|(word, _)| *word == &*name.text) {
                        refuse(
                            Diagnostic::error(
                                codes::config::DUPLICATE_ATTRIBUTE,
                                format!("`{}` is written twice", name.text),
                            )
                            .at(name.span, "a second time here")
                            .at(*first, "first written here"),
                        );
                        continue;
                    }
                    seen.push((&name.text, name.span));
                    match &*name.text {
                        "default" => settings.default = Some(value),
                        "sensitive" => match self.literal_bool(value) {
                            Ok(flag) => settings.sensitive = flag,
                            Err(fail) => {
                                // What cannot be read is kept secret.
                                settings.sensitive = true;
                                if check {
                                    self.report_fail(fail);
                                }
                            }
                        },
                        "description" => {
                            if check {
                                self.or_report(self.literal_text(value, "description"));
                            }
                        }
                        _ => refuse(
                            Diagnostic::error(
                                codes::config::INPUT,
                                format!("an input has no `{}`", name.text),
                            )
                            .at(name.span, "")
                            .help_opt(if &*name.text == "type" {
                                Some(format!(
                                    "the type stands behind the name: `input {}: string`",
                                    input.name.text
                                ))
                            } else {
                                did_you_mean(&name.text, WORDS.iter().copied())
                            }),
                        ),
                    }
                }
                BodyItem::Block {
                    keyword,
                    label,
                    body,
                    ..
                } => {
                    if &*keyword.text == "validate" {
                        settings.rules.push(body);
                        if let Some(label) = label {
                            refuse(
                                Diagnostic::error(
                                    codes::config::BLOCK_FORM,
                                    "`validate` takes no label",
                                )
                                .at(label.span, ""),
                            );
                        }
                    } else {
                        refuse(
                            Diagnostic::error(
                                codes::config::INPUT,
                                format!("an input has no block `{}`", keyword.text),
                            )
                            .at(keyword.span, "")
                            .help_opt(did_you_mean(&keyword.text, WORDS.iter().copied())),
                        );
                    }
                }
            }
        }
        settings
    }

    /// A bool that may be known before anything else is.
    pub(super) fn literal_bool(&self, expr: &Expr) -> Res<bool> {
        let value = self.eval(
            expr,
            &Env {
                mode: Mode::Literal,
                ..Env::of(ScopeId::ROOT)
            },
        )?;
        operator::condition(&value, "this", Some(expr.span))
    }

    /// A text that is known.
    pub(super) fn literal_text(&self, expr: &Expr, what: &str) -> Res<String> {
        let value = self.eval(expr, &Env::of(self.current()))?;
        match value.as_str() {
            Some(text) if !value.sensitive => Ok(text.to_owned()),
            Some(_) => Err(Fail::new(
                codes::config::SENSITIVE,
                format!("`{what}` is shown, so that it may not hold a sensitive value"),
                Some(expr.span),
            )),
            _ => Err(Fail::new(
                codes::config::WRONG_TYPE,
                format!("`{what}` takes a known string, not a {}", value.type_name()),
                Some(expr.span),
            )),
        }
    }

    /// Checks every input: its block, its value, its rules. Gives sources and digests.
    pub(super) fn check_inputs(
        &self,
        stack: &str,
    ) -> (BTreeMap<Arc<str>, String>, BTreeMap<Arc<str>, String>) {
        let mut origins = BTreeMap::new();
        let mut digests = BTreeMap::new();
        let Some(root) = self.scope(ScopeId::ROOT) else {
            return (origins, digests);
        };
        for input in self.program.inputs.values() {
            let name = &input.name.text;
            let settings = self.settings(input, true);
            let Ok(held) = self.input_value(&root, input, None) else {
                continue;
            };
            let value = &held.value;
            let source = self
                .given
                .get(name)
                .map_or_else(|| "default".to_owned(), |given| given.source.clone());
            origins.insert(Arc::clone(name), source);
            let digest = if value.has_sensitive() {
                let address = Address::from_text(format!("input.{name}"));
                crate::state::digest::digest(stack, &address, "value", value)
            } else {
                let text = value
                    .to_json()
                    .map(|json| json.to_string())
                    .unwrap_or_default();
                hex::encode(Sha256::digest(text.as_bytes()))
            };
            digests.insert(Arc::clone(name), digest);
            for rule in &settings.rules {
                self.check_rule(&root, input, rule, value);
            }
        }
        for (name, given) in self.given.on_purpose() {
            if !self.program.inputs.contains_key(&**name) {
                self.report(
                    Diagnostic::error(
                        codes::config::UNKNOWN_INPUT,
                        format!(
                            "{} gives a value for `{name}`, and no input is called so",
                            given.source
                        ),
                    )
                    .at_opt(given.span, "")
                    .help_opt(did_you_mean(name, self.program.inputs.keys().copied())),
                );
            }
        }
        (origins, digests)
    }

    /// Checks every input of a module. `declaration`: what its blocks say, too.
    pub(super) fn check_module_inputs(&self, scope: &Scope<'a>, declaration: bool) {
        for input in scope.program.inputs.values() {
            let settings = self.settings(input, declaration);
            if let Ok(held) = self.input_value(scope, input, None) {
                for rule in &settings.rules {
                    self.check_rule(scope, input, rule, &held.value);
                }
            }
        }
    }

    fn check_rule(&self, scope: &Scope<'a>, input: &Input<'a>, rule: &'a Body, value: &Value) {
        let (mut condition, mut message) = (None, None);
        for item in &rule.items {
            match item {
                BodyItem::Attribute { name, value } if &*name.text == "condition" => {
                    condition = Some(value);
                }
                BodyItem::Attribute { name, value } if &*name.text == "message" => {
                    message = Some(value);
                }
                BodyItem::Attribute { name, .. } | BodyItem::Block { keyword: name, .. } => {
                    self.report(
                        Diagnostic::error(
                            codes::config::INPUT,
                            format!(
                                "`validate` has `condition` and `message`, and no `{}`",
                                name.text
                            ),
                        )
                        .at(name.span, "")
                        .help_opt(did_you_mean(&name.text, ["condition", "message"])),
                    );
                }
            }
        }
        let Some(condition) = condition else {
            self.report(
                Diagnostic::error(codes::config::INPUT, "`validate` needs a `condition`")
                    .at_opt(rule.span, ""),
            );
            return;
        };
        let (result, _) = self.collect(false, || self.eval(condition, &Env::of(scope.id)));
        let Some(result) = self.or_report(result) else {
            return;
        };
        if result.is_unknown() {
            self.report(
                Diagnostic::error(
                    codes::config::INPUT_INVALID,
                    format!(
                        "whether the value of `{}` is taken must be known when planning, and this is known after an apply only",
                        input.name.text
                    ),
                )
                .at(condition.span, ""),
            );
            return;
        }
        let holds = operator::condition(&result, "`condition`", Some(condition.span));
        if self.or_report(holds).unwrap_or(true) {
            return;
        }
        let message = message
            .and_then(|expr| self.or_report(self.literal_text(expr, "message")))
            .unwrap_or_else(|| "the condition does not hold".to_owned());
        let name = &input.name.text;
        let mut diagnostic = Diagnostic::error(
            codes::config::INPUT_INVALID,
            format!("the value of `{name}` is refused: {message}"),
        )
        .at(condition.span, "this does not hold");
        if let Some(span) = value.span.filter(|span| *span != condition.span) {
            diagnostic = diagnostic.at(span, "the value");
        }
        if scope.called.is_none()
            && let Some(given) = self.given.get(name)
        {
            diagnostic = diagnostic.note(format!("it was given by {}", given.source));
        }
        self.report(diagnostic);
    }
}

/// The error for an input that has no value.
fn missing(scope: &Scope<'_>, input: &Input<'_>) -> Fail {
    let name = &input.name.text;
    match &scope.called {
        Some(called) => Diagnostic::error(
            codes::config::MISSING_INPUT,
            format!("`{}` needs a value for `{name}`", scope.prefix),
        )
        .at(called.call.name.span, "")
        .at(input.name.span, "the input is declared here")
        .help(format!("write `{name} = …` in the call, or a `default` in the module"))
        .into(),
        None => Fail::new(
            codes::config::MISSING_INPUT,
            format!("the input `{name}` has no value"),
            Some(input.name.span),
        )
        .help(format!(
            "give one with `--var {name}=…`, `--var-file FILE` or `SMD_VAR_{name}`, or write a `default`"
        )),
    }
}
