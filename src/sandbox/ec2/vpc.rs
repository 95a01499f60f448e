//! VPCs, their attributes and their address blocks.

use std::collections::BTreeMap;

use ipnet::{IpNet, Ipv4Net};

use super::cidr;
use super::describe::Describe;
use super::ids::Kind;
use super::peering_state::Phase;
use super::request::{Answer, Request, done, in_use, invalid, missing};
use super::state::{
    Association, CidrAssociation, Destination, Ec2, RouteTable, RulePeer, SecurityGroup,
    SecurityGroupRule, Vpc, overlap,
};
use super::{dhcp, endpoint, security_group};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// A VPC is `pending` for about this long.
const READY_AFTER_MS: u64 = 1000;
/// A block is `associating` for about this long.
const ASSOCIATED_AFTER_MS: u64 = 2000;
/// IPv4 blocks per VPC (behaviour: VPC guide, quotas).
const MOST_CIDRS: usize = 5;

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "AmazonProvidedIpv6CidrBlock",
        "Ipv6Pool",
        "Ipv6CidrBlock",
        "Ipv4IpamPoolId",
        "Ipv4NetmaskLength",
        "Ipv6IpamPoolId",
        "Ipv6NetmaskLength",
        "VpcEncryptionControl",
    ])?;
    let block = cidr::read_sized(
        "CidrBlock",
        request.required("CidrBlock")?,
        "InvalidVpc.Range",
    )?;
    let tenancy = match request.text("InstanceTenancy").unwrap_or("default") {
        tenancy @ ("default" | "dedicated") => tenancy.to_owned(),
        other => return Err(invalid("InstanceTenancy", other, "Unknown tenancy.")),
    };
    let tags = request.new_tags(Kind::Vpc)?;
    let count = request.ec2().map_or(0, |ec2| ec2.vpcs.len());
    if count >= request.world.behaviour.vpcs_per_region {
        return Err(Fault::client(
            "VpcLimitExceeded",
            "The maximum number of VPCs has been reached.",
        ));
    }
    request.dry_run()?;
    let id = request.new_id(Kind::Vpc);
    let vpc = Vpc {
        cidrs: vec![CidrAssociation {
            id: request.new_id(Kind::CidrAssociation),
            cidr: block,
            ready_at: request.now(),
        }],
        tenancy,
        dns_support: true,
        dns_hostnames: false,
        address_usage_metrics: false,
        main_route_table: create_main_table(request, &id),
        default_group: create_default_group(request, &id),
        network_acl: request.new_id(Kind::NetworkAcl),
        ready_at: request.done_at(READY_AFTER_MS),
    };
    let shown_ready = vpc.ready_at;
    request.ec2_mut().put_vpc(&id, vpc.clone());
    request.tag_new(&id, tags);
    // EC2 answers a create with `pending` even where the next read says `available`.
    let vpc = Vpc {
        ready_at: shown_ready.max(request.now() + 1),
        ..vpc
    };
    Ok(vec![Element::parent("vpc", Vpcs::show(request, &id, &vpc))])
}

fn create_main_table(request: &mut Request<'_>, vpc: &str) -> String {
    let id = request.new_id(Kind::RouteTable);
    let association = request.new_id(Kind::RouteTableAssociation);
    request.ec2_mut().put_route_table(
        &id,
        RouteTable {
            vpc: vpc.to_owned(),
            associations: BTreeMap::from([(association, Association::Main)]),
            routes: BTreeMap::new(),
        },
    );
    id
}

