//! What a NAT gateway is.

use crate::kinds::ec2::attributes::{
    ADDRESS_REF, ARN, ID, IPV4_ADDRESS, NAME, NAME_RULE, SUBNET_REF, TAGS,
};
use crate::kinds::schema::{Attribute, ChangeRule, Placement, Schema, Text, Type, Unset};

/// A NAT gateway.
pub static NAT_GATEWAY: Schema = Schema {
    kind: "nat_gateway",
    aws: "AWS::EC2::NatGateway",
    doc: "The way out of private subnets: to the internet by a public one, to other networks by a private one.",
    attributes: &[
        NAME,
        Attribute {
            aliases: &["subnet_id"],
            required: true,
            change: ChangeRule::Replace("a NAT gateway cannot move to another subnet"),
            ..Attribute::new(
                "subnet",
                "SubnetId",
                SUBNET_REF,
                "The subnet it is in; a public one needs a route to an internet gateway.",
            )
        },
        Attribute {
            aliases: &["connectivity"],
            change: ChangeRule::Replace("a NAT gateway stays public or private"),
            unset: Unset::Default("\"public\""),
            ..Attribute::new(
                "connectivity_type",
                "ConnectivityType",
                Type::Enum(&["public", "private"]),
                "Whether it leads to the internet, `public` unless written.",
            )
        },
        Attribute {
            aliases: &["allocation_id", "allocation", "eip"],
            change: ChangeRule::Replace("the first address of a NAT gateway cannot be changed"),
            unset: Unset::Replace,
            ..Attribute::new(
                "elastic_ip",
                "AllocationId",
                ADDRESS_REF,
                "The public address of a public one.",
            )
        },
        Attribute {
            aliases: &["private_ip"],
            change: ChangeRule::Replace("the first address of a NAT gateway cannot be changed"),
            ..Attribute::new(
                "private_ip_address",
                "PrivateIpAddress",
                IPV4_ADDRESS,
                "Its address in the subnet, a free one unless written.",
            )
        },
        TAGS,
        ID,
        ARN,
        Attribute {
            aliases: &["vpc_id"],
            ..Attribute::computed("vpc", "VpcId", Type::String(Text::ANY), "The VPC it is in.")
        },
        Attribute::computed(
            "public_ip",
            "NatGatewayAddresses.PublicIp",
            IPV4_ADDRESS,
            "Its public address.",
        ),
        Attribute {
            aliases: &["network_interface_id"],
            ..Attribute::computed(
                "network_interface",
                "NatGatewayAddresses.NetworkInterfaceId",
                Type::String(Text::ANY),
                "Its network interface.",
            )
        },
        Attribute::computed(
            "state",
            "State",
            Type::String(Text::ANY),
            "`pending`, `available`, `failed`.",
        ),
        Attribute::computed(
            "failure_message",
            "FailureMessage",
            Type::String(Text::ANY),
            "Why it failed, if so.",
        ),
    ],
    parts: &[],
    placement: Placement::From(&["subnet"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: Some("an address is of one NAT gateway at a time"),
    data: None,
};
