//! What is known of a value that is not all known yet: each piece that is not becomes a marked text
//! that names where it comes from, so that documents, templates and lists can be laid out as ever.

use std::collections::BTreeSet;

use super::value_text::{SENSITIVE, key, value_text};
use crate::address::Address;
use crate::config;
use crate::value::{Data, Residual, Value};

/// Stand around a piece that is not known, as `${` and `}` are shown; from Unicode's private use
/// area, so that no text that people write has them.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';
/// Longest spelling of an expression, in characters; of a longer one only its sources are named.
const LONGEST: usize = 72;
/// Functions that put texts together without looking into them: given the words for what is not
/// known they give the words for what will be.
const JOINING: [&str; 9] = [
    "account_root",
    "concat",
    "domain_guard",
    "domain_isolation",
    "iam_document",
    "join",
    "json_encode",
    "merge",
    "service",
];
/// Functions that the language's own forms become: nobody wrote their names.
const UNWRITTEN: [&str; 4] = ["items", "object", "ports", "reference"];

/// The value with marked texts for what is not known in it: it holds nothing unknown.
pub(super) fn spelled(value: &Value) -> Value {
    if value.sensitive || !value.has_unknown() {
        return value.clone();
    }
    match &value.data {
        Data::Unknown(residual) => spell(residual),
        Data::List(items) => Value::list(items.iter().map(spelled).collect()),
        Data::Map(members) => Value::map(
            members
                .iter()
                .map(|(name, member)| (name.clone(), spelled(member)))
                .collect(),
        ),
        _ => value.clone(),
    }
}

/// Whether a text has pieces that are not known.
pub(super) fn is_marked(text: &str) -> bool {
    text.contains(OPEN)
}

/// The source, where a text is nothing but one piece that is not known.
pub(super) fn sole(text: &str) -> Option<&str> {
    let source = text.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    (!source.contains(OPEN)).then_some(source)
}

/// A text with its marks as people read them.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(OPEN, "${").replace(CLOSE, "}")
}

fn marked(source: &str) -> Value {
    Value::string(format!("{OPEN}{source}{CLOSE}"))
}

fn spell(residual: &Residual) -> Value {
    match residual {
        Residual::Value(value) if value.sensitive => marked(SENSITIVE),
        Residual::Value(value) => spelled(value),
        Residual::List(items) => Value::list(items.iter().map(spell).collect()),
        Residual::Map(members) => Value::map(
            members
                .iter()
                .map(|(name, member)| (name.clone(), spell(member)))
                .collect(),
        ),
        Residual::Template(pieces) => evaluated(residual, pieces, Residual::Template),
        Residual::Call(name, args) if JOINING.contains(&&**name) => {
            evaluated(residual, args, |args| Residual::Call(name.clone(), args))
        }
        _ => marked(&source(residual)),
    }
}

/// Evaluates with marked texts in the place of what is not known; where that cannot be, the whole
/// is not known.
fn evaluated(
    whole: &Residual,
    parts: &[Residual],
    again: impl FnOnce(Vec<Residual>) -> Residual,
) -> Value {
    let parts = parts.iter().map(|part| Residual::Value(spell(part)));
    let value = Value::unknown(again(parts.collect()));
    match config::finish(&value, &|_, _| None) {
        Ok(value) if !value.has_unknown() && !value.has_sensitive() => value,
        _ => marked(&source(whole)),
    }
}

/// An expression in the language's words; of a long or involved one what it waits for.
fn source(residual: &Residual) -> String {
    match words(residual) {
        Some(words) if words.chars().count() <= LONGEST && !words.contains(['\n', OPEN]) => words,
        _ => sources(residual),
    }
}

fn words(residual: &Residual) -> Option<String> {
    Some(match residual {
        Residual::Attribute { address, name } => format!("{address}.{name}"),
        Residual::Caller(fact) => fact.to_string(),
        Residual::Value(value) if value.sensitive => SENSITIVE.to_owned(),
        Residual::Value(value) => match &value.data {
            Data::Unknown(residual) => words(residual)?,
            _ if value.has_unknown() => return None,
            _ => value_text(value, ""),
        },
        Residual::Member(base, name) => format!("{}.{}", words(base)?, key(name)),
        Residual::Index(base, index) => format!("{}[{}]", words(base)?, words(index)?),
        Residual::Call(name, args) if !UNWRITTEN.contains(&&**name) => {
            let args: Option<Vec<String>> = args.iter().map(words).collect();
            format!("{name}({})", args?.join(", "))
        }
        _ => return None,
    })
}

/// `from a.b, c.d`: what an expression waits for.
fn sources(residual: &Residual) -> String {
    let mut awaited: BTreeSet<String> = BTreeSet::new();
    residual.each_awaited(&mut |address: &Address, name: &str| {
        awaited.insert(format!("{address}.{name}"));
    });
    let awaited: Vec<String> = awaited.into_iter().collect();
    match awaited.as_slice() {
        [] => String::new(),
        awaited => format!("from {}", awaited.join(", ")),
    }
}
