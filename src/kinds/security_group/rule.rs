//! Making, changing and deleting rules, each known by its own id.

use aws_sdk_ec2::types::{IpPermission, ResourceType, SecurityGroupRule, SecurityGroupRuleUpdate};

use super::implied::peer_attribute;
use super::peer::Peer;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::{filter, rules};
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::made::{carries, marked, read_back, sent};
use crate::kinds::ec2::{ANYWHERE, ANYWHERE_IPV6, tags};
use crate::kinds::{Actual, Change, Context, Inside, Ready, wait};
use crate::state::Record;
use crate::value::{Data, Map, Value};

/// AWS's word for every protocol.
pub const ALL: &str = "-1";
/// AWS's number for every ICMP type or code.
const ANY: i32 = -1;

/// What a rule lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Traffic {
    protocol: String,
    /// First and last port, or ICMP type and code; -1 and -1 where there are none.
    ports: (i32, i32),
}

impl Traffic {
    fn of_attributes(attributes: &Map) -> Self {
        let protocol = match attributes.get("protocol").and_then(Value::as_str) {
            Some("all") | None => ALL,
            Some(protocol) => protocol,
        };
        let number = |name: &str| {
            attributes
                .get(name)
                .and_then(Value::as_int)
                .and_then(|number| i32::try_from(number).ok())
                .unwrap_or(ANY)
        };
        let ports = if takes_ports(protocol) {
            match attributes.get("ports").map(|value| &value.data) {
                Some(Data::Ports(from, to)) => (i32::from(*from), i32::from(*to)),
                _ => (ANY, ANY),
            }
        } else if is_icmp(protocol) {
            (number("icmp_type"), number("icmp_code"))
        } else {
            (ANY, ANY)
        };
        Self {
            protocol: protocol.to_owned(),
            ports,
        }
    }

    fn of_rule(rule: &SecurityGroupRule) -> Self {
        let protocol = rule.ip_protocol().unwrap_or(ALL);
        let ports = if takes_ports(protocol) || is_icmp(protocol) {
            (
                rule.from_port().unwrap_or(ANY),
                rule.to_port().unwrap_or(ANY),
            )
        } else {
            (ANY, ANY)
        };
        Self {
            protocol: protocol.to_owned(),
            ports,
        }
    }

    /// What the calls take: nothing where the protocol has no ports.
    fn sent(&self) -> (Option<i32>, Option<i32>) {
        if takes_ports(&self.protocol) || is_icmp(&self.protocol) {
            (Some(self.ports.0), Some(self.ports.1))
        } else {
            (None, None)
        }
    }
}

/// Whether a protocol has ports.
pub fn takes_ports(protocol: &str) -> bool {
    matches!(protocol, "tcp" | "udp")
}

/// Whether a protocol has types and codes.
pub fn is_icmp(protocol: &str) -> bool {
    matches!(protocol, "icmp" | "icmpv6")
}

fn is_egress(kind: &str) -> bool {
    kind == "security_group.egress"
}

/// Whether this is the rule that AWS makes with a group, and nobody's: everything out to anywhere,
/// without a mark.
pub fn is_aws_own_egress(rule: &SecurityGroupRule) -> bool {
    came_with_its_group(rule) && rule.cidr_ipv4() == Some(ANYWHERE)
}

/// Whether a rule is like those that AWS makes with a group: one to all IPv4 addresses, and in a VPC
/// with an IPv6 network one to all of those (EC2 user guide, "Default security groups").
pub fn came_with_its_group(rule: &SecurityGroupRule) -> bool {
    rule.is_egress() == Some(true)
        && Traffic::of_rule(rule).protocol == ALL
        && (rule.cidr_ipv4() == Some(ANYWHERE) || rule.cidr_ipv6() == Some(ANYWHERE_IPV6))
        && rule.tags().is_empty()
        && rule.description().is_none_or(str::is_empty)
}

/// A rule as it is there.
pub fn actual(place: &Place, rule: &SecurityGroupRule) -> Actual {
    let id = rule.security_group_rule_id().unwrap_or_default();
    let traffic = Traffic::of_rule(rule);
    let peer = if rule.is_egress() == Some(true) {
        "to"
    } else {
        "from"
    };
    let mut fields = Fields::new()
        .text("id", Some(id))
        .text("group", rule.group_id())
        .text("protocol", Some(&traffic.protocol))
        .text(
            peer,
            Peer::of(rule)
                .map(|peer| peer.text(&place.account))
                .as_deref(),
        )
        .text("description", rule.description())
        .tags(Some(rule.tags()), false);
    if takes_ports(&traffic.protocol) {
        if let (Ok(from), Ok(to)) = (
            u16::try_from(traffic.ports.0),
            u16::try_from(traffic.ports.1),
        ) {
            fields = fields.value("ports", Value::new(Data::Ports(from, to)));
        }
    } else if is_icmp(&traffic.protocol) {
        fields = fields
            .number("icmp_type", Some(traffic.ports.0))
            .number("icmp_code", Some(traffic.ports.1));
    }
    Actual::new(id, fields.done())
}

