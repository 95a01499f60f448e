//! Rules of security groups.

use ipnet::IpNet;

use super::arn;
use super::describe::Describe;
use super::ids::Kind;
use super::permission::{self, show_group};
use super::request::{Answer, Request, done, missing};
use super::route;
use super::security_group::named;
use super::state::{RulePeer, SecurityGroupRule};
use crate::sandbox::call::{Fault, Query};
use crate::sandbox::xml::Element;

/// Rules of a group per direction and address family; one that names a group counts for both
/// (behaviour: VPC guide, quotas).
const MOST_PER_GROUP: usize = 60;

impl SecurityGroupRule {
    /// Whether both allow the same: descriptions do not count.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let peers = match (&self.peer, &other.peer) {
            (RulePeer::Group { id: one, .. }, RulePeer::Group { id: two, .. }) => one == two,
            (one, two) => one == two,
        };
        peers
            && self.egress == other.egress
            && self.protocol == other.protocol
            && self.from_port == other.from_port
            && self.to_port == other.to_port
    }
}

/// The fault of a rule that is there already.
pub(super) fn duplicate(rule: &SecurityGroupRule) -> Fault {
    let peer = match &rule.peer {
        RulePeer::Cidr(cidr) => cidr.to_string(),
        RulePeer::List(id) => id.clone(),
        RulePeer::Group { id, .. } => id.clone(),
    };
    let protocol = if rule.protocol == permission::ALL {
        "ALL"
    } else {
        &rule.protocol
    };
    let ports = match (rule.from_port, rule.to_port) {
        (Some(from), Some(to)) if from >= 0 => format!(", from port: {from}, to port: {to}"),
        _ => String::new(),
    };
    Fault::client(
        "InvalidPermission.Duplicate",
        format!(
            "the specified rule \"peer: {peer}, {}{ports}, ALLOW\" already exists",
            protocol.to_uppercase()
        ),
    )
}

fn not_found() -> Fault {
    Fault::client(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
}

pub(super) fn authorize(request: &mut Request<'_>, egress: bool) -> Answer {
    let group = named(request)?;
    let new = permission::read(request, &group, egress)?;
    if new.is_empty() {
        return Err(missing("IpPermissions"));
    }
    let tags = request.new_tags(Kind::GroupRule)?;
    let old: Vec<&SecurityGroupRule> = request
        .ec2()
        .into_iter()
        .flat_map(|ec2| ec2.rules_of(&group))
        .map(|(_, rule)| rule)
        .collect();
    for (at, rule) in new.iter().enumerate() {
        if new.iter().take(at).any(|before| before.is_same(rule)) {
            return Err(Fault::client(
                "InvalidParameterValue",
                "The same permission must not appear multiple times",
            ));
        }
        if old.iter().any(|old| old.is_same(rule)) {
            return Err(duplicate(rule));
        }
    }
    check_quota(
        old.into_iter()
            .chain(&new)
            .filter(|rule| rule.egress == egress),
    )?;
    request.dry_run()?;
    let mut shown = Vec::new();
    for rule in new {
        let id = request.new_id(Kind::GroupRule);
        request.ec2_mut().put_rule(&id, rule.clone());
        request.tag_new(&id, tags.clone());
        shown.push(Rules::show(request, &id, &rule));
    }
    Ok(vec![
        Element::text("return", true),
        Element::list("securityGroupRuleSet", "item", shown),
    ])
}

fn check_quota<'a>(rules: impl Iterator<Item = &'a SecurityGroupRule>) -> Result<(), Fault> {
    let (mut v4, mut v6) = (0, 0);
    for rule in rules {
        v4 += usize::from(!matches!(rule.peer, RulePeer::Cidr(IpNet::V6(_))));
        v6 += usize::from(!matches!(rule.peer, RulePeer::Cidr(IpNet::V4(_))));
    }
    if v4.max(v6) > MOST_PER_GROUP {
        return Err(Fault::client(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        ));
    }
    Ok(())
}

pub(super) fn revoke(request: &mut Request<'_>, egress: bool) -> Answer {
    let group = named(request)?;
    let ids = request.query.list("SecurityGroupRuleId");
    let mut revoked = Vec::new();
    if ids.is_empty() {
        for wanted in read_to_revoke(request, &group, egress)? {
            let found = request.ec2().and_then(|ec2| {
                ec2.rules_of(&group)
                    .find(|(_, rule)| rule.is_same(&wanted))
                    .map(|(id, _)| id.clone())
            });
            revoked.push(found.ok_or_else(not_found)?);
        }
        if revoked.is_empty() {
            return Err(Fault::client(
                "MissingParameter",
                "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
            ));
        }
    } else {
        if !request.query.structures("IpPermissions").is_empty() {
            return Err(Fault::client(
                "InvalidParameterCombination",
                "The parameters ipPermissions and securityGroupRuleIds cannot be used together",
            ));
        }
        for id in ids {
            rule_of(request, &group, &id, Some(egress))?;
            revoked.push(id);
        }
    }
    request.dry_run()?;
    revoked.dedup();
    let shown = revoked
        .iter()
        .filter_map(|id| Some((id, request.ec2()?.rules.get(id)?)))
        .map(|(id, rule)| show_revoked(id, rule))
        .collect();
    for id in &revoked {
        request.ec2_mut().drop_rule(id);
    }
    Ok(vec![
        Element::text("return", true),
        Element::list("revokedSecurityGroupRuleSet", "item", shown),
        Element::parent("unknownIpPermissionSet", Vec::new()),
    ])
}

