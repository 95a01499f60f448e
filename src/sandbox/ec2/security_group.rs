//! Security groups.

use super::arn;
use super::describe::Describe;
use super::ids::Kind;
use super::permission::{self, show_permissions};
use super::request::{Answer, Request, done, invalid};
use super::state::{RulePeer, SecurityGroup, SecurityGroupRule};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// The groups that something carries, with their names.
pub(super) fn shown_in(request: &Request<'_>, groups: &[String]) -> Element {
    let groups = groups.iter().map(|group| {
        let name = request
            .ec2()
            .and_then(|ec2| Some(ec2.groups.get(group)?.name.as_str()))
            .unwrap_or_default();
        vec![
            Element::text("groupId", group),
            Element::text("groupName", name),
        ]
    });
    Element::list("groupSet", "item", groups.collect())
}

/// The name of the group that comes with a VPC.
pub(super) const DEFAULT: &str = "default";
/// Longest name and description.
const LONGEST: usize = 255;

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    let name = request.required("GroupName")?.to_owned();
    let description = request.required("GroupDescription")?.to_owned();
    let Some(vpc) = request.text("VpcId").map(str::to_owned) else {
        return Err(Fault::client(
            "VPCIdNotSpecified",
            "No default VPC for this user",
        ));
    };
    check_name(&name)?;
    if !permission::is_plain_text(&description) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!(
                "Invalid security group description. Valid descriptions are strings less than {} characters from the following set:  {}",
                LONGEST + 1,
                permission::PLAIN_TEXT
            ),
        ));
    }
    request.must_exist(Kind::Vpc, &vpc)?;
    let tags = request.new_tags(Kind::Group)?;
    if let Some(ec2) = request.ec2() {
        if ec2
            .index
            .in_vpc(&vpc)
            .is_some_and(|inside| inside.group_names.contains_key(&name))
        {
            return Err(duplicate(&name, &vpc));
        }
        if ec2.groups.len() >= request.world.behaviour.groups_per_region {
            return Err(Fault::client(
                "SecurityGroupLimitExceeded",
                "The maximum number of security groups has been reached.",
            ));
        }
    }
    request.dry_run()?;
    let id = request.new_id(Kind::Group);
    let rule = request.new_id(Kind::GroupRule);
    let ec2 = request.ec2_mut();
    ec2.put_group(
        &id,
        SecurityGroup {
            vpc,
            name,
            description,
        },
    );
    ec2.put_rule(&rule, allow_all_egress(&id));
    request.tag_new(&id, tags);
    let mut shown = vec![
        Element::text("return", true),
        Element::text("groupId", &id),
        request.tag_set(&id),
    ];
    shown.extend(shown_arn(request, &id));
    Ok(shown)
}

fn check_name(name: &str) -> Result<(), Fault> {
    if name.starts_with("sg-") {
        return Err(invalid(
            "GroupName",
            name,
            "Group names may not be in the format sg-*.",
        ));
    }
    if name == DEFAULT {
        return Err(Fault::client(
            "InvalidGroup.Reserved",
            format!("Cannot use reserved security group name: {DEFAULT}"),
        ));
    }
    if !permission::is_plain_text(name) {
        return Err(invalid(
            "GroupName",
            name,
            &format!(
                "Up to {LONGEST} characters of the following set are valid:  {}",
                permission::PLAIN_TEXT
            ),
        ));
    }
    Ok(())
}

/// The rule that every new group has.
pub(super) fn allow_all_egress(group: &str) -> SecurityGroupRule {
    SecurityGroupRule {
        group: group.to_owned(),
        egress: true,
        protocol: permission::ALL.to_owned(),
        from_port: None,
        to_port: None,
        peer: RulePeer::Cidr(permission::anywhere()),
        description: None,
    }
}

/// The fault of a second group of a name in a VPC.
pub(super) fn duplicate(name: &str, vpc: &str) -> Fault {
    Fault::client(
        "InvalidGroup.Duplicate",
        format!("The security group '{name}' already exists for VPC '{vpc}'"),
    )
}

/// The group that a call names. Names alone find groups of the default VPC, and there is none.
pub(super) fn named(request: &Request<'_>) -> Result<String, Fault> {
    if request.text("GroupId").is_none()
        && let Some(name) = request.text("GroupName")
    {
        return Err(not_in_default_vpc(name));
    }
    request.id("GroupId", Kind::Group)
}

