//! Permissions: how security group rules are written in calls and answers.

use std::collections::BTreeMap;

use ipnet::{IpNet, Ipv4Net};

use super::cidr;
use super::ids::Kind;
use super::request::{Request, missing};
use super::route;
use super::security_group::not_in_default_vpc;
use super::state::{RulePeer, SecurityGroupRule};
use crate::sandbox::call::{Fault, Query};
use crate::sandbox::xml::Element;

/// The protocol that means every one.
pub(super) const ALL: &str = "-1";
/// What names and descriptions may hold (behaviour: API model of CreateSecurityGroup).
pub(super) const PLAIN_TEXT: &str = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
const LONGEST_TEXT: usize = 255;
const HIGHEST_PORT: i32 = 65535;
/// ICMP types and codes.
const HIGHEST_ICMP: i32 = 255;

/// Every IPv4 address.
pub(super) fn anywhere() -> IpNet {
    IpNet::V4(Ipv4Net::default())
}

/// Whether a name or description holds only what EC2 allows.
pub(super) fn is_plain_text(text: &str) -> bool {
    text.len() <= LONGEST_TEXT
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c))
}

/// The rules of a call: its permissions, or the flat arguments of old. Groups that they name must
/// be there and within reach.
pub(super) fn read(
    request: &Request<'_>,
    group: &str,
    egress: bool,
) -> Result<Vec<SecurityGroupRule>, Fault> {
    read_with(request, group, egress, |id, account| {
        group_peer(request, group, id, account)
    })
}

/// The rules of a call, where `find` says what a group's id and account (if given) mean.
pub(super) fn read_with(
    request: &Request<'_>,
    group: &str,
    egress: bool,
    find: impl Fn(&str, Option<&str>) -> Result<RulePeer, Fault>,
) -> Result<Vec<SecurityGroupRule>, Fault> {
    if let Some(name) = request.text("SourceSecurityGroupName") {
        return Err(not_in_default_vpc(name));
    }
    let permissions = request.query.structures("IpPermissions");
    let flat = request.text("IpProtocol").is_some() || request.text("CidrIp").is_some();
    if flat && !permissions.is_empty() {
        return Err(Fault::client(
            "InvalidParameterCombination",
            "The parameter ipPermissions may not be used with ipProtocol, fromPort, toPort, cidrIp",
        ));
    }
    let mut rules = Vec::new();
    if flat {
        let (protocol, from_port, to_port) = ports(&request.query)?;
        let text = request.required("CidrIp")?;
        rules.push(SecurityGroupRule {
            group: group.to_owned(),
            egress,
            protocol,
            from_port,
            to_port,
            peer: RulePeer::Cidr(block(text)?),
            description: None,
        });
    }
    for permission in &permissions {
        let traffic = ports(permission)?;
        for (peer, description) in read_peers(permission, &find)? {
            rules.push(SecurityGroupRule {
                group: group.to_owned(),
                egress,
                protocol: traffic.0.clone(),
                from_port: traffic.1,
                to_port: traffic.2,
                peer,
                description,
            });
        }
    }
    Ok(rules)
}

/// The other ends of a permission: each makes a rule. With their descriptions.
fn read_peers(
    permission: &Query,
    find: &impl Fn(&str, Option<&str>) -> Result<RulePeer, Fault>,
) -> Result<Vec<(RulePeer, Option<String>)>, Fault> {
    let mut peers = Vec::new();
    for list in permission.structures("PrefixListIds") {
        let id = list
            .get("PrefixListId")
            .ok_or_else(|| missing("PrefixListId"))?;
        route::list(id)?;
        peers.push((RulePeer::List(id.to_owned()), description(&list)?));
    }
    for range in permission.structures("IpRanges") {
        let text = range.get("CidrIp").ok_or_else(|| missing("CidrIp"))?;
        peers.push((RulePeer::Cidr(block_v4(text)?), description(&range)?));
    }
    for range in permission.structures("Ipv6Ranges") {
        let text = range.get("CidrIpv6").ok_or_else(|| missing("CidrIpv6"))?;
        peers.push((RulePeer::Cidr(block_v6(text)?), description(&range)?));
    }
    for pair in permission.structures("Groups") {
        if pair.get("GroupId").is_none()
            && let Some(name) = pair.get("GroupName")
        {
            return Err(not_in_default_vpc(name));
        }
        let id = pair.get("GroupId").ok_or_else(|| missing("GroupId"))?;
        let account = pair.get("UserId").filter(|account| !account.is_empty());
        peers.push((find(id, account)?, description(&pair)?));
    }
    if peers.is_empty() {
        return Err(Fault::client(
            "InvalidParameterValue",
            "Invalid value for a permission: it must have at least one of ipRanges, ipv6Ranges, groups, prefixListIds",
        ));
    }
    Ok(peers)
}

