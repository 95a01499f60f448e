//! The canonical form, and what IAM's grammar asks of a document.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::VERSION;
use crate::diagnostic::did_you_mean;
use crate::kinds::import::is_account_id;

/// Documents inside documents (a JSON text in a list in a list …).
const MAX_DEPTH: usize = 8;
/// Versions that IAM knows.
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
/// Kinds of principals.
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];
/// Members of a statement in IAM's order.
const MEMBERS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
/// Condition operators without `…IfExists` and `ForAllValues:`/`ForAnyValue:` (IAM guide,
/// condition operators).
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// The canonical form of a document in any of its written forms: an object in IAM's JSON shape
/// (or with smd's words for its members, `actions`), a JSON text of one, or a list of documents
/// that are joined. Canonical forms stay as they are.
///
/// # Errors
/// What is wrong with it, in one sentence that starts with the place.
pub fn canonical(document: &Json) -> Result<Json, String> {
    written(document, 0)
}

fn written(document: &Json, depth: usize) -> Result<Json, String> {
    if depth > MAX_DEPTH {
        return Err(format!("documents are nested deeper than {MAX_DEPTH}"));
    }
    match document {
        Json::String(text) => {
            let parsed: Json = serde_json::from_str(text)
                .map_err(|error| format!("the text is not JSON: {error}"))?;
            written(&parsed, depth + 1)
        }
        Json::Array(documents) => join(documents, depth + 1),
        Json::Object(members) => object(members),
        _ => Err("an IAM document is an object, a JSON text or a list of them".into()),
    }
}

/// Several documents as one.
fn join(documents: &[Json], depth: usize) -> Result<Json, String> {
    let mut version: Option<Json> = None;
    let mut all: Vec<Json> = Vec::new();
    for document in documents {
        let one = written(document, depth)?;
        let its = one.get("Version").cloned();
        if version.is_some() && version != its {
            return Err("documents of different `Version` cannot be joined".into());
        }
        version = its;
        all.extend(super::statements(&one).cloned());
    }
    let mut joined = Map::new();
    joined.insert(
        "Version".into(),
        version.ok_or_else(|| "an IAM document needs a statement".to_owned())?,
    );
    joined.insert("Statement".into(), unique(all)?);
    Ok(Json::Object(joined))
}

fn object(members: &Map<String, Json>) -> Result<Json, String> {
    let mut version = None;
    let mut id = None;
    let mut found = None;
    for (name, member) in members {
        match folded(name).as_str() {
            _ if member.is_null() => {}
            "version" => version = Some(text(member, "`Version`")?),
            "id" => id = Some(text(member, "`Id`")?),
            "statement" => found = Some(member),
            _ => {
                return Err(format!(
                    "`{name}` is no member of an IAM document: it has `Version`, `Id` and `Statement`"
                ));
            }
        }
    }
    let version = version.unwrap_or_else(|| VERSION.to_owned());
    if !VERSIONS.contains(&version.as_str()) {
        return Err(format!(
            "`Version` is {}, not `{version}`: it names the policy language, not your document",
            VERSIONS.map(|one| format!("`{one}`")).join(" or ")
        ));
    }
    let written: Vec<&Json> = match found {
        Some(Json::Array(items)) => items.iter().collect(),
        Some(one @ Json::Object(_)) => vec![one],
        Some(_) => return Err("`Statement` is an object or a list of objects".into()),
        None => return Err("`Statement` is missing".into()),
    };
    let mut all = Vec::with_capacity(written.len());
    for (index, one) in written.into_iter().enumerate() {
        all.push(statement(one).map_err(|error| {
            let name = one
                .get("Sid")
                .or_else(|| one.get("sid"))
                .and_then(Json::as_str)
                .map_or_else(|| (index + 1).to_string(), |sid| format!("`{sid}`"));
            format!("statement {name}: {error}")
        })?);
    }
    let mut out = Map::new();
    out.insert("Version".into(), version.into());
    if let Some(id) = id {
        out.insert("Id".into(), id.into());
    }
    out.insert("Statement".into(), unique(all)?);
    Ok(Json::Object(out))
}

/// Statements without doubles; a `Sid` may stand once (IAM guide, `Sid`).
fn unique(all: Vec<Json>) -> Result<Json, String> {
    if all.is_empty() {
        return Err("an IAM document needs a statement".into());
    }
    let mut seen = BTreeSet::new();
    let mut sids = BTreeSet::new();
    let mut kept = Vec::with_capacity(all.len());
    for one in all {
        if !seen.insert(one.to_string()) {
            continue;
        }
        if let Some(sid) = one.get("Sid").and_then(Json::as_str)
            && !sids.insert(sid.to_owned())
        {
            return Err(format!("two statements have the `Sid` `{sid}`"));
        }
        kept.push(one);
    }
    Ok(Json::Array(kept))
}

