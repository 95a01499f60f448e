//! What a VPC and its further networks are.

use crate::kinds::ec2::attributes::{ARN, ID, NAME, NAME_RULE, OWNER, TAGS, VPC_REF};
use crate::kinds::schema::{
    Attribute, ChangeRule, Part, PartForm, Placement, Schema, Text, Type, Unset,
};

/// Widest and narrowest netmask that IPAM is asked for (EC2 guide: a VPC is /16 to /28).
const NETMASK: Type = Type::Int(16, 28);

/// A VPC.
pub static VPC: Schema = Schema {
    kind: "vpc",
    aws: "AWS::EC2::VPC",
    doc: "A virtual network.",
    attributes: &[
        NAME,
        Attribute {
            aliases: &["cidr_block"],
            change: ChangeRule::Replace("the primary network of a VPC cannot be changed"),
            ..Attribute::new(
                "cidr",
                "CidrBlock",
                Type::Cidr,
                "Its primary IPv4 network, /16 to /28.",
            )
        },
        Attribute {
            aliases: &["ipv4_ipam_pool_id", "ipam_pool"],
            change: ChangeRule::Replace("the primary network of a VPC cannot be changed"),
            ..Attribute::new(
                "ipv4_ipam_pool",
                "Ipv4IpamPoolId",
                Type::String(Text::new("ipam-pool-[0-9a-f]+", 0, 64)),
                "The IPAM pool its network is taken from, instead of `cidr`.",
            )
        },
        Attribute {
            aliases: &["netmask_length"],
            change: ChangeRule::Replace("the primary network of a VPC cannot be changed"),
            ..Attribute::new(
                "ipv4_netmask_length",
                "Ipv4NetmaskLength",
                NETMASK,
                "The size of the network taken from the IPAM pool.",
            )
        },
        Attribute {
            aliases: &["enable_dns_support"],
            unset: Unset::Default("true"),
            ..Attribute::new(
                "dns_support",
                "EnableDnsSupport",
                Type::Bool,
                "Whether the Amazon DNS server answers in it.",
            )
        },
        Attribute {
            aliases: &["enable_dns_hostnames"],
            unset: Unset::Default("false"),
            ..Attribute::new(
                "dns_hostnames",
                "EnableDnsHostnames",
                Type::Bool,
                "Whether instances get public DNS names; needs `dns_support`.",
            )
        },
        Attribute {
            aliases: &["tenancy"],
            change: ChangeRule::Depends,
            unset: Unset::Default("\"default\""),
            ..Attribute::new(
                "instance_tenancy",
                "InstanceTenancy",
                Type::Enum(&["default", "dedicated", "host"]),
                "The tenancy of instances; only `dedicated` to `default` is possible in place.",
            )
        },
        TAGS,
        ID,
        ARN,
        OWNER,
        Attribute::computed(
            "default_security_group",
            "DefaultSecurityGroup",
            Type::String(Text::ANY),
            "The security group that came with it.",
        ),
        Attribute {
            aliases: &["default_route_table"],
            ..Attribute::computed(
                "main_route_table",
                "MainRouteTableId",
                Type::String(Text::ANY),
                "The route table of subnets without an association.",
            )
        },
        Attribute::computed(
            "default_network_acl",
            "DefaultNetworkAcl",
            Type::String(Text::ANY),
            "The network ACL that came with it.",
        ),
        Attribute {
            aliases: &["dhcp_options_id"],
            ..Attribute::computed(
                "dhcp_options",
                "DhcpOptionsId",
                Type::String(Text::ANY),
                "Its DHCP options.",
            )
        },
    ],
    parts: &[Part {
        word: "secondary_cidrs",
        form: PartForm::Items("cidr"),
        schema: &SECONDARY_CIDR,
        parent: ("vpc", "id"),
    }],
    placement: Placement::Account,
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: None,
    data: None,
};

/// A further IPv4 network of a VPC.
pub static SECONDARY_CIDR: Schema = Schema {
    kind: "vpc.secondary_cidrs",
    aws: "AWS::EC2::VPCCidrBlock",
    doc: "A further IPv4 network of a VPC.",
    attributes: &[
        Attribute {
            required: true,
            change: ChangeRule::Replace("it belongs to its VPC"),
            ..Attribute::new("vpc", "VpcId", VPC_REF, "The VPC.")
        },
        Attribute {
            aliases: &["cidr_block"],
            required: true,
            change: ChangeRule::Replace("an associated network cannot be changed"),
            ..Attribute::new("cidr", "CidrBlock", Type::Cidr, "The network, /16 to /28.")
        },
        ID,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a VPC has each network once"),
    data: None,
};
