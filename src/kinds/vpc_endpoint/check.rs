//! Rules of AWS for VPC endpoints that need no call.

use std::collections::BTreeMap;

use super::schema::{GATEWAY, INTERFACE};
use super::write::is_interface;
use crate::config::{Configuration, Node};
use crate::diagnostic::{Code, Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::{names, quotas, refer};
use crate::kinds::iam;
use crate::kinds::iam_document::size;
use crate::value::Value;

/// Characters of an endpoint policy (behaviour: quotas).
const MAX_POLICY: usize = 20_480;
/// The services that have gateway endpoints (VPC guide, gateway endpoints).
const BY_GATEWAY: &[&str] = &["s3", "s3express", "dynamodb"];

/// What only gateway endpoints have.
const OF_GATEWAY: &[&str] = &["route_tables"];
/// What only interface endpoints have.
const OF_INTERFACE: &[&str] = &[
    "subnets",
    "security_groups",
    "private_dns",
    "ip_address_type",
];

/// What two endpoints of a VPC cannot share: the VPC, or a route table, with the service.
type Taken<'a> = BTreeMap<(String, String), &'a Node>;

pub fn check(checks: &mut Checks<'_>) {
    names::check(checks, "vpc_endpoint");
    quotas::check(checks, &["vpc_endpoint"]);
    let configuration = checks.configuration;
    let (mut private, mut routed) = (Taken::new(), Taken::new());
    let nodes = configuration.nodes.values();
    for node in nodes.filter(|node| node.kind == "vpc_endpoint") {
        of_its_type(node, checks);
        private_dns(configuration, node, checks);
        zones(configuration, node, checks);
        one_vpc(configuration, node, checks);
        policy(node, checks);
        once(node, &mut private, &mut routed, checks);
    }
}

fn error(code: Code, node: &Node, message: String) -> Diagnostic {
    Diagnostic::error(code, message).about(node.address.to_string())
}

fn kind(node: &Node) -> Option<&Value> {
    node.attributes.get("type")
}

fn has_private_dns(node: &Node) -> bool {
    let value = node.attributes.get("private_dns");
    is_interface(kind(node)) && value.and_then(Value::as_bool) == Some(true)
}

/// The items of a list attribute with their spans.
fn items<'a>(node: &'a Node, name: &str) -> impl Iterator<Item = (&'a Value, Span)> {
    let span = refer::span(node, name);
    let list = node.attributes.get(name).and_then(Value::as_list);
    let items = list.unwrap_or_default().iter();
    items.map(move |item| (item, item.span.unwrap_or(span)))
}

/// Attributes of the other type, and services without gateway endpoints.
fn of_its_type(node: &Node, checks: &mut Checks<'_>) {
    if kind(node).is_some_and(Value::has_unknown) {
        return;
    }
    let (own, others, other) = if is_interface(kind(node)) {
        (INTERFACE, OF_GATEWAY, GATEWAY)
    } else {
        (GATEWAY, OF_INTERFACE, INTERFACE)
    };
    for name in others {
        if node.attributes.get(*name).is_none_or(Value::is_null) {
            continue;
        }
        checks.out.push(
            error(
                codes::kinds::ENDPOINT_TYPE,
                node,
                format!(
                    "`{}` is of type `{own}`, which has no `{name}`",
                    node.address
                ),
            )
            .at(refer::span(node, name), format!("for `type = \"{other}\"`"))
            .help(format!("write `type = \"{other}\"`, or leave `{name}` out")),
        );
    }
    let Some(service) = refer::text(node, "service_name") else {
        return;
    };
    let of_aws = service.strip_prefix("com.amazonaws.");
    let name = of_aws.and_then(|rest| rest.split_once('.'));
    let by_gateway = name.is_none_or(|(_, name)| BY_GATEWAY.contains(&name));
    if own == GATEWAY && !by_gateway {
        checks.out.push(
            error(
                codes::kinds::ENDPOINT_TYPE,
                node,
                format!("`{service}` has no gateway endpoints"),
            )
            .at(
                refer::span(node, "service_name"),
                "only S3 and DynamoDB have them",
            )
            .help("write `type = \"Interface\"` with `subnets` and `security_groups`"),
        );
    }
}

/// Private names need the VPC's DNS (behaviour: network rules).
fn private_dns(configuration: &Configuration, node: &Node, checks: &mut Checks<'_>) {
    let Some(vpc) = refer::node_of(configuration, node, "vpc") else {
        return;
    };
    if !has_private_dns(node) {
        return;
    }
    let flag = |name: &str| vpc.attributes.get(name);
    let hostnames = flag("dns_hostnames").is_some_and(|on| on.as_bool() != Some(false));
    let support = flag("dns_support").is_none_or(|on| on.as_bool() != Some(false));
    if hostnames && support {
        return;
    }
    let missing = if support {
        "dns_hostnames"
    } else {
        "dns_support"
    };
    checks.out.push(
        error(
            codes::kinds::PRIVATE_DNS_NEEDS,
            node,
            format!(
                "`{}` has private DNS, but `{}` has no `{missing}`",
                node.address, vpc.address
            ),
        )
        .at(refer::span(node, "private_dns"), "needs the DNS of the VPC")
        .at(refer::span(vpc, missing), "this VPC")
        .help("write `dns_hostnames = true` in the VPC, and leave `dns_support` on"),
    );
}

