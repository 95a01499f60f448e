//! What an elastic IP address is.

use crate::kinds::ec2::attributes::{ARN, ID, IPV4_ADDRESS, NAME, NAME_RULE, TAGS};
use crate::kinds::schema::{Attribute, ChangeRule, Placement, Schema, Text, Type};

/// Why nothing but tags changes.
const STAYS: ChangeRule = ChangeRule::Replace("an address stays what it is");
/// An elastic IP address.
pub static ELASTIC_IP: Schema = Schema {
    kind: "elastic_ip",
    aws: "AWS::EC2::EIP",
    doc: "A public IPv4 address that stays the same.",
    attributes: &[
        NAME,
        Attribute {
            change: STAYS,
            ..Attribute::new(
                "address",
                "Address",
                IPV4_ADDRESS,
                "A certain address: of a pool of one's own, or one that was given back a while ago.",
            )
        },
        Attribute {
            aliases: &["pool"],
            change: STAYS,
            ..Attribute::new(
                "public_ipv4_pool",
                "PublicIpv4Pool",
                Type::String(Text::new("", 1, 64)),
                "The pool it is taken from, `amazon` unless written.",
            )
        },
        Attribute {
            change: STAYS,
            ..Attribute::new(
                "network_border_group",
                "NetworkBorderGroup",
                Type::String(Text::new("[a-z0-9-]+", 1, 64)),
                "The zones from which it is announced, all of the region unless written.",
            )
        },
        TAGS,
        Attribute {
            aliases: &["allocation_id"],
            ..ID
        },
        ARN,
        Attribute::computed("public_ip", "PublicIp", IPV4_ADDRESS, "The address."),
    ],
    parts: &[],
    placement: Placement::Account,
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: None,
    data: None,
};
