//! The checked arguments of a call.

use serde_json::Value;

/// Arguments that were held against the model: required ones are there, types are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Args(pub Value);

impl Args {
    /// The argument.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text that the model requires.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.maybe(name).unwrap_or_default()
    }

    /// A text that may be missing.
    #[must_use]
    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// How many rows a page may have.
    #[must_use]
    pub fn size(&self, name: &str, default: usize) -> usize {
        self.get(name)
            .and_then(Value::as_u64)
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(default)
    }

    /// A flag, off when it is missing.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A list of texts, empty when it is missing.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        texts(self.get(name))
    }
}

/// The texts in a list, none when there is no list.
#[must_use]
pub fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
