//! Rules of AWS for security groups and their rules that need no call.

use std::collections::BTreeMap;

use super::implied::{peer_attribute, vpcs};
use super::overlap;
use super::peer::Peer;
use super::rule::{is_icmp, takes_ports};
use crate::config::{Configuration, Node};
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{quotas, refer};
use crate::kinds::peering;
use crate::value::{Data, Value};

/// What makes two rules the same rule: group, direction, protocol, ports or type and code, peer.
type RuleKey = (String, &'static str, String, String, String);

pub fn check(checks: &mut Checks<'_>) {
    overlap::check(checks);
    quotas::check(checks, &["security_group.ingress", "security_group.egress"]);
    let configuration = checks.configuration;
    let peerings = peering::implied::by_vpcs(configuration);
    let mut names: BTreeMap<(String, String), &Node> = BTreeMap::new();
    let mut rules: BTreeMap<RuleKey, &Node> = BTreeMap::new();
    for node in configuration.nodes.values() {
        if node.kind == "security_group" {
            name(node, &mut names, checks);
        }
        let Some(attribute) = peer_attribute(node.kind) else {
            continue;
        };
        ports(node, checks);
        peer(node, attribute, checks);
        unique(node, attribute, &mut rules, checks);
        if let Some((own, other)) = vpcs(configuration, node) {
            let peered = peerings.contains_key(&peering::implied::pair(own, other));
            across(configuration, node, attribute, peered, checks);
        }
    }
}

fn error(code: Code, node: &Node, message: String) -> Diagnostic {
    Diagnostic::error(code, message).about(node.address.to_string())
}

fn name<'a>(
    node: &'a Node,
    names: &mut BTreeMap<(String, String), &'a Node>,
    checks: &mut Checks<'_>,
) {
    let Some(name) = node.attributes.get("name").and_then(Value::as_str) else {
        return;
    };
    let folded = name.to_lowercase();
    let span = refer::span(node, "name");
    if folded.starts_with("sg-") || folded == "default" {
        let why = if folded == "default" {
            "is the group that AWS makes with a VPC"
        } else {
            "looks like an id"
        };
        checks.out.push(
            error(
                codes::kinds::GROUP_NAME,
                node,
                format!("a security group cannot be named `{name}`"),
            )
            .at(span, why),
        );
    }
    let Some(vpc) = node.attributes.get("vpc").and_then(refer::key) else {
        return;
    };
    let first = names.entry((vpc.clone(), folded)).or_insert(node);
    if first.address != node.address {
        let (first, node) = refer::in_order(first, node);
        let span = refer::span(node, "name");
        checks.out.push(
            error(
                codes::kinds::GROUP_NAME,
                node,
                format!("two security groups of `{vpc}` are named `{name}`"),
            )
            .at(span, format!("`{}`", node.address))
            .at(refer::span(first, "name"), format!("`{}`", first.address)),
        );
    }
}

fn ports(node: &Node, checks: &mut Checks<'_>) {
    let has = |name: &str| node.attributes.contains_key(name);
    let Some(protocol) = node.attributes.get("protocol").and_then(Value::as_str) else {
        return;
    };
    let shown = if protocol == "-1" { "all" } else { protocol };
    let (attribute, message, help) = if takes_ports(protocol) {
        if has("icmp_type") || has("icmp_code") {
            let attribute = if has("icmp_type") {
                "icmp_type"
            } else {
                "icmp_code"
            };
            (
                attribute,
                format!("`{shown}` has no `{attribute}`"),
                "write `ports`",
            )
        } else if has("ports") {
            return;
        } else {
            (
                "protocol",
                format!("a `{shown}` rule needs `ports`"),
                "for all of them write `ports = 0..65535`",
            )
        }
    } else if has("ports") {
        let help = if is_icmp(protocol) {
            "write `icmp_type` and `icmp_code`"
        } else {
            "leave `ports` out: the rule is for all of them"
        };
        ("ports", format!("`{shown}` has no ports"), help)
    } else if !is_icmp(protocol) && (has("icmp_type") || has("icmp_code")) {
        let attribute = if has("icmp_type") {
            "icmp_type"
        } else {
            "icmp_code"
        };
        (
            attribute,
            format!("`{shown}` has no `{attribute}`"),
            "leave it out, or write `protocol = \"icmp\"`",
        )
    } else {
        return;
    };
    let mut diagnostic =
        error(codes::kinds::RULE_PORTS, node, message).at(refer::span(node, attribute), "");
    if attribute != "protocol" {
        diagnostic = diagnostic.at(refer::span(node, "protocol"), "the protocol");
    }
    checks.out.push(diagnostic.help(help));
}

