//! Operators on values: the same in the evaluation and in the finishing of unknown values.

use std::sync::Arc;

use super::fail::{Fail, Res};
use super::world::World;
use crate::diagnostic::{Span, codes, did_you_mean};
use crate::syntax::tree::{BinaryOp, UnaryOp};
use crate::value::{Data, Map, Residual, Value};

/// Largest whole number that a float holds exactly, and its negative the least.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// How many keys of a map are looked at for one that is near to what was written.
const NEAR_KEYS: usize = 200;

/// The value as part of a residual.
pub(super) fn residual(value: &Value) -> Residual {
    match &value.data {
        Data::Unknown(residual) if !value.sensitive => (**residual).clone(),
        _ => Residual::Value(value.clone()),
    }
}

/// The same, boxed.
pub(super) fn boxed(value: &Value) -> Box<Residual> {
    Box::new(residual(value))
}

/// An unknown value, if the residual is not too large.
pub(super) fn unknown(
    world: &dyn World,
    residual: Residual,
    sensitive: bool,
    span: Option<Span>,
) -> Res {
    world.budget().residual(&residual, span)?;
    Ok(spanned(Value::unknown(residual), span).sensitive(sensitive))
}

/// The value with a span, if there is one.
pub(super) fn spanned(mut value: Value, span: Option<Span>) -> Value {
    if span.is_some() {
        value.span = span;
    }
    value
}

/// A number as a value: whole ones as such.
pub(super) fn number(value: f64, span: Option<Span>) -> Res {
    if !value.is_finite() {
        return Err(Fail::new(
            codes::config::OPERATION,
            "the number is too large",
            span,
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    Ok(if value.fract() == 0.0 && value.abs() <= MAX_EXACT {
        Value::int(value as i64)
    } else {
        Value::new(Data::Float(value))
    })
}

/// The value as a number, text that is one included.
pub(super) fn to_number(value: &Value) -> Option<f64> {
    match &value.data {
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers are compared as HCL does"
        )]
        Data::Int(value) => Some(*value as f64),
        Data::Float(value) => Some(*value),
        Data::String(text) => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite()),
        _ => None,
    }
}

