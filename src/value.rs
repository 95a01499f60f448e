//! Values: what an expression gives, with what is needed to show it.
//!
//! A value knows its source span, whether it is sensitive, and, where it is not known yet, the
//! [`Residual`] expression that gives it once its inputs are made. Collections keep their known
//! parts: a list may hold unknown items.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::diagnostic::Span;
use crate::syntax::tree::{BinaryOp, UnaryOp};

/// An object's or map's members, in key order.
pub type Map = BTreeMap<Arc<str>, Value>;

/// A value. Cheap to clone. Equality looks at what it is, not at where it came from.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it was written, if it was.
    pub span: Option<Span>,
    /// Whether it may be shown. A collection with a sensitive item is not itself sensitive.
    pub sensitive: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `null`: left out.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; never NaN or infinite.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// A list, or a set (sorted and without doubles once converted to its type).
    List(Arc<Vec<Value>>),
    /// A map or object.
    Map(Arc<Map>),
    /// A port range `from..to`, both included.
    Ports(u16, u16),
    /// A whole resource, as `vpc.studio` gives. In a field that takes a resource it becomes that
    /// resource's id, ARN or name.
    Resource(Arc<ResourceRef>),
    /// Not known yet.
    Unknown(Arc<Residual>),
}

/// A resource as a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceRef {
    /// Its address.
    pub address: Address,
    /// Its kind.
    pub kind: Arc<str>,
}

/// An expression whose inputs are not all known yet. The known inputs are folded into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residual {
    /// An attribute of a resource or part that AWS or an apply gives: `vpc.studio.id`.
    Attribute {
        /// Whose.
        address: Address,
        /// Which.
        name: Arc<str>,
    },
    /// A fact of the caller, known once STS has answered: `account_id` or `region`.
    Caller(Arc<str>),
    /// A known or partly known value.
    Value(Value),
    /// A `for` variable inside [`Residual::For`].
    Variable(Arc<str>),
    /// `-a`, `!a`.
    Unary(UnaryOp, Box<Residual>),
    /// `a + b` …
    Binary(BinaryOp, Box<Residual>, Box<Residual>),
    /// `a ? b : c`.
    Conditional(Box<Residual>, Box<Residual>, Box<Residual>),
    /// `expr.name`.
    Member(Box<Residual>, Arc<str>),
    /// `expr[index]`.
    Index(Box<Residual>, Box<Residual>),
    /// A template's pieces, joined as text.
    Template(Vec<Residual>),
    /// A function call.
    Call(Arc<str>, Vec<Residual>),
    /// A list with residual items.
    List(Vec<Residual>),
    /// A map with residual values, keys known.
    Map(Vec<(Arc<str>, Residual)>),
    /// A `for` over what is not known.
    For {
        /// Name of key or index, if written.
        key_name: Option<Arc<str>>,
        /// Name of the value.
        value_name: Arc<str>,
        /// What is gone through.
        collection: Box<Residual>,
        /// The key, for a map.
        key: Option<Box<Residual>>,
        /// The value.
        value: Box<Residual>,
        /// The condition, if written.
        condition: Option<Box<Residual>>,
    },
}

