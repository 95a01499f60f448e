//! What a peering of two VPCs and its parts are.

use crate::kinds::ec2::attributes::{ID, NAME, NAME_RULE, PEERING_REF, TABLE_REF, TAGS, VPC_REF};
use crate::kinds::route_table::schema::{DESTINATION, STATE, TABLE};
use crate::kinds::schema::{
    Attribute, ChangeRule, Count, Part, PartForm, Placement, Schema, Text, Type, Unset,
};

const ENDS_STAY: ChangeRule = ChangeRule::Replace("the two ends of a peering cannot be changed");
const TABLE_LIST: Type = Type::List(&TABLE_REF, Count::ANY);
const NETWORK_LIST: Type = Type::List(&Type::AnyCidr, Count::ANY);

/// Routes of one side to the other.
const ROUTES: &[Attribute] = &[
    Attribute {
        aliases: &["route_tables", "table"],
        required: true,
        ..Attribute::new("tables", "", TABLE_LIST, "The route tables of this side.")
    },
    Attribute {
        aliases: &["cidrs", "destinations"],
        required: true,
        ..Attribute::new("to", "", NETWORK_LIST, "The networks of the other side.")
    },
];

/// A peering of two VPCs.
pub static PEERING: Schema = Schema {
    kind: "peering",
    aws: "AWS::EC2::VPCPeeringConnection",
    doc: "A peering of two VPCs, with what each side needs for it.",
    attributes: &[
        NAME,
        Attribute {
            aliases: &["requester_vpc", "vpc", "vpc_id"],
            required: true,
            change: ENDS_STAY,
            ..Attribute::new("requester", "VpcId", VPC_REF, "The VPC that asks.")
        },
        Attribute {
            aliases: &["accepter_vpc", "peer_vpc", "peer_vpc_id"],
            required: true,
            change: ENDS_STAY,
            ..Attribute::new("accepter", "PeerVpcId", VPC_REF, "The VPC that accepts.")
        },
        Attribute {
            aliases: &["peer_owner_id", "peer_owner"],
            change: ENDS_STAY,
            ..Attribute::new(
                "accepter_account",
                "PeerOwnerId",
                Type::AccountId,
                "The account of the accepter; follows from `accepter` where that is a resource.",
            )
        },
        Attribute {
            aliases: &["peer_region"],
            change: ENDS_STAY,
            ..Attribute::new(
                "accepter_region",
                "PeerRegion",
                Type::String(Text::new("[a-z0-9-]+", 0, 32)),
                "The region of the accepter; follows from `accepter` where that is a resource.",
            )
        },
        Attribute {
            aliases: &["allow_remote_vpc_dns_resolution"],
            change: ChangeRule::Own,
            ..Attribute::new(
                "dns_resolution",
                "AllowDnsResolutionFromRemoteVpc",
                Type::Bool,
                "Whether public DNS names of each side resolve to private addresses on the other.",
            )
        },
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new(
                "requester_dns_resolution",
                "RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc",
                Type::Bool,
                "The same for the requester's side alone.",
            )
        },
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new(
                "accepter_dns_resolution",
                "AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc",
                Type::Bool,
                "The same for the accepter's side alone.",
            )
        },
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new(
                "requester_routes",
                "",
                Type::Object(ROUTES),
                "Routes of the requester's side to the accepter's.",
            )
        },
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new(
                "accepter_routes",
                "",
                Type::Object(ROUTES),
                "Routes of the accepter's side to the requester's.",
            )
        },
        TAGS,
        ID,
        Attribute::computed(
            "status",
            "Status.Code",
            Type::String(Text::ANY),
            "`pending-acceptance`, `active` …",
        ),
    ],
    parts: &[
        Part {
            word: "acceptance",
            form: PartForm::Derived,
            schema: &ACCEPTANCE,
            parent: ("peering", "id"),
        },
        Part {
            word: "requester_options",
            form: PartForm::Derived,
            schema: &REQUESTER_OPTIONS,
            parent: ("peering", "id"),
        },
        Part {
            word: "accepter_options",
            form: PartForm::Derived,
            schema: &ACCEPTER_OPTIONS,
            parent: ("peering", "id"),
        },
        Part {
            word: "requester_routes",
            form: PartForm::Derived,
            schema: &REQUESTER_ROUTE,
            parent: ("peering", "id"),
        },
        Part {
            word: "accepter_routes",
            form: PartForm::Derived,
            schema: &ACCEPTER_ROUTE,
            parent: ("peering", "id"),
        },
    ],
    placement: Placement::From(&["requester"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: Some("two VPCs have one peering"),
    data: None,
};

const PEERING_OF_PART: Attribute = Attribute {
    required: true,
    change: ChangeRule::Replace("it belongs to its peering"),
    ..Attribute::new(
        "peering",
        "VpcPeeringConnectionId",
        PEERING_REF,
        "The peering.",
    )
};

/// The acceptance of a peering, by the accepter's account in its region.
pub static ACCEPTANCE: Schema = Schema {
    kind: "peering.acceptance",
    aws: "AWS::EC2::VPCPeeringConnection",
    doc: "The acceptance of a peering, by the accepter's account in its region.",
    attributes: &[
        PEERING_OF_PART,
        Attribute::new(
            "name",
            "Tags.Name",
            Type::String(Text::ANY),
            "The `Name` tag on the accepter's side.",
        ),
        TAGS,
        Attribute::computed(
            "status",
            "Status.Code",
            Type::String(Text::ANY),
            "`active` once it is accepted.",
        ),
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: true,
    delete_first: Some("a peering is accepted once"),
    data: None,
};

const SIDE_DNS: Attribute = Attribute {
    required: true,
    unset: Unset::Default("false"),
    ..Attribute::new(
        "dns_resolution",
        "AllowDnsResolutionFromRemoteVpc",
        Type::Bool,
        "Whether public DNS names of this side resolve to private addresses on the other.",
    )
};

/// The options of the requester's side.
pub static REQUESTER_OPTIONS: Schema = Schema {
    kind: "peering.requester_options",
    aws: "AWS::EC2::VPCPeeringConnection",
    doc: "The options of the requester's side of a peering.",
    attributes: &[PEERING_OF_PART, SIDE_DNS],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a side has its options once"),
    data: None,
};

/// The options of the accepter's side.
pub static ACCEPTER_OPTIONS: Schema = Schema {
    kind: "peering.accepter_options",
    aws: "AWS::EC2::VPCPeeringConnection",
    doc: "The options of the accepter's side of a peering.",
    attributes: &[PEERING_OF_PART, SIDE_DNS],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a side has its options once"),
    data: None,
};

/// The peering a route goes through: changed in place by `ReplaceRoute`.
const ROUTE_PEERING: Attribute = Attribute {
    required: true,
    ..Attribute::new(
        "peering",
        "VpcPeeringConnectionId",
        PEERING_REF,
        "The peering.",
    )
};

/// A route of the requester's side.
pub static REQUESTER_ROUTE: Schema = Schema {
    kind: "peering.requester_routes",
    aws: "AWS::EC2::Route",
    doc: "A route of the requester's side to the accepter's.",
    attributes: &[ROUTE_PEERING, TABLE, DESTINATION, STATE],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a table has one route for each destination"),
    data: None,
};

/// A route of the accepter's side.
pub static ACCEPTER_ROUTE: Schema = Schema {
    kind: "peering.accepter_routes",
    aws: "AWS::EC2::Route",
    doc: "A route of the accepter's side to the requester's.",
    attributes: &[ROUTE_PEERING, TABLE, DESTINATION, STATE],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a table has one route for each destination"),
    data: None,
};