/// The value as a bool, `"true"` and `"false"` included.
pub(super) fn to_bool(value: &Value) -> Option<bool> {
    match &value.data {
        Data::Bool(value) => Some(*value),
        Data::String(text) => match &**text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The value as text, where that is safe: numbers and bools.
pub(super) fn to_text(value: &Value) -> Option<Arc<str>> {
    match &value.data {
        Data::String(text) => Some(Arc::clone(text)),
        Data::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        Data::Int(value) => Some(value.to_string().into()),
        Data::Float(value) => Some(value.to_string().into()),
        _ => None,
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "||",
        BinaryOp::And => "&&",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
    }
}

fn needs(op: &str, what: &str, value: &Value, span: Option<Span>) -> Fail {
    let fail = Fail::new(
        codes::config::OPERATION,
        format!("`{op}` needs {what}, not a {}", value.type_name()),
        value.span.or(span),
    );
    if op == "+" && matches!(value.data, Data::String(_)) {
        fail.help("to join texts, write `\"${a}${b}\"`")
    } else {
        fail
    }
}

/// `-a`, `!a`.
pub(super) fn unary(world: &dyn World, op: UnaryOp, value: &Value, span: Option<Span>) -> Res {
    if value.is_unknown() {
        return unknown(
            world,
            Residual::Unary(op, boxed(value)),
            value.sensitive,
            span,
        );
    }
    let result = match op {
        UnaryOp::Not => {
            let operand = to_bool(value).ok_or_else(|| needs("!", "a bool", value, span))?;
            Value::bool(!operand)
        }
        UnaryOp::Negate => match value.data {
            Data::Int(number) => match number.checked_neg() {
                Some(number) => Value::int(number),
                None => return Err(too_large_number(span)),
            },
            _ => number(
                -to_number(value).ok_or_else(|| needs("-", "a number", value, span))?,
                span,
            )?,
        },
    };
    Ok(spanned(result, span).sensitive(value.sensitive))
}

fn too_large_number(span: Option<Span>) -> Fail {
    Fail::new(codes::config::OPERATION, "the number is too large", span)
}

/// `a && b` and `a || b` where the left side decides alone.
pub(super) fn short_circuit(op: BinaryOp, left: &Value, span: Option<Span>) -> Option<Value> {
    let decides = match op {
        BinaryOp::And => false,
        BinaryOp::Or => true,
        _ => return None,
    };
    (to_bool(left) == Some(decides))
        .then(|| spanned(Value::bool(decides), span).sensitive(left.sensitive))
}

/// `a + b` …
pub(super) fn binary(
    world: &dyn World,
    op: BinaryOp,
    left: &Value,
    right: &Value,
    span: Option<Span>,
) -> Res {
    let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
    let sensitive = if equality {
        left.has_sensitive() || right.has_sensitive()
    } else {
        left.sensitive || right.sensitive
    };
    let open = |value: &Value| {
        if equality {
            value.has_unknown()
        } else {
            value.is_unknown()
        }
    };
    if open(left) || open(right) {
        // What decides alone decides from either side.
        if let Some(value) =
            short_circuit(op, left, span).or_else(|| short_circuit(op, right, span))
        {
            return Ok(value.sensitive(sensitive));
        }
        return unknown(
            world,
            Residual::Binary(op, boxed(left), boxed(right)),
            sensitive,
            span,
        );
    }
    let result = match op {
        BinaryOp::Equal | BinaryOp::NotEqual => {
            world.budget().steps(1, span)?;
            Value::bool((left == right) == (op == BinaryOp::Equal))
        }
        BinaryOp::And | BinaryOp::Or => {
            let bool = |v| to_bool(v).ok_or_else(|| needs(sign(op), "a bool", v, span));
            let (a, b) = (bool(left)?, bool(right)?);
            Value::bool(if op == BinaryOp::And { a && b } else { a || b })
        }
        _ => arithmetic(op, left, right, span)?,
    };
    Ok(spanned(result, span).sensitive(sensitive))
}

fn arithmetic(op: BinaryOp, left: &Value, right: &Value, span: Option<Span>) -> Res {
    if let (Data::Int(a), Data::Int(b)) = (&left.data, &right.data) {
        let (a, b) = (*a, *b);
        if b == 0 && matches!(op, BinaryOp::Divide | BinaryOp::Remainder) {
            return Err(Fail::new(
                codes::config::OPERATION,
                "a division by zero",
                right.span.or(span),
            ));
        }
        let whole = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Subtract => a.checked_sub(b),
            BinaryOp::Multiply => a.checked_mul(b),
            BinaryOp::Remainder => a.checked_rem(b),
            BinaryOp::Divide if a.checked_rem(b) == Some(0) => a.checked_div(b),
            BinaryOp::Less => return Ok(Value::bool(a < b)),
            BinaryOp::LessOrEqual => return Ok(Value::bool(a <= b)),
            BinaryOp::Greater => return Ok(Value::bool(a > b)),
            BinaryOp::GreaterOrEqual => return Ok(Value::bool(a >= b)),
            _ => None,
        };
        match whole {
            Some(whole) => return Ok(Value::int(whole)),
            None if op == BinaryOp::Divide => {}
            None => return Err(too_large_number(span)),
        }
    }
    let operand = |v| to_number(v).ok_or_else(|| needs(sign(op), "a number", v, span));
    let (a, b) = (operand(left)?, operand(right)?);
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide | BinaryOp::Remainder if b == 0.0 => {
            return Err(Fail::new(
                codes::config::OPERATION,
                "a division by zero",
                right.span.or(span),
            ));
        }
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => a % b,
        BinaryOp::Less => return Ok(Value::bool(a < b)),
        BinaryOp::LessOrEqual => return Ok(Value::bool(a <= b)),
        BinaryOp::Greater => return Ok(Value::bool(a > b)),
        BinaryOp::GreaterOrEqual => return Ok(Value::bool(a >= b)),
        BinaryOp::And | BinaryOp::Or | BinaryOp::Equal | BinaryOp::NotEqual => {
            return Err(Fail::new(
                codes::config::INTERNAL,
                "not an arithmetic operator",
                span,
            ));
        }
    };
    number(result, span)
}

