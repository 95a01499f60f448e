//! Comparison by meaning.

use serde_json::{Map, Value as Json};

use super::canonical;

/// Whether two documents, in any of their written forms, mean the same: letter case of actions and
/// condition keys, order of statements, lists and scalars play no role. What is no IAM document is
/// compared as JSON.
#[must_use]
pub fn same(a: &Json, b: &Json) -> bool {
    match (canonical(a), canonical(b)) {
        (Ok(a), Ok(b)) => meaning(&a) == meaning(&b),
        _ => a == b,
    }
}

/// [`same`] for texts.
#[must_use]
pub fn same_text(a: &str, b: &str) -> bool {
    a == b || same(&Json::from(a), &Json::from(b))
}

/// What is compared: letter case folded where IAM ignores it, statements in order of their text.
fn meaning(document: &Json) -> (Option<Json>, Vec<String>) {
    let mut all: Vec<String> = super::statements(document)
        .map(|statement| folded(statement).to_string())
        .collect();
    all.sort();
    (document.get("Version").cloned(), all)
}

fn folded(statement: &Json) -> Json {
    let mut out = Map::new();
    for (name, member) in statement.as_object().into_iter().flatten() {
        let value = match name.as_str() {
            "Action" | "NotAction" => super::texts(member)
                .map(|action| Json::from(action.to_ascii_lowercase()))
                .collect(),
            "Condition" => member
                .as_object()
                .into_iter()
                .flatten()
                .map(|(operator, keys)| (operator.clone(), fold_keys(keys)))
                .collect(),
            _ => member.clone(),
        };
        out.insert(name.clone(), value);
    }
    Json::Object(out)
}

/// Condition keys ignore letter case up to the tag key after the slash.
fn fold_keys(keys: &Json) -> Json {
    let mut out: Map<String, Json> = keys
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, values)| {
            let folded = match key.split_once('/') {
                Some((key, tag)) => format!("{}/{tag}", key.to_ascii_lowercase()),
                None => key.to_ascii_lowercase(),
            };
            (folded, values.clone())
        })
        .collect();
    out.sort_keys();
    Json::Object(out)
}

/// A canonical document with the unique ids that stand for principals (`AROA…`: how a trust
/// document keeps the role it names) replaced by what `arn_of` gives for them. An id that it does
/// not know, of a principal that is gone, stays.
#[must_use]
pub fn resolve_ids(document: &Json, arn_of: &dyn Fn(&str) -> Option<String>) -> Json {
    let mut out = document.clone();
    let statements = out.get_mut("Statement").and_then(Json::as_array_mut);
    for statement in statements.into_iter().flatten() {
        for member in ["Principal", "NotPrincipal"] {
            let Some(named) = statement
                .get_mut(member)
                .and_then(|principal| principal.get_mut("AWS"))
            else {
                continue;
            };
            let mut values: Vec<String> = super::texts(named)
                .map(|one| match is_unique_id(one) {
                    true => arn_of(one).unwrap_or_else(|| one.to_owned()),
                    false => one.to_owned(),
                })
                .collect();
            values.sort();
            values.dedup();
            *named = Json::from(values);
        }
    }
    out
}

/// Whether a principal is a unique id of a role or user.
pub(super) fn is_unique_id(principal: &str) -> bool {
    ["AROA", "AIDA"]
        .iter()
        .any(|prefix| principal.starts_with(prefix))
        && principal.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a canonical document names a principal by its unique id.
#[must_use]
pub fn names_unique_id(document: &Json) -> bool {
    super::statements(document).any(|statement| {
        ["Principal", "NotPrincipal"].iter().any(|member| {
            statement
                .get(*member)
                .and_then(|principal| principal.get("AWS"))
                .is_some_and(|named| super::texts(named).any(is_unique_id))
        })
    })
}
