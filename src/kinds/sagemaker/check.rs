//! Rules for settings that domains, user profiles and spaces share, and for roles that SageMaker assumes.

mod landing;

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
const FILE_SYSTEMS: [&str; 6] = [
    "efs_file_system_config",
    "fsx_lustre_file_system_config",
    "s3_file_system_config",
    "efs_file_system",
    "fsx_lustre_file_system",
    "s3_file_system",
];
/// Lists of such items.
const FILE_SYSTEM_LISTS: [&str; 2] = ["custom_file_system_configs", "custom_file_systems"];
/// The settings that take lifecycle configurations, and the type of app those must be for.
const APPS: [(&str, &str); 4] = [
    ("jupyter_server_app_settings", "JupyterServer"),
    ("kernel_gateway_app_settings", "KernelGateway"),
    ("jupyter_lab_app_settings", "JupyterLab"),
    ("code_editor_app_settings", "CodeEditor"),
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

/// What settings name, each looked at once for a kind however many of its things use it: made only
/// where there are any.
#[derive(Debug)]
pub struct Named<'a> {
    /// Roles by the ARN that follows from account, path and name.
    roles: BTreeMap<String, &'a Address>,
    /// Roles whose trust document does not let SageMaker in.
    closed: BTreeSet<&'a Address>,
    /// Lifecycle configurations by the ARN that follows from account, region and name.
    configs: BTreeMap<String, &'a Node>,
}

impl<'a> Named<'a> {
    /// What this configuration has.
    #[must_use]
    pub fn of(configuration: &'a Configuration) -> Self {
        let of_kind = |kind: &'static str| {
            let nodes = configuration.nodes.values();
            nodes.filter(move |node| node.kind == kind)
        };
        let roles = || of_kind("role");
        let closed = |node: &&Node| {
            document(node, "trust").is_some_and(|trust| !trusts_service(&trust, SERVICE))
        };
        Self {
            roles: roles()
                .filter_map(|node| Some((role_arn(node)?, &node.address)))
                .collect(),
            closed: roles().filter(closed).map(|node| &node.address).collect(),
            configs: of_kind("lifecycle_config")
                .filter_map(|node| Some((config_arn(node)?, node)))
                .collect(),
        }
    }
}

fn config_arn(node: &Node) -> Option<String> {
    let place = &node.place;
    Some(format!(
        "arn:{}:sagemaker:{}:{}:studio-lifecycle-config/{}",
        partition(&place.region),
        place.region,
        place.account,
        refer::text(node, "name")?
    ))
}

fn role_arn(node: &Node) -> Option<String> {
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

/// Whether SageMaker may assume the role that an attribute of a node names.
pub fn execution_role(node: &Node, attribute: &str, named: &Named<'_>, checks: &mut Checks<'_>) {
    if let Some(role) = node.attributes.get(attribute) {
        let span = role.span.unwrap_or_else(|| refer::span(node, attribute));
        assumable(node, role, span, named, checks);
    }
}

/// The settings under an attribute of a node: groups, file systems, limits, and whether SageMaker
/// may assume the execution role.
pub fn settings(node: &Node, attribute: &str, named: &Named<'_>, checks: &mut Checks<'_>) {
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
        assumable(node, role, at(role), named, checks);
    }
    let items = FILE_SYSTEM_LISTS
        .iter()
        .filter_map(|name| settings.get(name)?.as_list())
        .flatten();
    for item in items {
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
    lifecycle_configs(node, settings, named, checks);
    landing::check(node, settings, refer::span(node, attribute), checks);
    ordered(node, settings, refer::span(node, attribute), checks);
}

/// Code repositories of JupyterServer, which no settings of spaces may have (behaviour: section 2).
pub fn no_repositories(node: &Node, attribute: &str, checks: &mut Checks<'_>) {
    let repositories = node
        .attributes
        .get(attribute)
        .and_then(|settings| settings.get("jupyter_server_app_settings"))
        .and_then(|app| app.get("code_repositories"))
        .filter(|value| !value.is_null());
    if let Some(repositories) = repositories {
        let span = repositories.span;
        checks.out.push(
            Diagnostic::error(
                codes::kinds::REPOSITORIES_IN_SPACES,
                "`code_repositories` of JupyterServer cannot stand in space settings",
            )
            .at(
                span.unwrap_or_else(|| refer::span(node, attribute)),
                "SageMaker refuses it here",
            )
            .about(node.address.as_str())
            .help("write it in `default_user_settings`, or in `jupyter_lab_app_settings`"),
        );
    }
}

/// Lifecycle configurations that are for apps of another type.
fn lifecycle_configs(node: &Node, settings: &Value, named: &Named<'_>, checks: &mut Checks<'_>) {
    for (name, app_type) in APPS {
        let Some(app) = settings.get(name) else {
            continue;
        };
        let listed = app.get("lifecycle_configs").and_then(Value::as_list);
        let default = app
            .get("default_resource_spec")
            .and_then(|spec| spec.get("lifecycle_config"));
        for config in listed.unwrap_or_default().iter().chain(default) {
            let nodes = &checks.configuration.nodes;
            let written = || named.configs.get(config.as_str()?).copied();
            let target = refer::target(config).and_then(|address| nodes.get(address));
            let Some(target) = target.or_else(written) else {
                continue;
            };
            let Some(other) = refer::text(target, "app_type").filter(|other| *other != app_type)
            else {
                continue;
            };
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::LIFECYCLE_CONFIG_APP,
                    format!("`{}` is for `{other}`", target.address),
                )
                .at(
                    config.span.unwrap_or(node.span),
                    format!("`{name}` takes one for `{app_type}`"),
                )
                .at(refer::span(target, "app_type"), "its type")
                .about(node.address.as_str()),
            );
        }
    }
}

fn assumable(node: &Node, role: &Value, span: Span, named: &Named<'_>, checks: &mut Checks<'_>) {
    let address = refer::target(role).or_else(|| named.roles.get(role.as_str()?).copied());
    let Some(target) = address
        .filter(|address| named.closed.contains(address))
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