/// The bool of a condition.
pub(super) fn condition(value: &Value, what: &str, span: Option<Span>) -> Res<bool> {
    to_bool(value).ok_or_else(|| {
        Fail::new(
            codes::config::WRONG_TYPE,
            format!("{what} takes a bool, not a {}", value.type_name()),
            value.span.or(span),
        )
    })
}

/// The keys of a map among which a near one is looked for: not all, since `try` may ask often.
fn near_keys(members: &Map) -> impl Iterator<Item = &str> {
    members.keys().take(NEAR_KEYS).map(|key| &**key)
}

/// `expr.name`.
pub(super) fn member(world: &dyn World, base: &Value, name: &str, span: Option<Span>) -> Res {
    let result = match &base.data {
        Data::Map(members) => match members.get(name) {
            Some(value) => value.clone(),
            None => {
                return Err(Fail::new(
                    codes::config::UNKNOWN_KEY,
                    format!("the object has no member `{name}`"),
                    span,
                )
                .help_opt(if base.sensitive {
                    // Its keys are part of the secret.
                    None
                } else {
                    did_you_mean(name, near_keys(members))
                }));
            }
        },
        Data::Resource(resource) => world.attribute(resource, name, span)?,
        Data::Unknown(_) => {
            return unknown(
                world,
                Residual::Member(boxed(base), name.into()),
                base.sensitive,
                span,
            );
        }
        Data::Null => {
            return Err(Fail::new(
                codes::config::OPERATION,
                format!("`null` has no member `{name}`"),
                span,
            ));
        }
        Data::List(_) => {
            return Err(Fail::new(
                codes::config::OPERATION,
                format!("a list has no member `{name}`"),
                span,
            )
            .help(format!("for the member of each item, write `[*].{name}`")));
        }
        _ => {
            return Err(Fail::new(
                codes::config::OPERATION,
                format!("a {} has no member `{name}`", base.type_name()),
                span,
            ));
        }
    };
    Ok(spanned(result, span).sensitive(base.sensitive))
}

/// `expr[index]`.
pub(super) fn index(world: &dyn World, base: &Value, at: &Value, span: Option<Span>) -> Res {
    let sensitive = base.sensitive || at.sensitive;
    if base.is_unknown() || at.is_unknown() {
        return unknown(
            world,
            Residual::Index(boxed(base), boxed(at)),
            sensitive,
            span,
        );
    }
    let result = match &base.data {
        Data::List(items) => {
            let position = match to_number(at) {
                Some(_) if at.as_int().is_some() => at.as_int(),
                #[expect(clippy::cast_possible_truncation, reason = "checked to be whole")]
                Some(number) if number.fract() == 0.0 => Some(number as i64),
                _ => None,
            };
            let Some(position) = position else {
                return Err(Fail::new(
                    codes::config::WRONG_TYPE,
                    format!(
                        "an index into a list is a whole number, not a {}",
                        at.type_name()
                    ),
                    at.span.or(span),
                ));
            };
            match usize::try_from(position).ok().and_then(|at| items.get(at)) {
                Some(value) => value.clone(),
                None => {
                    return Err(Fail::new(
                        codes::config::UNKNOWN_KEY,
                        if sensitive {
                            "the list has no such item".to_owned()
                        } else {
                            format!(
                                "the list has no item {position}: it has {} (the first is 0)",
                                items.len()
                            )
                        },
                        at.span.or(span),
                    ));
                }
            }
        }
        Data::Map(members) => {
            let key = key_text(at, span)?;
            match members.get(&key) {
                Some(value) => value.clone(),
                None => {
                    let fail = Fail::new(
                        codes::config::UNKNOWN_KEY,
                        if sensitive {
                            "the map has no such key".to_owned()
                        } else {
                            format!("the map has no key `{key}`")
                        },
                        at.span.or(span),
                    );
                    return Err(if sensitive {
                        fail
                    } else {
                        fail.help_opt(did_you_mean(&key, near_keys(members)))
                    });
                }
            }
        }
        Data::Resource(_) => {
            let name = key_text(at, span)?;
            member(world, base, &name, span)?
        }
        _ => {
            return Err(Fail::new(
                codes::config::OPERATION,
                format!("a {} has no items", base.type_name()),
                span,
            ));
        }
    };
    Ok(spanned(result, span).sensitive(sensitive))
}