/// An interface endpoint has one subnet in each zone.
fn zones(configuration: &Configuration, node: &Node, checks: &mut Checks<'_>) {
    let mut seen: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for (item, span) in items(node, "subnets") {
        let Some(subnet) = refer::target(item).and_then(|at| configuration.nodes.get(at)) else {
            continue;
        };
        let zone =
            refer::text(subnet, "az").or_else(|| refer::text(subnet, "availability_zone_id"));
        let Some(zone) = zone else {
            continue;
        };
        let address = subnet.address.to_string();
        if let Some((first, at)) = seen.get(zone) {
            checks.out.push(
                error(
                    codes::kinds::ENDPOINT_ZONE_TWICE,
                    node,
                    format!("`{first}` and `{address}` are both in `{zone}`"),
                )
                .at(span, "a second subnet of the zone")
                .at(*at, "the first one")
                .help(
                    "leave one of them out: an interface serves the whole VPC, and its zone best",
                ),
            );
        } else {
            seen.insert(zone.to_owned(), (address, span));
        }
    }
}

/// Tables, subnets and groups of another VPC.
fn one_vpc(configuration: &Configuration, node: &Node, checks: &mut Checks<'_>) {
    let Some(own) = refer::vpc(configuration, node) else {
        return;
    };
    for name in ["route_tables", "subnets", "security_groups"] {
        for (item, span) in items(node, name) {
            let named = refer::target(item).and_then(|at| configuration.nodes.get(at));
            let Some((named, vpc)) =
                named.and_then(|named| Some((named, refer::vpc(configuration, named)?)))
            else {
                continue;
            };
            // An id and a reference may be the same VPC.
            if vpc != own && vpc.starts_with("vpc-") == own.starts_with("vpc-") {
                checks.out.push(
                    error(
                        codes::kinds::GROUP_OTHER_VPC,
                        node,
                        format!(
                            "`{}` is in `{own}`, but `{}` is in `{vpc}`",
                            node.address, named.address
                        ),
                    )
                    .at(span, "of another VPC")
                    .at(refer::span(node, "vpc"), "the VPC of the endpoint"),
                );
            }
        }
    }
}

fn policy(node: &Node, checks: &mut Checks<'_>) {
    let Some(document) = iam::check::document(node, "policy") else {
        return;
    };
    let length = size(&document);
    if length > MAX_POLICY {
        checks.out.push(
            error(
                codes::kinds::DOCUMENT_TOO_LONG,
                node,
                format!("the policy has {length} characters, an endpoint takes {MAX_POLICY}"),
            )
            .at(refer::span(node, "policy"), "without white space"),
        );
    }
}

/// A service has one private name in a VPC, and one route in a table.
fn once<'a>(
    node: &'a Node,
    private: &mut Taken<'a>,
    routed: &mut Taken<'a>,
    checks: &mut Checks<'_>,
) {
    let Some(service) = refer::text(node, "service_name") else {
        return;
    };
    if has_private_dns(node)
        && let Some(vpc) = node.attributes.get("vpc").and_then(refer::key)
    {
        let key = (vpc.clone(), service.to_owned());
        if let Some((first, node)) = taken(private, key, node) {
            let message = format!("two endpoints of `{vpc}` have the private name of `{service}`");
            checks.out.push(
                error(codes::kinds::PRIVATE_DNS_TWICE, node, message)
                    .at(refer::span(node, "private_dns"), format!("`{}`", node.address))
                    .at(refer::span(first, "private_dns"), format!("`{}`", first.address))
                    .help("write `private_dns = false` in one, or add the subnets of one to the other"),
            );
        }
    }
    for (item, _) in items(node, "route_tables") {
        let Some(table) = refer::key(item) else {
            continue;
        };
        let key = (table.clone(), service.to_owned());
        if let Some((first, node)) = taken(routed, key, node) {
            let message = format!("`{table}` leads to two endpoints of `{service}`");
            checks.out.push(
                error(codes::kinds::ENDPOINT_ROUTE_TWICE, node, message)
                    .at(
                        refer::span(node, "route_tables"),
                        format!("`{}`", node.address),
                    )
                    .at(
                        refer::span(first, "route_tables"),
                        format!("`{}`", first.address),
                    )
                    .help("leave the table out of one of them"),
            );
        }
    }
}

/// Takes what the key says for a node; the two in order of the files, if another one has it.
fn taken<'a>(
    all: &mut Taken<'a>,
    key: (String, String),
    node: &'a Node,
) -> Option<(&'a Node, &'a Node)> {
    let first = *all.entry(key).or_insert(node);
    (first.address != node.address).then(|| refer::in_order(first, node))
}
