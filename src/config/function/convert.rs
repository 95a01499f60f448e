//! Functions from one type to another.

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::fail::Fail;
use crate::config::{conform, operator};
use crate::diagnostic::codes;
use crate::value::{Data, Map, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "to_bool",
        example: r#"to_bool("true")"#,
        params: &[required("value", Takes::Any)],
        doc: "The bool that `\"true\"` or `\"false\"` stands for.",
        looks: Looks::Outside,
        run: |call| {
            operator::to_bool(call.value(0)?)
                .map(Value::bool)
                .ok_or_else(|| cannot(call, "a bool"))
        },
    },
    Function {
        name: "to_list",
        example: "to_list({ a = 1, b = 2 })",
        params: &[required("value", Takes::Any)],
        doc: "The value as a list: of a map its values, of a single value a list of one.",
        looks: Looks::Outside,
        run: |call| {
            let value = call.value(0)?;
            match &value.data {
                Data::Map(members) => call.give_list(members.values().cloned().collect()),
                _ => call.give_list(operator::splat_items(value)),
            }
        },
    },
    Function {
        name: "to_number",
        example: r#"to_number("8998")"#,
        params: &[required("value", Takes::Any)],
        doc: "The number that a string stands for.",
        looks: Looks::Outside,
        run: |call| {
            let number =
                operator::to_number(call.value(0)?).ok_or_else(|| cannot(call, "a number"))?;
            Ok(operator::number(number, call.span)?)
        },
    },
    Function {
        name: "to_set",
        example: r#"to_set(["b", "a", "b"])"#,
        params: &[required("items", Takes::List)],
        doc: "The items in order and without doubles.",
        looks: Looks::Deep,
        run: |call| {
            let mut items = call.list(0)?.to_vec();
            items.sort_by(conform::order);
            items.dedup();
            call.give_list(items)
        },
    },
    Function {
        name: "to_string",
        example: "to_string({ a = 1 })",
        params: &[required("value", Takes::Any)],
        doc: "The value as text; of a list or map its JSON.",
        looks: Looks::Deep,
        run: |call| {
            let value = call.value(0)?;
            match operator::to_text(value) {
                Some(text) => call.give_text(text),
                None => super::encoding::json_text(call, value).and_then(|t| call.give_text(t)),
            }
        },
    },
];

pub(super) static HIDDEN: &[Function] = &[
    Function {
        name: "ports",
        example: "",
        params: &[
            required("from", Takes::Number),
            required("to", Takes::Number),
        ],
        doc: "The port range `from..to`.",
        looks: Looks::Deep,
        run: |call| {
            Ok(operator::range(
                call.world,
                call.value(0)?,
                call.value(1)?,
                call.span,
            )?)
        },
    },
    Function {
        name: "items",
        example: "",
        params: &[required("value", Takes::Any)],
        doc: "What `[*]` goes through.",
        looks: Looks::Outside,
        run: |call| call.give_list(operator::splat_items(call.value(0)?)),
    },
    Function {
        name: "object",
        example: "",
        params: &[rest("keys_and_values", Takes::Any)],
        doc: "The object with these keys and values, in turn.",
        looks: Looks::Outside,
        run: |call| {
            let mut members = Map::new();
            for (position, pair) in call.args.chunks(2).enumerate() {
                let [_, value] = pair else { continue };
                let key = operator::key_text(call.value(position * 2)?, call.span)?;
                members.insert(key, value.clone());
            }
            call.give_map(members)
        },
    },
    Function {
        name: "reference",
        example: "",
        params: &[
            required("resource", Takes::Any),
            required("attribute", Takes::Text),
        ],
        doc: "What a field that takes a resource makes of one.",
        looks: Looks::Outside,
        run: |call| {
            call.value(0)?;
            Ok(call.resource(0, &call.text(1)?)?)
        },
    },
];

fn cannot(call: &Call<'_>, what: &str) -> Stop {
    let Some(value) = call.args.first() else {
        return Stop::Unknown;
    };
    let shown = match (&value.data, value.sensitive) {
        (Data::String(text), false) => format!("`{text}`"),
        _ => format!("a {}", value.type_name()),
    };
    Fail::new(
        codes::config::WRONG_TYPE,
        format!("{shown} is not {what}"),
        value.span.or(call.span),
    )
    .into()
}
