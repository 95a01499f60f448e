//! Expressions to values.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::fail::{Fail, Res};
use super::function;
use super::operator::{self, boxed, residual, spanned};
use super::scope::ScopeId;
use crate::diagnostic::{Span, codes};
use crate::syntax::tree::{
    BinaryOp, Expr, ExprKind, ForExpr, Ident, ObjectKey, SplatStep, TemplatePart,
};
use crate::value::{Data, Map, Residual, ResourceRef, Value};

/// A key and a value: of `each`, of `item`.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// `each.key`
    pub(super) key: Value,
    /// `each.value`
    pub(super) value: Value,
}

/// A `for` variable, and those around it.
#[derive(Debug)]
pub(super) struct Binding<'e> {
    /// Its name.
    pub(super) name: &'e str,
    /// Its value.
    pub(super) value: Value,
    /// The one around it.
    pub(super) next: Option<&'e Binding<'e>>,
}

/// What an expression may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// Everything.
    #[default]
    Full,
    /// Literals and inputs: `state` and `account` blocks.
    Static,
    /// Literals: values given for inputs.
    Literal,
    /// Variables only: templates in files.
    Variables,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Env<'e> {
    /// Whose names are meant.
    pub(super) scope: ScopeId,
    /// `each.key` and `each.value`.
    pub(super) each: Option<&'e Pair>,
    /// `item.key` and `item.value`.
    pub(super) item: Option<&'e Pair>,
    /// `self`.
    pub(super) own: Option<&'e Arc<ResourceRef>>,
    /// `for` variables.
    pub(super) bindings: Option<&'e Binding<'e>>,
    /// What may be referred to.
    pub(super) mode: Mode,
}

impl<'e> Env<'e> {
    /// The names of a scope, and nothing else.
    pub(super) fn of(scope: ScopeId) -> Self {
        Self {
            scope,
            each: None,
            item: None,
            own: None,
            bindings: None,
            mode: Mode::default(),
        }
    }

    /// The `for` variable of this name.
    pub(super) fn variable(&self, name: &str) -> Option<&'e Value> {
        let mut next = self.bindings;
        while let Some(binding) = next {
            if binding.name == name {
                return Some(&binding.value);
            }
            next = binding.next;
        }
        None
    }
}

/// Whether a `for` can be gone through now.
enum Round {
    Done(Value),
    /// A key or condition is not known yet.
    Open,
}

