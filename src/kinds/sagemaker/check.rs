//! Rules for settings that domains and user profiles share.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::{check::document, partition};
use crate::kinds::iam_document::trusts_service;
use crate::value::Value;

/// Security groups that SageMaker leaves room for: it adds its own to the five of an interface
/// (behaviour: section 9).
const USABLE_GROUPS: usize = 4;
/// The service that assumes execution roles.
const SERVICE: &str = "sagemaker.amazonaws.com";
/// The file systems of which an item has one.
const FILE_SYSTEMS: [&str; 3] = [
    "efs_file_system_config",
    "fsx_lustre_file_system_config",
    "s3_file_system_config",
];
/// Pairs of members of which the first may not be above the second.
const ORDERED: [(&str, &str); 4] = [
    (
        "default_ebs_volume_size_in_gb",
        "maximum_ebs_volume_size_in_gb",
    ),
    ("min_idle_timeout_in_minutes", "max_idle_timeout_in_minutes"),
    ("min_idle_timeout_in_minutes", "idle_timeout_in_minutes"),
    ("idle_timeout_in_minutes", "max_idle_timeout_in_minutes"),
];

/// The roles of a configuration, each looked at once however many people use it.
#[derive(Debug)]
pub struct Roles<'a> {
    /// By the ARN that follows from account, path and name.
    by_arn: BTreeMap<String, &'a Address>,
    /// Those whose trust document does not let SageMaker in.
    closed: BTreeSet<&'a Address>,
}

impl<'a> Roles<'a> {
    /// The roles of this configuration.
    #[must_use]
    pub fn of(configuration: &'a Configuration) -> Self {
        let roles = || {
            configuration
                .nodes
                .values()
                .filter(|node| node.kind == "role")
        };
        let closed = |node: &&Node| {
            document(node, "trust").is_some_and(|trust| !trusts_service(&trust, SERVICE))
        };
        Self {
            by_arn: roles()
                .filter_map(|node| Some((arn(node)?, &node.address)))
                .collect(),
            closed: roles().filter(closed).map(|node| &node.address).collect(),
        }
    }
}

fn arn(node: &Node) -> Option<String> {
    let text = |name: &str| node.attributes.get(name).map(|value| value.as_str());
    let path = match text("path") {
        Some(path) => path?,
        None => "/",
    };
    Some(format!(
        "arn:{}:iam::{}:role{path}{}",
        partition(&node.place.region),
        node.place.account,
        text("name")??
    ))
}

/// The settings under an attribute of a node: groups, file systems, limits, and whether SageMaker
/// may assume the execution role.
pub fn settings(node: &Node, attribute: &str, roles: &Roles<'_>, checks: &mut Checks<'_>) {
    let Some(settings) = node.attributes.get(attribute) else {
        return;
    };
    let at = |value: &Value| value.span.unwrap_or_else(|| refer::span(node, attribute));
    if let Some(groups) = settings.get("security_groups")
        && groups
            .as_list()
            .is_some_and(|all| all.len() > USABLE_GROUPS)
    {
        checks.out.push(
            Diagnostic::warning(
                codes::kinds::TOO_MANY_GROUPS,
                format!("more than {USABLE_GROUPS} security groups"),
            )
            .at(at(groups), "SageMaker adds one of its own to each app")
            .about(node.address.as_str()),
        );
    }
    if let Some(role) = settings.get("execution_role") {
        assumable(node, role, at(role), roles, checks);
    }
    for item in settings
        .get("custom_file_system_configs")
        .and_then(Value::as_list)
        .unwrap_or_default()
    {
        let count = FILE_SYSTEMS
            .iter()
            .filter(|name| item.get(name).is_some())
            .count();
        if count != 1 && !item.is_unknown() {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::ONE_FILE_SYSTEM,
                    format!("{count} file systems in one item"),
                )
                .at(at(item), "one is expected")
                .about(node.address.as_str()),
            );
        }
    }
    ordered(node, settings, refer::span(node, attribute), checks);
}

fn assumable(node: &Node, role: &Value, span: Span, roles: &Roles<'_>, checks: &mut Checks<'_>) {
    let address = refer::target(role).or_else(|| roles.by_arn.get(role.as_str()?).copied());
    let Some(target) = address
        .filter(|address| roles.closed.contains(address))
        .and_then(|address| checks.configuration.nodes.get(address))
    else {
        return;
    };
    checks.out.push(
        Diagnostic::error(
            codes::kinds::ROLE_NOT_FOR_SAGEMAKER,
            format!("SageMaker cannot assume `{}`", target.address),
        )
        .at(span, "used as execution role here")
        .at(
            refer::span(target, "trust"),
            format!("does not let {SERVICE} in"),
        )
        .about(node.address.as_str())
        .help(format!(
            "write `trust = service(\"{SERVICE}\")`, or add such a statement"
        )),
    );
}

/// Limits anywhere in the settings whose smallest value is above the largest.
fn ordered(node: &Node, value: &Value, span: Span, checks: &mut Checks<'_>) {
    if let Some(items) = value.as_list() {
        for item in items {
            ordered(node, item, span, checks);
        }
    }
    let Some(members) = value.as_map() else {
        return;
    };
    for (low, high) in ORDERED {
        let number = |name: &str| members.get(name).and_then(Value::as_int);
        if let (Some(a), Some(b)) = (number(low), number(high))
            && a > b
        {
            let place = members.get(low).and_then(|one| one.span).unwrap_or(span);
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::LIMITS_CROSSED,
                    format!("`{low}` is {a}, above `{high}`, which is {b}"),
                )
                .at(place, format!("at most {b}"))
                .about(node.address.as_str()),
            );
        }
    }
    for member in members.values() {
        ordered(node, member, member.span.unwrap_or(span), checks);
    }
}

#[cfg(test)]
mod tests;