/// The rules to revoke. A group that they name may be gone, or its peering: it is taken by its id.
fn read_to_revoke(
    request: &Request<'_>,
    group: &str,
    egress: bool,
) -> Result<Vec<SecurityGroupRule>, Fault> {
    permission::read_with(request, group, egress, |id, account| {
        Ok(RulePeer::Group {
            id: id.to_owned(),
            account: account.unwrap_or_default().to_owned(),
            vpc: String::new(),
            peering: None,
        })
    })
}

/// The rule of this id in this group, and this direction where one is given.
fn rule_of<'a>(
    request: &'a Request<'_>,
    group: &str,
    id: &str,
    egress: Option<bool>,
) -> Result<&'a SecurityGroupRule, Fault> {
    Kind::GroupRule.check(id)?;
    request
        .ec2()
        .and_then(|ec2| ec2.rules.get(id))
        .filter(|rule| rule.group == group && egress.is_none_or(|egress| rule.egress == egress))
        .ok_or_else(|| Kind::GroupRule.not_found(id))
}

pub(super) fn modify(request: &mut Request<'_>) -> Answer {
    let group = request.id("GroupId", Kind::Group)?;
    let updates = request.query.structures("SecurityGroupRule");
    if updates.is_empty() {
        return Err(missing("SecurityGroupRule"));
    }
    let mut changed: Vec<(String, SecurityGroupRule)> = Vec::new();
    for update in updates {
        let id = update
            .get("SecurityGroupRuleId")
            .ok_or_else(|| missing("SecurityGroupRuleId"))?;
        if changed.iter().any(|(other, _)| other == id) {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!("The security group rule ID '{id}' is given more than once."),
            ));
        }
        let old = rule_of(request, &group, id, None)?;
        let new = update.below("SecurityGroupRule");
        changed.push((id.to_owned(), read_rule(request, &group, old.egress, &new)?));
    }
    // What the group holds when all is done must be different rules.
    let kept = request
        .ec2()
        .into_iter()
        .flat_map(|ec2| ec2.rules_of(&group))
        .filter(|(id, _)| !changed.iter().any(|(other, _)| other == *id))
        .map(|(_, rule)| rule);
    let after: Vec<&SecurityGroupRule> = kept.chain(changed.iter().map(|(_, rule)| rule)).collect();
    for (_, rule) in &changed {
        if after.iter().filter(|other| other.is_same(rule)).count() > 1 {
            return Err(duplicate(rule));
        }
    }
    for egress in [false, true] {
        check_quota(after.iter().copied().filter(|rule| rule.egress == egress))?;
    }
    request.dry_run()?;
    for (id, rule) in changed {
        request.ec2_mut().put_rule(&id, rule);
    }
    done()
}

/// A rule as ModifySecurityGroupRules writes it.
fn read_rule(
    request: &Request<'_>,
    group: &str,
    egress: bool,
    new: &Query,
) -> Result<SecurityGroupRule, Fault> {
    let (protocol, from_port, to_port) = permission::ports(new)?;
    let given: Vec<(&str, &str)> = ["CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId"]
        .into_iter()
        .filter_map(|name| Some((name, new.get(name).filter(|text| !text.is_empty())?)))
        .collect();
    let [(name, text)] = given.as_slice() else {
        return Err(Fault::client(
            "InvalidParameterCombination",
            "Exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedGroupId must be given for a rule",
        ));
    };
    let peer = match *name {
        "CidrIpv4" => RulePeer::Cidr(permission::block_v4(text)?),
        "CidrIpv6" => RulePeer::Cidr(permission::block_v6(text)?),
        "PrefixListId" => {
            route::list(text)?;
            RulePeer::List((*text).to_owned())
        }
        // No account can be given here: ids are unique, so AWS finds a peered account's group by it.
        "ReferencedGroupId" => {
            let holds = |account: &&String| {
                request
                    .world
                    .peek(account, request.region())
                    .is_some_and(|region| region.ec2.groups.contains(text))
            };
            let owner = request.world.accounts().keys().find(holds);
            permission::group_peer(request, group, text, owner.map(String::as_str))?
        }
        _ => {
            return Err(Fault::client(
                "InvalidPrefixListID.NotFound",
                format!("The prefix list ID '{text}' does not exist"),
            ));
        }
    };
    Ok(SecurityGroupRule {
        group: group.to_owned(),
        egress,
        protocol,
        from_port,
        to_port,
        peer,
        description: permission::description(new)?,
    })
}