impl Evaluator<'_> {
    /// The value of an expression.
    pub(super) fn eval(&self, expr: &Expr, env: &Env<'_>) -> Res {
        let at = Some(expr.span);
        let constant = match &expr.kind {
            ExprKind::Null => Data::Null,
            ExprKind::Bool(value) => Data::Bool(*value),
            ExprKind::Int(value) => Data::Int(*value),
            ExprKind::Float(value) => Data::Float(*value),
            ExprKind::String(text) => Data::String(Arc::clone(text)),
            _ => return self.deeper(at, || self.compound(expr, env)),
        };
        Ok(Value::new(constant).at(expr.span))
    }

    fn compound(&self, expr: &Expr, env: &Env<'_>) -> Res {
        let at = Some(expr.span);
        match &expr.kind {
            ExprKind::Template(parts) => {
                let pieces = parts
                    .iter()
                    .map(|part| match part {
                        TemplatePart::Text(text) => Ok(Value::string(Arc::clone(text))),
                        TemplatePart::Expr(expr) => self.eval(expr, env),
                    })
                    .collect::<Res<Vec<_>>>()?;
                operator::template(self, &pieces, at)
            }
            ExprKind::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.eval(item, env))
                    .collect::<Res<Vec<_>>>()?;
                self.budget.values(items.len(), at)?;
                Ok(Value::list(items).at(expr.span))
            }
            ExprKind::Object(members) => self.object(members, env, expr.span),
            ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => {
                self.reference(expr, env)
            }
            ExprKind::Splat(splat) => self.splat(&splat.of, &splat.steps, env, expr.span),
            ExprKind::Call(call) => self.call(&call.name, &call.args, call.spread, env, expr.span),
            ExprKind::Unary(op, operand) => {
                operator::unary(self, *op, &self.eval(operand, env)?, at)
            }
            ExprKind::Binary(op, left, right) => {
                let left = self.eval(left, env)?;
                if matches!(op, BinaryOp::And | BinaryOp::Or)
                    && let Some(value) = operator::short_circuit(*op, &left, at)
                {
                    return Ok(value);
                }
                operator::binary(self, *op, &left, &self.eval(right, env)?, at)
            }
            ExprKind::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.eval(condition, env)?;
                if !condition.is_unknown() {
                    let chosen = if operator::condition(&condition, "`?`", at)? {
                        yes
                    } else {
                        no
                    };
                    return Ok(self.eval(chosen, env)?.sensitive(condition.sensitive));
                }
                let (yes, no) = (self.eval(yes, env)?, self.eval(no, env)?);
                let sensitive = condition.sensitive || yes.sensitive || no.sensitive;
                if yes == no {
                    return Ok(yes.sensitive(sensitive));
                }
                operator::unknown(
                    self,
                    Residual::Conditional(boxed(&condition), boxed(&yes), boxed(&no)),
                    sensitive,
                    at,
                )
            }
            ExprKind::ForList(each) => self.for_list(each, env, expr.span),
            ExprKind::ForObject(each) => self.for_object(each, env, expr.span),
            ExprKind::Range(from, to) => {
                operator::range(self, &self.eval(from, env)?, &self.eval(to, env)?, at)
            }
            ExprKind::Paren(inner) => self.eval(inner, env),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::String(_) => Err(Fail::new(
                codes::config::INTERNAL,
                "a constant was taken for an expression",
                at,
            )),
        }
    }

    fn object(&self, members: &[(ObjectKey, Expr)], env: &Env<'_>, span: Span) -> Res {
        let at = Some(span);
        let mut out = Map::new();
        let mut places: Vec<(Arc<str>, Span)> = Vec::new();
        let mut open: Option<Vec<Residual>> = None;
        let mut sensitive = false;
        for (key, expr) in members {
            let (key, key_span) = match key {
                ObjectKey::Name(name) => (Value::string(Arc::clone(&name.text)), name.span),
                ObjectKey::Expr(expr) => (self.eval(expr, env)?, expr.span),
            };
            if key.sensitive {
                return Err(sensitive_key(key_span));
            }
            let value = self.eval(expr, env)?;
            sensitive |= value.sensitive;
            if key.is_unknown() && open.is_none() {
                let known = std::mem::take(&mut out);
                open = Some(
                    known
                        .into_iter()
                        .flat_map(|(k, v)| [Residual::Value(Value::string(k)), residual(&v)])
                        .collect(),
                );
            }
            if let Some(open) = &mut open {
                open.extend([residual(&key), residual(&value)]);
                continue;
            }
            let text = operator::key_text(&key, Some(key_span))?;
            if out.insert(Arc::clone(&text), value).is_some() {
                let first = places.iter().find(|(other, _)| *other == text);
                return Err(crate::diagnostic::Diagnostic::error(
                    codes::config::DUPLICATE_ATTRIBUTE,
                    format!("the key `{text}` is written twice"),
                )
                .at(key_span, "a second time here")
                .at_opt(first.map(|(_, span)| *span), "first written here")
                .into());
            }
            if members.len() <= MAX_NAMED_DOUBLES {
                places.push((text, key_span));
            }
        }
        self.budget.values(members.len(), at)?;
        match open {
            Some(pairs) => {
                operator::unknown(self, Residual::Call("object".into(), pairs), sensitive, at)
            }
            None => Ok(Value::map(out).at(span)),
        }
    }

    fn splat(&self, base: &Expr, steps: &[SplatStep], env: &Env<'_>, span: Span) -> Res {
        let base = self.eval(base, env)?;
        let at = Some(span);
        let step = |value: Value| -> Res {
            steps.iter().try_fold(value, |value, step| match step {
                SplatStep::Attribute(name) => self.member(&value, name),
                SplatStep::Index(index) => {
                    operator::index(self, &value, &self.eval(index, env)?, Some(index.span))
                }
            })
        };
        if base.is_unknown() {
            let name = self.fresh("each");
            self.open.borrow_mut().push(Arc::clone(&name));
            let value = step(Value::unknown(Residual::Variable(Arc::clone(&name))));
            self.open.borrow_mut().pop();
            let value = value?;
            return operator::unknown(
                self,
                Residual::For {
                    key_name: None,
                    value_name: name,
                    collection: Box::new(Residual::Call("items".into(), vec![residual(&base)])),
                    key: None,
                    value: boxed(&value),
                    condition: None,
                },
                base.sensitive || value.sensitive,
                at,
            );
        }
        // What has `for_each` is a map of resources: `[*]` goes through them.
        let items = match &base.data {
            Data::Map(members)
                if !members.is_empty()
                    && members
                        .values()
                        .all(|v| matches!(v.data, Data::Resource(_))) =>
            {
                members.values().cloned().collect()
            }
            _ => operator::splat_items(&base),
        };
        self.budget.values(items.len(), at)?;
        let items = items.into_iter().map(step).collect::<Res<Vec<_>>>()?;
        Ok(Value::list(items).at(span).sensitive(base.sensitive))
    }

    fn call(&self, name: &Ident, args: &[Expr], spread: bool, env: &Env<'_>, span: Span) -> Res {
        let function = function::find(&name.text, name.span)?;
        let at = Some(span);
        if function.is_lazy() {
            if !function.accepts(args.len()) {
                return Err(function::arguments(function, args.len(), at));
            }
            return if function.name == "can" {
                self.can(args, env, span)
            } else {
                self.try_each(args, env, span)
            };
        }
        let mut values = args
            .iter()
            .map(|arg| self.eval(arg, env))
            .collect::<Res<Vec<_>>>()?;
        if spread && let Some(last) = values.pop() {
            match &last.data {
                Data::List(items) => {
                    values.extend(items.iter().map(|i| i.clone().sensitive(last.sensitive)));
                }
                Data::Unknown(_) => {
                    return Err(Fail::new(
                        codes::config::ARGUMENTS,
                        "what `...` spreads must be known when planning",
                        last.span.or(at),
                    ));
                }
                _ => {
                    return Err(Fail::new(
                        codes::config::WRONG_TYPE,
                        format!("`...` spreads a list, not a {}", last.type_name()),
                        last.span.or(at),
                    ));
                }
            }
        }
        // What reads files reads them where the call is written.
        self.within(env.scope, || function::call(self, function, &values, at))
    }

    /// `try(a, b, …)`: the first that does not fail. What is not known yet may fail later, so that
    /// what follows it is kept with it.
    fn try_each(&self, args: &[Expr], env: &Env<'_>, span: Span) -> Res {
        let mut kept: Vec<Value> = Vec::new();
        let mut last = Fail::Told;
        for arg in args {
            match self.eval(arg, env) {
                Ok(value) => {
                    let may_fail = match &value.data {
                        Data::Unknown(residual) => {
                            !matches!(**residual, Residual::Attribute { .. })
                        }
                        _ => false,
                    };
                    kept.push(value);
                    if !may_fail {
                        break;
                    }
                }
                Err(fail) => {
                    self.budget.swallowed(Some(span))?;
                    last = fail;
                }
            }
        }
        match kept.as_slice() {
            [] => Err(last),
            [only] => Ok(only.clone()),
            several => operator::unknown(
                self,
                Residual::Call("try".into(), several.iter().map(residual).collect()),
                several.iter().any(|value| value.sensitive),
                Some(span),
            ),
        }
    }

    fn can(&self, args: &[Expr], env: &Env<'_>, span: Span) -> Res {
        let Some(arg) = args.first() else {
            return Ok(Value::bool(false).at(span));
        };
        let result = match self.eval(arg, env) {
            Ok(value) => match &value.data {
                Data::Unknown(residual) if !matches!(**residual, Residual::Attribute { .. }) => {
                    return operator::unknown(
                        self,
                        Residual::Call("can".into(), vec![(**residual).clone()]),
                        value.sensitive,
                        Some(span),
                    );
                }
                _ => true,
            },
            Err(_) => {
                self.budget.swallowed(Some(span))?;
                false
            }
        };
        Ok(Value::bool(result).at(span))
    }

    /// A name for a residual's variable that hides no other one.
    pub(super) fn fresh(&self, name: &str) -> Arc<str> {
        let open = self.open.borrow();
        let mut fresh = name.to_owned();
        while open.iter().any(|other| **other == *fresh) {
            fresh.push('\'');
        }
        fresh.into()
    }

    /// The items of what a `for` goes through; `None` if it is not known.
    fn items(&self, collection: &Value, span: Span) -> Res<Option<Vec<(Value, Value)>>> {
        let sensitive = collection.sensitive;
        let items: Vec<(Value, Value)> = match &collection.data {
            Data::List(items) => (0..)
                .map(Value::int)
                .zip(items.iter().map(|item| item.clone().sensitive(sensitive)))
                .collect(),
            Data::Map(members) => members
                .iter()
                .map(|(key, value)| {
                    (
                        Value::string(Arc::clone(key)),
                        value.clone().sensitive(sensitive),
                    )
                })
                .collect(),
            Data::Unknown(_) => return Ok(None),
            _ => {
                return Err(Fail::new(
                    codes::config::WRONG_TYPE,
                    format!(
                        "`for` goes through a list or map, not a {}",
                        collection.type_name()
                    ),
                    collection.span.or(Some(span)),
                ));
            }
        };
        self.budget.steps(items.len(), Some(span))?;
        Ok(Some(items))
    }

    /// Evaluates with one round's variables bound.
    fn bound<T>(
        &self,
        each: &ForExpr,
        env: &Env<'_>,
        key: Value,
        value: Value,
        f: impl FnOnce(&Env<'_>) -> Res<T>,
    ) -> Res<T> {
        match &each.key_name {
            Some(name) => {
                let outer = Binding {
                    name: &name.text,
                    value: key,
                    next: env.bindings,
                };
                let inner = Binding {
                    name: &each.value_name.text,
                    value,
                    next: Some(&outer),
                };
                f(&Env {
                    bindings: Some(&inner),
                    ..*env
                })
            }
            None => {
                let inner = Binding {
                    name: &each.value_name.text,
                    value,
                    next: env.bindings,
                };
                f(&Env {
                    bindings: Some(&inner),
                    ..*env
                })
            }
        }
    }

    /// The condition of a round: `None` if it is not known.
    fn kept(&self, each: &ForExpr, env: &Env<'_>) -> Res<Option<bool>> {
        let Some(condition) = &each.condition else {
            return Ok(Some(true));
        };
        let value = self.eval(condition, env)?;
        if value.is_unknown() {
            return Ok(None);
        }
        operator::condition(&value, "`if`", Some(condition.span)).map(Some)
    }

    fn for_list(&self, each: &ForExpr, env: &Env<'_>, span: Span) -> Res {
        let collection = self.eval(&each.collection, env)?;
        let Some(items) = self.items(&collection, each.collection.span)? else {
            return self.open_for(each, env, &collection, span);
        };
        let mut out = Vec::with_capacity(items.len());
        for (key, value) in items {
            let round = self.bound(each, env, key, value, |env| {
                Ok(match self.kept(each, env)? {
                    None => Some(Round::Open),
                    Some(false) => None,
                    Some(true) => Some(Round::Done(self.eval(&each.value, env)?)),
                })
            })?;
            match round {
                Some(Round::Done(value)) => out.push(value),
                Some(Round::Open) => return self.open_for(each, env, &collection, span),
                None => {}
            }
        }
        self.budget.values(out.len(), Some(span))?;
        Ok(Value::list(out).at(span).sensitive(collection.sensitive))
    }

    fn for_object(&self, each: &ForExpr, env: &Env<'_>, span: Span) -> Res {
        let Some(key_expr) = &each.key else {
            return Err(Fail::new(
                codes::config::INTERNAL,
                "a `for` in braces has no key",
                Some(span),
            ));
        };
        let collection = self.eval(&each.collection, env)?;
        let Some(items) = self.items(&collection, each.collection.span)? else {
            return self.open_for(each, env, &collection, span);
        };
        let mut out = Map::new();
        for (key, value) in items {
            let mut made_key = None;
            let round = self.bound(each, env, key, value, |env| {
                Ok(match self.kept(each, env)? {
                    None => Some(Round::Open),
                    Some(false) => None,
                    Some(true) => {
                        let key = self.eval(key_expr, env)?;
                        if key.sensitive {
                            return Err(sensitive_key(key_expr.span));
                        }
                        if key.is_unknown() {
                            return Ok(Some(Round::Open));
                        }
                        made_key = Some(operator::key_text(&key, Some(key_expr.span))?);
                        Some(Round::Done(self.eval(&each.value, env)?))
                    }
                })
            })?;
            match (round, made_key) {
                (Some(Round::Done(value)), Some(key)) => {
                    if out.insert(Arc::clone(&key), value).is_some() {
                        return Err(Fail::new(
                            codes::config::FOR_EACH,
                            format!("two rounds of the `for` give the key `{key}`"),
                            Some(key_expr.span),
                        ));
                    }
                }
                (None, _) => {}
                _ => return self.open_for(each, env, &collection, span),
            }
        }
        self.budget.values(out.len(), Some(span))?;
        Ok(Value::map(out).at(span).sensitive(collection.sensitive))
    }

    /// A `for` that can only be gone through later.
    fn open_for(&self, each: &ForExpr, env: &Env<'_>, collection: &Value, span: Span) -> Res {
        let value_name = self.fresh(&each.value_name.text);
        self.open.borrow_mut().push(Arc::clone(&value_name));
        let key_name = each.key_name.as_ref().map(|name| self.fresh(&name.text));
        self.open.borrow_mut().extend(key_name.clone());
        let variable = |name: &Arc<str>| Value::unknown(Residual::Variable(Arc::clone(name)));
        let key_value = key_name.as_ref().map_or_else(Value::null, &variable);
        let made = self.bound(each, env, key_value, variable(&value_name), |env| {
            let condition = match &each.condition {
                Some(condition) => Some(self.eval(condition, env)?),
                None => None,
            };
            let key = match &each.key {
                Some(key) => Some(self.eval(key, env)?),
                None => None,
            };
            Ok((condition, key, self.eval(&each.value, env)?))
        });
        {
            let mut open = self.open.borrow_mut();
            open.pop();
            if key_name.is_some() {
                open.pop();
            }
        }
        let (condition, key, value) = made?;
        let sensitive = collection.sensitive
            || value.sensitive
            || condition.as_ref().is_some_and(|value| value.sensitive);
        operator::unknown(
            self,
            Residual::For {
                key_name,
                value_name,
                collection: boxed(collection),
                key: key.as_ref().map(boxed),
                value: boxed(&value),
                condition: condition.as_ref().map(boxed),
            },
            sensitive,
            Some(span),
        )
    }

    /// `value.name` with the name's place.
    pub(super) fn member(&self, value: &Value, name: &Ident) -> Res {
        operator::member(self, value, &name.text, Some(name.span))
            .map(|member| spanned(member, Some(name.span)))
    }
}

/// Up to how many members an object literal remembers where each key stands.
const MAX_NAMED_DOUBLES: usize = 64;

fn sensitive_key(span: Span) -> Fail {
    Fail::new(
        codes::config::SENSITIVE,
        "a key may not be sensitive",
        Some(span),
    )
}
