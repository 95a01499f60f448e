//! What the other services of the sandbox need of EC2: looking things up, and the groups and
//! interfaces that services make in a customer's VPC.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::state::{Ec2, NetworkInterface, RulePeer, SecurityGroup, SecurityGroupRule, Tags};
use super::{arn, zones};
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;

/// What a subnet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubnetFacts {
    /// Its VPC.
    pub vpc: String,
    /// `eu-west-1a`.
    pub zone: String,
    /// `euw1-az1`.
    pub zone_id: String,
    /// Its block.
    pub cidr: Ipv4Net,
}

/// What a VPC is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcFacts {
    /// Its IPv4 blocks, the primary one first.
    pub cidrs: Vec<Ipv4Net>,
    /// The group named `default`.
    pub default_group: String,
    /// `default` or `dedicated`.
    pub tenancy: String,
}

/// What a security group is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    /// Its VPC.
    pub vpc: String,
    /// Its name, unique in the VPC.
    pub name: String,
}

fn ec2<'a>(world: &'a World, account: &str, region: &str) -> Option<&'a Ec2> {
    Some(&world.peek(account, region)?.ec2)
}

/// The subnet of this id.
#[must_use]
pub fn subnet(world: &World, account: &str, region: &str, id: &str) -> Option<SubnetFacts> {
    let subnet = ec2(world, account, region)?.subnets.get(id)?;
    Some(SubnetFacts {
        vpc: subnet.vpc.clone(),
        zone: subnet.zone.clone(),
        zone_id: zones::zone_id(region, &subnet.zone).unwrap_or_default(),
        cidr: subnet.cidr,
    })
}

/// The VPC of this id.
#[must_use]
pub fn vpc(world: &World, account: &str, region: &str, id: &str) -> Option<VpcFacts> {
    let vpc = ec2(world, account, region)?.vpcs.get(id)?;
    Some(VpcFacts {
        cidrs: vpc.cidrs.iter().map(|own| own.cidr).collect(),
        default_group: vpc.default_group.clone(),
        tenancy: vpc.tenancy.clone(),
    })
}

/// The security group of this id.
#[must_use]
pub fn group(world: &World, account: &str, region: &str, id: &str) -> Option<GroupFacts> {
    let group = ec2(world, account, region)?.groups.get(id)?;
    Some(GroupFacts {
        vpc: group.vpc.clone(),
        name: group.name.clone(),
    })
}

/// The id of the security group of this name in a VPC.
#[must_use]
pub fn group_named(
    world: &World,
    account: &str,
    region: &str,
    vpc: &str,
    name: &str,
) -> Option<String> {
    ec2(world, account, region)?
        .index
        .in_vpc(vpc)?
        .group_names
        .get(name)
        .cloned()
}

/// A security group that a service makes.
#[derive(Debug, Clone)]
pub struct NewGroup<'a> {
    /// The VPC.
    pub vpc: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its description.
    pub description: &'a str,
    /// Its tags; `aws:` keys are allowed here.
    pub tags: Tags,
}

/// Makes a security group without any rule, and answers its id.
///
/// # Errors
/// If the VPC is not there or has a group of that name.
pub fn create_group(
    world: &mut World,
    account: &str,
    region: &str,
    new: NewGroup<'_>,
) -> Result<String, Fault> {
    if vpc(world, account, region, new.vpc).is_none() {
        return Err(super::ids::Kind::Vpc.not_found(new.vpc));
    }
    if group_named(world, account, region, new.vpc, new.name).is_some() {
        return Err(super::security_group::duplicate(new.name, new.vpc));
    }
    let id = world.new_id("sg");
    let ec2 = &mut world.region(account, region).ec2;
    ec2.put_group(
        &id,
        SecurityGroup {
            vpc: new.vpc.to_owned(),
            name: new.name.to_owned(),
            description: new.description.to_owned(),
        },
    );
    if !new.tags.is_empty() {
        ec2.tags.insert(id.clone(), new.tags);
    }
    Ok(id)
}