/// A key as text.
pub(super) fn key_text(key: &Value, span: Option<Span>) -> Res<Arc<str>> {
    to_text(key).ok_or_else(|| {
        Fail::new(
            codes::config::WRONG_TYPE,
            format!("a key is a string, not a {}", key.type_name()),
            key.span.or(span),
        )
    })
}

/// The pieces of a template as one text.
pub(super) fn template(world: &dyn World, pieces: &[Value], span: Option<Span>) -> Res {
    let mut folded: Vec<Residual> = Vec::new();
    let mut text = String::new();
    let mut sensitive = false;
    for piece in pieces {
        sensitive |= piece.sensitive;
        match &piece.data {
            Data::Unknown(inner) => {
                if !text.is_empty() {
                    folded.push(Residual::Value(Value::string(std::mem::take(&mut text))));
                }
                match &**inner {
                    // A template in a template is one template.
                    Residual::Template(inner) if !piece.sensitive => {
                        folded.extend(inner.iter().cloned());
                    }
                    _ => folded.push(residual(piece)),
                }
            }
            _ => {
                let piece_text = to_text(piece).ok_or_else(|| not_text(piece, span))?;
                world.budget().bytes(piece_text.len(), span)?;
                text.push_str(&piece_text);
            }
        }
    }
    if folded.is_empty() {
        return Ok(spanned(Value::string(text), span).sensitive(sensitive));
    }
    if !text.is_empty() {
        folded.push(Residual::Value(Value::string(text)));
    }
    unknown(world, Residual::Template(folded), sensitive, span)
}

fn not_text(value: &Value, span: Option<Span>) -> Fail {
    let span = value.span.or(span);
    match &value.data {
        Data::Resource(resource) => Fail::new(
            codes::config::WRONG_TYPE,
            format!("`{}` is a whole resource, not text", resource.address),
            span,
        )
        .help("write `.id`, `.arn` or `.name` behind it"),
        Data::Null => Fail::new(codes::config::WRONG_TYPE, "`null` is not text", span),
        _ => Fail::new(
            codes::config::WRONG_TYPE,
            format!("a {} is not text", value.type_name()),
            span,
        )
        .help("`json_encode(...)` or `join(\", \", ...)` make text of it"),
    }
}

/// `a..b`.
pub(super) fn range(world: &dyn World, from: &Value, to: &Value, span: Option<Span>) -> Res {
    let sensitive = from.sensitive || to.sensitive;
    if from.is_unknown() || to.is_unknown() {
        return unknown(
            world,
            Residual::Call("ports".into(), vec![residual(from), residual(to)]),
            sensitive,
            span,
        );
    }
    let port = |value: &Value| {
        to_number(value)
            .filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(n))
            .map(|n| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole and in range"
                )]
                {
                    n as u16
                }
            })
            .ok_or_else(|| {
                Fail::new(
                    codes::config::BAD_VALUE,
                    "a port is a whole number from 0 to 65535",
                    value.span.or(span),
                )
            })
    };
    let (from, to) = (port(from)?, port(to)?);
    if from > to && sensitive {
        return Err(Fail::new(
            codes::config::BAD_VALUE,
            "the range of ports, of a sensitive value, is empty",
            span,
        ));
    }
    if from > to {
        return Err(Fail::new(
            codes::config::BAD_VALUE,
            format!("the port range `{from}..{to}` is empty"),
            span,
        )
        .help(format!("write `{to}..{from}`")));
    }
    Ok(spanned(Value::new(Data::Ports(from, to)), span).sensitive(sensitive))
}

/// The items that a splat or a `for` goes through: `null` is none, a single value is one.
pub(super) fn splat_items(value: &Value) -> Vec<Value> {
    match &value.data {
        Data::Null => Vec::new(),
        Data::List(items) => items.iter().cloned().collect(),
        _ => vec![value.clone()],
    }
}
