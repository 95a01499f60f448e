//! What an internet gateway and its attachment are.

use crate::kinds::ec2::attributes::{ARN, ID, NAME, NAME_RULE, OWNER, TAGS, VPC_REF};
use crate::kinds::schema::{Attribute, ChangeRule, Part, PartForm, Placement, Ref, Schema, Type};

/// An internet gateway.
pub static INTERNET_GATEWAY: Schema = Schema {
    kind: "internet_gateway",
    aws: "AWS::EC2::InternetGateway",
    doc: "The way between a VPC and the internet.",
    attributes: &[
        NAME,
        Attribute {
            aliases: &["vpc_id"],
            change: ChangeRule::Own,
            ..Attribute::new(
                "vpc",
                "VpcId",
                VPC_REF,
                "The VPC it is attached to, as its part `attachment`.",
            )
        },
        TAGS,
        ID,
        ARN,
        OWNER,
    ],
    parts: &[Part {
        word: "attachment",
        form: PartForm::Derived,
        schema: &ATTACHMENT,
        parent: ("gateway", "id"),
    }],
    placement: Placement::From(&["vpc"]),
    name: Some(NAME_RULE),
    taggable: true,
    delete_first: None,
    data: None,
};

/// The attachment of an internet gateway to a VPC.
pub static ATTACHMENT: Schema = Schema {
    kind: "internet_gateway.attachment",
    aws: "AWS::EC2::VPCGatewayAttachment",
    doc: "The attachment of an internet gateway to a VPC.",
    attributes: &[
        Attribute {
            required: true,
            change: ChangeRule::Replace("it belongs to its gateway"),
            ..Attribute::new(
                "gateway",
                "InternetGatewayId",
                Type::Ref(Ref {
                    kinds: &["internet_gateway"],
                    attribute: "id",
                }),
                "The gateway.",
            )
        },
        Attribute {
            required: true,
            change: ChangeRule::Replace(
                "a gateway is detached from one VPC, then attached to another",
            ),
            ..Attribute::new("vpc", "VpcId", VPC_REF, "The VPC.")
        },
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a gateway has one VPC, and a VPC one gateway"),
    data: None,
};
