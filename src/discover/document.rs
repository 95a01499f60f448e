//! IAM documents as people write them: statement blocks, or `service(…)` for a trust document that
//! lets in one service; an object in IAM's own shape where blocks cannot say it.

use serde_json::{Map, Value as Json};

use super::spell::{key, list, object};
use super::text::Printer;
use crate::address::is_identifier;
use crate::kinds::iam_document::VERSION;

/// IAM's members of a statement and the language's words for them, in the order of writing.
const WORDS: &[(&str, &str)] = &[
    ("Effect", "effect"),
    ("Principal", "principals"),
    ("NotPrincipal", "not_principals"),
    ("Action", "actions"),
    ("NotAction", "not_actions"),
    ("Resource", "resources"),
    ("NotResource", "not_resources"),
    ("Condition", "conditions"),
];

/// An attribute that holds a document: `name = …`, or a block of statements.
pub(super) fn attribute(printer: &mut Printer<'_>, name: &str, text: &str) -> String {
    let Ok(Json::Object(document)) = serde_json::from_str::<Json>(text) else {
        // AWS keeps some that break its own grammar.
        return format!("{name} = {}\n", printer.text(text));
    };
    if let Some(host) = service(&document) {
        return format!("{name} = service({})\n", printer.text(host));
    }
    match blocks(printer, &document) {
        Some(blocks) => format!("{name} {{\n{blocks}}}\n"),
        None => format!("{name} = {}\n", json(printer, &Json::Object(document))),
    }
}

/// The statements of a document, if it has its usual version and nothing else.
fn statements(document: &Map<String, Json>) -> Option<&Vec<Json>> {
    let known = |name: &String| name == "Version" || name == "Statement";
    let is_usual = document.get("Version").and_then(Json::as_str) == Some(VERSION);
    let statements = document.get("Statement")?.as_array()?;
    (is_usual && document.keys().all(known)).then_some(statements)
}

/// The one service that a trust document lets in, if it says no more than that.
fn service(document: &Map<String, Json>) -> Option<&str> {
    let [statement] = statements(document)?.as_slice() else {
        return None;
    };
    let sole = |value: &Json| match value {
        Json::Array(items) if items.len() == 1 => items.first()?.as_str().map(str::to_owned),
        Json::String(text) => Some(text.clone()),
        _ => None,
    };
    let members = statement.as_object()?;
    let wanted = ["Effect", "Principal", "Action"];
    let only =
        members.len() == wanted.len() && wanted.iter().all(|name| members.contains_key(*name));
    let principal = members.get("Principal")?.as_object()?;
    let is_service = principal.len() == 1;
    let fits = only
        && is_service
        && members.get("Effect")?.as_str() == Some("Allow")
        && sole(members.get("Action")?).as_deref() == Some("sts:AssumeRole");
    let host = principal.get("Service").filter(|_| fits)?;
    match host {
        Json::Array(items) if items.len() == 1 => items.first()?.as_str(),
        Json::String(text) => Some(text),
        _ => None,
    }
}

/// Every statement as a block, if each has a name of its own and only members that blocks have.
fn blocks(printer: &mut Printer<'_>, document: &Map<String, Json>) -> Option<String> {
    let statements = statements(document)?;
    let mut names = std::collections::BTreeSet::new();
    for statement in statements {
        let members = statement.as_object()?;
        let name = members.get("Sid")?.as_str()?;
        let known = |member: &String| member == "Sid" || WORDS.iter().any(|(aws, _)| aws == member);
        if !is_identifier(name) || !names.insert(name) || !members.keys().all(known) {
            return None;
        }
    }
    if names.is_empty() {
        return None;
    }
    let mut out = String::new();
    for members in statements.iter().filter_map(Json::as_object) {
        let name = members
            .get("Sid")
            .and_then(Json::as_str)
            .unwrap_or_default();
        out.push_str(&format!("statement {name} {{\n"));
        for (aws, word) in WORDS {
            if let Some(value) = members.get(*aws) {
                let value = match SCALARS.contains(aws) {
                    true => scalars(value),
                    false => value.clone(),
                };
                out.push_str(&format!("{word} = {}\n", json(printer, &value)));
            }
        }
        out.push_str("}\n");
    }
    Some(out)
}

/// Members in which a list of one is written without its brackets.
const SCALARS: &[&str] = &["Principal", "NotPrincipal", "Condition"];

/// The same with every list of one as that one.
fn scalars(value: &Json) -> Json {
    match value {
        Json::Array(items) => match items.as_slice() {
            [one] => scalars(one),
            _ => value.clone(),
        },
        Json::Object(members) => {
            let members = members.iter();
            Json::Object(
                members
                    .map(|(name, value)| (name.clone(), scalars(value)))
                    .collect(),
            )
        }
        _ => value.clone(),
    }
}

/// A piece of a document as an expression.
fn json(printer: &mut Printer<'_>, value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(value) => value.to_string(),
        Json::String(text) => printer.text(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| json(printer, item)).collect();
            list(&items)
        }
        Json::Object(members) => {
            let members: Vec<(String, String)> = members
                .iter()
                .map(|(name, value)| (key(name), json(printer, value)))
                .collect();
            object(&members)
        }
    }
}
