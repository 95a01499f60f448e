//! IAM documents in any of their written forms to canonical JSON text.

use serde_json::Value as Json;

use super::{Conform, Site};
use crate::config::fail::{Fail, Res};
use crate::config::operator;
use crate::diagnostic::{Span, codes};
use crate::kinds::iam_document;
use crate::value::{Data, Residual, Value};

/// The canonical JSON text of a document that is known all through.
pub(in crate::config) fn document_text(value: &Value, span: Option<Span>) -> Res<String> {
    let json = json(value, span)?;
    iam_document::canonical(&json)
        .map(|document| iam_document::to_text(&document))
        .map_err(|reason| {
            Fail::new(
                codes::config::DOCUMENT,
                // The reason may quote the document.
                if value.has_sensitive() {
                    "this is not an IAM policy document".to_owned()
                } else {
                    format!("this is not an IAM policy document: {reason}")
                },
                value.span.or(span),
            )
        })
}

fn json(value: &Value, span: Option<Span>) -> Res<Json> {
    let span = value.span.or(span);
    Ok(match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::Float(value) => Json::from(*value),
        Data::String(text) => Json::String(text.to_string()),
        Data::List(items) => Json::Array(
            items
                .iter()
                .map(|item| json(item, span))
                .collect::<Res<_>>()?,
        ),
        Data::Map(members) => Json::Object(
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| Ok((key.to_string(), json(value, span)?)))
                .collect::<Res<_>>()?,
        ),
        Data::Resource(resource) => {
            return Err(Fail::new(
                codes::config::DOCUMENT,
                format!(
                    "`{}` is a whole resource, and a document is text",
                    resource.address
                ),
                span,
            )
            .help("write `.arn`, `.id` or `.name` behind it"));
        }
        Data::Ports(..) | Data::Unknown(_) => {
            return Err(Fail::new(
                codes::config::DOCUMENT,
                format!("a {} cannot stand in a document", value.type_name()),
                span,
            ));
        }
    })
}

/// Whether a whole resource stands somewhere in it, and where.
fn resource_in(value: &Value) -> Option<(&Value, &crate::value::ResourceRef)> {
    match &value.data {
        Data::Resource(resource) => Some((value, resource)),
        Data::List(items) => items.iter().find_map(resource_in),
        Data::Map(members) => members.values().find_map(resource_in),
        _ => None,
    }
}

impl Conform<'_> {
    pub(super) fn document(&mut self, value: &Value, site: Site<'_>) -> Option<Value> {
        let span = value.span.or(site.span);
        if !matches!(value.data, Data::Map(_) | Data::List(_) | Data::String(_)) {
            return self.wrong("an IAM document", value, site);
        }
        let result = if value.has_unknown() {
            // Checked now for what can be seen now; the rest when its parts are known.
            match resource_in(value) {
                Some((at, _)) => json(at, span).map(|_| Value::null()),
                None => operator::unknown(
                    self.world,
                    Residual::Call("iam_document".into(), vec![Residual::Value(value.clone())]),
                    value.has_sensitive(),
                    span,
                ),
            }
        } else {
            document_text(value, span).map(|text| {
                operator::spanned(Value::string(text), span).sensitive(value.has_sensitive())
            })
        };
        match result {
            Ok(value) => Some(value),
            Err(fail) => {
                self.fail(fail);
                None
            }
        }
    }
}
