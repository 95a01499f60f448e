//! Rules for user profiles that are checked before any call.

use super::USER_PROFILE;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::names;
use crate::kinds::sagemaker::check::{Named, settings};
use crate::value::Value;

/// What a profile has in a domain with single sign-on, and only there.
const SINGLE_SIGN_ON: [&str; 2] = [
    "single_sign_on_user_identifier",
    "single_sign_on_user_value",
];

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let profiles = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == USER_PROFILE.kind)
    };
    if profiles().next().is_none() {
        return;
    }
    let named = Named::of(configuration);
    for node in profiles() {
        sign_in(node, checks);
        settings(node, "user_settings", &named, checks);
    }
    names(
        profiles(),
        codes::kinds::PROFILE_NAME_TWICE,
        "user profiles of a domain",
        |node| node.attributes.get("domain").and_then(refer::key),
        checks,
    );
}

fn sign_in(node: &Node, checks: &mut Checks<'_>) {
    let Some(domain) = refer::node_of(checks.configuration, node, "domain") else {
        return;
    };
    let mode = domain.attributes.get("auth_mode").and_then(Value::as_str);
    for name in SINGLE_SIGN_ON {
        let written = node
            .attributes
            .get(name)
            .is_some_and(|value| !value.is_null());
        let (message, label) = match (mode, written) {
            (Some("IAM"), true) => ("stands in a domain without single sign-on", "leave it out"),
            (Some("SSO"), false) => ("is missing in a domain with single sign-on", "needs it"),
            _ => continue,
        };
        checks.out.push(
            Diagnostic::error(
                codes::kinds::SINGLE_SIGN_ON_USER,
                format!("`{name}` {message}"),
            )
            .at(refer::span(node, name), label)
            .at(refer::span(domain, "auth_mode"), "the domain's sign-in")
            .about(node.address.as_str()),
        );
    }
}
