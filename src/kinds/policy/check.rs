//! Rules for managed policies that are checked before any call.

use crate::diagnostic::codes;
use crate::kinds::Checks;
use crate::kinds::iam::check::{identity, length, names};

/// Characters of a managed policy without white space (IAM guide, quotas).
const MAX_DOCUMENT: usize = 6144;

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let policies = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == super::POLICY.kind)
    };
    for node in policies() {
        identity(node, checks);
        length(node, "document", MAX_DOCUMENT, checks);
    }
    names(
        policies(),
        codes::kinds::IAM_NAME_TWICE,
        "policies",
        |node| Some(node.place.account.to_string()),
        checks,
    );
}
