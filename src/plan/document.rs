//! The plan as one JSON document for machines, written step by step.

use std::collections::BTreeMap;

use serde::ser::{Serialize, Serializer};
use serde_json::Value as Json;

use super::model::{Action, Expected, OutputChange, Plan, Reason, Step, Summary};
use super::paths;
use crate::address::Address;
use crate::value::{Data, Map, Value};

/// The document of `smd plan --format json`. What is not known yet is `null` in `before` and `after`
/// with its path in `unknown`; sensitive values are left out with their paths in `sensitive`. Same
/// plan and diagnostics, same bytes. Nothing of it but the step in hand is held a second time.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The diagnostics of the run, each as its JSON object.
    pub diagnostics: &'a [Json],
}

/// The members of the document in their order.
#[derive(serde::Serialize)]
struct Whole<'a> {
    format_version: u32,
    stack: &'a str,
    summary: Summary,
    steps: Steps<'a>,
    outputs: BTreeMap<&'a str, OutputDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expectations: Vec<ExpectationDocument<'a>>,
    diagnostics: &'a [Json],
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plan = self.plan;
        let outputs = plan.outputs.iter();
        Whole {
            format_version: plan.format_version,
            stack: &plan.stack,
            summary: plan.summary(),
            steps: Steps(&plan.steps),
            outputs: outputs
                .map(|(name, change)| (name.as_str(), output(change)))
                .collect(),
            expectations: plan.expectations.iter().map(expectation).collect(),
            diagnostics: self.diagnostics,
        }
        .serialize(serializer)
    }
}

struct Steps<'a>(&'a [Step]);

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(step))
    }
}

#[derive(serde::Serialize)]
struct StepDocument<'a> {
    address: &'a str,
    kind: &'a str,
    account: &'a str,
    region: &'a str,
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imported: Option<&'a str>,
    reasons: Vec<ReasonDocument<'a>>,
    depends_on: Vec<&'a str>,
    before: Option<Members<'a>>,
    after: Option<Members<'a>>,
    unknown: Vec<String>,
    sensitive: Vec<&'a String>,
}

#[derive(serde::Serialize)]
struct ReasonDocument<'a> {
    code: &'a str,
    path: Option<&'a str>,
    message: &'a str,
}

#[derive(serde::Serialize)]
struct ExpectationDocument<'a> {
    sentence: &'a str,
    module: Option<&'a Address>,
    unknown: bool,
}

fn expectation(expected: &Expected) -> ExpectationDocument<'_> {
    ExpectationDocument {
        sentence: &expected.sentence,
        module: expected.module.as_ref(),
        unknown: expected.condition.is_unknown(),
    }
}

#[derive(serde::Serialize)]
struct OutputDocument<'a> {
    before: Plain<'a>,
    after: Plain<'a>,
    unknown: bool,
    sensitive: bool,
}

fn step(step: &Step) -> StepDocument<'_> {
    let mut unknown = Vec::new();
    for (name, value) in step.after.iter().flatten() {
        paths::unknown(value, name, &mut unknown);
    }
    unknown.sort();
    let mut sensitive: Vec<&String> = step
        .changes
        .iter()
        .filter(|change| change.sensitive)
        .map(|change| &change.path)
        .chain(step.sensitive.keys())
        .collect();
    sensitive.sort();
    sensitive.dedup();
    StepDocument {
        address: step.address.as_str(),
        kind: &step.kind,
        account: &step.place.account,
        region: &step.place.region,
        action: step.action,
        moved_from: step.moved_from.as_ref().map(Address::as_str),
        imported: step
            .taken
            .as_ref()
            .filter(|_| step.is_imported())
            .map(|record| record.id.as_str()),
        reasons: step.reasons.iter().map(reason).collect(),
        depends_on: step.depends_on.iter().map(Address::as_str).collect(),
        before: step.before.as_ref().map(Members),
        after: step.after.as_ref().map(Members),
        unknown,
        sensitive,
    }
}

fn reason(reason: &Reason) -> ReasonDocument<'_> {
    ReasonDocument {
        code: &reason.code,
        path: reason.path.as_deref(),
        message: &reason.message,
    }
}

fn output(change: &OutputChange) -> OutputDocument<'_> {
    OutputDocument {
        before: Plain(&change.before),
        after: Plain(&change.after),
        unknown: change.after.has_unknown(),
        sensitive: change.sensitive,
    }
}

struct Members<'a>(&'a Map);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (&**name, Plain(value))))
    }
}

/// A value as JSON; what is unknown or sensitive in it is `null`.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.data {
            _ if self.0.sensitive => serializer.serialize_unit(),
            Data::Unknown(_) => serializer.serialize_unit(),
            Data::List(items) => serializer.collect_seq(items.iter().map(Plain)),
            Data::Map(map) => Members(map).serialize(serializer),
            _ => self.0.to_json().serialize(serializer),
        }
    }
}
