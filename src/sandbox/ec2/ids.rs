//! EC2's ids: their kinds, and what EC2 says of those that are malformed or name nothing.

use super::state::Ec2;
use crate::sandbox::call::Fault;

/// A kind of thing that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `vpc-`
    Vpc,
    /// `subnet-`
    Subnet,
    /// `igw-`
    InternetGateway,
    /// `rtb-`
    RouteTable,
    /// `rtbassoc-`
    RouteTableAssociation,
    /// `sg-`
    Group,
    /// `sgr-`
    GroupRule,
    /// `pcx-`
    Peering,
    /// `eni-`
    Interface,
    /// `acl-`
    NetworkAcl,
    /// `dopt-`
    DhcpOptions,
    /// `vpc-cidr-assoc-`
    CidrAssociation,
    /// `eipalloc-`
    Address,
    /// `nat-`
    NatGateway,
    /// `vpce-`
    Endpoint,
}

/// Prefix, name in messages, name of the malformed code, NotFound code, type in tag
/// specifications and ARNs.
type Words = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Every kind with an id of its own kind of row.
pub const ALL: [Kind; 15] = [
    Kind::Vpc,
    Kind::Subnet,
    Kind::InternetGateway,
    Kind::RouteTable,
    Kind::RouteTableAssociation,
    Kind::Group,
    Kind::GroupRule,
    Kind::Peering,
    Kind::Interface,
    Kind::NetworkAcl,
    Kind::DhcpOptions,
    Kind::CidrAssociation,
    Kind::Address,
    Kind::NatGateway,
    Kind::Endpoint,
];

impl Kind {
    /// The codes are AWS's, with the spelling each has (behaviour: EC2 API reference, error codes).
    fn words(self) -> Words {
        match self {
            Self::Vpc => (
                "vpc",
                "vpc ID",
                "InvalidVpcID.Malformed",
                "InvalidVpcID.NotFound",
                "vpc",
            ),
            Self::Subnet => (
                "subnet",
                "subnet ID",
                "InvalidSubnetID.Malformed",
                "InvalidSubnetID.NotFound",
                "subnet",
            ),
            Self::InternetGateway => (
                "igw",
                "internetGateway ID",
                "InvalidInternetGatewayId.Malformed",
                "InvalidInternetGatewayID.NotFound",
                "internet-gateway",
            ),
            Self::RouteTable => (
                "rtb",
                "routeTable ID",
                "InvalidRouteTableId.Malformed",
                "InvalidRouteTableID.NotFound",
                "route-table",
            ),
            Self::RouteTableAssociation => (
                "rtbassoc",
                "association ID",
                "InvalidRouteTableAssociationID.Malformed",
                "InvalidAssociationID.NotFound",
                "",
            ),
            Self::Group => (
                "sg",
                "security group",
                "InvalidGroupId.Malformed",
                "InvalidGroup.NotFound",
                "security-group",
            ),
            Self::GroupRule => (
                "sgr",
                "security group rule ID",
                "InvalidSecurityGroupRuleId.Malformed",
                "InvalidSecurityGroupRuleId.NotFound",
                "security-group-rule",
            ),
            Self::Peering => (
                "pcx",
                "vpcPeeringConnection ID",
                "InvalidVpcPeeringConnectionId.Malformed",
                "InvalidVpcPeeringConnectionID.NotFound",
                "vpc-peering-connection",
            ),
            Self::Interface => (
                "eni",
                "networkInterface ID",
                "InvalidNetworkInterfaceId.Malformed",
                "InvalidNetworkInterfaceID.NotFound",
                "network-interface",
            ),
            Self::NetworkAcl => (
                "acl",
                "networkAcl ID",
                "InvalidNetworkAclId.Malformed",
                "InvalidNetworkAclID.NotFound",
                "network-acl",
            ),
            Self::DhcpOptions => (
                "dopt",
                "dhcpOption ID",
                "InvalidDhcpOptionsId.Malformed",
                "InvalidDhcpOptionID.NotFound",
                "dhcp-options",
            ),
            Self::CidrAssociation => (
                "vpc-cidr-assoc",
                "vpc CIDR block association ID",
                "InvalidVpcCidrBlockAssociationID.Malformed",
                "InvalidVpcCidrBlockAssociationID.NotFound",
                "",
            ),
            Self::Address => (
                "eipalloc",
                "allocation ID",
                "InvalidAllocationID.Malformed",
                "InvalidAllocationID.NotFound",
                "elastic-ip",
            ),
            Self::NatGateway => (
                "nat",
                "Nat Gateway",
                "NatGatewayMalformed",
                "NatGatewayNotFound",
                "natgateway",
            ),
            Self::Endpoint => (
                "vpce",
                "Vpc Endpoint Id",
                "InvalidVpcEndpointId.Malformed",
                "InvalidVpcEndpointId.NotFound",
                "vpc-endpoint",
            ),
        }
    }