impl Value {
    /// A value without a place in any file.
    #[must_use]
    pub fn new(data: Data) -> Self {
        Self {
            data,
            span: None,
            sensitive: false,
        }
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::new(Data::Null)
    }

    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::new(Data::String(text.into()))
    }

    /// A bool.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::new(Data::Bool(value))
    }

    /// A whole number.
    #[must_use]
    pub fn int(value: i64) -> Self {
        Self::new(Data::Int(value))
    }

    /// A list.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Self::new(Data::List(Arc::new(items)))
    }

    /// A map.
    #[must_use]
    pub fn map(members: Map) -> Self {
        Self::new(Data::Map(Arc::new(members)))
    }

    /// A value not known yet.
    #[must_use]
    pub fn unknown(residual: Residual) -> Self {
        Self::new(Data::Unknown(Arc::new(residual)))
    }

    /// The attribute `name` of `address`, not known yet.
    pub fn unknown_attribute(address: Address, name: impl Into<Arc<str>>) -> Self {
        Self::unknown(Residual::Attribute {
            address,
            name: name.into(),
        })
    }

    /// The same with a span.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The same, marked as not to be shown.
    #[must_use]
    pub fn sensitive(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Whether it is unknown at the top; its items may be unknown without it being so.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(_))
    }

    /// Whether it or anything in it is unknown.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match &self.data {
            Data::Unknown(_) => true,
            Data::List(items) => items.iter().any(Self::has_unknown),
            Data::Map(members) => members.values().any(Self::has_unknown),
            _ => false,
        }
    }

    /// Calls `found` with each attribute that it or anything in it waits for.
    pub fn each_awaited(&self, found: &mut dyn FnMut(&Address, &str)) {
        match &self.data {
            Data::Unknown(residual) => residual.each_awaited(found),
            Data::List(items) => items.iter().for_each(|item| item.each_awaited(found)),
            Data::Map(members) => members.values().for_each(|m| m.each_awaited(found)),
            _ => {}
        }
    }

    /// Whether it or anything in it is sensitive.
    #[must_use]
    pub fn has_sensitive(&self) -> bool {
        self.sensitive
            || match &self.data {
                Data::List(items) => items.iter().any(Self::has_sensitive),
                Data::Map(members) => members.values().any(Self::has_sensitive),
                _ => false,
            }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The bool, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self.data {
            Data::Int(value) => Some(value),
            Data::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
                Some(value as i64)
            }
            _ => None,
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.data {
            Data::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The member `name` of a map, if it is one and has it and it is not null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_map()?.get(name).filter(|value| !value.is_null())
    }

    /// The word for its type: `string`, `number`, `list` …
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Null => "null",
            Data::Bool(_) => "bool",
            Data::Int(_) | Data::Float(_) => "number",
            Data::String(_) => "string",
            Data::List(_) => "list",
            Data::Map(_) => "object",
            Data::Ports(..) => "port range",
            Data::Resource(_) => "resource",
            Data::Unknown(_) => "value known after apply",
        }
    }

    /// The value as JSON: `None` if anything in it is unknown or sensitive. A port range is
    /// `"from..to"`, a resource its address.
    #[must_use]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        use serde_json::Value as Json;
        if self.sensitive {
            return None;
        }
        Some(match &self.data {
            Data::Null => Json::Null,
            Data::Bool(value) => Json::Bool(*value),
            Data::Int(value) => Json::from(*value),
            Data::Float(value) => Json::from(*value),
            Data::String(text) => Json::String(text.to_string()),
            Data::List(items) => {
                Json::Array(items.iter().map(Self::to_json).collect::<Option<_>>()?)
            }
            Data::Map(members) => Json::Object(
                members
                    .iter()
                    .map(|(key, value)| Some((key.to_string(), value.to_json()?)))
                    .collect::<Option<_>>()?,
            ),
            Data::Ports(from, to) => Json::String(format!("{from}..{to}")),
            Data::Resource(resource) => Json::String(resource.address.to_string()),
            Data::Unknown(_) => return None,
        })
    }

    /// The value a JSON text stands for.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::null(),
            Json::Bool(value) => Self::bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::int(value),
                None => Self::new(Data::Float(number.as_f64().unwrap_or(0.0))),
            },
            Json::String(text) => Self::string(text.as_str()),
            Json::Array(items) => Self::list(items.iter().map(Self::from_json).collect()),
            Json::Object(members) => Self::map(
                members
                    .iter()
                    .map(|(key, value)| (Arc::from(key.as_str()), Self::from_json(value)))
                    .collect(),
            ),
        }
    }
}