/// The default group: everything from itself in, everything out.
fn create_default_group(request: &mut Request<'_>, vpc: &str) -> String {
    let id = request.new_id(Kind::Group);
    let ingress = request.new_id(Kind::GroupRule);
    let egress = request.new_id(Kind::GroupRule);
    let account = request.account().to_owned();
    let ec2 = request.ec2_mut();
    ec2.put_group(
        &id,
        SecurityGroup {
            vpc: vpc.to_owned(),
            name: security_group::DEFAULT.to_owned(),
            description: "default VPC security group".to_owned(),
        },
    );
    ec2.put_rule(
        &ingress,
        SecurityGroupRule {
            group: id.clone(),
            egress: false,
            protocol: "-1".to_owned(),
            from_port: None,
            to_port: None,
            peer: RulePeer::Group {
                id: id.clone(),
                account,
                vpc: vpc.to_owned(),
                peering: None,
            },
            description: None,
        },
    );
    ec2.put_rule(&egress, security_group::allow_all_egress(&id));
    id
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.id("VpcId", Kind::Vpc)?;
    let (main, default_group) = request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(&id))
        .map(|vpc| (vpc.main_route_table.clone(), vpc.default_group.clone()))
        .ok_or_else(|| Kind::Vpc.not_found(&id))?;
    let inside = request.ec2().and_then(|ec2| ec2.index.in_vpc(&id));
    let holds = inside.is_some_and(|inside| {
        !inside.subnets.is_empty()
            || inside.gateway.is_some()
            || inside.route_tables.iter().any(|table| *table != main)
            || inside.groups.iter().any(|group| *group != default_group)
    });
    let peered = request
        .world
        .shared
        .peerings
        .of_vpc(&id)
        .any(|(_, peering)| peering.phase == Phase::Accepted);
    if holds || peered || endpoint::any_in(request, &id) {
        return Err(in_use("vpc", &id));
    }
    request.dry_run()?;
    let now = request.now();
    let account = request.account().to_owned();
    let pending: Vec<String> = request
        .world
        .shared
        .peerings
        .of_vpc(&id)
        .filter(|(_, peering)| peering.is_live(now))
        .map(|(peering, _)| peering.clone())
        .collect();
    for peering in pending {
        if let Some(peering) = request.world.shared.peerings.get_mut(&peering) {
            peering.phase = Phase::Deleted(account.clone());
            peering.since = now;
        }
    }
    let ec2 = request.ec2_mut();
    ec2.drop_route_table(&main);
    ec2.drop_group(&default_group);
    ec2.drop_vpc(&id);
    done()
}

pub(super) fn describe_attribute(request: &mut Request<'_>) -> Answer {
    let id = request.id("VpcId", Kind::Vpc)?;
    let attribute = request.required("Attribute")?;
    let vpc = vpc(request, &id)?;
    let value = match attribute {
        "enableDnsSupport" => vpc.dns_support,
        "enableDnsHostnames" => vpc.dns_hostnames,
        "enableNetworkAddressUsageMetrics" => vpc.address_usage_metrics,
        other => return Err(invalid("Attribute", other, "Unknown attribute.")),
    };
    let shown = Element::parent(attribute, vec![Element::text("value", value)]);
    request.dry_run()?;
    Ok(vec![Element::text("vpcId", id), shown])
}

pub(super) fn modify_attribute(request: &mut Request<'_>) -> Answer {
    let id = request.id("VpcId", Kind::Vpc)?;
    let support = request.boolean("EnableDnsSupport.Value")?;
    let hostnames = request.boolean("EnableDnsHostnames.Value")?;
    let metrics = request.boolean("EnableNetworkAddressUsageMetrics.Value")?;
    match [support, hostnames, metrics].iter().flatten().count() {
        0 => return Err(missing("EnableDnsSupport")),
        1 => {}
        _ => {
            return Err(Fault::client(
                "InvalidParameterCombination",
                "Fields for multiple attribute types specified: only one may be given in a call.",
            ));
        }
    }
    let mut vpc = vpc(request, &id)?.clone();
    vpc.dns_support = support.unwrap_or(vpc.dns_support);
    vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames);
    vpc.address_usage_metrics = metrics.unwrap_or(vpc.address_usage_metrics);
    if hostnames == Some(true) && !vpc.dns_support {
        return Err(invalid(
            "EnableDnsHostnames",
            "true",
            "DNS hostnames can only be enabled if DNS support is enabled.",
        ));
    }
    request.ec2_mut().put_vpc(&id, vpc);
    done()
}

pub(super) fn modify_tenancy(request: &mut Request<'_>) -> Answer {
    let id = request.id("VpcId", Kind::Vpc)?;
    let tenancy = request.required("InstanceTenancy")?;
    if tenancy != "default" {
        return Err(invalid(
            "InstanceTenancy",
            tenancy,
            "Tenancy can only be changed to default.",
        ));
    }
    let mut vpc = vpc(request, &id)?.clone();
    "default".clone_into(&mut vpc.tenancy);
    request.dry_run()?;
    request.ec2_mut().put_vpc(&id, vpc);
    done()
}

