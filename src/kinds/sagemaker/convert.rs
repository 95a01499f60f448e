//! Between smd's values and the SDK's typed shapes: the rules that the generated tables use.

use std::collections::HashMap;
use std::sync::Arc;

use crate::value::{Map, Value};

/// A value that does not fit the shape: where and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Members joined by dots.
    pub path: String,
    /// `a text`, `an object` …
    pub expected: &'static str,
}

impl Mismatch {
    fn new(expected: &'static str) -> Self {
        Self {
            path: String::new(),
            expected,
        }
    }

    fn inside(mut self, member: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => member.to_owned(),
            rest => format!("{member}.{rest}"),
        };
        self
    }
}

/// A shape of the SDK.
pub trait Shape: Sized {
    /// The shape of a value.
    ///
    /// # Errors
    /// The value has another type, or a text where a number must be.
    fn from_value(value: &Value) -> Result<Self, Mismatch>;
    /// The value of a shape; `None` for a member of a union that this SDK does not know.
    fn to_value(&self) -> Option<Value>;
}

impl Shape for String {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or(Mismatch::new("a text"))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::string(self.as_str()))
    }
}

impl Shape for bool {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_bool().ok_or(Mismatch::new("a bool"))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::bool(*self))
    }
}

impl Shape for i32 {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value
            .as_int()
            .and_then(|number| number.try_into().ok())
            .ok_or(Mismatch::new("a whole number"))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::int(i64::from(*self)))
    }
}

impl Shape for i64 {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_int().ok_or(Mismatch::new("a whole number"))
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::int(*self))
    }
}

impl Shape for HashMap<String, String> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        object(value)?
            .iter()
            .map(|(key, value)| Ok((key.to_string(), String::from_value(value)?)))
            .collect()
    }

    fn to_value(&self) -> Option<Value> {
        let members = self.iter();
        Some(Value::map(
            members
                .map(|(key, value)| (Arc::from(key.as_str()), Value::string(value.as_str())))
                .collect(),
        ))
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value
            .as_list()
            .ok_or(Mismatch::new("a list"))?
            .iter()
            .map(T::from_value)
            .collect()
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::list(
            self.iter().filter_map(Shape::to_value).collect(),
        ))
    }
}

/// The member of this name as a shape; `None` if it was not written.
pub fn member<T: Shape>(members: &Map, name: &str) -> Result<Option<T>, Mismatch> {
    members
        .get(name)
        .filter(|value| !value.is_null())
        .map(T::from_value)
        .transpose()
        .map_err(|error| error.inside(name))
}

/// Puts a member of an answer into the map, if AWS gave it.
pub fn put<T: Shape>(members: &mut Map, name: &'static str, value: Option<&T>) {
    if let Some(value) = value.and_then(Shape::to_value) {
        members.insert(Arc::from(name), value);
    }
}

/// Schema tables, one attribute on two lines.
macro_rules! attributes {
    ($($visible:vis const $table:ident {
        $($name:literal, $aws:literal, [$($alias:literal),*], $ty:expr, $required:expr, $change:expr, $unset:expr,
            $doc:literal;)*
    })*) => {
        $($visible const $table: &[Attribute] = &[$(Attribute {
            name: $name,
            aws: $aws,
            aliases: &[$($alias),*],
            ty: $ty,
            required: $required,
            change: $change,
            unset: $unset,
            doc: $doc,
        }),*];)*
    };
}

/// Enumerations: texts. One that this SDK has not heard of passes as it is.
macro_rules! enums {
    ($($name:ident,)*) => {$(
        impl $crate::kinds::sagemaker::convert::Shape for aws_sdk_sagemaker::types::$name {
            fn from_value(
                value: &$crate::value::Value,
            ) -> Result<Self, $crate::kinds::sagemaker::convert::Mismatch> {
                <String as $crate::kinds::sagemaker::convert::Shape>::from_value(value)
                    .map(|text| Self::from(text.as_str()))
            }

            fn to_value(&self) -> Option<$crate::value::Value> {
                Some($crate::value::Value::string(self.as_str()))
            }
        }
    )*};
}

