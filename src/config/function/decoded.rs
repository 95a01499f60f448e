//! Values of JSON and YAML texts, made within the budget: a short YAML text may stand for a large
//! value, and no tree of another form is made first.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{Call, Stop};
use crate::value::{Data, Map, Value};

/// What is decoded where a value is expected.
#[derive(Clone, Copy)]
pub(super) struct Decoded<'c, 'a> {
    call: &'c Call<'a>,
    /// Whether a map may have a key but once: in YAML; of JSON the last one counts.
    keys_once: bool,
    /// Why it stopped, where that is no matter of the text.
    stop: &'c RefCell<Option<Stop>>,
}

impl<'c, 'a> Decoded<'c, 'a> {
    /// The value that a deserializer gives. The inner error is the text's.
    pub(super) fn read<'de, D: Deserializer<'de>>(
        call: &'c Call<'a>,
        keys_once: bool,
        from: D,
    ) -> Result<Result<Value, D::Error>, Stop> {
        let stop = RefCell::new(None);
        let decoded = Decoded {
            call,
            keys_once,
            stop: &stop,
        };
        let read = decoded.deserialize(from);
        match stop.into_inner() {
            Some(stop) => Err(stop),
            None => Ok(read),
        }
    }

    fn keep<T, E: Error>(self, result: Result<T, Stop>) -> Result<T, E> {
        result.map_err(|stop| {
            self.stop.replace(Some(stop));
            E::custom("it was stopped")
        })
    }

    /// Takes the memory of one more value.
    fn one<E: Error>(self) -> Result<(), E> {
        let taken = self.call.world.budget().values(1, self.call.span);
        self.keep(taken.map_err(Stop::from))
    }
}

impl<'de> DeserializeSeed<'de> for Decoded<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Decoded<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::null())
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::null())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        self.deserialize(from)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "beyond i64 only a float is left"
        )]
        Ok(i64::try_from(value).map_or_else(|_| Value::new(Data::Float(value as f64)), Value::int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if !value.is_finite() {
            let fail = self
                .call
                .fail_at(0, "the text has a number that is not finite");
            return self.keep(Err(fail.into()));
        }
        Ok(Value::new(Data::Float(value)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.keep(self.call.give_text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(self)? {
            self.one()?;
            items.push(item);
        }
        self.keep(self.call.give_list(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = from.next_key_seed(self)? {
            let key: Arc<str> = match &key.data {
                Data::String(key) => Arc::clone(key),
                Data::Int(key) => key.to_string().into(),
                Data::Float(key) => key.to_string().into(),
                Data::Bool(key) => key.to_string().into(),
                _ => {
                    let fail = self.call.fail_at(0, "the text has a key that is not text");
                    return self.keep(Err(fail.into()));
                }
            };
            self.one()?;
            let value = from.next_value_seed(self)?;
            if members.insert(key, value).is_some() && self.keys_once {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        self.keep(self.call.give_map(members))
    }

    /// `!tag value`: the tag says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<Value, A::Error> {
        let (_, value) = from.variant::<String>()?;
        value.newtype_variant_seed(self)
    }
}