pub(super) fn associate_cidr(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "AmazonProvidedIpv6CidrBlock",
        "Ipv6Pool",
        "Ipv6CidrBlock",
        "Ipv4IpamPoolId",
        "Ipv4NetmaskLength",
        "Ipv6IpamPoolId",
        "Ipv6NetmaskLength",
    ])?;
    let id = request.id("VpcId", Kind::Vpc)?;
    let block = cidr::read_sized(
        "CidrBlock",
        request.required("CidrBlock")?,
        "InvalidVpc.Range",
    )?;
    let mut vpc = vpc(request, &id)?.clone();
    if vpc.cidrs.len() >= MOST_CIDRS {
        return Err(Fault::client(
            "CidrLimitExceeded",
            format!(
                "This network '{id}' has met its maximum number of allowed CIDRs: {MOST_CIDRS}"
            ),
        ));
    }
    if vpc.overlaps(&block) {
        return Err(Fault::client(
            "InvalidVpc.Range",
            format!("The CIDR '{block}' conflicts with a CIDR of the VPC."),
        ));
    }
    if let Some(primary) = vpc.primary_cidr()
        && !may_join(&primary, &block)
    {
        return Err(Fault::client(
            "InvalidVpc.Range",
            format!(
                "The CIDR '{block}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR."
            ),
        ));
    }
    if let Some(ec2) = request.ec2()
        && is_route_within(ec2, &id, &block)
    {
        return Err(Fault::client(
            "InvalidVpc.Range",
            format!(
                "The CIDR '{block}' is equal to or wider than the destination of a route of the VPC."
            ),
        ));
    }
    let now = request.now();
    let requested = |(_, peering): (&String, &super::peering_state::Peering)| {
        peering.requester.vpc == id && peering.phase == Phase::Pending && peering.is_live(now)
    };
    if request.world.shared.peerings.of_vpc(&id).any(requested) {
        return Err(Fault::client(
            "OperationNotPermitted",
            format!("The VPC '{id}' has a pending peering connection request."),
        ));
    }
    let association = CidrAssociation {
        id: request.new_id(Kind::CidrAssociation),
        cidr: block,
        ready_at: request.done_at(ASSOCIATED_AFTER_MS),
    };
    let shown = show_cidr(&association, request.now(), "associating");
    vpc.cidrs.push(association);
    request.ec2_mut().put_vpc(&id, vpc);
    Ok(vec![
        Element::text("vpcId", id),
        Element::parent("cidrBlockAssociation", shown),
    ])
}

/// Whether a block may join a VPC with this primary block: families of RFC 1918 are not mixed,
/// and 198.19.0.0/16 stays alone (behaviour: VPC guide, CIDR block association restrictions).
fn may_join(primary: &Ipv4Net, block: &Ipv4Net) -> bool {
    const FAMILIES: [&str; 4] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.19.0.0/16",
    ];
    let family = |block: &Ipv4Net| {
        FAMILIES.into_iter().find(|family| {
            family
                .parse::<Ipv4Net>()
                .is_ok_and(|family| family.contains(block))
        })
    };
    match (family(primary), family(block)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// Whether a route of the VPC leads to a part of the block or all of it.
fn is_route_within(ec2: &Ec2, vpc: &str, block: &Ipv4Net) -> bool {
    let tables = ec2.index.in_vpc(vpc).map(|inside| &inside.route_tables);
    tables
        .into_iter()
        .flatten()
        .filter_map(|id| ec2.route_tables.get(id))
        .flat_map(|table| table.routes.values())
        .any(|route| match &route.destination {
            Destination::Cidr(IpNet::V4(destination)) => block.contains(destination),
            Destination::Cidr(IpNet::V6(_)) | Destination::List(_) => false,
        })
}

pub(super) fn disassociate_cidr(request: &mut Request<'_>) -> Answer {
    let association = request.required("AssociationId")?.to_owned();
    Kind::CidrAssociation.check(&association)?;
    let found = request.ec2().and_then(|ec2| {
        ec2.vpcs
            .iter()
            .find(|(_, vpc)| vpc.cidrs.iter().any(|own| own.id == association))
            .map(|(id, vpc)| (id.clone(), vpc.clone()))
    });
    let (id, mut vpc) = found.ok_or_else(|| Kind::CidrAssociation.not_found(&association))?;
    if vpc
        .cidrs
        .first()
        .is_some_and(|primary| primary.id == association)
    {
        return Err(Fault::client(
            "OperationNotPermitted",
            format!(
                "The vpc CIDR block with association ID {association} may not be disassociated. It is the primary IPv4 CIDR block of the VPC"
            ),
        ));
    }
    let at = vpc.cidrs.iter().position(|own| own.id == association);
    let Some(own) = at.map(|at| vpc.cidrs.remove(at)) else {
        return Err(Kind::CidrAssociation.not_found(&association));
    };
    let in_use = request.ec2().is_some_and(|ec2| {
        ec2.index
            .in_vpc(&id)
            .into_iter()
            .flat_map(|inside| &inside.subnets)
            .filter_map(|subnet| ec2.subnets.get(subnet))
            .any(|subnet| overlap(&own.cidr, &subnet.cidr))
    });
    if in_use {
        return Err(Fault::client(
            "DependencyViolation",
            format!(
                "The vpc CIDR block with association ID {association} has subnets and cannot be disassociated."
            ),
        ));
    }
    request.ec2_mut().put_vpc(&id, vpc);
    Ok(vec![
        Element::text("vpcId", id),
        Element::parent(
            "cidrBlockAssociation",
            show_cidr(&own, request.now(), "disassociating"),
        ),
    ])
}

/// The VPC of this id.
pub(super) fn vpc<'a>(request: &'a Request<'_>, id: &str) -> Result<&'a Vpc, Fault> {
    request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(id))
        .ok_or_else(|| Kind::Vpc.not_found(id))
}

