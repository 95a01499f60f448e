//! Functions on numbers.

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::operator;
use crate::value::{Data, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        example: "abs(-2)",
        params: &[required("number", Takes::Number)],
        doc: "The number without its sign.",
        looks: Looks::Deep,
        run: |call| map(call, f64::abs),
    },
    Function {
        name: "ceil",
        example: "ceil(2.1)",
        params: &[required("number", Takes::Number)],
        doc: "The least whole number that is not below the number.",
        looks: Looks::Deep,
        run: |call| map(call, f64::ceil),
    },
    Function {
        name: "floor",
        example: "floor(2.9)",
        params: &[required("number", Takes::Number)],
        doc: "The greatest whole number that is not above the number.",
        looks: Looks::Deep,
        run: |call| map(call, f64::floor),
    },
    Function {
        name: "max",
        example: "max(1, 3, 2)",
        params: &[
            required("number", Takes::Number),
            rest("numbers", Takes::Number),
        ],
        doc: "The greatest of the numbers.",
        looks: Looks::Deep,
        run: |call| pick(call, |a, b| a > b),
    },
    Function {
        name: "min",
        example: "min(1, 3, 2)",
        params: &[
            required("number", Takes::Number),
            rest("numbers", Takes::Number),
        ],
        doc: "The least of the numbers.",
        looks: Looks::Deep,
        run: |call| pick(call, |a, b| a < b),
    },
];

fn map(call: &Call<'_>, f: fn(f64) -> f64) -> Result<Value, Stop> {
    let argument = call.value(0)?;
    if let Data::Int(value) = argument.data {
        // Whole numbers stay exact; only the sign can change.
        let result = if f(-1.0) == 1.0 {
            value.checked_abs()
        } else {
            Some(value)
        };
        return result
            .map(Value::int)
            .ok_or_else(|| call.fail_at(0, "the number is too large").into());
    }
    Ok(operator::number(f(call.number(0)?), call.span)?)
}

fn pick(call: &Call<'_>, better: fn(f64, f64) -> bool) -> Result<Value, Stop> {
    let mut best = (call.number(0)?, 0);
    for position in 1..call.args.len() {
        let number = call.number(position)?;
        if better(number, best.0) {
            best = (number, position);
        }
    }
    match call.value(best.1)? {
        value if matches!(value.data, Data::Int(_)) => Ok(value.clone()),
        _ => Ok(operator::number(best.0, call.span)?),
    }
}