/// A rule between two groups of one VPC that a service makes.
#[derive(Debug, Clone)]
pub struct NewRule<'a> {
    /// The group the rule belongs to.
    pub group: &'a str,
    /// Outgoing, not incoming.
    pub egress: bool,
    /// `tcp`.
    pub protocol: &'a str,
    /// First and last port.
    pub ports: (i32, i32),
    /// The group at the other end.
    pub peer: &'a str,
    /// What for.
    pub description: Option<&'a str>,
}

/// Adds a rule to a group, and answers its id.
///
/// # Errors
/// If a group is not there or has the rule already.
pub fn create_rule(
    world: &mut World,
    account: &str,
    region: &str,
    new: &NewRule<'_>,
) -> Result<String, Fault> {
    let not_found = |id| super::ids::Kind::Group.not_found(id);
    let peer = group(world, account, region, new.peer).ok_or_else(|| not_found(new.peer))?;
    if group(world, account, region, new.group).is_none() {
        return Err(not_found(new.group));
    }
    let rule = SecurityGroupRule {
        group: new.group.to_owned(),
        egress: new.egress,
        protocol: new.protocol.to_owned(),
        from_port: Some(new.ports.0),
        to_port: Some(new.ports.1),
        peer: RulePeer::Group {
            id: new.peer.to_owned(),
            account: account.to_owned(),
            vpc: peer.vpc,
            peering: None,
        },
        description: new.description.map(str::to_owned),
    };
    let id = world.new_id("sgr");
    let ec2 = &mut world.region(account, region).ec2;
    if ec2.rules_of(new.group).any(|(_, old)| old.is_same(&rule)) {
        return Err(super::security_group_rule::duplicate(&rule));
    }
    ec2.put_rule(&id, rule);
    Ok(id)
}

/// A network interface that a service makes in a subnet.
#[derive(Debug, Clone)]
pub struct NewInterface<'a> {
    /// The subnet.
    pub subnet: &'a str,
    /// Its security groups; none is the VPC's default group.
    pub groups: &'a [String],
    /// `EFS mount target for fs-… (fsmt-…)`.
    pub description: &'a str,
    /// The service's account or name.
    pub requester: &'a str,
    /// `efs`, `interface`.
    pub kind: &'a str,
    /// Its address; none is the first free one.
    pub private_ip: Option<Ipv4Addr>,
}

/// Makes a network interface managed by a service. For as long as it is there, its subnet and its
/// groups cannot be deleted. Answers its id and address.
///
/// # Errors
/// If the subnet or a group is not there or not in one VPC, or no address is free.
pub fn create_interface(
    world: &mut World,
    account: &str,
    region: &str,
    new: &NewInterface<'_>,
) -> Result<(String, Ipv4Addr), Fault> {
    let facts = subnet(world, account, region, new.subnet)
        .ok_or_else(|| super::ids::Kind::Subnet.not_found(new.subnet))?;
    let groups = groups_in(world, account, region, &facts.vpc, new.groups)?;
    let id = world.new_id("eni");
    let ec2 = &mut world.region(account, region).ec2;
    let used = ec2.index.addresses_in(new.subnet);
    let is_used = |ip: &Ipv4Addr| used.is_some_and(|used| used.contains_key(ip));
    let private_ip = match new.private_ip {
        Some(ip) if !super::subnet::usable_addresses(&facts.cidr).any(|usable| usable == ip) => {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!("Address {ip} does not fall within the subnet's address range"),
            ));
        }
        Some(ip) if is_used(&ip) => {
            return Err(Fault::client(
                "InvalidIPAddress.InUse",
                format!("Address {ip} is in use."),
            ));
        }
        Some(ip) => ip,
        None => super::subnet::usable_addresses(&facts.cidr)
            .find(|ip| !is_used(ip))
            .ok_or_else(|| {
                Fault::client(
                    "InsufficientFreeAddressesInSubnet",
                    format!(
                        "The subnet '{}' has no free addresses available.",
                        new.subnet
                    ),
                )
            })?,
    };
    let [one, two, three, four] = private_ip.octets();
    ec2.put_interface(
        &id,
        NetworkInterface {
            subnet: new.subnet.to_owned(),
            vpc: facts.vpc,
            private_ip,
            // Locally administered, and different for every address.
            mac: format!("02:00:{one:02x}:{two:02x}:{three:02x}:{four:02x}"),
            groups,
            description: new.description.to_owned(),
            requester: new.requester.to_owned(),
            kind: new.kind.to_owned(),
            address: None,
            gone_at: None,
        },
    );
    Ok((id, private_ip))
}