fn statement(written: &Json) -> Result<Json, String> {
    let members = written
        .as_object()
        .ok_or_else(|| "it is not an object".to_owned())?;
    let mut found = Map::new();
    for (name, member) in members {
        let word = folded(name);
        let known = MEMBERS
            .into_iter()
            .find(|candidate| candidate.eq_ignore_ascii_case(&word))
            .ok_or_else(|| {
                let near =
                    did_you_mean(name, MEMBERS).map_or_else(String::new, |h| format!("; {h}"));
                format!("`{name}` is no member of a statement{near}")
            })?;
        if member.is_null() {
            continue;
        }
        if found.insert(known.to_owned(), member.clone()).is_some() {
            return Err(format!("`{known}` stands twice"));
        }
    }
    for (one, other) in [
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ] {
        if found.contains_key(one) && found.contains_key(other) {
            return Err(format!("it has both `{one}` and `{other}`"));
        }
    }
    if !found.contains_key("Action") && !found.contains_key("NotAction") {
        return Err("`Action` is missing".into());
    }
    let mut out = Map::new();
    for name in MEMBERS {
        let Some(member) = found.get(name) else {
            if name == "Effect" {
                return Err("`Effect` is missing: `Allow` or `Deny`".into());
            }
            continue;
        };
        let value = match name {
            "Sid" => match sid(member)? {
                Some(sid) => sid,
                None => continue,
            },
            "Effect" => effect(member)?,
            "Principal" | "NotPrincipal" => principal(member)?,
            "Action" | "NotAction" => {
                let mut actions = Vec::new();
                for one in list(member, name)? {
                    actions.push(action(&one)?);
                }
                sorted(actions, |one| one.to_ascii_lowercase())
            }
            "Resource" | "NotResource" => sorted(list(member, name)?, str::to_owned),
            _ => match condition(member)? {
                Some(condition) => condition,
                None => continue,
            },
        };
        out.insert(name.to_owned(), value);
    }
    Ok(Json::Object(out))
}

fn sid(member: &Json) -> Result<Option<Json>, String> {
    let sid = text(member, "`Sid`")?;
    if sid.is_empty() {
        return Ok(None);
    }
    if !sid.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err("a `Sid` is made of letters and digits".into());
    }
    Ok(Some(sid.into()))
}

fn effect(member: &Json) -> Result<Json, String> {
    let effect = text(member, "`Effect`")?;
    ["Allow", "Deny"]
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(&effect))
        .map(Json::from)
        .ok_or_else(|| format!("`Effect` is `Allow` or `Deny`, not `{effect}`"))
}

fn principal(member: &Json) -> Result<Json, String> {
    let kinds = match member {
        // The two mean the same in every policy that takes a principal (IAM guide, Principal).
        Json::String(all) if all == "*" => {
            return Ok(serde_json::json!({ "AWS": ["*"] }));
        }
        Json::Object(kinds) if !kinds.is_empty() => kinds,
        _ => {
            return Err(
                "`Principal` is `\"*\"` or an object such as `{ Service = \"sagemaker.amazonaws.com\" }`"
                    .into(),
            );
        }
    };
    let mut found: Vec<(usize, Json)> = Vec::new();
    for (kind, members) in kinds {
        let place = PRINCIPALS
            .iter()
            .position(|known| known.eq_ignore_ascii_case(&kind.replace('_', "")))
            .ok_or_else(|| {
                format!(
                    "`{kind}` is no kind of principal: {}",
                    PRINCIPALS.map(|one| format!("`{one}`")).join(", ")
                )
            })?;
        let values = list(members, "Principal")?
            .into_iter()
            .map(|value| account_of_root(&value).map_or(value.clone(), str::to_owned))
            .collect();
        found.push((place, sorted(values, str::to_owned)));
    }
    found.sort_by_key(|(place, _)| *place);
    let mut out = Map::new();
    for (place, values) in found {
        let name = PRINCIPALS.get(place).copied().unwrap_or_default();
        if out.insert(name.to_owned(), values).is_some() {
            return Err(format!("the principals of kind `{name}` stand twice"));
        }
    }
    Ok(Json::Object(out))
}

