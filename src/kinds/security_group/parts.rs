//! AWS's allow-all egress rule, where it stays.

use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::kinds::ec2::ANYWHERE;
use crate::kinds::{Facts, PartDraft};
use crate::value::{Map, Value};

/// The label of AWS's own rule.
pub const DEFAULT: &str = "default";

pub fn derived(facts: &dyn Facts, _: &mut Diagnostics) -> Vec<PartDraft> {
    let written = facts
        .attribute("default_egress")
        .and_then(|value| value.as_bool());
    if !written.unwrap_or_else(|| !facts.has_part("egress")) {
        return Vec::new();
    }
    vec![PartDraft {
        kind: "security_group.egress",
        address: facts.address().part("egress", DEFAULT, None),
        attributes: Map::from([
            (Arc::from("protocol"), Value::string("all")),
            (Arc::from("to"), Value::string(ANYWHERE)),
        ]),
        place: None,
        needs: Vec::new(),
        span: None,
    }]
}
