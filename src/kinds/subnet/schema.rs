//! What a subnet is.

use crate::kinds::ec2::attributes::{ARN, ID, NAME, NAME_RULE, OWNER, TAGS, VPC};
use crate::kinds::schema::{Attribute, ChangeRule, Placement, Schema, Text, Type, Unset};

const ZONE_STAYS: ChangeRule = ChangeRule::Replace("a subnet cannot move to another zone");
const NETWORK_STAYS: ChangeRule = ChangeRule::Replace("the network of a subnet cannot be changed");

/// Names of instances started in a subnet.
const PRIVATE_DNS: &[Attribute] = &[
    Attribute {
        unset: Unset::Default("\"ip-name\""),
        ..Attribute::new(
            "hostname_type",
            "HostnameType",
            Type::Enum(&["ip-name", "resource-name"]),
            "What names of instances are made from.",
        )
    },
    Attribute {
        unset: Unset::Default("false"),
        ..Attribute::new(
            "enable_resource_name_dns_a_record",
            "EnableResourceNameDnsARecord",
            Type::Bool,
            "Whether names made from the instance id have an A record.",
        )
    },
    Attribute {
        unset: Unset::Default("false"),
        ..Attribute::new(
            "enable_resource_name_dns_aaaa_record",
            "EnableResourceNameDnsAAAARecord",
            Type::Bool,
            "Whether names made from the instance id have an AAAA record.",
        )
    },
];

/// A subnet.
pub static SUBNET: Schema = Schema {
    kind: "subnet",
    aws: "AWS::EC2::Subnet",
    doc: "A part of a VPC's network in one zone.",
    attributes: &[
        NAME,
        VPC,
        Attribute {
            aliases: &["cidr_block"],
            change: NETWORK_STAYS,
            ..Attribute::new(
                "cidr",
                "CidrBlock",
                Type::Cidr,
                "Its IPv4 network, /16 to /28.",
            )
        },
        Attribute {
            aliases: &["ipv6_cidr_block"],
            change: NETWORK_STAYS,
            ..Attribute::new(
                "ipv6_cidr",
                "Ipv6CidrBlock",
                Type::AnyCidr,
                "Its IPv6 network.",
            )
        },
        Attribute {
            change: NETWORK_STAYS,
            ..Attribute::new(
                "ipv6_native",
                "Ipv6Native",
                Type::Bool,
                "Whether it has IPv6 only.",
            )
        },
        Attribute {
            aliases: &["availability_zone"],
            change: ZONE_STAYS,
            ..Attribute::new(
                "az",
                "AvailabilityZone",
                Type::AvailabilityZone,
                "Its availability zone.",
            )
        },
        Attribute {
            aliases: &["az_id"],
            change: ZONE_STAYS,
            ..Attribute::new(
                "availability_zone_id",
                "AvailabilityZoneId",
                Type::String(Text::new("[a-z0-9-]+-az[0-9]+", 0, 32)),
                "The id of its zone, the same in every account.",
            )
        },
        Attribute {
            aliases: &["outpost_arn"],
            change: ChangeRule::Replace("a subnet cannot move to another Outpost"),
            ..Attribute::new("outpost", "OutpostArn", Type::Arn, "The Outpost it is on.")
        },
        Attribute {
            unset: Unset::Default("false"),
            ..Attribute::new(
                "map_public_ip_on_launch",
                "MapPublicIpOnLaunch",
                Type::Bool,
                "Whether instances get a public address.",
            )
        },
        Attribute {
            unset: Unset::Default("false"),
            ..Attribute::new(
                "assign_ipv6_address_on_creation",
                "AssignIpv6AddressOnCreation",
                Type::Bool,
                "Whether interfaces get an IPv6 address.",
            )
        },
        Attribute {
            aliases: &["dns64"],
            unset: Unset::Default("false"),
            ..Attribute::new(
                "enable_dns64",
                "EnableDns64",
                Type::Bool,
                "Whether the DNS server makes IPv6 answers for IPv4-only names.",
            )
        },
        Attribute::new(
            "private_dns_name_options_on_launch",
            "PrivateDnsNameOptionsOnLaunch",
            Type::Object(PRIVATE_DNS),
            "How instances are named.",
        ),
        TAGS,
        ID,
        ARN,
        OWNER,
        Attribute::computed(
            "available_ip_address_count",
            "AvailableIpAddressCount",
            Type::Int(0, i64::MAX),
            "How many addresses are free.",
        ),
    ],
    parts: &[],
    placement: Placement::From(&["vpc"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: Some("networks of two subnets of a VPC cannot overlap"),
    data: None,
};
