//! The input shapes of the sandbox's operations, as AWS's own API models tell them.
//!
//! `generate.py` takes them from botocore (Apache License 2.0); the JSON files beside it are its
//! work. [`check`] holds a call's arguments against them, [`query`] reads the flat arguments of
//! the query protocol by them.

mod args;
mod check;
mod query;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;

pub use args::{Args, texts};
pub use check::{Violation, check};
pub use query::{elements, input};

/// The shapes one service's operations take.
#[derive(Debug, Default, Deserialize)]
pub struct Model {
    operations: BTreeMap<String, Option<String>>,
    shapes: BTreeMap<String, Shape>,
}

/// One shape: a type and the constraints on it.
#[derive(Debug, Default, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: Kind,
    min: Option<f64>,
    max: Option<f64>,
    /// The expression as AWS shows it in its refusals.
    pattern: Option<String>,
    /// What is matched in place of `pattern`, where that cannot be.
    matcher: Option<String>,
    /// What the value must not begin with: the negative look-ahead of `pattern`.
    refused: Option<String>,
    #[serde(rename = "enum", default)]
    values: Vec<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: IndexMap<String, String>,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
    #[serde(skip)]
    matching: OnceLock<Option<Matching>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Structure,
    List,
    Map,
    String,
    Boolean,
    Integer,
    Long,
    Double,
    Float,
    Timestamp,
    Blob,
}

#[derive(Debug)]
struct Matching {
    whole: Regex,
    refused: Option<Regex>,
}

impl Matching {
    fn of(shape: &Shape) -> Option<Self> {
        let pattern = shape.matcher.as_ref().or(shape.pattern.as_ref())?;
        let refused = match &shape.refused {
            Some(refused) => Some(Regex::new(&format!("^(?:{refused})")).ok()?),
            None => None,
        };
        Some(Self {
            whole: Regex::new(&format!("^(?:{pattern})$")).ok()?,
            refused,
        })
    }

    fn holds(&self, text: &str) -> bool {
        self.whole.is_match(text)
            && self
                .refused
                .as_ref()
                .is_none_or(|refused| !refused.is_match(text))
    }
}

impl Shape {
    /// Whether the text fits the pattern; yes when there is none.
    fn fits(&self, text: &str) -> bool {
        self.matching
            .get_or_init(|| Matching::of(self))
            .as_ref()
            .is_none_or(|matching| matching.holds(text))
    }
}

impl Model {
    /// The input shape of the operation, when the model has the operation and it takes one.
    fn input(&self, operation: &str) -> Option<&Shape> {
        self.shape(self.operations.get(operation)?.as_deref()?)
    }

    fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The names of its operations.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    /// Whether the service has the operation.
    #[must_use]
    pub fn has(&self, operation: &str) -> bool {
        self.operations.contains_key(operation)
    }
}

macro_rules! models {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$doc])*
            pub static $name: LazyLock<Model> =
                LazyLock::new(|| serde_json::from_str(include_str!($file)).unwrap_or_default());
        )*

        #[cfg(test)]
        const FILES: &[&str] = &[$(include_str!($file)),*];
    };
}

models! {
    /// Amazon SageMaker.
    SAGEMAKER = "sagemaker.json";
    /// Amazon EFS.
    EFS = "efs.json";
    /// The resource groups tagging API.
    TAGGING = "resourcegroupstaggingapi.json";
    /// AWS IAM.
    IAM = "iam.json";
    /// AWS KMS.
    KMS = "kms.json";
    /// AWS Cost Explorer.
    COST_EXPLORER = "ce.json";
    /// AWS Resource Access Manager.
    RAM = "ram.json";
    /// AWS Service Catalog.
    SERVICE_CATALOG = "servicecatalog.json";
    /// AWS STS.
    STS = "sts.json";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_and_every_pattern_in_it_can_be_read() {
        for file in FILES {
            let model: Model = serde_json::from_str(file).unwrap();
            assert!(!model.operations.is_empty());
            for (name, shape) in &model.shapes {
                if shape.pattern.is_some() {
                    assert!(Matching::of(shape).is_some(), "{name}: {:?}", shape.pattern);
                }
                for below in shape
                    .members
                    .values()
                    .chain(&shape.member)
                    .chain(&shape.key)
                {
                    assert!(model.shapes.contains_key(below), "{name} leads to {below}");
                }
            }
        }
    }
}
