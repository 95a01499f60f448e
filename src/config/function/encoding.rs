//! Functions to and from JSON, YAML, base64, and digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::decoded::Decoded;
use super::{Call, Function, Looks, Stop, Takes, required};
use crate::config::fail::Fail;
use crate::diagnostic::codes;
use crate::value::{Data, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "base64decode",
        example: r#"base64decode("c21k")"#,
        params: &[required("text", Takes::Text)],
        doc: "The text that a base64 text stands for.",
        looks: Looks::Deep,
        run: |call| {
            let bytes = STANDARD
                .decode(call.text(0)?.as_bytes())
                .map_err(|_| call.fail_at(0, "the text is not base64"))?;
            let text = String::from_utf8(bytes)
                .map_err(|_| call.fail_at(0, "what the base64 text stands for is not UTF-8"))?;
            call.give_text(text)
        },
    },
    Function {
        name: "base64encode",
        example: r#"base64encode("smd")"#,
        params: &[required("text", Takes::Text)],
        doc: "The text in base64.",
        looks: Looks::Deep,
        run: |call| call.give_text(STANDARD.encode(call.text(0)?.as_bytes())),
    },
    Function {
        name: "json_decode",
        example: r#"json_decode("[1, 2]")"#,
        params: &[required("text", Takes::Text)],
        doc: "The value that a JSON text stands for.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            let mut from = serde_json::Deserializer::from_str(&text);
            let read = Decoded::read(call, false, &mut from)?;
            read.and_then(|value| from.end().map(|()| value))
                .map_err(|error| {
                    let (line, column) = (error.line(), error.column());
                    call.fail_at(
                        0,
                        format!("the text is not JSON: line {line}, column {column}"),
                    )
                    .into()
                })
        },
    },
    Function {
        name: "json_encode",
        example: "json_encode({ b = 1, a = [true] })",
        params: &[required("value", Takes::Any)],
        doc: "The value as JSON text, keys in order.",
        looks: Looks::Deep,
        run: |call| {
            let text = json_text(call, call.value(0)?)?;
            call.give_text(text)
        },
    },
    Function {
        name: "sha256",
        example: r#"sha256("smd")"#,
        params: &[required("text", Takes::Text)],
        doc: "The SHA-256 digest of the text, in hexadecimal.",
        looks: Looks::Deep,
        run: |call| call.give_text(hex::encode(Sha256::digest(call.text(0)?.as_bytes()))),
    },
    Function {
        name: "yaml_decode",
        example: r#"yaml_decode("team: finance\nusers: [ana, ben]")"#,
        params: &[required("text", Takes::Text)],
        doc: "The value that a YAML text stands for.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            if text.len() > MAX_YAML_BYTES {
                return Err(call
                    .fail_at(0, format!("a YAML text has at most {MAX_YAML_BYTES} bytes"))
                    .into());
            }
            let from = serde_yaml_ng::Deserializer::from_str(&text);
            Decoded::read(call, true, from)?.map_err(|error| {
                let at = error.location().map_or_else(String::new, |at| {
                    format!(": line {}, column {}", at.line(), at.column())
                });
                call.fail_at(0, format!("the text is not YAML{at}")).into()
            })
        },
    },
];

/// Longest YAML text.
const MAX_YAML_BYTES: usize = 1 << 20;
/// A value as JSON text, keys in order.
pub(super) fn json_text(call: &Call<'_>, value: &Value) -> Result<String, Stop> {
    Ok(serde_json::to_string(&to_json(call, value)?)
        .map_err(|error| Fail::new(codes::config::INTERNAL, error.to_string(), call.span))?)
}

/// A known value as JSON. Sensitive ones are in clear: the result must be marked.
fn to_json(call: &Call<'_>, value: &Value) -> Result<serde_json::Value, Stop> {
    use serde_json::Value as Json;
    call.world
        .budget()
        .bytes(std::mem::size_of::<Json>(), call.span)?;
    Ok(match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::Float(value) => Json::from(*value),
        Data::String(text) => {
            // One text may be there many times: here each is made.
            call.world.budget().bytes(text.len(), call.span)?;
            Json::String(text.to_string())
        }
        Data::List(items) => Json::Array(
            items
                .iter()
                .map(|item| to_json(call, item))
                .collect::<Result<_, _>>()?,
        ),
        Data::Map(members) => Json::Object(
            members
                .iter()
                .map(|(key, value)| {
                    call.world.budget().bytes(key.len(), call.span)?;
                    Ok((key.to_string(), to_json(call, value)?))
                })
                .collect::<Result<_, Stop>>()?,
        ),
        Data::Ports(from, to) => Json::String(format!("{from}-{to}")),
        Data::Resource(resource) => {
            return Err(Fail::new(
                codes::config::WRONG_TYPE,
                format!("`{}` is a whole resource, not text", resource.address),
                value.span.or(call.span),
            )
            .help("write `.id`, `.arn` or `.name` behind it")
            .into());
        }
        Data::Unknown(_) => return Err(Stop::Unknown),
    })
}