    /// What ids start with, without the dash.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        self.words().0
    }

    /// The type in tag specifications and ARNs; empty where there are no tags.
    #[must_use]
    pub fn resource_type(self) -> &'static str {
        self.words().4
    }

    /// The kind of an id, by its prefix.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        let (prefix, _) = id.rsplit_once('-')?;
        ALL.into_iter().find(|kind| kind.prefix() == prefix)
    }

    /// Whether the id has this kind's form.
    #[must_use]
    pub fn fits(self, id: &str) -> bool {
        /// The lengths of AWS's short and long ids.
        const LENGTHS: [usize; 2] = [8, 17];
        id.rsplit_once('-').is_some_and(|(prefix, digits)| {
            prefix == self.prefix()
                && LENGTHS.contains(&digits.len())
                && digits
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
    }

    /// Refuses an id that has not this kind's form.
    ///
    /// # Errors
    /// AWS's `…Malformed`.
    pub fn check(self, id: &str) -> Result<(), Fault> {
        if self.fits(id) {
            return Ok(());
        }
        let (prefix, name, code, ..) = self.words();
        let message = if id.starts_with(&format!("{prefix}-")) {
            format!("Invalid id: \"{id}\"")
        } else {
            format!("Invalid id: \"{id}\" (expecting \"{prefix}-...\")")
        };
        Err(Fault::client(
            code,
            if self == Self::CidrAssociation {
                format!("The {name} '{id}' is malformed")
            } else {
                message
            },
        ))
    }

    /// AWS's `…NotFound` for an id.
    #[must_use]
    pub fn not_found(self, id: &str) -> Fault {
        let (_, name, _, code, _) = self.words();
        let message = match self {
            Self::InternetGateway | Self::RouteTable | Self::Peering | Self::Interface => {
                format!("The {name} '{id}' does not exist")
            }
            Self::GroupRule => format!("The security group rule ID '{id}' does not exist"),
            Self::NatGateway => format!("The {name} {id} was not found"),
            _ => format!("The {name} '{id}' does not exist"),
        };
        Fault::client(code, message)
    }

    /// Whether the thing is there. Peering connections live elsewhere: never here.
    #[must_use]
    pub fn is_in(self, ec2: &Ec2, id: &str) -> bool {
        match self {
            Self::Vpc => ec2.vpcs.contains(id),
            Self::Subnet => ec2.subnets.contains(id),
            Self::InternetGateway => ec2.gateways.contains(id),
            Self::RouteTable => ec2.route_tables.contains(id),
            Self::RouteTableAssociation => ec2.index.table_of_association(id).is_some(),
            Self::Group => ec2.groups.contains(id),
            Self::GroupRule => ec2.rules.contains(id),
            Self::Interface => ec2.interfaces.contains(id),
            Self::NetworkAcl => ec2.vpcs.values().any(|vpc| vpc.network_acl == id),
            Self::CidrAssociation => ec2
                .vpcs
                .values()
                .any(|vpc| vpc.cidrs.iter().any(|own| own.id == id)),
            Self::Endpoint => ec2.endpoints.contains(id),
            Self::Address => ec2.addresses.contains(id),
            Self::NatGateway => ec2.nat_gateways.contains(id) || ec2.gone_nat_gateways.contains(id),
            Self::Peering | Self::DhcpOptions => false,
        }
    }
}
