//! Policy documents: what IAM refuses in them, and how they are written in answers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::fault;
use crate::sandbox::call::Fault;

/// What stays as it is in a URL-encoded document (RFC 3986).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

const VERSIONS: &[&str] = &["2012-10-17", "2008-10-17"];

const ELEMENTS: &[&str] = &[
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

/// A document as IAM answers it.
#[must_use]
pub fn encoded(document: &str) -> String {
    utf8_percent_encode(document, ENCODED).to_string()
}

/// How long a document counts as: white space is free.
#[must_use]
pub fn size(document: &str) -> usize {
    document
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .count()
}

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// What someone may do.
    Permissions,
    /// Who may take a role.
    Trust,
}

/// The document as JSON.
///
/// # Errors
/// `MalformedPolicyDocument` where IAM refuses it.
pub fn read(document: &str, purpose: Use) -> Result<Value, Fault> {
    let Ok(policy) = serde_json::from_str::<Value>(document) else {
        return Err(fault::malformed("This policy contains invalid Json"));
    };
    if !policy.is_object() {
        return Err(syntax());
    }
    match policy.get("Version") {
        None => {}
        Some(Value::String(version)) if VERSIONS.contains(&version.as_str()) => {}
        Some(_) => {
            return Err(fault::malformed(
                "Policy document must be version 2012-10-17 or greater.",
            ));
        }
    }
    let known = ["Version", "Id", "Statement"];
    if keys(&policy).any(|key| !known.contains(&key)) {
        return Err(syntax());
    }
    let Some(statements) = policy.get("Statement") else {
        return Err(syntax());
    };
    for statement in items(statements) {
        check_statement(statement, purpose)?;
    }
    let mut sids: Vec<&str> = items(statements)
        .filter_map(|statement| statement.get("Sid")?.as_str())
        .filter(|sid| !sid.is_empty())
        .collect();
    sids.sort_unstable();
    if sids.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(fault::malformed(
            "Statement IDs (SID) in a single policy must be unique.",
        ));
    }
    Ok(policy)
}

fn check_statement(statement: &Value, purpose: Use) -> Result<(), Fault> {
    if !statement.is_object() || keys(statement).any(|key| !ELEMENTS.contains(&key)) {
        return Err(syntax());
    }
    let has = |name: &str| statement.get(name).is_some();
    match statement.get("Effect").map(Value::as_str) {
        Some(Some("Allow" | "Deny")) => {}
        None => return Err(fault::malformed("Missing required field Effect")),
        Some(Some(other)) => return Err(fault::malformed(format!("Invalid effect: {other}"))),
        Some(None) => return Err(syntax()),
    }
    if !has("Action") && !has("NotAction") {
        return Err(fault::malformed("Policy statement must contain actions."));
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        if statement
            .get(name)
            .is_some_and(|value| !is_text_list(value))
        {
            return Err(syntax());
        }
    }
    if statement
        .get("Condition")
        .is_some_and(|condition| !is_condition(condition))
    {
        return Err(syntax());
    }
    let actions = statement
        .get("Action")
        .or_else(|| statement.get("NotAction"));
    for action in actions
        .into_iter()
        .flat_map(items)
        .filter_map(Value::as_str)
    {
        check_action(action)?;
    }
    match purpose {
        Use::Trust => {
            if has("Resource") || has("NotResource") {
                return Err(fault::malformed("Has prohibited field Resource"));
            }
            if !has("Principal") && !has("NotPrincipal") {
                return Err(fault::malformed("Missing required field Principal"));
            }
            let assume =
                |action: &str| action == "*" || action.to_ascii_lowercase().starts_with("sts:");
            if !actions
                .into_iter()
                .flat_map(items)
                .filter_map(Value::as_str)
                .all(assume)
            {
                return Err(fault::malformed(
                    "AssumeRole policy may only specify STS AssumeRole actions.",
                ));
            }
        }
        Use::Permissions => {
            if has("Principal") || has("NotPrincipal") {
                return Err(fault::malformed(
                    "Policy document should not specify a principal.",
                ));
            }
            if !has("Resource") && !has("NotResource") {
                return Err(fault::malformed("Policy statement must contain resources."));
            }
            let resources = statement
                .get("Resource")
                .or_else(|| statement.get("NotResource"));
            for resource in resources
                .into_iter()
                .flat_map(items)
                .filter_map(Value::as_str)
            {
                check_resource(resource)?;
            }
        }
    }
    Ok(())
}

fn check_action(action: &str) -> Result<(), Fault> {
    if action == "*" {
        return Ok(());
    }
    match action.split_once(':') {
        Some((vendor, name)) if !vendor.is_empty() && !name.is_empty() => {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "-*?".contains(letter);
            if vendor.chars().all(plain) {
                Ok(())
            } else {
                Err(fault::malformed(format!("Vendor {vendor} is not valid")))
            }
        }
        _ => Err(fault::malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        )),
    }
}

fn check_resource(resource: &str) -> Result<(), Fault> {
    /// `arn:partition:service:region:account:resource`.
    const ARN_PARTS: usize = 6;
    let shaped =
        resource.starts_with("arn:") && resource.splitn(ARN_PARTS, ':').count() == ARN_PARTS;
    if resource.contains('*') || shaped {
        return Ok(());
    }
    Err(fault::malformed(format!(
        "Resource {resource} must be in ARN format or \"*\"."
    )))
}

fn syntax() -> Fault {
    fault::malformed("Syntax errors in policy.")
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
}

/// The items of a list, or the one thing that stands in place of a list of one.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn is_text_list(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    }
}

fn is_condition(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|operators| operators.values().all(Value::is_object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        let said = |purpose, document: &str| match read(document, purpose) {
            Ok(_) => "fine".to_owned(),
            Err(fault) => fault.message,
        };
        let statement =
            |inner: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{{inner}}}]}}"#);
        let cases = [
            (Use::Permissions, "{".to_owned()),
            (Use::Permissions, "[]".to_owned()),
            (
                Use::Permissions,
                r#"{"Version":"2020-01-01","Statement":[]}"#.to_owned(),
            ),
            (
                Use::Permissions,
                statement(r#""Action":"s3:*","Resource":"*""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Resource":"*""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Action":"s3:Get*""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Action":"get","Resource":"*""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Action":"s3:*","Resource":"bucket""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*""#),
            ),
            (
                Use::Permissions,
                statement(r#""Effect":"Allow","Action":["s3:*"],"Resource":["*"]"#),
            ),
            (
                Use::Trust,
                statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#),
            ),
            (
                Use::Trust,
                statement(r#""Effect":"Allow","Action":"s3:*","Principal":"*""#),
            ),
            (
                Use::Trust,
                statement(r#""Effect":"Allow","Action":"sts:*","Principal":"*","Resource":"*""#),
            ),
            (
                Use::Trust,
                statement(r#""Effect":"Allow","Action":"sts:*","Principal":"*""#),
            ),
        ];
        let all: Vec<String> = cases
            .iter()
            .map(|(purpose, text)| said(*purpose, text))
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }

    #[test]
    fn documents_are_url_encoded() {
        assert_eq!(encoded(r#"{"a": "b*"}"#), "%7B%22a%22%3A%20%22b%2A%22%7D");
        assert_eq!(size("{ \"a\" :\n1}"), 7);
    }
}
