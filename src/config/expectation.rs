//! `expect "sentence" { condition, message }`.

use std::cell::Cell;
use std::sync::Arc;

use super::declare::Expect;
use super::evaluator::Evaluator;
use super::expression::Env;
use super::operator;
use super::scope::Scope;
use crate::address::Address;
use crate::config::{Expectation, Mentioned};
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean};
use crate::syntax::tree::{BodyItem, Expr, ExprKind, ObjectKey, TemplatePart};
use crate::value::{Data, Value};

/// Words of an expectation's block.
const WORDS: [&str; 2] = ["condition", "message"];
/// How many of a condition's values are kept to be shown.
const MAX_SHOWN: usize = 8;
/// Longest text of a reference that is shown, in bytes.
const MAX_TEXT: usize = 120;

/// Whether a condition holds; `None`: it is not known, or no bool.
#[must_use]
pub fn holds(condition: &Value) -> Option<bool> {
    operator::to_bool(condition)
}

impl<'a> Evaluator<'a> {
    /// Every expectation, those of the configuration first.
    pub(super) fn all_expectations(&self) -> Vec<Expectation> {
        let mut out = Vec::new();
        // Every module was made with the nodes.
        let scopes = self.scopes.borrow().clone();
        for scope in &scopes {
            for expect in &scope.program.expects {
                let (found, _) = self.collect(false, || {
                    self.within(scope.id, || self.expectation(scope, expect))
                });
                out.extend(found);
            }
        }
        out
    }

    fn expectation(&self, scope: &Scope<'a>, expect: &Expect<'a>) -> Option<Expectation> {
        let (mut condition, mut message) = (None, None);
        let fine = Cell::new(true);
        let refuse = |diagnostic: Diagnostic| {
            self.report(diagnostic);
            fine.set(false);
        };
        for item in &expect.body.items {
            let (name, value) = match item {
                BodyItem::Attribute { name, value } => (name, Some(value)),
                BodyItem::Block { keyword, .. } => (keyword, None),
            };
            let slot = match (&*name.text, value) {
                ("condition", Some(_)) => &mut condition,
                ("message", Some(_)) => &mut message,
                _ => {
                    refuse(
                        Diagnostic::error(
                            codes::config::EXPECT,
                            format!(
                                "an expectation has `condition = …` and `message = …`, and no `{}`",
                                name.text
                            ),
                        )
                        .at(name.span, "")
                        .help_opt(did_you_mean(&name.text, WORDS)),
                    );
                    continue;
                }
            };
            match slot.replace((name.span, value?)) {
                None => {}
                Some((first, _)) => refuse(
                    Diagnostic::error(
                        codes::config::DUPLICATE_ATTRIBUTE,
                        format!("`{}` is written twice", name.text),
                    )
                    .at(name.span, "a second time here")
                    .at(first, "first written here"),
                ),
            }
        }
        if condition.is_none() && fine.get() {
            refuse(
                Diagnostic::error(codes::config::EXPECT, "an expectation needs a `condition`")
                    .at(expect.label.span, ""),
            );
        }
        if !fine.get() {
            return None;
        }
        let ((_, condition), message) = (condition?, message.map(|(_, message)| message));
        let env = Env::of(scope.id);
        let holds = self.or_report(self.eval(condition, &env))?;
        self.or_report(self.budget.value(&holds, Some(condition.span)))?;
        if !holds.is_unknown() {
            let known = operator::condition(&holds, "`condition`", Some(condition.span));
            self.or_report(known)?;
        }
        let message = match message {
            Some(expr) => {
                let value = self.or_report(self.eval(expr, &env))?;
                self.or_report(self.budget.value(&value, Some(expr.span)))?;
                if !value.is_unknown() && operator::to_text(&value).is_none() {
                    self.report(
                        Diagnostic::error(
                            codes::config::WRONG_TYPE,
                            format!("`message` takes a string, not a {}", value.type_name()),
                        )
                        .at(expr.span, ""),
                    );
                    return None;
                }
                // It is shown.
                if value.has_sensitive() {
                    self.report(
                        Diagnostic::error(
                            codes::config::SENSITIVE,
                            "`message` is shown, so that it may not hold a sensitive value",
                        )
                        .at(expr.span, ""),
                    );
                    return None;
                }
                Some(value)
            }
            None => None,
        };
        if holds.is_unknown() && holds.sensitive {
            self.report(
                Diagnostic::error(
                    codes::config::SENSITIVE,
                    "a condition that is checked after the apply is kept in the plan until then, so that it may not hold a sensitive value",
                )
                .at(condition.span, ""),
            );
            return None;
        }
        let mentioned = match holds.as_bool() {
            Some(true) => Vec::new(),
            _ => self.mentioned_in(condition, &env),
        };
        Some(Expectation {
            sentence: Arc::clone(&expect.label.text),
            module: (!scope.prefix.is_empty()).then(|| Address::from_text(&*scope.prefix)),
            condition: holds,
            message,
            mentioned,
            span: condition.span,
        })
    }

