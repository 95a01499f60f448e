//! Types of inputs.

use std::sync::Arc;

use super::conform::{Conform, Site, order};
use super::evaluator::Evaluator;
use super::expression::Env;
use super::fail::{Fail, Res};
use super::operator;
use super::reference::ACCOUNT;
use crate::diagnostic::{Span, codes, did_you_mean};
use crate::kinds::schema::{Text, Type};
use crate::syntax::tree::{ObjectTypeField, TypeExpr, TypeExprKind};
use crate::value::{Data, Map, Value};

/// Field types by the words of the language.
static FIELD_TYPES: &[(&str, Type)] = &[
    ("account_id", Type::AccountId),
    ("arn", Type::Arn),
    ("availability_zone", Type::AvailabilityZone),
    ("az", Type::AvailabilityZone),
    ("cidr", Type::AnyCidr),
    (
        "duration",
        Type::String(Text::new("([0-9]+(ms|s|m|h|d))+", 1, 64)),
    ),
    ("iam_document", Type::IamDocument),
    ("port_range", Type::Ports),
    ("ports", Type::Ports),
    ("protocol", Type::Protocol),
];

/// Types that are no fields of AWS.
const PLAIN: &[&str] = &["string", "number", "bool", "any", ACCOUNT];

/// Whether a value for the type is taken from a text as it stands.
pub(super) fn is_text(ty: &TypeExpr) -> bool {
    match &ty.kind {
        TypeExprKind::Name(name) => &**name != "any",
        _ => false,
    }
}