impl Residual {
    /// Calls `found` with each attribute that it waits for.
    pub fn each_awaited(&self, found: &mut dyn FnMut(&Address, &str)) {
        match self {
            Self::Attribute { address, name } => found(address, name),
            Self::Caller(_) | Self::Variable(_) => {}
            Self::Value(value) => value.each_awaited(found),
            Self::Unary(_, a) | Self::Member(a, _) => a.each_awaited(found),
            Self::Binary(_, a, b) | Self::Index(a, b) => {
                a.each_awaited(found);
                b.each_awaited(found);
            }
            Self::Conditional(a, b, c) => {
                for part in [a, b, c] {
                    part.each_awaited(found);
                }
            }
            Self::Template(parts) | Self::Call(_, parts) | Self::List(parts) => {
                for part in parts {
                    part.each_awaited(found);
                }
            }
            Self::Map(members) => {
                for (_, member) in members {
                    member.each_awaited(found);
                }
            }
            Self::For {
                collection,
                key,
                value,
                condition,
                ..
            } => {
                collection.each_awaited(found);
                value.each_awaited(found);
                for part in [key, condition].into_iter().flatten() {
                    part.each_awaited(found);
                }
            }
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::Int(a), Data::Float(b)) | (Data::Float(b), Data::Int(a)) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "numbers are compared as HCL does"
                )]
                {
                    *a as f64 == *b
                }
            }
            (a, b) => a == b,
        }
    }
}

/// How a value stands in state and plan files: as [`Value::to_json`] writes it where it is known
/// and of a JSON type, else as an object with the one key `$unknown`, `$ports`, `$resource` or
/// `$map` (a map with a key that starts with `$`). A sensitive value may not be serialised: it must
/// have been replaced by its digest before.
#[derive(Serialize, Deserialize)]
enum Wire {
    #[serde(rename = "$unknown")]
    Unknown(Residual),
    #[serde(rename = "$ports")]
    Ports(u16, u16),
    #[serde(rename = "$resource")]
    Resource(ResourceRef),
    #[serde(rename = "$map")]
    Map(Map),
}

/// Whether some key starts with `$`: keys are in order.
fn has_dollar_key(members: &Map) -> bool {
    members
        .range::<str, _>((Bound::Included("$"), Bound::Unbounded))
        .next()
        .is_some_and(|(key, _)| key.starts_with('$'))
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.sensitive {
            return Err(serde::ser::Error::custom(
                "a sensitive value may not be written",
            ));
        }
        match &self.data {
            Data::Null => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Int(value) => serializer.serialize_i64(*value),
            Data::Float(value) => serializer.serialize_f64(*value),
            Data::String(text) => serializer.serialize_str(text),
            Data::List(items) => items.serialize(serializer),
            Data::Map(members) if has_dollar_key(members) => {
                Wire::Map((**members).clone()).serialize(serializer)
            }
            Data::Map(members) => members.serialize(serializer),
            Data::Ports(from, to) => Wire::Ports(*from, *to).serialize(serializer),
            Data::Resource(resource) => Wire::Resource((**resource).clone()).serialize(serializer),
            Data::Unknown(residual) => Wire::Unknown((**residual).clone()).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::null())
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::int(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "beyond i64 only a float is left"
                )]
                Ok(i64::try_from(value)
                    .map_or_else(|_| Value::new(Data::Float(value as f64)), Value::int))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::new(Data::Float(value)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::string(text))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Value::list(items))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Value, A::Error> {
                let mut members = Map::new();
                while let Some(key) = map.next_key::<Arc<str>>()? {
                    let data = match &*key {
                        "$unknown" => Data::Unknown(Arc::new(map.next_value()?)),
                        "$resource" => Data::Resource(Arc::new(map.next_value()?)),
                        "$map" => Data::Map(Arc::new(map.next_value()?)),
                        "$ports" => {
                            let (from, to) = map.next_value()?;
                            Data::Ports(from, to)
                        }
                        _ => {
                            members.insert(key, map.next_value()?);
                            continue;
                        }
                    };
                    return Ok(Value::new(data));
                }
                Ok(Value::map(members))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
