//! Finishing values whose inputs have become known.

use std::sync::Arc;

use super::budget::Budget;
use super::conform::{Conform, Site};
use super::fail::{Fail, Res};
use super::function;
use super::operator::{self, spanned};
use super::world::World;
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, codes};
use crate::kinds::schema::Attribute;
use crate::value::{Data, Map, Residual, ResourceRef, Value};

/// The address under which facts of the caller are asked for: `account_id` and `region`.
pub const CALLER: &str = "caller";

/// What a finishing may use at most, as bytes of input.
const INPUT_BYTES: usize = 64 << 10;

type Known<'k> = &'k dyn Fn(&Address, &str) -> Option<Value>;

/// Evaluates what was not known with what is known now. `known` gives an attribute of a resource
/// or part, `None` while it is not known: what needs it stays unknown. Facts of the caller are
/// asked for under the address [`CALLER`]. Known parts become known.
///
/// # Errors
/// An expression that fails on the now known values (a key that is not there, a wrong type).
#[expect(
    clippy::result_large_err,
    reason = "a failure ends the step that asked for the value"
)]
pub fn finish(
    value: &Value,
    known: &dyn Fn(&Address, &str) -> Option<Value>,
) -> Result<Value, Diagnostic> {
    Finisher::new(known).value(value, None).map_err(diagnostic)
}

/// A finished value in the canonical form of an attribute's type.
///
/// # Errors
/// Every way in which it does not fit.
pub fn conform(
    value: &Value,
    attribute: &Attribute,
    known: &dyn Fn(&Address, &str) -> Option<Value>,
) -> Result<Value, Diagnostics> {
    let finisher = Finisher::new(known);
    let mut conform = Conform::new(&finisher);
    let site = Site {
        path: attribute.name,
        span: value.span,
    };
    match conform.conform(value, &attribute.ty, site) {
        Some(value) if conform.is_fine() => Ok(value),
        _ => Err(conform.out),
    }
}

fn diagnostic(fail: Fail) -> Diagnostic {
    match fail {
        Fail::Diagnostic(diagnostic) => *diagnostic,
        Fail::Told => Diagnostic::error(codes::config::INTERNAL, "a value could not be finished"),
    }
}

struct Finisher<'k> {
    known: Known<'k>,
    budget: Budget,
}

struct Scope<'s> {
    name: &'s str,
    value: Value,
    next: Option<&'s Scope<'s>>,
}

type Variables<'s> = Option<&'s Scope<'s>>;

impl World for Finisher<'_> {
    fn attribute(&self, resource: &ResourceRef, name: &str, _span: Option<Span>) -> Res {
        Ok((self.known)(&resource.address, name)
            .unwrap_or_else(|| Value::unknown_attribute(resource.address.clone(), name)))
    }

    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn file(&self, path: &str, span: Option<Span>) -> Res<String> {
        Err(Fail::new(
            codes::config::FILE_FUNCTION,
            format!("which file is read (`{path}`) must be known when planning"),
            span,
        ))
    }

    fn template(&self, path: &str, _variables: &Map, span: Option<Span>) -> Res {
        self.file(path, span).map(Value::string)
    }
}

impl<'k> Finisher<'k> {
    fn new(known: Known<'k>) -> Self {
        Self {
            known,
            budget: Budget::for_input(INPUT_BYTES),
        }
    }

    fn value(&self, value: &Value, variables: Variables<'_>) -> Res {
        let data = match &value.data {
            Data::Unknown(residual) => {
                let finished = self.residual(residual, variables, value.span)?;
                return Ok(spanned(finished, value.span).sensitive(value.sensitive));
            }
            Data::List(items) if value.has_unknown() => Data::List(Arc::new(
                items
                    .iter()
                    .map(|item| self.value(item, variables))
                    .collect::<Res<_>>()?,
            )),
            Data::Map(members) if value.has_unknown() => Data::Map(Arc::new(
                members
                    .iter()
                    .map(|(key, item)| Ok((Arc::clone(key), self.value(item, variables)?)))
                    .collect::<Res<_>>()?,
            )),
            _ => return Ok(value.clone()),
        };
        Ok(Value {
            data,
            span: value.span,
            sensitive: value.sensitive,
        })
    }

