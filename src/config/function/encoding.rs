//! Functions to and from JSON, YAML, base64, and digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Call, Function, Looks, Stop, Takes, required};
use crate::config::fail::Fail;
use crate::diagnostic::codes;
use crate::value::{Data, Map, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "base64decode",
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
        params: &[required("text", Takes::Text)],
        doc: "The text in base64.",
        looks: Looks::Deep,
        run: |call| call.give_text(STANDARD.encode(call.text(0)?.as_bytes())),
    },
    Function {
        name: "json_decode",
        params: &[required("text", Takes::Text)],
        doc: "The value that a JSON text stands for.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            let most = text.bytes().filter(|byte| b",[{".contains(byte)).count() + 1;
            let bytes = most.saturating_mul(DECODED_BYTES);
            // Asked for before it is made.
            call.world.budget().bytes(text.len() + bytes, call.span)?;
            let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
                call.fail_at(
                    0,
                    format!(
                        "the text is not JSON: line {}, column {}",
                        error.line(),
                        error.column()
                    ),
                )
            })?;
            from_json(call, &json)
        },
    },
    Function {
        name: "json_encode",
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
        params: &[required("text", Takes::Text)],
        doc: "The SHA-256 digest of the text, in hexadecimal.",
        looks: Looks::Deep,
        run: |call| call.give_text(hex::encode(Sha256::digest(call.text(0)?.as_bytes()))),
    },
    Function {
        name: "yaml_decode",
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
            let times = if has_aliases(&text) { MOST_ALIASED } else { 1 };
            // At least two bytes for each value. Asked for before it is made.
            let bytes = (text.len() / 2 + 1).saturating_mul(times * DECODED_BYTES);
            call.world.budget().bytes(bytes, call.span)?;
            let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).map_err(|error| {
                let at = error.location().map_or_else(String::new, |at| {
                    format!(": line {}, column {}", at.line(), at.column())
                });
                call.fail_at(0, format!("the text is not YAML{at}"))
            })?;
            from_yaml(call, &yaml)
        },
    },
];

/// Longest YAML text.
const MAX_YAML_BYTES: usize = 1 << 20;
/// What a value of a decoded text takes until it is a value of the language.
const DECODED_BYTES: usize = 72;
/// By how much a YAML text can grow with aliases: the decoder gives up beyond that.
const MOST_ALIASED: usize = 100;

/// Whether parts of a YAML text may stand for others: a short text is a large value then.
fn has_aliases(yaml: &str) -> bool {
    let bytes = yaml.as_bytes();
    let begins = |mark: u8| {
        bytes.windows(2).enumerate().any(|(at, pair)| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let begins = before.is_none_or(|before| b" \t\r\n[{,:-?".contains(before));
            let named = pair
                .last()
                .is_some_and(|named| !named.is_ascii_whitespace());
            begins && named && pair.first() == Some(&mark)
        })
    };
    begins(b'&') && begins(b'*')
}

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

fn from_json(call: &Call<'_>, json: &serde_json::Value) -> Result<Value, Stop> {
    use serde_json::Value as Json;
    match json {
        Json::Array(items) => call.give_list(
            items
                .iter()
                .map(|item| from_json(call, item))
                .collect::<Result<_, _>>()?,
        ),
        Json::Object(members) => call.give_map(
            members
                .iter()
                .map(|(key, value)| Ok((key.as_str().into(), from_json(call, value)?)))
                .collect::<Result<_, Stop>>()?,
        ),
        Json::String(text) => call.give_text(text.as_str()),
        other => Ok(Value::from_json(other)),
    }
}

fn from_yaml(call: &Call<'_>, yaml: &serde_yaml_ng::Value) -> Result<Value, Stop> {
    use serde_yaml_ng::Value as Yaml;
    match yaml {
        Yaml::Null => Ok(Value::null()),
        Yaml::Bool(value) => Ok(Value::bool(*value)),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Ok(Value::int(value)),
            (None, Some(value)) if value.is_finite() => Ok(Value::new(Data::Float(value))),
            _ => Err(call
                .fail_at(0, "the YAML text has a number that is not finite")
                .into()),
        },
        Yaml::String(text) => call.give_text(text.as_str()),
        Yaml::Sequence(items) => call.give_list(
            items
                .iter()
                .map(|item| from_yaml(call, item))
                .collect::<Result<_, _>>()?,
        ),
        Yaml::Mapping(members) => {
            let mut map = Map::new();
            for (key, value) in members {
                let key = match key {
                    Yaml::String(key) => key.clone(),
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    _ => {
                        return Err(call
                            .fail_at(0, "the YAML text has a key that is not text")
                            .into());
                    }
                };
                map.insert(key.into(), from_yaml(call, value)?);
            }
            call.give_map(map)
        }
        Yaml::Tagged(tagged) => from_yaml(call, &tagged.value),
    }
}
