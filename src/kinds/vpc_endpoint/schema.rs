//! What a VPC endpoint is.

use crate::kinds::ec2::attributes::{
    ARN, GROUP_REF, ID, NAME, NAME_RULE, OWNER, SUBNET_REF, TABLE_REF, TAGS, VPC,
};
use crate::kinds::schema::{Attribute, ChangeRule, Count, Placement, Schema, Text, Type, Unset};

/// The types of endpoints: the first is AWS's default.
pub const TYPES: &[&str] = &[GATEWAY, INTERFACE];
/// One that is a route.
pub const GATEWAY: &str = "Gateway";
/// One that is network interfaces.
pub const INTERFACE: &str = "Interface";

static TABLE: Type = TABLE_REF;
static SUBNET: Type = SUBNET_REF;
static GROUP: Type = GROUP_REF;
static TEXT: Type = Type::String(Text::ANY);

/// [`super::FULL_ACCESS`] as a JSON text.
const FULL_ACCESS: &str = r#""{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}""#;

/// A VPC endpoint.
pub static VPC_ENDPOINT: Schema = Schema {
    kind: "vpc_endpoint",
    aws: "AWS::EC2::VPCEndpoint",
    doc: "A private way from a VPC to a service.",
    attributes: &[
        NAME,
        VPC,
        Attribute {
            aliases: &["service"],
            required: true,
            change: ChangeRule::Replace("an endpoint stays with its service"),
            ..Attribute::new(
                "service_name",
                "ServiceName",
                Type::String(Text::new("[a-z0-9.-]+", 1, 255)),
                "The service, `com.amazonaws.REGION.s3`, `aws.sagemaker.REGION.studio`.",
            )
        },
        Attribute {
            aliases: &["vpc_endpoint_type"],
            change: ChangeRule::Replace("an endpoint stays of its type"),
            unset: Unset::Default("\"Gateway\""),
            ..Attribute::new(
                "type",
                "VpcEndpointType",
                Type::Enum(TYPES),
                "`Gateway` (S3, DynamoDB) by routes, the default; `Interface` by network interfaces.",
            )
        },
        Attribute {
            aliases: &["route_table_ids"],
            unset: Unset::Empty,
            ..Attribute::new(
                "route_tables",
                "RouteTableIds",
                Type::Set(&TABLE, Count::ANY),
                "The route tables that lead to a gateway endpoint.",
            )
        },
        Attribute {
            aliases: &["subnet_ids"],
            unset: Unset::Empty,
            ..Attribute::new(
                "subnets",
                "SubnetIds",
                Type::Set(&SUBNET, Count::ANY),
                "The subnets of an interface endpoint, at most one in each zone.",
            )
        },
        Attribute {
            aliases: &["security_group_ids"],
            ..Attribute::new(
                "security_groups",
                "SecurityGroupIds",
                Type::Set(
                    &GROUP,
                    Count {
                        min: 1,
                        max: usize::MAX,
                    },
                ),
                "What may reach an interface endpoint (TCP 443), the VPC's default group unless written.",
            )
        },
        Attribute {
            aliases: &["private_dns_enabled"],
            unset: Unset::Default("false"),
            ..Attribute::new(
                "private_dns",
                "PrivateDnsEnabled",
                Type::Bool,
                "Whether the service's own name leads to an interface endpoint inside the VPC.",
            )
        },
        Attribute {
            aliases: &["policy_document"],
            unset: Unset::Default(FULL_ACCESS),
            ..Attribute::new(
                "policy",
                "PolicyDocument",
                Type::IamDocument,
                "What may be done by it, everything unless written.",
            )
        },
        Attribute {
            unset: Unset::Default("\"ipv4\""),
            ..Attribute::new(
                "ip_address_type",
                "IpAddressType",
                Type::Enum(&["ipv4", "ipv6", "dualstack"]),
                "The addresses of an interface endpoint.",
            )
        },
        TAGS,
        ID,
        ARN,
        OWNER,
        Attribute::computed(
            "state",
            "State",
            Type::String(Text::ANY),
            "`pending`, `available`, `pendingAcceptance`, `failed` …",
        ),
        Attribute::computed(
            "prefix_list",
            "PrefixListId",
            Type::String(Text::ANY),
            "The prefix list `pl-…` of a gateway endpoint's service, for rules and routes.",
        ),
        Attribute {
            aliases: &["network_interface_ids"],
            ..Attribute::computed(
                "network_interfaces",
                "NetworkInterfaceIds",
                Type::List(&TEXT, Count::ANY),
                "The network interfaces of an interface endpoint.",
            )
        },
        Attribute::computed(
            "dns_names",
            "DnsEntries",
            Type::List(&TEXT, Count::ANY),
            "The names of an interface endpoint, the one for all zones first.",
        ),
    ],
    parts: &[],
    placement: Placement::From(&["vpc"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: Some("a VPC has one private name, and a route table one route, for each service"),
    data: None,
};

#[cfg(test)]
mod tests {
    #[test]
    fn the_default_policy_is_the_same_in_both_forms() {
        let text: String = serde_json::from_str(super::FULL_ACCESS).unwrap_or_default();
        assert_eq!(text, crate::kinds::vpc_endpoint::FULL_ACCESS);
    }
}
