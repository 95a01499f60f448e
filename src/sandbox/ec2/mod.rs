//! The sandbox's EC2: VPCs and what is in them.
//!
//! One file per kind of thing. [`request`] reads arguments; [`describe`] and [`filter`] do what
//! all Describe calls share; [`api`] is what the other services of the sandbox use.

pub mod api;
pub mod arn;
pub mod ids;
pub mod index;
pub mod peering_state;
pub mod state;
pub mod zones;

mod address;
mod cidr;
mod describe;
mod dhcp;
mod endpoint;
mod filter;
mod internet_gateway;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod permission;
mod place;
mod request;
mod route;
mod route_table;
mod security_group;
mod security_group_rule;
mod service;
mod subnet;
mod tags;
mod token;
mod vpc;
mod vpc_peering;

#[cfg(test)]
mod tests;

use super::call::{Call, Fault};
use super::world::World;
use super::xml::Element;
use describe::describe;
use request::Request;

/// Lets what leaves by itself do so when its time has come.
pub fn settle(world: &mut World, account: &str, region: &str, now_ms: u64) {
    let is_due = |ec2: &state::Ec2| ec2.has_leaving(now_ms);
    if world
        .peek(account, region)
        .is_some_and(|held| is_due(&held.ec2))
    {
        world.region(account, region).ec2.let_leave(now_ms);
    }
}

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Vec<Element>, Fault> {
    if !zones::is_region(&call.region) {
        return Err(Fault::client(
            "AuthFailure",
            format!("There is no region {}", call.region),
        ));
    }
    let request = &mut Request::new(world, call);
    match call.operation.as_str() {
        "CreateVpc" => vpc::create(request),
        "DescribeVpcs" => describe::<vpc::Vpcs>(request),
        "DescribeVpcAttribute" => vpc::describe_attribute(request),
        "ModifyVpcAttribute" => vpc::modify_attribute(request),
        "ModifyVpcTenancy" => vpc::modify_tenancy(request),
        "DeleteVpc" => vpc::delete(request),
        "AssociateVpcCidrBlock" => vpc::associate_cidr(request),
        "DisassociateVpcCidrBlock" => vpc::disassociate_cidr(request),
        "CreateSubnet" => subnet::create(request),
        "DescribeSubnets" => describe::<subnet::Subnets>(request),
        "ModifySubnetAttribute" => subnet::modify(request),
        "DeleteSubnet" => subnet::delete(request),
        "CreateInternetGateway" => internet_gateway::create(request),
        "DescribeInternetGateways" => describe::<internet_gateway::InternetGateways>(request),
        "AttachInternetGateway" => internet_gateway::attach(request),
        "DetachInternetGateway" => internet_gateway::detach(request),
        "DeleteInternetGateway" => internet_gateway::delete(request),
        "CreateRouteTable" => route_table::create(request),
        "DescribeRouteTables" => describe::<route_table::RouteTables>(request),
        "DeleteRouteTable" => route_table::delete(request),
        "AssociateRouteTable" => route_table::associate(request),
        "ReplaceRouteTableAssociation" => route_table::replace_association(request),
        "DisassociateRouteTable" => route_table::disassociate(request),
        "CreateRoute" => route::create(request),
        "ReplaceRoute" => route::replace(request),
        "DeleteRoute" => route::delete(request),
        "CreateSecurityGroup" => security_group::create(request),
        "DescribeSecurityGroups" => security_group::describe(request),
        "DeleteSecurityGroup" => security_group::delete(request),
        "DescribeSecurityGroupRules" => describe::<security_group_rule::Rules>(request),
        "AuthorizeSecurityGroupIngress" => security_group_rule::authorize(request, false),
        "AuthorizeSecurityGroupEgress" => security_group_rule::authorize(request, true),
        "RevokeSecurityGroupIngress" => security_group_rule::revoke(request, false),
        "RevokeSecurityGroupEgress" => security_group_rule::revoke(request, true),
        "ModifySecurityGroupRules" => security_group_rule::modify(request),
        "UpdateSecurityGroupRuleDescriptionsIngress" => {
            security_group_rule::update_descriptions(request, false)
        }
        "UpdateSecurityGroupRuleDescriptionsEgress" => {
            security_group_rule::update_descriptions(request, true)
        }
        "CreateVpcPeeringConnection" => vpc_peering::create(request),
        "DescribeVpcPeeringConnections" => describe::<vpc_peering::Peerings>(request),
        "AcceptVpcPeeringConnection" => vpc_peering::accept(request),
        "RejectVpcPeeringConnection" => vpc_peering::reject(request),
        "DeleteVpcPeeringConnection" => vpc_peering::delete(request),
        "ModifyVpcPeeringConnectionOptions" => vpc_peering::modify_options(request),
        "AllocateAddress" => address::allocate(request),
        "DescribeAddresses" => address::describe(request),
        "ReleaseAddress" => address::release(request),
        "CreateNatGateway" => nat_gateway::create(request),
        "DescribeNatGateways" => describe::<nat_gateway::NatGateways>(request),
        "DeleteNatGateway" => nat_gateway::delete(request),
        "CreateVpcEndpoint" => endpoint::create(request),
        "DescribeVpcEndpoints" => describe::<endpoint::Endpoints>(request),
        "ModifyVpcEndpoint" => endpoint::modify(request),
        "DeleteVpcEndpoints" => endpoint::delete(request),
        "DescribePrefixLists" => service::describe_prefix_lists(request),
        "CreateTags" => tags::create(request),
        "DeleteTags" => tags::delete(request),
        "DescribeTags" => tags::describe(request),
        "DescribeNetworkInterfaces" => describe::<network_interface::NetworkInterfaces>(request),
        "DeleteNetworkInterface" => network_interface::delete(request),
        "DescribeNetworkAcls" => network_acl::describe(request),
        "DescribeDhcpOptions" => dhcp::describe(request),
        "DescribeRegions" => place::describe_regions(request),
        "DescribeAvailabilityZones" => place::describe_zones(request),
        "DescribeAccountAttributes" => place::describe_account_attributes(request),
        other => Err(Fault::invalid_action(other)),
    }
}