pub(super) fn update_descriptions(request: &mut Request<'_>, egress: bool) -> Answer {
    let group = named(request)?;
    let mut changed: Vec<(String, SecurityGroupRule)> = Vec::new();
    for update in request.query.structures("SecurityGroupRuleDescription") {
        let id = update
            .get("SecurityGroupRuleId")
            .ok_or_else(|| missing("SecurityGroupRuleId"))?;
        let mut rule = rule_of(request, &group, id, Some(egress))?.clone();
        rule.description = permission::description(&update)?;
        changed.push((id.to_owned(), rule));
    }
    for wanted in read_to_revoke(request, &group, egress)? {
        let found = request.ec2().and_then(|ec2| {
            ec2.rules_of(&group)
                .find(|(_, rule)| rule.is_same(&wanted))
                .map(|(id, rule)| (id.clone(), rule.clone()))
        });
        let (id, mut rule) = found.ok_or_else(not_found)?;
        rule.description = wanted.description;
        changed.push((id, rule));
    }
    if changed.is_empty() {
        return Err(missing("IpPermissions"));
    }
    request.dry_run()?;
    for (id, rule) in changed {
        request.ec2_mut().put_rule(&id, rule);
    }
    done()
}

/// Protocol, ports and addresses: what all answers tell of a rule. Where there are no ports the
/// rule API says -1.
fn show_traffic(rule: &SecurityGroupRule) -> Vec<Element> {
    const NO_PORT: i32 = -1;
    let mut shown = vec![
        Element::text("isEgress", rule.egress),
        Element::text("ipProtocol", &rule.protocol),
        Element::text("fromPort", rule.from_port.unwrap_or(NO_PORT)),
        Element::text("toPort", rule.to_port.unwrap_or(NO_PORT)),
    ];
    match &rule.peer {
        RulePeer::Cidr(block @ IpNet::V4(_)) => shown.push(Element::text("cidrIpv4", block)),
        RulePeer::Cidr(block @ IpNet::V6(_)) => shown.push(Element::text("cidrIpv6", block)),
        RulePeer::List(id) => shown.push(Element::text("prefixListId", id)),
        RulePeer::Group { .. } => {}
    }
    shown.extend(
        rule.description
            .iter()
            .map(|text| Element::text("description", text)),
    );
    shown
}

fn show_revoked(id: &str, rule: &SecurityGroupRule) -> Vec<Element> {
    let mut shown = vec![
        Element::text("securityGroupRuleId", id),
        Element::text("groupId", &rule.group),
    ];
    shown.extend(show_traffic(rule));
    if let RulePeer::Group { id, .. } = &rule.peer {
        shown.push(Element::text("referencedGroupId", id));
    }
    shown
}

/// Describes rules of security groups.
pub(super) struct Rules;

impl Describe for Rules {
    type Row = SecurityGroupRule;
    const IDS: &'static str = "SecurityGroupRuleId";
    const KIND: Kind = Kind::GroupRule;
    const SET: &'static str = "securityGroupRuleSet";
    const ID_FILTER: &'static str = "security-group-rule-id";
    const FILTERS: &'static [&'static str] = &["group-id", "security-group-rule-id", "tag-key"];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a SecurityGroupRule> {
        request.ec2()?.rules.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a SecurityGroupRule)> + 'a> {
        Box::new(request.ec2().into_iter().flat_map(|ec2| ec2.rules.iter()))
    }

    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        if filter != "group-id" {
            return None;
        }
        let rules = request.ec2()?.index.rules_of(value);
        let ids = rules.map(|rules| rules.iter().cloned().collect());
        Some(ids.unwrap_or_default())
    }

    fn values(
        _request: &Request<'_>,
        id: &str,
        rule: &SecurityGroupRule,
        filter: &str,
    ) -> Vec<String> {
        match filter {
            "group-id" => vec![rule.group.clone()],
            "security-group-rule-id" => vec![id.to_owned()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, rule: &SecurityGroupRule) -> Vec<Element> {
        let mut shown = vec![
            Element::text("securityGroupRuleId", id),
            Element::text("groupId", &rule.group),
            Element::text("groupOwnerId", request.account()),
        ];
        shown.extend(show_traffic(rule));
        if matches!(rule.peer, RulePeer::Group { .. }) {
            shown.push(Element::parent(
                "referencedGroupInfo",
                show_group(request, &rule.peer),
            ));
        }
        shown.push(request.tag_set(id));
        shown.extend(
            arn::of(request.account(), request.region(), id)
                .map(|arn| Element::text("securityGroupRuleArn", arn)),
        );
        shown
    }
}
