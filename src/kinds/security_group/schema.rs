//! What a security group and its rules are.

use crate::kinds::ec2::attributes::{ARN, EXCLUSIVE, GROUP_REF, ID, OWNER, TAGS, VPC};
use crate::kinds::schema::{
    Attribute, ChangeRule, NameRule, Part, PartForm, Placement, Schema, Text, Type, Unset,
};

/// Longest group name and description (EC2 guide: 255 characters).
const TEXT_MAX: usize = 255;

/// What AWS takes in names and descriptions of groups in a VPC.
fn group_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c)
}

/// A security group.
pub static SECURITY_GROUP: Schema = Schema {
    kind: "security_group",
    aws: "AWS::EC2::SecurityGroup",
    doc: "Which traffic may reach and leave what carries it.",
    attributes: &[
        Attribute {
            aliases: &["group_name"],
            change: ChangeRule::Replace("no call renames a security group"),
            ..Attribute::new(
                "name",
                "GroupName",
                Type::String(Text::new(
                    r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+",
                    1,
                    TEXT_MAX,
                )),
                "Its name, unique in its VPC; does not start with `sg-`.",
            )
        },
        Attribute {
            aliases: &["group_description"],
            change: ChangeRule::Replace("no call changes the description of a security group"),
            ..Attribute::new(
                "description",
                "GroupDescription",
                Type::String(Text::new(
                    r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*",
                    0,
                    TEXT_MAX,
                )),
                "What it is for.",
            )
        },
        VPC,
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new(
                "default_egress",
                "",
                Type::Bool,
                "Whether AWS's allow-all egress rule stays, as `egress.default`; left out, it \
                 stays where no `egress` is written.",
            )
        },
        EXCLUSIVE,
        TAGS,
        ID,
        ARN,
        OWNER,
    ],
    parts: &[
        Part {
            word: "ingress",
            form: PartForm::Block,
            schema: &INGRESS,
            parent: ("group", "id"),
        },
        Part {
            word: "egress",
            form: PartForm::Block,
            schema: &EGRESS,
            parent: ("group", "id"),
        },
    ],
    placement: Placement::From(&["vpc"]),
    name: Some(NameRule {
        attribute: "name",
        max_length: TEXT_MAX,
        allowed: group_character,
        unique: true,
    }),
    taggable: true,
    delete_first: None,
    data: None,
};

const GROUP: Attribute = Attribute {
    required: true,
    change: ChangeRule::Replace("a rule belongs to its group"),
    ..Attribute::new("group", "GroupId", GROUP_REF, "The group.")
};

const PROTOCOL: Attribute = Attribute {
    aliases: &["ip_protocol"],
    required: true,
    ..Attribute::new(
        "protocol",
        "IpProtocol",
        Type::Protocol,
        "`tcp`, `udp`, `icmp`, `icmpv6`, `all` or a number.",
    )
};

const PORTS: Attribute = Attribute {
    aliases: &["port"],
    unset: Unset::Default("null"),
    ..Attribute::new(
        "ports",
        "FromPort",
        Type::Ports,
        "A port or range `from..to`, for `tcp` and `udp`.",
    )
};

const ICMP_TYPE: Attribute = Attribute {
    unset: Unset::Default("-1"),
    ..Attribute::new(
        "icmp_type",
        "FromPort",
        Type::Int(-1, 255),
        "The ICMP type; -1 for all.",
    )
};

const ICMP_CODE: Attribute = Attribute {
    unset: Unset::Default("-1"),
    ..Attribute::new(
        "icmp_code",
        "ToPort",
        Type::Int(-1, 255),
        "The ICMP code; -1 for all.",
    )
};

const RULE_DESCRIPTION: Attribute = Attribute {
    unset: Unset::Empty,
    ..Attribute::new(
        "description",
        "Description",
        Type::String(Text::new(
            r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*",
            0,
            TEXT_MAX,
        )),
        "What it is for.",
    )
};

/// A rule for incoming traffic.
pub static INGRESS: Schema = Schema {
    kind: "security_group.ingress",
    aws: "AWS::EC2::SecurityGroupIngress",
    doc: "A rule for incoming traffic: one protocol, one port range, one source.",
    attributes: &[
        GROUP,
        PROTOCOL,
        PORTS,
        ICMP_TYPE,
        ICMP_CODE,
        Attribute {
            aliases: &[
                "source",
                "cidr",
                "cidr_ip",
                "cidr_ipv6",
                "source_security_group",
                "source_security_group_id",
                "source_prefix_list",
                "source_prefix_list_id",
            ],
            required: true,
            ..Attribute::new(
                "from",
                "CidrIp",
                GROUP_REF,
                "The one source: `self`, a security group, a network, a prefix list `pl-…`, or \
                 a group of a peered account as `\"account-id/sg-id\"`.",
            )
        },
        RULE_DESCRIPTION,
        TAGS,
        ID,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: true,
    delete_first: Some("a group has each rule once"),
    data: None,
};

/// A rule for outgoing traffic.
pub static EGRESS: Schema = Schema {
    kind: "security_group.egress",
    aws: "AWS::EC2::SecurityGroupEgress",
    doc: "A rule for outgoing traffic: one protocol, one port range, one destination.",
    attributes: &[
        GROUP,
        PROTOCOL,
        PORTS,
        ICMP_TYPE,
        ICMP_CODE,
        Attribute {
            aliases: &[
                "destination",
                "cidr",
                "cidr_ip",
                "cidr_ipv6",
                "destination_security_group",
                "destination_security_group_id",
                "destination_prefix_list",
                "destination_prefix_list_id",
            ],
            required: true,
            ..Attribute::new(
                "to",
                "CidrIp",
                GROUP_REF,
                "The one destination: `self`, a security group, a network, a prefix list `pl-…`, \
                 or a group of a peered account as `\"account-id/sg-id\"`.",
            )
        },
        RULE_DESCRIPTION,
        TAGS,
        ID,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: true,
    delete_first: Some("a group has each rule once"),
    data: None,
};
