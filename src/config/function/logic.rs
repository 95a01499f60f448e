//! Functions whose arguments may fail. They are evaluated with the expression, not with values;
//! here stands how they are called and what they are for.

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::fail::Fail;
use crate::diagnostic::codes;
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "can",
        example: r#"can(to_number("x"))"#,
        params: &[required("expression", Takes::Any)],
        doc: "Whether the expression gives a value.",
        looks: Looks::Lazy,
        run: eager,
    },
    Function {
        name: "try",
        example: r#"try(to_number("x"), 0)"#,
        params: &[
            required("expression", Takes::Any),
            rest("others", Takes::Any),
        ],
        doc: "The first of the expressions that gives a value.",
        looks: Looks::Lazy,
        run: eager,
    },
];

fn eager(call: &Call<'_>) -> Result<Value, Stop> {
    Err(Fail::new(
        codes::config::INTERNAL,
        format!("`{}` was called with values", call.function.name),
        call.span,
    )
    .into())
}

impl Function {
    /// Whether it is called with expressions, not with values.
    pub(in crate::config) fn is_lazy(&self) -> bool {
        self.looks == Looks::Lazy
    }

    /// Checks the number of arguments.
    pub(in crate::config) fn accepts(&self, count: usize) -> bool {
        self.takes_count(count)
    }
}
