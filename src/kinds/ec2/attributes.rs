//! Attributes that the EC2 kinds share, as constants for their schema tables.

use crate::kinds::schema::{Attribute, ChangeRule, NameRule, Ref, Text, Type, Unset};

/// Longest tag value, and so the longest name, of an EC2 thing.
pub const TAG_VALUE_MAX: usize = 256;

/// A field that takes a VPC.
pub const VPC_REF: Type = Type::Ref(Ref {
    kinds: &["vpc"],
    attribute: "id",
});

/// A field that takes a security group.
pub const GROUP_REF: Type = Type::Ref(Ref {
    kinds: &["security_group"],
    attribute: "id",
});

/// A field that takes a subnet.
pub const SUBNET_REF: Type = Type::Ref(Ref {
    kinds: &["subnet"],
    attribute: "id",
});

/// A field that takes a route table.
pub const TABLE_REF: Type = Type::Ref(Ref {
    kinds: &["route_table"],
    attribute: "id",
});

/// A field that takes a peering.
pub const PEERING_REF: Type = Type::Ref(Ref {
    kinds: &["peering"],
    attribute: "id",
});

/// A field that takes an elastic IP address.
pub const ADDRESS_REF: Type = Type::Ref(Ref {
    kinds: &["elastic_ip"],
    attribute: "id",
});

/// An IPv4 address.
pub const IPV4_ADDRESS: Type = Type::String(Text::new("[0-9]{1,3}(\\.[0-9]{1,3}){3}", 7, 15));

/// `name`: the `Name` tag.
pub const NAME: Attribute = Attribute::new(
    "name",
    "Tags.Name",
    Type::String(Text::new("", 0, TAG_VALUE_MAX)),
    "The `Name` tag.",
);

/// How the `Name` tag is made when none is written.
pub const NAME_RULE: NameRule = NameRule {
    attribute: "name",
    max_length: TAG_VALUE_MAX,
    allowed: tag_character,
    unique: false,
};

/// Letters, digits and what every AWS service takes in a tag value.
fn tag_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}

/// `tags`.
pub const TAGS: Attribute = Attribute {
    unset: Unset::Empty,
    ..Attribute::new("tags", "Tags", Type::Tags, "Tags, beside the name.")
};

/// `exclusive`: a setting of smd.
pub const EXCLUSIVE: Attribute = Attribute {
    change: ChangeRule::Own,
    ..Attribute::new(
        "exclusive",
        "",
        Type::Bool,
        "Whether what others put into it (rules of a group, routes of a table) is deleted; by default it is noted and left.",
    )
};

/// `id`.
pub const ID: Attribute = Attribute::computed("id", "Id", Type::String(Text::ANY), "Its id.");

/// `arn`.
pub const ARN: Attribute = Attribute::computed("arn", "Arn", Type::Arn, "Its ARN.");

/// `owner`: the account that owns it.
pub const OWNER: Attribute = Attribute {
    aliases: &["owner_id"],
    ..Attribute::computed(
        "owner",
        "OwnerId",
        Type::AccountId,
        "The account that owns it.",
    )
};

/// `vpc` of a thing that lives in one VPC for good.
pub const VPC: Attribute = Attribute {
    aliases: &["vpc_id"],
    required: true,
    change: ChangeRule::Replace("nothing moves from one VPC to another"),
    ..Attribute::new("vpc", "VpcId", VPC_REF, "The VPC it is in.")
};