/// Protocol and ports in the form EC2 keeps.
pub(super) fn ports(query: &Query) -> Result<(String, Option<i32>, Option<i32>), Fault> {
    let protocol = protocol(query.get("IpProtocol").unwrap_or_default())?;
    let number = |name: &str| match query.get(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse::<i32>()
            .map(Some)
            .map_err(|_| super::request::invalid(name, text, "It must be a number.")),
    };
    let (from, to) = (number("FromPort")?, number("ToPort")?);
    let bad = |message: String| Err(Fault::client("InvalidParameterValue", message));
    match protocol.as_str() {
        "tcp" | "udp" => {
            let (Some(from), Some(to)) = (from, to) else {
                return bad(
                    "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
                        .to_owned(),
                );
            };
            if !(0..=HIGHEST_PORT).contains(&from) || !(0..=HIGHEST_PORT).contains(&to) {
                return bad(format!(
                    "Invalid value '{from}-{to}' for portRange. Ports must be between 0 and {HIGHEST_PORT}."
                ));
            }
            if from > to {
                return bad(format!("Invalid TCP/UDP port range ({from}:{to})"));
            }
            Ok((protocol, Some(from), Some(to)))
        }
        "icmp" | "icmpv6" => {
            let (from, to) = (from.unwrap_or(-1), to.unwrap_or(-1));
            let known = -1..=HIGHEST_ICMP;
            if !known.contains(&from) || !known.contains(&to) || (from == -1 && to != -1) {
                return bad(format!("ICMP code ({to}) or type ({from}) out of range"));
            }
            Ok((protocol, Some(from), Some(to)))
        }
        // Ports are dropped where the protocol has none.
        _ => Ok((protocol, None, None)),
    }
}

/// The names EC2 keeps; numbers for all other protocols.
fn protocol(text: &str) -> Result<String, Fault> {
    let lower = text.to_ascii_lowercase();
    let name = match lower.as_str() {
        "" => return Err(missing("IpProtocol")),
        "tcp" | "6" => "tcp",
        "udp" | "17" => "udp",
        "icmp" | "1" => "icmp",
        "icmpv6" | "58" => "icmpv6",
        "-1" | "all" => ALL,
        other => match other.parse::<u8>() {
            Ok(_) => other,
            Err(_) => {
                return Err(Fault::client(
                    "InvalidParameterValue",
                    format!("Invalid value '{text}' for IP protocol. Unknown protocol."),
                ));
            }
        },
    };
    Ok(name.to_owned())
}

fn block(text: &str) -> Result<IpNet, Fault> {
    cidr::read_any(text).ok_or_else(|| {
        Fault::client(
            "InvalidParameterValue",
            format!("CIDR block {text} is malformed"),
        )
    })
}

/// An IPv4 block of a rule.
pub(super) fn block_v4(text: &str) -> Result<IpNet, Fault> {
    match block(text)? {
        block @ IpNet::V4(_) => Ok(block),
        IpNet::V6(_) => Err(Fault::client(
            "InvalidParameterValue",
            format!("CIDR block {text} is malformed"),
        )),
    }
}

/// An IPv6 block of a rule.
pub(super) fn block_v6(text: &str) -> Result<IpNet, Fault> {
    match block(text)? {
        block @ IpNet::V6(_) => Ok(block),
        IpNet::V4(_) => Err(Fault::client(
            "InvalidParameterValue",
            format!("CIDR block {text} is malformed"),
        )),
    }
}

/// The description of a rule.
pub(super) fn description(query: &Query) -> Result<Option<String>, Fault> {
    match query.get("Description").filter(|text| !text.is_empty()) {
        Some(text) if !is_plain_text(text) => Err(Fault::client(
            "InvalidParameterValue",
            format!(
                "Invalid rule description. Valid descriptions are strings less than {} characters from the following set:  {PLAIN_TEXT}",
                LONGEST_TEXT + 1
            ),
        )),
        text => Ok(text.map(str::to_owned)),
    }
}

/// A group at the other end of a rule of `group`: of the same VPC, or of a VPC peered with it in
/// the same region (behaviour: VPC peering guide, security group references).
pub(super) fn group_peer(
    request: &Request<'_>,
    group: &str,
    id: &str,
    account: Option<&str>,
) -> Result<RulePeer, Fault> {
    // `account/sg-…` is how the console writes it.
    let (account, id) = match id.split_once('/') {
        Some((account, id)) => (account, id),
        None => (account.unwrap_or(request.account()), id),
    };
    Kind::Group.check(id)?;
    let own_vpc = request
        .ec2()
        .and_then(|ec2| ec2.groups.get(group))
        .map(|group| group.vpc.clone())
        .ok_or_else(|| Kind::Group.not_found(group))?;
    let vpc = request
        .world
        .peek(account, request.region())
        .and_then(|region| region.ec2.groups.get(id))
        .map(|named| named.vpc.clone())
        .ok_or_else(|| Kind::Group.not_found(id))?;
    let mut peering = None;
    if vpc != own_vpc {
        let found = request
            .world
            .shared
            .peerings
            .between(&own_vpc, &vpc, request.now())
            .filter(|(_, found)| {
                found.status(request.now(), request.world.behaviour.waits) == "active"
            });
        match found {
            Some((found, _)) => peering = Some(found.clone()),
            None if account == request.account() => {
                return Err(Fault::client(
                    "InvalidGroup.NotFound",
                    "You have specified two resources that belong to different networks.",
                ));
            }
            None => return Err(Kind::Group.not_found(id)),
        }
    }
    Ok(RulePeer::Group {
        id: id.to_owned(),
        account: account.to_owned(),
        vpc,
        peering,
    })
}