impl Evaluator<'_> {
    /// A value to the type of an input.
    pub(super) fn convert(
        &self,
        value: &Value,
        ty: &TypeExpr,
        path: &str,
        span: Option<Span>,
    ) -> Res {
        let span = value.span.or(span);
        let wrong = |takes: &str| {
            Fail::new(
                codes::config::INPUT_INVALID,
                format!("`{path}` takes {takes}, not a {}", value.type_name()),
                span,
            )
        };
        if value.is_null() && !matches!(&ty.kind, TypeExprKind::Name(name) if &**name == "any") {
            return Ok(value.clone());
        }
        let data = match &ty.kind {
            TypeExprKind::Name(name) => match &**name {
                "any" => return Ok(value.clone()),
                _ if value.is_unknown() => return Ok(value.clone()),
                "string" => {
                    Data::String(operator::to_text(value).ok_or_else(|| wrong("a string"))?)
                }
                "number" => {
                    let number = operator::to_number(value).ok_or_else(|| wrong("a number"))?;
                    match &value.data {
                        Data::Int(_) => value.data.clone(),
                        _ => operator::number(number, span)?.data,
                    }
                }
                "bool" => Data::Bool(operator::to_bool(value).ok_or_else(|| wrong("a bool"))?),
                ACCOUNT => match &value.data {
                    Data::Resource(resource) if &*resource.kind == ACCOUNT => value.data.clone(),
                    Data::String(text) if self.account(text)?.is_some() => {
                        Data::Resource(Arc::new(crate::value::ResourceRef {
                            address: crate::address::Address::from_text(format!(
                                "{ACCOUNT}.{text}"
                            )),
                            kind: ACCOUNT.into(),
                        }))
                    }
                    _ => return Err(wrong("an account")),
                },
                word => return self.convert_word(value, word, ty, path, span),
            },
            TypeExprKind::List(item) | TypeExprKind::Set(item) => {
                let items = match &value.data {
                    Data::Unknown(_) => return Ok(value.clone()),
                    Data::List(items) => items,
                    _ => return Err(wrong("a list")),
                };
                let mut out = Vec::with_capacity(items.len());
                for (at, one) in items.iter().enumerate() {
                    out.push(self.convert(one, item, &format!("{path}[{at}]"), span)?);
                }
                if matches!(ty.kind, TypeExprKind::Set(_)) {
                    out.sort_by(order);
                    out.dedup();
                }
                Data::List(Arc::new(out))
            }
            TypeExprKind::Map(item) => {
                let members = match &value.data {
                    Data::Unknown(_) => return Ok(value.clone()),
                    Data::Map(members) => members,
                    _ => return Err(wrong("a map")),
                };
                let mut out = Map::new();
                for (key, one) in members.iter() {
                    let inner = format!("{path}[\"{key}\"]");
                    out.insert(Arc::clone(key), self.convert(one, item, &inner, span)?);
                }
                Data::Map(Arc::new(out))
            }
            TypeExprKind::Object(fields) => {
                let members = match &value.data {
                    Data::Unknown(_) => return Ok(value.clone()),
                    Data::Map(members) => members,
                    _ => return Err(wrong("an object")),
                };
                Data::Map(Arc::new(self.convert_object(members, fields, path, span)?))
            }
        };
        Ok(Value {
            data,
            span,
            sensitive: value.sensitive,
        })
    }

    fn convert_object(
        &self,
        members: &Map,
        fields: &[ObjectTypeField],
        path: &str,
        span: Option<Span>,
    ) -> Res<Map> {
        for (name, value) in members {
            if !fields.iter().any(|field| field.name.text == *name) {
                return Err(Fail::new(
                    codes::config::INPUT_INVALID,
                    format!("`{path}` has no member `{name}`"),
                    value.span.or(span),
                )
                .help_opt(did_you_mean(
                    name,
                    fields.iter().map(|field| &*field.name.text),
                )));
            }
        }
        let mut out = Map::new();
        for field in fields {
            let inner = format!("{path}.{}", field.name.text);
            let written = members
                .get(&field.name.text)
                .filter(|value| !value.is_null());
            let value = match (written, &field.default) {
                (Some(value), _) => self.convert(value, &field.ty, &inner, span)?,
                (None, Some(default)) => {
                    let value = self.eval(default, &Env::of(self.current()))?;
                    self.convert(&value, &field.ty, &inner, Some(default.span))?
                }
                (None, None) if field.optional => Value::null(),
                (None, None) => {
                    return Err(Fail::new(
                        codes::config::INPUT_INVALID,
                        format!("`{path}` needs `{}`", field.name.text),
                        span,
                    ));
                }
            };
            out.insert(Arc::clone(&field.name.text), value);
        }
        Ok(out)
    }

    /// The word of a field type or kind.
    fn convert_word(
        &self,
        value: &Value,
        word: &str,
        ty: &TypeExpr,
        path: &str,
        span: Option<Span>,
    ) -> Res {
        let field = FIELD_TYPES.iter().find(|(name, _)| *name == word);
        let kind = self
            .program
            .kinds
            .get(word)
            .filter(|(_, schema)| self.program.kind_words.contains(&schema.kind));
        let (mut conform, result) = match (field, kind) {
            (Some((_, field)), _) => {
                let mut conform = Conform::new(self);
                let result = conform.conform(value, field, Site { path, span });
                (conform, result)
            }
            (None, Some((_, schema))) => match &value.data {
                Data::Resource(resource) if &*resource.kind == schema.kind => {
                    return Ok(value.clone());
                }
                Data::String(_) => return Ok(value.clone()),
                _ => {
                    return Err(Fail::new(
                        codes::config::INPUT_INVALID,
                        format!(
                            "`{path}` takes a `{}`, not a {}",
                            schema.kind,
                            value.type_name()
                        ),
                        span,
                    ));
                }
            },
            (None, None) => {
                let words = PLAIN
                    .iter()
                    .copied()
                    .chain(FIELD_TYPES.iter().map(|(name, _)| *name))
                    .chain(self.program.kind_words.iter().copied())
                    .chain(["list", "set", "map", "object"]);
                return Err(Fail::new(
                    codes::config::UNKNOWN_TYPE,
                    format!("there is no type `{word}`"),
                    Some(ty.span),
                )
                .help_opt(did_you_mean(word, words)));
            }
        };
        match (result, conform.out.pop()) {
            (Some(value), None) => Ok(value),
            (_, Some(diagnostic)) => Err(diagnostic.into()),
            (None, None) => Err(Fail::Told),
        }
    }
}