/// Structures: objects.
macro_rules! structs {
    ($($name:ident { $($word:literal => $field:ident, $set:ident;)* })*) => {$(
        impl $crate::kinds::sagemaker::convert::Shape for aws_sdk_sagemaker::types::$name {
            fn from_value(
                value: &$crate::value::Value,
            ) -> Result<Self, $crate::kinds::sagemaker::convert::Mismatch> {
                let members = $crate::kinds::sagemaker::convert::object(value)?;
                let builder = Self::builder();
                $(let builder = builder
                    .$set($crate::kinds::sagemaker::convert::member(members, $word)?);)*
                Ok(builder.build())
            }

            fn to_value(&self) -> Option<$crate::value::Value> {
                let mut members = $crate::value::Map::new();
                $($crate::kinds::sagemaker::convert::put(
                    &mut members, $word, self.$field.as_ref(),
                );)*
                Some($crate::value::Value::map(members))
            }
        }
    )*};
}

/// Unions: objects with one member.
macro_rules! unions {
    ($($name:ident { $($word:literal => $variant:ident;)* })*) => {$(
        impl $crate::kinds::sagemaker::convert::Shape for aws_sdk_sagemaker::types::$name {
            fn from_value(
                value: &$crate::value::Value,
            ) -> Result<Self, $crate::kinds::sagemaker::convert::Mismatch> {
                let members = $crate::kinds::sagemaker::convert::object(value)?;
                $(if let Some(one) =
                    $crate::kinds::sagemaker::convert::member(members, $word)?
                {
                    return Ok(Self::$variant(one));
                })*
                Err($crate::kinds::sagemaker::convert::empty_union())
            }

            fn to_value(&self) -> Option<$crate::value::Value> {
                let mut members = $crate::value::Map::new();
                match self {
                    $(Self::$variant(one) => {
                        $crate::kinds::sagemaker::convert::put(&mut members, $word, Some(one));
                    })*
                    _ => return None,
                }
                Some($crate::value::Value::map(members))
            }
        }
    )*};
}

/// The request of an operation, filled from attributes.
macro_rules! write {
    ($function:ident, $operation:ident { $($word:literal => $field:ident, $set:ident;)* }) => {
        #[doc = concat!("The request of ", stringify!($operation), " with what `members` hold.")]
        ///
        /// # Errors
        /// A value that does not fit.
        pub fn $function(
            members: &$crate::value::Map,
        ) -> Result<
            aws_sdk_sagemaker::operation::$function::builders::$operation,
            $crate::kinds::sagemaker::convert::Mismatch,
        > {
            let builder =
                aws_sdk_sagemaker::operation::$function::builders::$operation::default();
            $(let builder = builder
                .$set($crate::kinds::sagemaker::convert::member(members, $word)?);)*
            Ok(builder)
        }
    };
}

/// The attributes of an answer.
macro_rules! read {
    ($function:ident, $answer:ident { $($word:literal => $field:ident;)* }) => {
        #[doc = concat!("What ", stringify!($answer), " tells, as attributes.")]
        #[must_use]
        pub fn $function(
            answer: &aws_sdk_sagemaker::operation::$function::$answer,
        ) -> $crate::value::Map {
            let mut members = $crate::value::Map::new();
            $($crate::kinds::sagemaker::convert::put(
                &mut members, $word, answer.$field.as_ref(),
            );)*
            members
        }
    };
}

pub(super) use {attributes, enums, read, structs, unions, write};

/// The members of an object.
pub fn object(value: &Value) -> Result<&Map, Mismatch> {
    value.as_map().ok_or(Mismatch::new("an object"))
}

/// A union of which no member is written.
#[must_use]
pub fn empty_union() -> Mismatch {
    Mismatch::new("an object with one of its members")
}