/// The words by which a rule inside of its group begins.
const INGRESS_WORD: &str = "ingress";
const EGRESS_WORD: &str = "egress";

/// Whether something inside of a group is a rule for what leaves it.
pub fn is_egress_inside(inside: &Inside) -> bool {
    inside.what.starts_with(EGRESS_WORD)
}

/// A rule as something inside of its group.
pub fn inside(place: &Place, rule: &SecurityGroupRule) -> Inside {
    let traffic = Traffic::of_rule(rule);
    let mut what = match rule.is_egress() {
        Some(true) => EGRESS_WORD.to_owned(),
        _ => INGRESS_WORD.to_owned(),
    };
    what.push(' ');
    what.push_str(match traffic.protocol.as_str() {
        ALL => "all traffic",
        protocol => protocol,
    });
    match traffic.ports {
        (ANY, ANY) => {}
        (from, to) if from == to => what.push_str(&format!(" {from}")),
        (from, ANY) => what.push_str(&format!(" {from}")),
        (from, to) => what.push_str(&format!(" {from}-{to}")),
    }
    if let Some(peer) = Peer::of(rule) {
        let way = match rule.is_egress() {
            Some(true) => "to",
            _ => "from",
        };
        what.push_str(&format!(" {way} {}", peer.text(&place.account)));
    }
    Inside {
        what,
        id: rule.security_group_rule_id().unwrap_or_default().to_owned(),
        risk: None,
    }
}

fn peer_of(node: &Ready) -> Result<Peer, Failure> {
    let text = peer_attribute(&node.kind)
        .and_then(|attribute| node.text(attribute))
        .unwrap_or_default();
    Peer::parse(text).ok_or_else(|| {
        Failure::new(
            Cause::Invalid,
            "",
            format!(
                "`{text}` is no network, prefix list or security group, so `{}` cannot name it",
                node.address
            ),
        )
    })
}

/// What a create of this node made: the rule of its group with its marks.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let mut filters = marked(node);
    filters.push(filter("group-id", [node.text("group").unwrap_or_default()]));
    let found = rules::list(aws, &node.place, filters).await?;
    Ok(found
        .into_iter()
        .find_map(|rule| rule.security_group_rule_id))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let peer = peer_of(node)?;
    let traffic = Traffic::of_attributes(&node.attributes);
    let looks_like_aws = is_egress(&node.kind)
        && traffic.protocol == ALL
        && peer.text(&node.place.account) == ANYWHERE;
    // AWS may have made this one with the group.
    let there = if looks_like_aws {
        equal(cx, node, &traffic, &peer).await?
    } else {
        None
    };
    let id = match there {
        Some(rule) => adopt(cx, node, &rule).await?,
        None => match authorize(cx, node, &traffic, &peer).await {
            Ok(id) => id,
            Err(failure) if failure.cause == Cause::AlreadyExists => {
                match wait::shows(cx, || equal(cx, node, &traffic, &peer)).await? {
                    Some(rule) => adopt(cx, node, &rule).await?,
                    None => return Err(failure),
                }
            }
            Err(failure) => return Err(failure),
        },
    };
    (cx.made)(Actual::new(id.clone(), node.attributes.clone()));
    read_back(cx, node, &id).await
}

/// Sends the Authorize call. Repeated, it is refused as a duplicate, and what is there is looked
/// at.
async fn authorize(
    cx: &Context<'_>,
    node: &Ready,
    traffic: &Traffic,
    peer: &Peer,
) -> Result<String, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let group = node.text("group").unwrap_or_default();
    let mut permission: IpPermission = peer.permission(node.text("description"));
    permission.ip_protocol = Some(traffic.protocol.clone());
    (permission.from_port, permission.to_port) = traffic.sent();
    let marks = tags::specification(ResourceType::SecurityGroupRule, node, false);
    let mut touching = vec![group];
    if let Peer::Group { id, .. } = peer {
        touching.push(id);
    }
    let made = if is_egress(&node.kind) {
        let request = client
            .authorize_security_group_egress()
            .group_id(group)
            .ip_permissions(permission)
            .set_tag_specifications(marks);
        wait::visible(cx, &touching, || {
            call(
                cx.aws,
                "ec2:AuthorizeSecurityGroupEgress",
                Repeat::Safe,
                || request.clone().send(),
            )
        })
        .await?
        .security_group_rules
    } else {
        let request = client
            .authorize_security_group_ingress()
            .group_id(group)
            .ip_permissions(permission)
            .set_tag_specifications(marks);
        wait::visible(cx, &touching, || {
            call(
                cx.aws,
                "ec2:AuthorizeSecurityGroupIngress",
                Repeat::Safe,
                || request.clone().send(),
            )
        })
        .await?
        .security_group_rules
    };
    let rule = made.and_then(|rules| rules.into_iter().next());
    sent(
        rule.and_then(|rule| rule.security_group_rule_id),
        "ec2:AuthorizeSecurityGroupIngress",
    )
}

