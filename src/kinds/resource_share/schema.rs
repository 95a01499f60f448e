//! What a resource share and its parts are.

use super::permission::WORDS;
use crate::kinds::schema::{
    Attribute, ChangeRule, Count, NameRule, Part, PartForm, Placement, Ref, Schema, Text, Type,
    Unset,
};

/// Longest name of a share, in characters (RAM console; the model has no limit).
const MAX_NAME: usize = 128;
/// Longest ARN, in characters.
const MAX_ARN: usize = 2048;
/// Most items of one share that one file may write: RAM takes 5000 of each (RAM user guide, quotas).
const MAX_ITEMS: usize = 5000;

/// A pipeline, by reference or ARN.
const PIPELINE_REF: Type = Type::Ref(Ref {
    kinds: &["pipeline"],
    attribute: "arn",
});
const PRINCIPAL_TEXT: Type = Type::String(Text::new(
    "[0-9]{12}|arn:aws[a-z-]*:(organizations|iam)::[0-9]{12}:.+",
    12,
    MAX_ARN,
));
const SHARE_REF: Type = Type::Ref(Ref {
    kinds: &["resource_share"],
    attribute: "id",
});

/// The share that a part belongs to; filled in.
const SHARE_ATTRIBUTE: Attribute = Attribute {
    required: true,
    change: ChangeRule::Replace("a part belongs to one share"),
    ..Attribute::new("share", "ResourceShareArn", SHARE_REF, "The share.")
};

/// Whether a character may stand in the name of a share.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}

/// A share.
pub static SHARE: Schema = Schema {
    kind: "resource_share",
    aws: "AWS::RAM::ResourceShare",
    doc: "SageMaker pipelines shared with other accounts, units or an organisation.",
    attributes: &[
        Attribute::new(
            "name",
            "Name",
            Type::String(Text::new("[ \\w.-]+", 1, MAX_NAME)),
            "Its name; RAM takes any number of shares of one name.",
        ),
        Attribute {
            aliases: &["resource_arns", "pipelines"],
            required: true,
            change: ChangeRule::Own,
            ..Attribute::new(
                "resources",
                "ResourceArns",
                Type::List(
                    &PIPELINE_REF,
                    Count {
                        min: 0,
                        max: MAX_ITEMS,
                    },
                ),
                "The pipelines, by reference or ARN, each as its part.",
            )
        },
        Attribute {
            required: true,
            change: ChangeRule::Own,
            ..Attribute::new(
                "principals",
                "Principals",
                Type::List(
                    &PRINCIPAL_TEXT,
                    Count {
                        min: 0,
                        max: MAX_ITEMS,
                    },
                ),
                "Whom they are shared with: account ids (`account.x.id`) and ARNs of organisations, units, roles and users, each as its part.",
            )
        },
        Attribute {
            aliases: &["permission_arn", "permission_arns"],
            ..Attribute::new(
                "permission",
                "PermissionArns",
                Type::String(Text::new(
                    "read|execute|AWSRAM[A-Za-z]+|arn:aws[a-z-]*:ram:.+",
                    4,
                    MAX_ARN,
                )),
                WORDS,
            )
        },
        Attribute {
            aliases: &["external", "allows_external_principals"],
            unset: Unset::Default("true"),
            ..Attribute::new(
                "allow_external_principals",
                "AllowExternalPrincipals",
                Type::Bool,
                "Whether accounts outside of the organisation may be among the principals; true by default.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("tags", "Tags", Type::Tags, "Tags.")
        },
        Attribute::computed("id", "Arn", Type::Arn, "The share's ARN."),
        Attribute::computed("arn", "Arn", Type::Arn, "The share's ARN."),
        Attribute::computed(
            "owner",
            "OwningAccountId",
            Type::AccountId,
            "The account that owns it.",
        ),
        Attribute::computed("status", "Status", Type::String(Text::ANY), "`ACTIVE` …"),
    ],
    parts: &[
        Part {
            word: "resources",
            form: PartForm::Derived,
            schema: &RESOURCE,
            parent: ("share", "id"),
        },
        Part {
            word: "principals",
            form: PartForm::Derived,
            schema: &PRINCIPAL,
            parent: ("share", "id"),
        },
        Part {
            word: "acceptance",
            form: PartForm::Derived,
            schema: &ACCEPTANCE,
            parent: ("share", "id"),
        },
    ],
    placement: Placement::From(&["resources"]),
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_NAME,
        allowed: is_name,
        unique: false,
    }),
    taggable: true,
    delete_first: None,
    data: None,
};

/// A resource in a share.
pub static RESOURCE: Schema = Schema {
    kind: "resource_share.resources",
    aws: "AWS::RAM::ResourceShare.ResourceArns",
    doc: "A pipeline in a share.",
    attributes: &[
        SHARE_ATTRIBUTE,
        Attribute {
            required: true,
            change: ChangeRule::Replace("another resource is another association"),
            ..Attribute::new(
                "resource",
                "AssociatedEntity",
                PIPELINE_REF,
                "The pipeline.",
            )
        },
        STATUS,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a share has each resource once"),
    data: None,
};

/// The status of an association.
const STATUS: Attribute = Attribute::computed(
    "status",
    "Status",
    Type::String(Text::ANY),
    "`ASSOCIATED`; `ASSOCIATING` for as long as an account has not accepted.",
);

/// Whom a share is shared with.
pub static PRINCIPAL: Schema = Schema {
    kind: "resource_share.principals",
    aws: "AWS::RAM::ResourceShare.Principals",
    doc: "Whom a share is shared with.",
    attributes: &[
        SHARE_ATTRIBUTE,
        Attribute {
            required: true,
            change: ChangeRule::Replace("another principal is another association"),
            ..Attribute::new(
                "principal",
                "AssociatedEntity",
                PRINCIPAL_TEXT,
                "The account's id, or the ARN of an organisation, unit, role or user.",
            )
        },
        STATUS,
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a share has each principal once"),
    data: None,
};

/// The acceptance of a share by an account.
pub static ACCEPTANCE: Schema = Schema {
    kind: "resource_share.acceptance",
    aws: "AWS::RAM::ResourceShare",
    doc: "The acceptance of a share by a declared account, with its credentials: where an invitation is due. Sharing within an organisation sends none.",
    attributes: &[
        SHARE_ATTRIBUTE,
        Attribute::computed(
            "status",
            "Status",
            Type::String(Text::ANY),
            "`accepted`, `not needed` where the organisation shares by itself, or `waiting`.",
        ),
        Attribute::computed(
            "due",
            "",
            Type::String(Text::ANY),
            "What is to be done now, if anything is.",
        ),
        Attribute::computed(
            "pending",
            "",
            Type::String(Text::ANY),
            "What it waits for, if it does.",
        ),
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};