/// `state` is what it is before it is associated, or on its way out.
fn show_cidr(association: &CidrAssociation, now: u64, state: &str) -> Vec<Element> {
    let state = if state == "associating" && now >= association.ready_at {
        "associated"
    } else {
        state
    };
    vec![
        Element::text("associationId", &association.id),
        Element::text("cidrBlock", association.cidr),
        Element::parent("cidrBlockState", vec![Element::text("state", state)]),
    ]
}

fn state(vpc: &Vpc, now: u64) -> &'static str {
    if now >= vpc.ready_at {
        "available"
    } else {
        "pending"
    }
}

/// Describes VPCs.
pub(super) struct Vpcs;

impl Describe for Vpcs {
    type Row = Vpc;
    const IDS: &'static str = "VpcId";
    const KIND: Kind = Kind::Vpc;
    const SET: &'static str = "vpcSet";
    const ID_FILTER: &'static str = "vpc-id";
    const FILTERS: &'static [&'static str] = &[
        "cidr",
        "cidr-block",
        "cidr-block-association.association-id",
        "cidr-block-association.cidr-block",
        "cidr-block-association.state",
        "dhcp-options-id",
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.ipv6-pool",
        "ipv6-cidr-block-association.state",
        "is-default",
        "isDefault",
        "owner-id",
        "state",
        "tag-key",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Vpc> {
        request.ec2()?.vpcs.get(id)
    }

    fn all<'a>(request: &'a Request<'_>) -> Box<dyn Iterator<Item = (&'a String, &'a Vpc)> + 'a> {
        Box::new(request.ec2().into_iter().flat_map(|ec2| ec2.vpcs.iter()))
    }

    fn values(request: &Request<'_>, id: &str, vpc: &Vpc, filter: &str) -> Vec<String> {
        let cidrs = |value: fn(&CidrAssociation) -> String| vpc.cidrs.iter().map(value).collect();
        match filter {
            "cidr" | "cidr-block" => vpc.primary_cidr().iter().map(ToString::to_string).collect(),
            "cidr-block-association.association-id" => cidrs(|own| own.id.clone()),
            "cidr-block-association.cidr-block" => cidrs(|own| own.cidr.to_string()),
            "cidr-block-association.state" => vpc
                .cidrs
                .iter()
                .map(|own| {
                    let ready = request.now() >= own.ready_at;
                    if ready { "associated" } else { "associating" }.to_owned()
                })
                .collect(),
            "dhcp-options-id" => vec![dhcp::id(request)],
            "is-default" | "isDefault" => vec!["false".to_owned()],
            "owner-id" => vec![request.account().to_owned()],
            "state" => vec![state(vpc, request.now()).to_owned()],
            "vpc-id" => vec![id.to_owned()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, vpc: &Vpc) -> Vec<Element> {
        let now = request.now();
        let mut shown = vec![
            Element::text("vpcId", id),
            Element::text("ownerId", request.account()),
            Element::text("state", state(vpc, now)),
        ];
        shown.extend(
            vpc.primary_cidr()
                .map(|cidr| Element::text("cidrBlock", cidr)),
        );
        shown.extend([
            Element::list(
                "cidrBlockAssociationSet",
                "item",
                vpc.cidrs
                    .iter()
                    .map(|own| show_cidr(own, now, "associating"))
                    .collect(),
            ),
            Element::text("dhcpOptionsId", dhcp::id(request)),
            Element::text("instanceTenancy", &vpc.tenancy),
            Element::text("isDefault", false),
            request.tag_set(id),
        ]);
        shown
    }
}