/// The account of `arn:PARTITION:iam::ACCOUNT:root`, which means the same as its digits.
fn account_of_root(principal: &str) -> Option<&str> {
    let rest = principal.strip_prefix("arn:")?;
    let (_, rest) = rest.split_once(":iam::")?;
    let account = rest.strip_suffix(":root")?;
    is_account_id(account).then_some(account)
}

/// An action with its service in lower case, as services are always written.
fn action(action: &str) -> Result<String, String> {
    if action == "*" {
        return Ok(action.to_owned());
    }
    match action.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() => {
            Ok(format!("{}:{name}", service.to_ascii_lowercase()))
        }
        _ => Err(format!(
            "`{action}` is no action: write `service:Name`, as in `sts:AssumeRole`"
        )),
    }
}

fn condition(member: &Json) -> Result<Option<Json>, String> {
    let operators = member
        .as_object()
        .ok_or_else(|| "`Condition` is an object of operators".to_owned())?;
    let mut found: std::collections::BTreeMap<String, Map<String, Json>> =
        std::collections::BTreeMap::new();
    for (written, keys) in operators {
        let name = operator(written)?;
        let keys = keys
            .as_object()
            .ok_or_else(|| format!("`{written}` holds keys with their values"))?;
        let known = found.entry(name.clone()).or_default();
        for (key, values) in keys {
            let values = list(values, key)?
                .into_iter()
                .map(|value| truth(&name, value))
                .collect();
            if known
                .insert(key.clone(), sorted(values, str::to_owned))
                .is_some()
            {
                return Err(format!("the key `{key}` stands twice under `{name}`"));
            }
        }
    }
    found.retain(|_, keys| !keys.is_empty());
    if found.is_empty() {
        return Ok(None);
    }
    let mut out = Map::new();
    for (name, mut keys) in found {
        keys.sort_keys();
        out.insert(name, Json::Object(keys));
    }
    Ok(Some(Json::Object(out)))
}

/// `Bool` and `Null` compare truth values, in any letter case.
fn truth(operator: &str, value: String) -> String {
    let bare = operator.rsplit(':').next().unwrap_or_default();
    if bare.starts_with("Bool") || bare.starts_with("Null") {
        value.to_ascii_lowercase()
    } else {
        value
    }
}

/// An operator in IAM's own letter case.
fn operator(written: &str) -> Result<String, String> {
    let unknown = || {
        let near = did_you_mean(written, OPERATORS).map_or_else(String::new, |h| format!("; {h}"));
        format!("`{written}` is no condition operator{near}")
    };
    let (quantifier, rest) = match written.split_once(':') {
        None => ("", written),
        Some((word, rest)) => (
            ["ForAllValues:", "ForAnyValue:"]
                .into_iter()
                .find(|known| known.trim_end_matches(':').eq_ignore_ascii_case(word))
                .ok_or_else(unknown)?,
            rest,
        ),
    };
    let lower = rest.to_ascii_lowercase();
    let (bare, suffix) = match lower.strip_suffix("ifexists") {
        Some(bare) => (bare, "IfExists"),
        None => (lower.as_str(), ""),
    };
    let known = OPERATORS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(bare))
        .ok_or_else(unknown)?;
    Ok(format!("{quantifier}{known}{suffix}"))
}

/// A member's word without what smd's words add: letter case, `_`, a plural.
fn folded(name: &str) -> String {
    let mut word: String = name.replace('_', "").to_ascii_lowercase();
    if word.ends_with('s') {
        word.pop();
    }
    word
}

fn text(value: &Json, what: &str) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("{what} is a text"))
}

/// A scalar or a list of scalars as texts.
fn list(value: &Json, what: &str) -> Result<Vec<String>, String> {
    let scalar = |one: &Json| match one {
        Json::String(text) => Ok(text.clone()),
        Json::Bool(_) | Json::Number(_) => Ok(one.to_string()),
        _ => Err(format!("`{what}` is a text or a list of texts")),
    };
    match value {
        Json::Array(items) if items.is_empty() => Err(format!("`{what}` is empty")),
        Json::Array(items) => items.iter().map(scalar).collect(),
        one => Ok(vec![scalar(one)?]),
    }
}

/// Texts in order and without doubles, equal by `key`.
fn sorted(mut values: Vec<String>, key: impl Fn(&str) -> String) -> Json {
    values.sort_by_cached_key(|value| (key(value), value.clone()));
    values.dedup_by(|a, b| key(a) == key(b));
    Json::from(values)
}
