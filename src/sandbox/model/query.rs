//! The query protocol by the model: flat arguments to JSON, JSON answers to XML.

use serde_json::{Map, Number, Value};

use super::{Kind, Model, Shape};
use crate::sandbox::call::Query;
use crate::sandbox::xml::Element;

/// The arguments of a query call as the JSON the model describes. A number that cannot be read
/// stays text, so that [`super::check`] refuses it.
#[must_use]
pub fn input(model: &Model, operation: &str, query: &Query) -> Value {
    match model.input(operation) {
        Some(shape) => structure(model, shape, query),
        None => Value::Object(Map::new()),
    }
}

fn structure(model: &Model, shape: &Shape, query: &Query) -> Value {
    let mut members = Map::new();
    for (name, below) in &shape.members {
        let Some(below) = model.shape(below) else {
            continue;
        };
        let value = match below.kind {
            Kind::Structure => {
                let inner = query.below(name);
                (!inner.0.is_empty()).then(|| structure(model, below, &inner))
            }
            Kind::List => {
                let items = query.structures(name);
                (!items.is_empty()).then(|| list(model, below, &items))
            }
            kind => query.0.get(name).map(|text| scalar(kind, text)),
        };
        if let Some(value) = value {
            members.insert(name.clone(), value);
        }
    }
    Value::Object(members)
}

fn list(model: &Model, shape: &Shape, items: &[Query]) -> Value {
    let Some(below) = shape.member.as_ref().and_then(|name| model.shape(name)) else {
        return Value::Array(Vec::new());
    };
    items
        .iter()
        .map(|item| match below.kind {
            Kind::Structure => structure(model, below, item),
            kind => scalar(kind, item.0.get("").map(String::as_str).unwrap_or_default()),
        })
        .collect()
}

fn scalar(kind: Kind, text: &str) -> Value {
    let as_text = || Value::from(text);
    match kind {
        Kind::Boolean => text.parse().map_or_else(|_| as_text(), Value::Bool),
        Kind::Integer | Kind::Long => text
            .parse::<i64>()
            .map_or_else(|_| as_text(), |number| Value::Number(Number::from(number))),
        _ => as_text(),
    }
}

/// A JSON answer as the XML children of the query protocol: lists become `<member>` items, null
/// is left out.
#[must_use]
pub fn elements(answer: &Value) -> Vec<Element> {
    answer
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| element(name, value))
        .collect()
}

fn element(name: &str, value: &Value) -> Element {
    match value {
        Value::Object(_) => Element::parent(name, elements(value)),
        Value::Array(items) => Element::parent(
            name,
            items.iter().map(|item| element("member", item)).collect(),
        ),
        Value::String(text) => Element::text(name, text),
        other => Element::text(name, other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::IAM;

    #[test]
    fn flat_arguments_become_the_models_structure() {
        let query = crate::sandbox::call::Query(
            [
                ("RoleName", "r"),
                ("MaxSessionDuration", "3600"),
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", ""),
                ("Unknown", "x"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        );
        insta::assert_snapshot!(
            super::input(&IAM, "CreateRole", &query),
            @r#"{"RoleName":"r","MaxSessionDuration":3600,"Tags":[{"Key":"a","Value":""}]}"#
        );
    }

    #[test]
    fn lists_become_members() {
        let answer = serde_json::json!({"Roles": [{"Name": "a&b"}], "None": null, "More": false});
        let mut text = String::new();
        for element in super::elements(&answer) {
            element.write(&mut text);
        }
        insta::assert_snapshot!(
            text,
            @"<Roles><member><Name>a&amp;b</Name></member></Roles><More>false</More>"
        );
    }
}