/// The network interface of this id.
#[must_use]
pub fn interface<'a>(
    world: &'a World,
    account: &str,
    region: &str,
    id: &str,
) -> Option<&'a NetworkInterface> {
    ec2(world, account, region)?.interfaces.get(id)
}

/// Puts other security groups on a network interface.
///
/// # Errors
/// If the interface or a group is not there, or a group is of another VPC.
pub fn set_interface_groups(
    world: &mut World,
    account: &str,
    region: &str,
    id: &str,
    groups: &[String],
) -> Result<(), Fault> {
    let mut interface = interface(world, account, region, id)
        .ok_or_else(|| super::ids::Kind::Interface.not_found(id))?
        .clone();
    interface.groups = groups_in(world, account, region, &interface.vpc, groups)?;
    world
        .region(account, region)
        .ec2
        .put_interface(id, interface);
    Ok(())
}

/// Takes a network interface away; whether it was there.
pub fn delete_interface(world: &mut World, account: &str, region: &str, id: &str) -> bool {
    world
        .region(account, region)
        .ec2
        .drop_interface(id)
        .is_some()
}

/// The groups by id, all of this VPC; the VPC's default group where none is named.
fn groups_in(
    world: &World,
    account: &str,
    region: &str,
    vpc_id: &str,
    groups: &[String],
) -> Result<Vec<String>, Fault> {
    if groups.is_empty() {
        return Ok(vpc(world, account, region, vpc_id)
            .map(|vpc| vpc.default_group)
            .into_iter()
            .collect());
    }
    for id in groups {
        let found = group(world, account, region, id)
            .ok_or_else(|| super::ids::Kind::Group.not_found(id))?;
        if found.vpc != vpc_id {
            return Err(Fault::client(
                "InvalidParameter",
                format!("Security group {id} and the subnet belong to different networks."),
            ));
        }
    }
    Ok(groups.to_vec())
}

/// Everything in EC2 that has or had tags, as (ARN, tags), in order of ids: for the tagging API.
#[must_use]
pub fn tagged(world: &World, account: &str, region: &str) -> Vec<(String, Tags)> {
    ec2(world, account, region)
        .into_iter()
        .flat_map(|ec2| ec2.tags.iter())
        .filter_map(|(id, tags)| Some((arn::of(account, region, id)?, tags.clone())))
        .collect()
}

/// The tags that the thing of this ARN has or had.
#[must_use]
pub fn tags_of(world: &World, arn: &str) -> Option<Tags> {
    let (account, region, id) = arn::read(arn)?;
    ec2(world, account, region)?.tags.get(id).cloned()
}

/// Sets tags on the thing of this ARN.
///
/// # Errors
/// If it is not there, or as CreateTags refuses.
pub fn tag(world: &mut World, arn: &str, tags: &Tags) -> Result<(), Fault> {
    let (account, region, id) = arn::read(arn).ok_or_else(|| arn::malformed(arn))?;
    super::tags::add(world, account, region, id, tags)
}

/// Takes tags off the thing of this ARN; keys it does not have are no error.
///
/// # Errors
/// If it is not there.
pub fn untag(world: &mut World, arn: &str, keys: &[String]) -> Result<(), Fault> {
    let (account, region, id) = arn::read(arn).ok_or_else(|| arn::malformed(arn))?;
    let keys: Vec<(String, Option<String>)> = keys.iter().map(|key| (key.clone(), None)).collect();
    super::tags::remove(world, account, region, id, &keys)
}