/// The fault of a group that is looked for by name alone.
pub(super) fn not_in_default_vpc(name: &str) -> Fault {
    Fault::client(
        "InvalidGroup.NotFound",
        format!("The security group '{name}' does not exist in default VPC 'none'"),
    )
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = named(request)?;
    let in_the_way = || {
        Fault::client(
            "DependencyViolation",
            format!("resource {id} has a dependent object"),
        )
    };
    if let Some(ec2) = request.ec2()
        && let Some(group) = ec2.groups.get(&id)
    {
        if group.name == DEFAULT {
            return Err(Fault::client(
                "CannotDelete",
                format!(
                    "the specified group: \"{id}\" name: \"{DEFAULT}\" cannot be deleted by a user"
                ),
            ));
        }
        if ec2.index.interfaces_with_group(&id).is_some() {
            return Err(in_the_way());
        }
        // Rules of peered VPCs that name it do not hold it: they become stale.
        let named_by_other = ec2
            .index
            .rules_naming(&id)
            .into_iter()
            .flatten()
            .filter_map(|rule| ec2.rules.get(rule))
            .filter(|rule| rule.group != id)
            .filter_map(|rule| ec2.groups.get(&rule.group))
            .any(|other| other.vpc == group.vpc);
        if named_by_other {
            return Err(in_the_way());
        }
    }
    request.dry_run()?;
    request.ec2_mut().drop_group(&id);
    let mut shown = done()?;
    shown.push(Element::text("groupId", id));
    Ok(shown)
}

pub(super) fn describe(request: &mut Request<'_>) -> Answer {
    if let Some(name) = request.query.list("GroupName").first() {
        return Err(not_in_default_vpc(name));
    }
    super::describe::describe::<SecurityGroups>(request)
}

fn shown_arn(request: &Request<'_>, id: &str) -> Option<Element> {
    arn::of(request.account(), request.region(), id)
        .map(|arn| Element::text("securityGroupArn", arn))
}

/// Describes security groups.
pub(super) struct SecurityGroups;

impl Describe for SecurityGroups {
    type Row = SecurityGroup;
    const IDS: &'static str = "GroupId";
    const KIND: Kind = Kind::Group;
    const SET: &'static str = "securityGroupInfo";
    const ID_FILTER: &'static str = "group-id";
    const FILTERS: &'static [&'static str] = &[
        "description",
        "egress.ip-permission.cidr",
        "egress.ip-permission.from-port",
        "egress.ip-permission.group-id",
        "egress.ip-permission.group-name",
        "egress.ip-permission.ipv6-cidr",
        "egress.ip-permission.prefix-list-id",
        "egress.ip-permission.protocol",
        "egress.ip-permission.to-port",
        "egress.ip-permission.user-id",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.group-name",
        "ip-permission.ipv6-cidr",
        "ip-permission.prefix-list-id",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "ip-permission.user-id",
        "owner-id",
        "tag-key",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a SecurityGroup> {
        request.ec2()?.groups.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a SecurityGroup)> + 'a> {
        Box::new(request.ec2().into_iter().flat_map(|ec2| ec2.groups.iter()))
    }

    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        if filter != "vpc-id" {
            return None;
        }
        let inside = request.ec2()?.index.in_vpc(value);
        let ids = inside.map(|inside| inside.groups.iter().cloned().collect());
        Some(ids.unwrap_or_default())
    }

    fn values(request: &Request<'_>, id: &str, group: &SecurityGroup, filter: &str) -> Vec<String> {
        let egress = filter.strip_prefix("egress.ip-permission.");
        if let Some(member) = egress.or(filter.strip_prefix("ip-permission.")) {
            return request
                .ec2()
                .into_iter()
                .flat_map(|ec2| ec2.rules_of(id))
                .filter(|(_, rule)| rule.egress == egress.is_some())
                .filter_map(|(_, rule)| permission::value(request, rule, member))
                .collect();
        }
        match filter {
            "description" => vec![group.description.clone()],
            "group-id" => vec![id.to_owned()],
            "group-name" => vec![group.name.clone()],
            "owner-id" => vec![request.account().to_owned()],
            "vpc-id" => vec![group.vpc.clone()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, group: &SecurityGroup) -> Vec<Element> {
        let rules: Vec<&SecurityGroupRule> = request
            .ec2()
            .into_iter()
            .flat_map(|ec2| ec2.rules_of(id))
            .map(|(_, rule)| rule)
            .collect();
        let permissions = |name, egress: bool| {
            let rules = rules.iter().copied().filter(|rule| rule.egress == egress);
            show_permissions(request, name, rules)
        };
        let mut shown = vec![
            Element::text("groupId", id),
            Element::text("groupName", &group.name),
            Element::text("groupDescription", &group.description),
            Element::text("ownerId", request.account()),
            Element::text("vpcId", &group.vpc),
            permissions("ipPermissions", false),
            permissions("ipPermissionsEgress", true),
            request.tag_set(id),
        ];
        shown.extend(shown_arn(request, id));
        shown
    }
}
