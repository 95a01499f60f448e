//! Holds the arguments of a call against the model, with AWS's own words for what is wrong.

use serde_json::{Map, Value};

use super::{Kind, Model, Shape};

/// What is wrong with the arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// The JSON has another type than the model: AWS's `SerializationException`.
    Serialization(String),
    /// Constraints that do not hold, as AWS writes them all into one message.
    Constraints(String),
}

/// The arguments with null and unknown members taken out, as AWS ignores them.
///
/// # Errors
/// Where a value has the wrong type, or a constraint of the model does not hold.
pub fn check(model: &Model, operation: &str, input: &Value) -> Result<Value, Violation> {
    let Some(shape) = model.input(operation) else {
        return Ok(Value::Object(Map::new()));
    };
    let nothing = Value::Object(Map::new());
    let input = if input.is_null() { &nothing } else { input };
    let mut wrong = Vec::new();
    let clean = Checker {
        model,
        wrong: &mut wrong,
    }
    .value(shape, input, "")?;
    if wrong.is_empty() {
        return Ok(clean);
    }
    let count = wrong.len();
    let plural = if count == 1 { "" } else { "s" };
    Err(Violation::Constraints(format!(
        "{count} validation error{plural} detected: {}",
        wrong.join("; ")
    )))
}

struct Checker<'m, 'w> {
    model: &'m Model,
    wrong: &'w mut Vec<String>,
}

impl Checker<'_, '_> {
    fn value(&mut self, shape: &Shape, value: &Value, path: &str) -> Result<Value, Violation> {
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(members)) => self.structure(shape, members, path),
            (Kind::List, Value::Array(items)) => self.list(shape, items, path),
            (Kind::Map, Value::Object(entries)) => self.map(shape, entries, path),
            (Kind::String | Kind::Blob, Value::String(text)) => {
                self.text(shape, text, path);
                Ok(value.clone())
            }
            (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => {
                Ok(value.clone())
            }
            (Kind::Integer | Kind::Long, Value::Number(number))
                if number.is_i64() || number.is_u64() =>
            {
                self.number(shape, value, path);
                Ok(value.clone())
            }
            (Kind::Double | Kind::Float, Value::Number(_)) => {
                self.number(shape, value, path);
                Ok(value.clone())
            }
            (kind, value) => Err(Violation::Serialization(wrong_type(kind, value))),
        }
    }

    fn structure(
        &mut self,
        shape: &Shape,
        given: &Map<String, Value>,
        path: &str,
    ) -> Result<Value, Violation> {
        let mut clean = Map::new();
        for name in &shape.required {
            if given.get(name).is_none_or(Value::is_null) {
                self.fails(None, &join(path, name), "Member must not be null");
            }
        }
        for (name, below) in &shape.members {
            let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
                continue;
            };
            if let Some(below) = self.model.shape(below) {
                clean.insert(name.clone(), self.value(below, value, &join(path, name))?);
            }
        }
        Ok(Value::Object(clean))
    }

    fn list(&mut self, shape: &Shape, items: &[Value], path: &str) -> Result<Value, Violation> {
        self.length(shape, items.len(), Some(&Value::from(items)), path);
        let Some(below) = shape
            .member
            .as_ref()
            .and_then(|name| self.model.shape(name))
        else {
            return Ok(Value::from(items));
        };
        let mut clean = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            clean.push(self.value(below, item, &format!("{path}.{}.member", index + 1))?);
        }
        Ok(Value::Array(clean))
    }

    fn map(
        &mut self,
        shape: &Shape,
        entries: &Map<String, Value>,
        path: &str,
    ) -> Result<Value, Violation> {
        let mut clean = Map::new();
        self.length(shape, entries.len(), None, path);
        let key_shape = shape.key.as_ref().and_then(|name| self.model.shape(name));
        let value_shape = shape.value.as_ref().and_then(|name| self.model.shape(name));
        for (key, value) in entries {
            if let Some(key_shape) = key_shape {
                self.text(key_shape, key, &format!("{path}.{key}.key"));
            }
            let value = match value_shape {
                Some(below) => self.value(below, value, &format!("{path}.{key}.member"))?,
                None => value.clone(),
            };
            clean.insert(key.clone(), value);
        }
        Ok(Value::Object(clean))
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &str) {
        let shown = Value::from(text);
        self.length(shape, text.chars().count(), Some(&shown), path);
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            let set = shape.values.join(", ");
            self.fails(
                Some(&shown),
                path,
                &format!("Member must satisfy enum value set: [{set}]"),
            );
        }
        if let Some(pattern) = &shape.pattern
            && !shape.fits(text)
        {
            self.fails(
                Some(&shown),
                path,
                &format!("Member must satisfy regular expression pattern: {pattern}"),
            );
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, shown: Option<&Value>, path: &str) {
        self.bounds(shape, length as f64, shown, path, "length");
    }

    fn number(&mut self, shape: &Shape, value: &Value, path: &str) {
        let number = value.as_f64().unwrap_or_default();
        self.bounds(shape, number, Some(value), path, "value");
    }

    fn bounds(&mut self, shape: &Shape, size: f64, shown: Option<&Value>, path: &str, of: &str) {
        if let Some(min) = shape.min.filter(|min| size < *min) {
            let text = format!("Member must have {of} greater than or equal to {min}");
            self.fails(shown, path, &text);
        }
        if let Some(max) = shape.max.filter(|max| size > *max) {
            let text = format!("Member must have {of} less than or equal to {max}");
            self.fails(shown, path, &text);
        }
    }

    fn fails(&mut self, value: Option<&Value>, path: &str, constraint: &str) {
        let value = match value {
            None => "null".to_owned(),
            Some(value) => format!("'{}'", shown(value)),
        };
        self.wrong.push(format!(
            "Value {value} at '{path}' failed to satisfy constraint: {constraint}"
        ));
    }
}

