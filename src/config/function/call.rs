//! A call of a function: its arguments as what they were checked to be.

use std::sync::Arc;

use super::Function;
use crate::config::fail::{Fail, Res};
use crate::config::operator;
use crate::config::world::World;
use crate::diagnostic::{Span, codes};
use crate::value::{Data, Map, Value};

/// A call.
pub(in crate::config) struct Call<'a> {
    /// The function.
    pub(super) function: &'static Function,
    /// Where it runs.
    pub(super) world: &'a dyn World,
    /// Its arguments, of the types its parameters take.
    pub(super) args: &'a [Value],
    /// The call in the file.
    pub(super) span: Option<Span>,
}

/// Why a function gives no value.
pub(in crate::config) enum Stop {
    /// It needs something that is not known yet.
    Unknown,
    /// It failed.
    Fail(Fail),
}

impl From<Fail> for Stop {
    fn from(fail: Fail) -> Self {
        Self::Fail(fail)
    }
}

impl<'a> Call<'a> {
    /// The argument, if it was written and is not null.
    pub(super) fn get(&self, position: usize) -> Option<&'a Value> {
        self.args.get(position).filter(|value| !value.is_null())
    }

    /// The argument; unknown stops the call.
    pub(super) fn value(&self, position: usize) -> Result<&'a Value, Stop> {
        match self.args.get(position) {
            Some(value) if value.is_unknown() => Err(Stop::Unknown),
            Some(value) => Ok(value),
            None => Err(self.broken()),
        }
    }

    fn broken(&self) -> Stop {
        Fail::new(
            codes::config::INTERNAL,
            format!(
                "`{}` looked at an argument it does not have",
                self.function.name
            ),
            self.span,
        )
        .into()
    }

    /// The argument as text.
    pub(super) fn text(&self, position: usize) -> Result<Arc<str>, Stop> {
        operator::to_text(self.value(position)?).ok_or_else(|| self.broken())
    }

    /// The argument as a number.
    pub(super) fn number(&self, position: usize) -> Result<f64, Stop> {
        operator::to_number(self.value(position)?).ok_or_else(|| self.broken())
    }

    /// The argument as a whole number.
    pub(super) fn int(&self, position: usize) -> Result<i64, Stop> {
        let number = self.number(position)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be whole and in range"
        )]
        if number.fract() == 0.0 && number.abs() < 9e15 {
            Ok(number as i64)
        } else {
            Err(self
                .fail_at(position, "a whole number is needed here")
                .into())
        }
    }

    /// The argument as a list.
    pub(super) fn list(&self, position: usize) -> Result<&'a [Value], Stop> {
        self.value(position)?.as_list().ok_or_else(|| self.broken())
    }

    /// The argument as a map.
    pub(super) fn map(&self, position: usize) -> Result<&'a Map, Stop> {
        self.value(position)?.as_map().ok_or_else(|| self.broken())
    }

    /// The items of a list argument as texts.
    pub(super) fn texts(&self, position: usize) -> Result<Vec<Arc<str>>, Stop> {
        self.list(position)?
            .iter()
            .map(|item| {
                if item.is_unknown() {
                    return Err(Stop::Unknown);
                }
                operator::to_text(item).ok_or_else(|| {
                    Fail::new(
                        codes::config::WRONG_TYPE,
                        format!(
                            "`{}` takes a list of strings, and this item is a {}",
                            self.function.name,
                            item.type_name()
                        ),
                        item.span.or(self.span),
                    )
                    .into()
                })
            })
            .collect()
    }

    /// An error about an argument.
    pub(super) fn fail_at(&self, position: usize, message: impl Into<String>) -> Fail {
        let span = self.args.get(position).and_then(|arg| arg.span);
        Fail::new(codes::config::FUNCTION, message, span.or(self.span))
    }

    /// A text as result, within the budget.
    pub(super) fn give_text(&self, text: impl Into<Arc<str>>) -> Result<Value, Stop> {
        let text = text.into();
        self.world.budget().bytes(text.len(), self.span)?;
        Ok(Value::string(text))
    }

    /// A list as result, within the budget.
    pub(super) fn give_list(&self, items: Vec<Value>) -> Result<Value, Stop> {
        self.world.budget().values(items.len(), self.span)?;
        Ok(Value::list(items))
    }

    /// A map as result, within the budget.
    pub(super) fn give_map(&self, members: Map) -> Result<Value, Stop> {
        self.world.budget().values(members.len(), self.span)?;
        Ok(Value::map(members))
    }

    /// A resource argument's attribute, or the text that stands for it.
    pub(super) fn resource(&self, position: usize, attribute: &str) -> Res {
        match self.args.get(position) {
            Some(value) => match &value.data {
                Data::Resource(resource) => self.world.attribute(resource, attribute, value.span),
                _ => Ok(value.clone()),
            },
            None => Ok(Value::null()),
        }
    }
}