fn peer(node: &Node, attribute: &'static str, checks: &mut Checks<'_>) {
    let Some(text) = refer::text(node, attribute) else {
        return;
    };
    if Peer::parse(text).is_some() {
        return;
    }
    let what = if attribute == "from" {
        "source"
    } else {
        "destination"
    };
    let mut diagnostic = error(
        codes::kinds::RULE_PEER,
        node,
        format!("`{text}` is not a {what} of a rule"),
    )
    .at(refer::span(node, attribute), "");
    diagnostic = match text.parse::<ipnet::IpNet>() {
        Ok(network) => diagnostic.help(format!(
            "it has host bits: the network is `{}`",
            network.trunc()
        )),
        Err(_) => diagnostic.help(
            "one rule has one: `self`, a security group, a network, a prefix list `pl-…`, or `account-id/sg-id`; for several write one labelled rule each",
        ),
    };
    checks.out.push(diagnostic);
}

/// The text of a rule's ports, or of its ICMP type and code.
fn ports_key(node: &Node) -> String {
    let number = |name: &str| {
        node.attributes
            .get(name)
            .and_then(Value::as_int)
            .unwrap_or(-1)
    };
    match node.attributes.get("ports").map(|value| &value.data) {
        Some(Data::Ports(from, to)) => format!("{from}..{to}"),
        _ => format!("{} {}", number("icmp_type"), number("icmp_code")),
    }
}

fn unique<'a>(
    node: &'a Node,
    attribute: &'static str,
    rules: &mut BTreeMap<RuleKey, &'a Node>,
    checks: &mut Checks<'_>,
) {
    let get = |name: &str| node.attributes.get(name);
    let (Some(group), Some(protocol), Some(peer)) = (
        node.parent.as_ref(),
        get("protocol").and_then(Value::as_str),
        get(attribute).and_then(refer::key),
    ) else {
        return;
    };
    if get("ports").is_some_and(Value::has_unknown) {
        return;
    }
    let key = (
        group.to_string(),
        attribute,
        protocol.to_owned(),
        ports_key(node),
        peer,
    );
    let first = rules.entry(key).or_insert(node);
    if first.address == node.address {
        return;
    }
    let (first, node) = refer::in_order(first, node);
    checks.out.push(
        error(
            codes::kinds::DUPLICATE_RULE,
            node,
            format!(
                "`{}` and `{}` are the same rule",
                first.address, node.address
            ),
        )
        .at(node.span, "the same again")
        .at(first.span, "the rule")
        .help("delete one of them: descriptions and tags do not make two rules of one"),
    );
}

/// A rule that names a group of another VPC.
fn across(
    configuration: &Configuration,
    node: &Node,
    attribute: &str,
    peered: bool,
    checks: &mut Checks<'_>,
) {
    let Some(named) = refer::node_of(configuration, node, attribute) else {
        return;
    };
    let span = refer::span(node, attribute);
    if named.place.region != node.place.region {
        let vpc = refer::node_of(configuration, named, "vpc").map_or_else(
            || "its VPC".to_owned(),
            |vpc| format!("`{}.cidr`", vpc.address),
        );
        checks.out.push(
            error(
                codes::kinds::GROUP_IN_OTHER_REGION,
                node,
                format!(
                    "`{}` is in `{}`, and a rule can name groups of its own region only",
                    named.address, named.place.region
                ),
            )
            .at(span, format!("this rule is in `{}`", node.place.region))
            .help(format!("write the network of the other side: {vpc}")),
        );
    } else if !peered {
        checks.out.push(
            Diagnostic::warning(
                codes::kinds::GROUPS_NOT_PEERED,
                format!(
                    "`{}` is in another VPC, and no peering of the two is declared",
                    named.address
                ),
            )
            .at(span, "AWS takes it only while the two VPCs are peered")
            .help("declare a `peering` of the two VPCs")
            .about(node.address.to_string()),
        );
    }
}