/// The rule of the group that lets the same through.
async fn equal(
    cx: &Context<'_>,
    node: &Ready,
    traffic: &Traffic,
    peer: &Peer,
) -> Result<Option<SecurityGroupRule>, Failure> {
    let group = node.text("group").unwrap_or_default();
    let there = rules::list(cx.aws, &node.place, vec![filter("group-id", [group])]).await?;
    Ok(there.into_iter().find(|rule| {
        rule.is_egress().unwrap_or_default() == is_egress(&node.kind)
            && Traffic::of_rule(rule) == *traffic
            && Peer::of(rule).is_some_and(|other| other.is_same(peer, &node.place))
    }))
}

/// Makes a rule that is there this node's: marks, tags and description.
async fn adopt(
    cx: &Context<'_>,
    node: &Ready,
    rule: &SecurityGroupRule,
) -> Result<String, Failure> {
    let id = sent(
        rule.security_group_rule_id.clone(),
        "ec2:DescribeSecurityGroupRules",
    )?;
    // With these marks it is the one of an earlier try whose answer was lost.
    if !carries(rule.tags(), node) {
        (cx.found)();
    }
    tags::set(cx, &node.place, &id, &tags::of(node, false)).await?;
    let written = node.text("description");
    if written.is_some() && written != rule.description() {
        modify(cx, node, &id, written).await?;
    }
    Ok(id)
}

/// One ModifySecurityGroupRules: the rule keeps its id, and no traffic is cut.
async fn modify(
    cx: &Context<'_>,
    node: &Ready,
    id: &str,
    description: Option<&str>,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let group = node.text("group").unwrap_or_default();
    let peer = peer_of(node)?;
    let traffic = Traffic::of_attributes(&node.attributes);
    let (from, to) = traffic.sent();
    let update = SecurityGroupRuleUpdate::builder()
        .security_group_rule_id(id)
        .security_group_rule(
            peer.request()
                .ip_protocol(&traffic.protocol)
                .set_from_port(from)
                .set_to_port(to)
                .set_description(description.map(str::to_owned))
                .build(),
        )
        .build();
    let mut touching = vec![group, id];
    if let Peer::Group { id, .. } = &peer {
        touching.push(id);
    }
    wait::visible(cx, &touching, || {
        call(cx.aws, "ec2:ModifySecurityGroupRules", Repeat::Safe, || {
            client
                .modify_security_group_rules()
                .group_id(group)
                .security_group_rules(update.clone())
                .send()
        })
    })
    .await
    .map(|_| ())
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let id = record.id.as_str();
    let content = changes
        .iter()
        .any(|change| change.path != "tags" && !change.path.starts_with("tags."));
    if content {
        // The call replaces the whole rule: a description that the files do not write is kept.
        let cleared = changes.iter().any(|change| change.path == "description");
        let description = match node.text("description") {
            Some(text) => Some(text),
            None if cleared => Some(""),
            None => record.text("description"),
        };
        modify(cx, node, id, description).await?;
    }
    tags::update(cx, &node.place, id, changes, false).await?;
    read_back(cx, node, id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let group = record.text("group").unwrap_or_default();
    revoke(
        cx,
        &record.place,
        group,
        is_egress(&record.kind),
        vec![record.id.clone()],
    )
    .await
}

/// Revokes rules by id; gone already is success.
pub async fn revoke(
    cx: &Context<'_>,
    place: &Place,
    group: &str,
    egress: bool,
    rules: Vec<String>,
) -> Result<(), Failure> {
    let client = cx.aws.ec2(place).await?;
    // Rules that came with a group are as young as that.
    let youngest = rules.iter().find(|rule| (cx.touched)(rule));
    let youngest = youngest.map_or(group, String::as_str).to_owned();
    let revoked = wait::deleted(cx, &youngest, || async {
        if egress {
            const REVOKE: &str = "ec2:RevokeSecurityGroupEgress";
            let request = client.revoke_security_group_egress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(rules.clone()));
            call(cx.aws, REVOKE, Repeat::Safe, || request.clone().send())
                .await
                .map(|_| ())
        } else {
            const REVOKE: &str = "ec2:RevokeSecurityGroupIngress";
            let request = client.revoke_security_group_ingress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(rules.clone()));
            call(cx.aws, REVOKE, Repeat::Safe, || request.clone().send())
                .await
                .map(|_| ())
        }
    });
    revoked.await.map(|_| ())
}
