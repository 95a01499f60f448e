//! Functions that read files below the configuration's directory.

use super::{Function, Looks, Takes, optional, required};
use crate::value::Map;

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "file",
        example: r#"file("hello.txt")"#,
        params: &[required("path", Takes::Text)],
        doc: "The text of a file below the configuration's directory.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.world.file(&call.text(0)?, call.span)?;
            call.give_text(text)
        },
    },
    Function {
        name: "template",
        example: r#"template("hello.txt", { name = "ana" })"#,
        params: &[
            required("path", Takes::Text),
            optional("variables", Takes::Map),
        ],
        doc: "The text of a file with its `${name}` replaced by the variables.",
        looks: Looks::Outside,
        run: |call| {
            let none = Map::new();
            let variables = match call.get(1) {
                Some(_) => call.map(1)?,
                None => &none,
            };
            Ok(call.world.template(&call.text(0)?, variables, call.span)?)
        },
    },
];