    fn residual(&self, residual: &Residual, variables: Variables<'_>, span: Option<Span>) -> Res {
        self.budget.steps(1, span)?;
        let eval = |inner: &Residual| self.residual(inner, variables, span);
        match residual {
            Residual::Attribute { address, name } => Ok((self.known)(address, name)
                .unwrap_or_else(|| Value::unknown_attribute(address.clone(), Arc::clone(name)))),
            Residual::Caller(fact) => Ok((self.known)(&Address::from_text(CALLER), fact)
                .unwrap_or_else(|| Value::unknown(residual.clone()))),
            Residual::Value(value) => self.value(value, variables),
            Residual::Variable(name) => {
                let mut next = variables;
                while let Some(scope) = next {
                    if *scope.name == **name {
                        return Ok(scope.value.clone());
                    }
                    next = scope.next;
                }
                Ok(Value::unknown(residual.clone()))
            }
            Residual::Unary(op, operand) => operator::unary(self, *op, &eval(operand)?, span),
            Residual::Binary(op, left, right) => {
                let left = eval(left)?;
                if let Some(value) = operator::short_circuit(*op, &left, span) {
                    return Ok(value);
                }
                operator::binary(self, *op, &left, &eval(right)?, span)
            }
            Residual::Conditional(condition, yes, no) => {
                let condition = eval(condition)?;
                if condition.is_unknown() {
                    let (yes, no) = (eval(yes)?, eval(no)?);
                    return operator::unknown(
                        self,
                        Residual::Conditional(
                            operator::boxed(&condition),
                            operator::boxed(&yes),
                            operator::boxed(&no),
                        ),
                        condition.sensitive || yes.sensitive || no.sensitive,
                        span,
                    );
                }
                let chosen = if operator::condition(&condition, "`?`", span)? {
                    yes
                } else {
                    no
                };
                Ok(eval(chosen)?.sensitive(condition.sensitive))
            }
            Residual::Member(base, name) => operator::member(self, &eval(base)?, name, span),
            Residual::Index(base, index) => {
                operator::index(self, &eval(base)?, &eval(index)?, span)
            }
            Residual::Template(pieces) => {
                let pieces = pieces.iter().map(eval).collect::<Res<Vec<_>>>()?;
                operator::template(self, &pieces, span)
            }
            Residual::Call(name, args) => self.call(name, args, variables, span),
            Residual::List(items) => Ok(Value::list(
                items.iter().map(eval).collect::<Res<Vec<_>>>()?,
            )),
            Residual::Map(members) => Ok(Value::map(
                members
                    .iter()
                    .map(|(key, value)| Ok((Arc::clone(key), eval(value)?)))
                    .collect::<Res<Map>>()?,
            )),
            Residual::For { .. } => self.each(residual, variables, span),
        }
    }

    fn call(
        &self,
        name: &str,
        args: &[Residual],
        variables: Variables<'_>,
        span: Option<Span>,
    ) -> Res {
        let again = |values: &[Value]| {
            operator::unknown(
                self,
                Residual::Call(name.into(), values.iter().map(operator::residual).collect()),
                values.iter().any(|value| value.sensitive),
                span,
            )
        };
        match name {
            "try" => {
                let mut kept = Vec::new();
                let mut last = Fail::Told;
                for arg in args {
                    match self.residual(arg, variables, span) {
                        Ok(value) if value.is_unknown() => kept.push(value),
                        Ok(value) => {
                            kept.push(value);
                            break;
                        }
                        Err(fail) => {
                            self.budget.swallowed(span)?;
                            last = fail;
                        }
                    }
                }
                match kept.as_slice() {
                    [] => Err(last),
                    [only] => Ok(only.clone()),
                    [first, ..] if !first.is_unknown() => Ok(first.clone()),
                    several => again(several),
                }
            }
            "can" => match args.first().map(|arg| self.residual(arg, variables, span)) {
                Some(Ok(value)) if value.is_unknown() => again(&[value]),
                Some(Ok(_)) => Ok(Value::bool(true)),
                Some(Err(_)) => {
                    self.budget.swallowed(span)?;
                    Ok(Value::bool(false))
                }
                None => Ok(Value::bool(false)),
            },
            _ => {
                let values = args
                    .iter()
                    .map(|arg| self.residual(arg, variables, span))
                    .collect::<Res<Vec<_>>>()?;
                function::call_by_name(self, name, &values, span)
            }
        }
    }

    fn each(&self, residual: &Residual, variables: Variables<'_>, span: Option<Span>) -> Res {
        let Residual::For {
            key_name,
            value_name,
            collection,
            key,
            value,
            condition,
        } = residual
        else {
            return Err(Fail::Told);
        };
        let items = self.residual(collection, variables, span)?;
        let open = |items: &Value| {
            // Known variables around it are folded in only when it is gone through; none is left
            // open, as what is around is unknown as long as this is.
            operator::unknown(
                self,
                Residual::For {
                    key_name: key_name.clone(),
                    value_name: Arc::clone(value_name),
                    collection: operator::boxed(items),
                    key: key.clone(),
                    value: value.clone(),
                    condition: condition.clone(),
                },
                items.sensitive,
                span,
            )
        };
        let rounds: Vec<(Value, Value)> = match &items.data {
            Data::List(list) => (0..).map(Value::int).zip(list.iter().cloned()).collect(),
            Data::Map(members) => members
                .iter()
                .map(|(key, value)| (Value::string(Arc::clone(key)), value.clone()))
                .collect(),
            Data::Unknown(_) => return open(&items),
            _ => {
                return Err(Fail::new(
                    codes::config::WRONG_TYPE,
                    format!(
                        "`for` goes through a list or map, not a {}",
                        items.type_name()
                    ),
                    span,
                ));
            }
        };
        self.budget.values(rounds.len(), span)?;
        let mut list = Vec::new();
        let mut map = Map::new();
        for (round_key, round_value) in rounds {
            let outer = Scope {
                name: key_name.as_deref().unwrap_or_default(),
                value: round_key,
                next: variables,
            };
            let scope = Scope {
                name: value_name,
                value: round_value.sensitive(items.sensitive),
                next: Some(&outer),
            };
            if let Some(condition) = condition {
                let kept = self.residual(condition, Some(&scope), span)?;
                if kept.is_unknown() {
                    return open(&items);
                }
                if !operator::condition(&kept, "`if`", span)? {
                    continue;
                }
            }
            let made = self.residual(value, Some(&scope), span)?;
            match key {
                Some(key) => {
                    let key = self.residual(key, Some(&scope), span)?;
                    if key.is_unknown() {
                        return open(&items);
                    }
                    map.insert(operator::key_text(&key, span)?, made);
                }
                None => list.push(made),
            }
        }
        let result = if key.is_some() {
            Value::map(map)
        } else {
            Value::list(list)
        };
        Ok(result.sensitive(items.sensitive))
    }
}