    /// The references in a condition with their values, as far as they can be shown.
    fn mentioned_in(&self, condition: &Expr, env: &Env<'_>) -> Vec<Mentioned> {
        let mut references = Vec::new();
        references_in(condition, &mut references);
        let mut out: Vec<Mentioned> = Vec::new();
        for expr in references {
            let Some(text) = self.text_at(expr.span) else {
                continue;
            };
            if out.len() == MAX_SHOWN || out.iter().any(|other| other.text == text) {
                continue;
            }
            // What fails here was caught by a `try` around it.
            let Ok(value) = self.eval(expr, env) else {
                continue;
            };
            if matches!(value.data, Data::Resource(_)) || self.budget.value(&value, None).is_err() {
                continue;
            }
            let value = match value.has_sensitive() {
                true => None,
                false => Some(value),
            };
            out.push(Mentioned { text, value });
        }
        out
    }

    /// The text of a file at a place, if it is short and in one line.
    fn text_at(&self, span: Span) -> Option<String> {
        let file = self.sources.get(span.file)?;
        let (start, end) = (
            usize::try_from(span.start).ok()?,
            usize::try_from(span.end).ok()?,
        );
        let text = file.text.get(start..end)?;
        (text.len() <= MAX_TEXT && !text.contains('\n')).then(|| text.to_owned())
    }
}

/// The outermost references in an expression that stand by themselves: not those to variables of a
/// `for`.
fn references_in<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Attribute(_) | ExprKind::Index(..) | ExprKind::Name(_) | ExprKind::Splat(_) => {
            match root(expr) {
                Some(inner) => references_in(inner, out),
                None => out.push(expr),
            }
        }
        ExprKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(inner) = part {
                    references_in(inner, out);
                }
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| references_in(item, out)),
        ExprKind::Object(members) => {
            for (key, value) in members {
                if let ObjectKey::Expr(key) = key {
                    references_in(key, out);
                }
                references_in(value, out);
            }
        }
        ExprKind::Call(call) => call.args.iter().for_each(|arg| references_in(arg, out)),
        ExprKind::Unary(_, inner) | ExprKind::Paren(inner) => references_in(inner, out),
        ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) => {
            references_in(a, out);
            references_in(b, out);
        }
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| references_in(part, out)),
        ExprKind::ForList(each) | ExprKind::ForObject(each) => {
            references_in(&each.collection, out);
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::String(_) => {}
    }
}

/// What a chain of dots and brackets starts with, if that is no name.
fn root(expr: &Expr) -> Option<&Expr> {
    let mut inner = expr;
    loop {
        inner = match &inner.kind {
            ExprKind::Attribute(attribute) => &attribute.of,
            ExprKind::Index(base, _) => base,
            ExprKind::Splat(splat) => &splat.of,
            ExprKind::Name(_) => return None,
            _ => return Some(inner),
        };
    }
}
