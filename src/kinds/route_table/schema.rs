//! What a route table, its routes and its associations are.

use crate::kinds::ec2::attributes::{
    EXCLUSIVE, ID, NAME, NAME_RULE, OWNER, SUBNET_REF, TABLE_REF, TAGS, VPC,
};
use crate::kinds::schema::{
    Attribute, ChangeRule, Part, PartForm, Placement, Ref, Schema, Text, Type,
};

/// A route table.
pub static ROUTE_TABLE: Schema = Schema {
    kind: "route_table",
    aws: "AWS::EC2::RouteTable",
    doc: "Where the subnets that are associated with it send what leaves them.",
    attributes: &[NAME, VPC, EXCLUSIVE, TAGS, ID, OWNER],
    parts: &[
        Part {
            word: "route",
            form: PartForm::Block,
            schema: &ROUTE,
            parent: ("table", "id"),
        },
        Part {
            word: "subnets",
            form: PartForm::Items("subnet"),
            schema: &ASSOCIATION,
            parent: ("table", "id"),
        },
    ],
    placement: Placement::From(&["vpc"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: None,
    data: None,
};

/// The table of a route or association.
pub const TABLE: Attribute = Attribute {
    aliases: &["route_table", "route_table_id"],
    required: true,
    change: ChangeRule::Replace("a route belongs to its table"),
    ..Attribute::new("table", "RouteTableId", TABLE_REF, "The route table.")
};

/// Where a route leads.
pub const DESTINATION: Attribute = Attribute {
    aliases: &[
        "destination",
        "cidr",
        "destination_cidr",
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
    ],
    required: true,
    change: ChangeRule::Replace("a route is known by its destination"),
    ..Attribute::new(
        "to",
        "DestinationCidrBlock",
        Type::AnyCidr,
        "The network it leads to.",
    )
};

/// Whether a route's target is there.
pub const STATE: Attribute = Attribute::computed(
    "state",
    "State",
    Type::String(Text::ANY),
    "`active`, or `blackhole` when its target is gone.",
);

/// A route.
pub static ROUTE: Schema = Schema {
    kind: "route_table.route",
    aws: "AWS::EC2::Route",
    doc: "A route: one destination, one target.",
    attributes: &[
        TABLE,
        Attribute {
            required: false,
            ..DESTINATION
        },
        Attribute {
            aliases: &[
                "destination_prefix_list",
                "destination_prefix_list_id",
                "prefix_list_id",
            ],
            change: ChangeRule::Replace("a route is known by its destination"),
            ..Attribute::new(
                "prefix_list",
                "DestinationPrefixListId",
                Type::String(Text::new("pl-[0-9a-f]+", 0, 64)),
                "The prefix list `pl-…` of the networks it leads to, instead of `to`.",
            )
        },
        Attribute {
            aliases: &[
                "target",
                "gateway",
                "gateway_id",
                "internet_gateway",
                "internet_gateway_id",
                "peering",
                "vpc_peering_connection",
                "vpc_peering_connection_id",
                "nat_gateway",
                "nat_gateway_id",
                "transit_gateway",
                "transit_gateway_id",
                "vpc_endpoint",
                "vpc_endpoint_id",
                "network_interface",
                "network_interface_id",
                "instance",
                "instance_id",
                "egress_only_internet_gateway",
                "egress_only_internet_gateway_id",
                "local_gateway",
                "local_gateway_id",
                "carrier_gateway",
                "carrier_gateway_id",
            ],
            required: true,
            ..Attribute::new(
                "via",
                "GatewayId",
                Type::Ref(Ref {
                    kinds: &["internet_gateway", "nat_gateway", "peering"],
                    attribute: "id",
                }),
                "Its target: an internet or NAT gateway, a peering, or the id of any target (`igw-`, `vgw-`, \
                 `pcx-`, `nat-`, `tgw-`, `vpce-`, `eni-`, `i-`, `eigw-`, `lgw-`, `cagw-`).",
            )
        },
        STATE,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a table has one route for each destination"),
    data: None,
};

/// The association of a subnet with a route table.
pub static ASSOCIATION: Schema = Schema {
    kind: "route_table.subnets",
    aws: "AWS::EC2::SubnetRouteTableAssociation",
    doc: "The association of a subnet with a route table.",
    attributes: &[
        Attribute {
            aliases: &["route_table", "route_table_id"],
            required: true,
            ..Attribute::new("table", "RouteTableId", TABLE_REF, "The route table.")
        },
        Attribute {
            aliases: &["subnet_id"],
            required: true,
            change: ChangeRule::Replace("an association belongs to its subnet"),
            ..Attribute::new("subnet", "SubnetId", SUBNET_REF, "The subnet.")
        },
        ID,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a subnet is associated with one table"),
    data: None,
};
