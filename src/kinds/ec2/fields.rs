//! Building the attributes of what is there, in smd's words.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ec2::types::Tag;

use crate::config::Place;
use crate::kinds::tags::visible;
use crate::value::{Map, Value};

/// The tag that is `name`.
pub const NAME_TAG: &str = "Name";

/// Attributes as they are collected.
#[derive(Debug, Default)]
pub struct Fields(Map);

impl Fields {
    /// No attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, name: &str, value: Value) -> Self {
        self.0.insert(Arc::from(name), value);
        self
    }

    /// Adds a text, if there is one that is not empty.
    #[must_use]
    pub fn text(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) if !text.is_empty() => self.value(name, Value::string(text)),
            _ => self,
        }
    }

    /// Adds a bool, if there is one.
    #[must_use]
    pub fn flag(self, name: &str, flag: Option<bool>) -> Self {
        match flag {
            Some(flag) => self.value(name, Value::bool(flag)),
            None => self,
        }
    }

    /// Adds a whole number, if there is one.
    #[must_use]
    pub fn number(self, name: &str, number: Option<i32>) -> Self {
        match number {
            Some(number) => self.value(name, Value::int(number.into())),
            None => self,
        }
    }

    /// Adds `tags`, and where `named` the `Name` tag as `name`.
    #[must_use]
    pub fn tags(self, tags: Option<&[Tag]>, named: bool) -> Self {
        let mut shown = Vec::new();
        let mut name = None;
        for tag in tags.unwrap_or_default() {
            let (Some(key), Some(value)) = (tag.key(), tag.value()) else {
                continue;
            };
            if named && key == NAME_TAG {
                name = Some(value);
            } else {
                shown.push((key.to_owned(), value.to_owned()));
            }
        }
        self.text("name", name).value("tags", visible(shown))
    }

    /// The attributes.
    pub fn done(self) -> Map {
        self.0
    }
}

/// The ARN of an EC2 thing; `resource` is `vpc/vpc-1`.
pub fn arn(place: &Place, resource: &str) -> String {
    format!(
        "arn:{}:ec2:{}:{}:{resource}",
        partition(&place.region),
        place.region,
        place.account
    )
}

/// The partition of a region (AWS reference: ARN format).
fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The text members of a map value.
pub fn texts(value: &Value) -> BTreeMap<String, String> {
    value
        .as_map()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
        .collect()
}
