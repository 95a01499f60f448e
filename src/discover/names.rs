//! Labels: readable, unique, and the ones that a lost stack had where its marks still say so.

use std::collections::{BTreeMap, BTreeSet};

use super::{Estate, Piece, Thing, kind_of};
use crate::address::is_identifier;
use crate::kinds::Kind;
use crate::kinds::marks::ADDRESS;
use crate::kinds::schema::Placement;
use crate::value::Value;

/// Longest label, in characters.
const LONGEST: usize = 48;
/// How a thing is called of which nothing says how.
const NAMELESS: &str = "main";
/// Words that are something else in an expression or at the start of a statement.
const TAKEN: &[&str] = &[
    "true", "false", "null", "for", "in", "if", "self", "each", "item", "let", "input", "output",
    "module", "existing", "import", "moved", "removed", "expect",
];

/// A text as an identifier: letters, digits and `_` in lower case; `None` where nothing is left.
#[must_use]
pub fn identifier(text: &str, before: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let short: String = out.chars().take(LONGEST).collect();
    let short = short.trim_end_matches('_');
    if short.is_empty() {
        return None;
    }
    if is_identifier(short) && !TAKEN.contains(&short) {
        return Some(short.to_owned());
    }
    Some(format!("{before}_{short}"))
}

/// The label that is free: with a number behind it where it is taken.
pub(super) fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut label = wanted.to_owned();
    let mut count = 1_usize;
    while !taken.insert(label.clone()) {
        count += 1;
        label = format!("{wanted}_{count}");
    }
    label
}

/// One label for each thing of an estate, unique within its kind. What nothing gives a name to is
/// called after what it is in.
#[must_use]
pub(super) fn labels(estate: &Estate, kinds: &[&'static dyn Kind]) -> Vec<String> {
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut by_id: BTreeMap<&str, String> = BTreeMap::new();
    let mut labels = Vec::with_capacity(estate.things.len());
    for thing in &estate.things {
        let label = wanted(thing, kinds)
            .or_else(|| by_id.get(around(thing, kinds)?).cloned())
            .unwrap_or_else(|| NAMELESS.to_owned());
        let label = free(&label, taken.entry(thing.kind).or_default());
        by_id.entry(&thing.id).or_insert_with(|| label.clone());
        labels.push(label);
    }
    labels
}

/// The id of what a thing is in: what its place follows from.
fn around<'a>(thing: &'a Thing, kinds: &[&'static dyn Kind]) -> Option<&'a str> {
    let (_, schema) = kind_of(kinds, thing.kind)?;
    let Placement::From(names) = schema.placement else {
        return None;
    };
    let mut values = names.iter().filter_map(|name| thing.attributes.get(*name));
    values.next()?.as_str()
}

/// How a thing is called if nothing else is called so.
pub(super) fn wanted(thing: &Thing, kinds: &[&'static dyn Kind]) -> Option<String> {
    let marked = thing
        .marks
        .get(ADDRESS)
        .and_then(|address| rest_of(address, thing.kind));
    let name = || thing.attributes.get("name").and_then(Value::as_str);
    let zone = || thing.attributes.get("az").and_then(Value::as_str);
    let as_identifier = |text: &str| identifier(text, thing.kind);
    marked
        .as_deref()
        .and_then(as_identifier)
        .or_else(|| name().and_then(as_identifier))
        .or_else(|| {
            let (kind, _) = kind_of(kinds, thing.kind)?;
            let nickname = kind.nickname(thing.kind, &thing.attributes)?;
            as_identifier(&nickname)
        })
        .or_else(|| zone().and_then(as_identifier))
}

/// How a part is called if no other of its thing is called so.
pub(super) fn wanted_part(piece: &Piece, word: &str, kind: &dyn Kind) -> String {
    let marked = marked_part(&piece.marks, word);
    marked
        .or_else(|| kind.nickname(piece.kind, &piece.attributes))
        .and_then(|name| identifier(&name, word))
        .unwrap_or_else(|| word.to_owned())
}

/// What a mark says behind its kind word: `private:a` of `subnet.private:a`, which stood for
/// `subnet.private["a"]`; with the words of a module before it.
fn rest_of(mark: &str, kind: &str) -> Option<String> {
    let start = format!("{kind}.");
    if let Some(own) = mark.strip_prefix(&start) {
        return Some(own.to_owned());
    }
    let around = mark.strip_prefix("module.")?;
    let (around, own) = around.split_once(&format!(".{start}"))?;
    Some(format!("{}.{own}", around.replace(".module.", ".")))
}

/// The label that the mark on a part says, if it is one of such a part.
fn marked_part(marks: &BTreeMap<String, String>, word: &str) -> Option<String> {
    let mark = marks.get(ADDRESS)?;
    let (_, label) = mark.rsplit_once(&format!(".{word}."))?;
    Some(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for (text, wanted) in [
            ("Studio VPC (prod)", Some("studio_vpc_prod")),
            ("10.0.0.0/16", Some("vpc_10_0_0_0_16")),
            ("null", Some("vpc_null")),
            ("--", None),
            ("", None),
            ("Übung", Some("bung")),
        ] {
            assert_eq!(identifier(text, "vpc").as_deref(), wanted, "{text}");
        }
        let long = identifier(&"ab ".repeat(40), "vpc").unwrap();
        assert!(long.len() <= LONGEST && is_identifier(&long), "{long}");
    }

    #[test]
    fn taken_labels_get_a_number() {
        let mut taken = BTreeSet::new();
        let labels: Vec<String> = ["a", "a", "b", "a"]
            .iter()
            .map(|one| free(one, &mut taken))
            .collect();
        assert_eq!(labels, ["a", "a_2", "b", "a_3"]);
    }

    #[test]
    fn labels_of_a_lost_stack() {
        let check = |mark: &str, kind: &str, wanted: Option<&str>| {
            assert_eq!(rest_of(mark, kind).as_deref(), wanted, "{mark}");
        };
        check(
            "subnet.private:eu-west-1a",
            "subnet",
            Some("private:eu-west-1a"),
        );
        check(
            "vpc_endpoint.service:sagemaker.api",
            "vpc_endpoint",
            Some("service:sagemaker.api"),
        );
        check("module.line:eu.role.team", "role", Some("line:eu.team"));
        check("module.a.module.b.vpc.x", "vpc", Some("a.b.x"));
        check("vpc.x", "subnet", None);
        let marks = BTreeMap::from([(
            ADDRESS.to_owned(),
            "security_group.team:finance.ingress.apps:a".to_owned(),
        )]);
        assert_eq!(marked_part(&marks, "ingress").as_deref(), Some("apps:a"));
        assert_eq!(marked_part(&marks, "egress"), None);
    }
}