/// What a filter `ip-permission.MEMBER` looks at.
pub(super) fn value(
    request: &Request<'_>,
    rule: &SecurityGroupRule,
    member: &str,
) -> Option<String> {
    match (member, &rule.peer) {
        ("cidr", RulePeer::Cidr(IpNet::V4(block))) => Some(block.to_string()),
        ("ipv6-cidr", RulePeer::Cidr(IpNet::V6(block))) => Some(block.to_string()),
        ("group-id", RulePeer::Group { id, .. }) => Some(id.clone()),
        ("prefix-list-id", RulePeer::List(id)) => Some(id.clone()),
        ("group-name", RulePeer::Group { id, account, .. }) => request
            .world
            .peek(account, request.region())
            .and_then(|region| region.ec2.groups.get(id))
            .map(|group| group.name.clone()),
        ("user-id", RulePeer::Group { account, .. }) => Some(account.clone()),
        ("protocol", _) => Some(rule.protocol.clone()),
        ("from-port", _) => rule.from_port.map(|port| port.to_string()),
        ("to-port", _) => rule.to_port.map(|port| port.to_string()),
        _ => None,
    }
}

/// Rules joined to permissions, as groups are described: one for each protocol and ports.
pub(super) fn show_permissions<'a>(
    request: &Request<'_>,
    name: &str,
    rules: impl Iterator<Item = &'a SecurityGroupRule>,
) -> Element {
    let mut permissions: BTreeMap<_, Vec<&SecurityGroupRule>> = BTreeMap::new();
    for rule in rules {
        permissions
            .entry((&rule.protocol, rule.from_port, rule.to_port))
            .or_default()
            .push(rule);
    }
    let items = permissions
        .into_iter()
        .map(|((protocol, from, to), rules)| show_permission(request, protocol, (from, to), &rules))
        .collect();
    Element::list(name, "item", items)
}

fn show_permission(
    request: &Request<'_>,
    protocol: &str,
    ports: (Option<i32>, Option<i32>),
    rules: &[&SecurityGroupRule],
) -> Vec<Element> {
    let mut groups = Vec::new();
    let mut blocks = Vec::new();
    let mut blocks_v6 = Vec::new();
    let mut lists = Vec::new();
    for rule in rules {
        let description = rule
            .description
            .iter()
            .map(|text| Element::text("description", text));
        match &rule.peer {
            RulePeer::Cidr(block @ IpNet::V4(_)) => blocks.push(
                std::iter::once(Element::text("cidrIp", block))
                    .chain(description)
                    .collect(),
            ),
            RulePeer::Cidr(block @ IpNet::V6(_)) => blocks_v6.push(
                std::iter::once(Element::text("cidrIpv6", block))
                    .chain(description)
                    .collect(),
            ),
            RulePeer::List(id) => lists.push(
                std::iter::once(Element::text("prefixListId", id))
                    .chain(description)
                    .collect(),
            ),
            RulePeer::Group { .. } => groups.push(
                show_group(request, &rule.peer)
                    .into_iter()
                    .chain(description)
                    .collect(),
            ),
        }
    }
    let mut shown = vec![Element::text("ipProtocol", protocol)];
    shown.extend(ports.0.map(|port| Element::text("fromPort", port)));
    shown.extend(ports.1.map(|port| Element::text("toPort", port)));
    shown.extend([
        Element::list("groups", "item", groups),
        Element::list("ipRanges", "item", blocks),
        Element::list("ipv6Ranges", "item", blocks_v6),
        Element::list("prefixListIds", "item", lists),
    ]);
    shown
}

/// A group at the other end; nothing for addresses.
pub(super) fn show_group(request: &Request<'_>, peer: &RulePeer) -> Vec<Element> {
    let RulePeer::Group {
        id,
        account,
        vpc,
        peering,
    } = peer
    else {
        return Vec::new();
    };
    let mut shown = vec![
        Element::text("groupId", id),
        Element::text("userId", account),
    ];
    if let Some(peering) = peering {
        let status = request
            .world
            .shared
            .peerings
            .get(peering)
            .map_or("deleted", |found| {
                found.status(request.now(), request.world.behaviour.waits)
            });
        shown.extend([
            Element::text("vpcId", vpc),
            Element::text("vpcPeeringConnectionId", peering),
            Element::text("peeringStatus", status),
        ]);
    }
    shown
}