/// A value as AWS's servers show it in a refusal: lists as `[a, b]`.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// The member's path; AWS writes members in it with a small first letter.
fn join(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let small: String = letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect();
    if path.is_empty() {
        small
    } else {
        format!("{path}.{small}")
    }
}

/// The text of AWS's `SerializationException` for a JSON value of the wrong type.
fn wrong_type(kind: Kind, value: &Value) -> String {
    let wanted = match kind {
        Kind::Structure | Kind::Map => "a Map",
        Kind::List => "a List",
        Kind::String | Kind::Blob => "a String",
        Kind::Boolean => "a Boolean",
        Kind::Integer => "an Integer",
        Kind::Long => "a Long",
        Kind::Double | Kind::Float => "a Double",
        Kind::Timestamp => "a Timestamp",
    };
    match value {
        Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
        Value::Array(_) => "Start of list found where not expected".to_owned(),
        Value::String(_) => format!("STRING_VALUE can not be converted to {wanted}"),
        Value::Number(_) => format!("NUMBER_VALUE can not be converted to {wanted}"),
        Value::Bool(true) => format!("TRUE_VALUE can not be converted to {wanted}"),
        Value::Bool(false) => format!("FALSE_VALUE can not be converted to {wanted}"),
        Value::Null => format!("NULL_VALUE can not be converted to {wanted}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::SAGEMAKER;
    use super::*;
    use serde_json::json;

    fn refusal(operation: &str, input: Value) -> String {
        match super::check(&SAGEMAKER, operation, &input) {
            Ok(clean) => format!("taken: {clean}"),
            Err(Violation::Serialization(text)) => format!("SerializationException: {text}"),
            Err(Violation::Constraints(text)) => text,
        }
    }

    #[test]
    fn refusals_carry_aws_words() {
        insta::assert_snapshot!(
            refusal("DescribeDomain", json!({})),
            @"1 validation error detected: Value null at 'domainId' failed to satisfy constraint: Member must not be null"
        );
        insta::assert_snapshot!(
            refusal("DescribeDomain", json!({"DomainId": 7})),
            @"SerializationException: NUMBER_VALUE can not be converted to a String"
        );
        insta::assert_snapshot!(
            refusal("ListDomains", json!({"MaxResults": 101})),
            @"1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100"
        );
        insta::assert_snapshot!(
            refusal("CreateSpace", json!({"DomainId": "d-1", "SpaceName": "a b"})),
            @"1 validation error detected: Value 'a b' at 'spaceName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
        );
        insta::assert_snapshot!(
            refusal("UpdateDomain", json!({"DomainId": "d-1", "AppNetworkAccessType": "Vpc",
                "SubnetIds": ["x".repeat(33)], "Unknown": 1})),
            @"2 validation errors detected: Value 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' at 'subnetIds.1.member' failed to satisfy constraint: Member must have length less than or equal to 32; Value 'Vpc' at 'appNetworkAccessType' failed to satisfy constraint: Member must satisfy enum value set: [PublicInternetOnly, VpcOnly]"
        );
    }

    #[test]
    fn null_and_unknown_members_are_left_out() {
        insta::assert_snapshot!(
            refusal("DescribeDomain", json!({"DomainId": "d-1", "Other": 1})),
            @r#"taken: {"DomainId":"d-1"}"#
        );
    }
}
