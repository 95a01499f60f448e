//! Rules for domains that are checked before any call.

use super::{DOMAIN, network};
use crate::config::Node;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::names;
use crate::kinds::sagemaker::check::{Named, no_repositories, settings};
use crate::value::Value;

/// Subnets that the service has taken: its model says 16, its answer was 10 (behaviour: section 9).
const TAKEN_SUBNETS: usize = 10;

pub(super) fn check(checks: &mut Checks<'_>) {
    network::check(checks);
    let configuration = checks.configuration;
    let domains = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == DOMAIN.kind)
    };
    if domains().next().is_none() {
        return;
    }
    let named = Named::of(configuration);
    for node in domains() {
        has_network(node, checks);
        groups(node, checks);
        subnets(node, checks);
        many_subnets(node, checks);
        sign_in(node, checks);
        no_repositories(node, "default_space_settings", checks);
        settings(node, "default_user_settings", &named, checks);
        settings(node, "default_space_settings", &named, checks);
    }
    names(
        domains(),
        codes::kinds::DOMAIN_NAME_TWICE,
        "domains",
        |node| Some(format!("{} {}", node.place.account, node.place.region)),
        checks,
    );
}

/// The value at a path of members.
pub(super) fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let mut value = node.attributes.get(*first)?;
    for name in rest {
        value = value.get(name)?;
    }
    Some(value).filter(|value| !value.is_null())
}

fn span(node: &Node, path: &[&str]) -> Span {
    at(node, path)
        .and_then(|value| value.span)
        .unwrap_or_else(|| refer::span(node, path.first().copied().unwrap_or_default()))
}

pub(super) fn is(node: &Node, name: &str, word: &str) -> bool {
    at(node, &[name]).and_then(Value::as_str) == Some(word)
}

fn has_network(node: &Node, checks: &mut Checks<'_>) {
    if at(node, &["domain_settings", "unified_studio_settings"]).is_some() {
        return;
    }
    for name in ["vpc", "subnets"] {
        if at(node, &[name]).is_none() {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::DOMAIN_NETWORK_MISSING,
                    format!("the domain has no `{name}`"),
                )
                .at(node.span, format!("needs `{name}`"))
                .about(node.address.as_str()),
            );
        }
    }
}

fn groups(node: &Node, checks: &mut Checks<'_>) {
    let vpc_only = is(node, "app_network_access_type", "VpcOnly");
    let path = ["default_user_settings", "security_groups"];
    let none = at(node, &path).is_none_or(|groups| groups.as_list().is_some_and(<[_]>::is_empty));
    if vpc_only && none {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::GROUPS_MISSING,
                "a `VpcOnly` domain needs `security_groups` in `default_user_settings`",
            )
            .at(
                refer::span(node, "app_network_access_type"),
                "all traffic of apps goes through the VPC",
            )
            .about(node.address.as_str())
            .help("write `security_groups = [security_group.x]`, with TCP 8192..65535 from itself"),
        );
    }
    let managed = at(node, &["app_security_group_management"]);
    let studio = at(
        node,
        &["domain_settings", "r_studio_server_pro_domain_settings"],
    );
    if let Some(managed) = managed
        && !managed.is_unknown()
        && !(vpc_only && studio.is_some())
    {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::GROUP_MANAGEMENT,
                "`app_security_group_management` is for `VpcOnly` domains with RStudio",
            )
            .at(
                refer::span(node, "app_security_group_management"),
                "SageMaker refuses it here",
            )
            .about(node.address.as_str())
            .help("leave it out"),
        );
    }
}

/// All subnets are in the domain's VPC, as far as the files tell.
fn subnets(node: &Node, checks: &mut Checks<'_>) {
    let nodes = &checks.configuration.nodes;
    let own = node.attributes.get("vpc").and_then(refer::key);
    let mut first: Option<(String, &Node)> = None;
    let listed = at(node, &["subnets"]).and_then(Value::as_list);
    let mut found = Vec::new();
    for item in listed.unwrap_or_default() {
        let Some(subnet) = refer::target(item).and_then(|address| nodes.get(address)) else {
            continue;
        };
        let Some(vpc) = subnet.attributes.get("vpc").and_then(refer::key) else {
            continue;
        };
        let place = item.span.unwrap_or_else(|| refer::span(node, "subnets"));
        match (&own, &first) {
            (Some(own), _) if *own != vpc => found.push((
                format!("`{}` is in `{vpc}`, the domain in `{own}`", subnet.address),
                place,
            )),
            (None, Some((other, with))) if *other != vpc => found.push((
                format!(
                    "`{}` is in `{vpc}`, `{}` in `{other}`",
                    subnet.address, with.address
                ),
                place,
            )),
            (_, None) => first = Some((vpc, subnet)),
            _ => {}
        }
    }
    for (message, place) in found {
        checks.out.push(
            Diagnostic::error(codes::kinds::SUBNETS_OF_OTHER_VPC, message)
                .at(place, "of another VPC")
                .about(node.address.as_str()),
        );
    }
}

/// More subnets than the service is known to take, though its model takes them.
fn many_subnets(node: &Node, checks: &mut Checks<'_>) {
    let listed = at(node, &["subnets"]).and_then(Value::as_list);
    let count = listed.map_or(0, <[_]>::len);
    if count > TAKEN_SUBNETS {
        checks.out.push(
            Diagnostic::warning(
                codes::kinds::MANY_SUBNETS,
                format!("{count} subnets; SageMaker has refused more than {TAKEN_SUBNETS}"),
            )
            .at(span(node, &["subnets"]), "it may refuse these")
            .about(node.address.as_str())
            .help("start with one subnet in each zone: others can be added later, in place"),
        );
    }
}

fn sign_in(node: &Node, checks: &mut Checks<'_>) {
    let path = ["domain_settings", "amazon_q_settings"];
    if at(node, &path).is_some() && is(node, "auth_mode", "IAM") {
        checks.out.push(
            Diagnostic::error(
                codes::kinds::AMAZON_Q_SIGN_IN,
                "Amazon Q needs a domain with single sign-on",
            )
            .at(span(node, &path), "needs `auth_mode = \"SSO\"`")
            .at(refer::span(node, "auth_mode"), "is `IAM`")
            .about(node.address.as_str()),
        );
    }
}
