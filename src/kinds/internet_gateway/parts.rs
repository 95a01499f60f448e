//! The attachment that `vpc` makes.

use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::kinds::{Facts, PartDraft};
use crate::value::Map;

pub fn derived(facts: &dyn Facts, _: &mut Diagnostics) -> Vec<PartDraft> {
    let Some(vpc) = facts.attribute("vpc").filter(|vpc| !vpc.is_null()) else {
        return Vec::new();
    };
    let span = vpc.span;
    vec![PartDraft {
        kind: "internet_gateway.attachment",
        address: facts.address().single("attachment"),
        attributes: Map::from([(Arc::from("vpc"), vpc)]),
        place: None,
        needs: Vec::new(),
        span,
    }]
}
