//! Schema of roles and their parts.

use crate::kinds::policy::schema::{MAX_PATH, NAME_PATTERN, PATH_PATTERN, is_name};
use crate::kinds::schema::{
    Attribute, ChangeRule, NameRule, Part, PartForm, Placement, Ref, Schema, Text, Type, Unset,
};

/// Longest name of a role, in characters (IAM guide, quotas).
pub(super) const MAX_NAME: usize = 64;
/// Longest name of an inline policy.
const MAX_POLICY_NAME: usize = 128;
/// Shortest and longest session, in seconds; the default is the shortest.
const SESSION: (i64, i64) = (3600, 43_200);
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 1000;

const ROLE_REF: Type = Type::Ref(Ref {
    kinds: &["role"],
    attribute: "name",
});
const POLICY_REF: Type = Type::Ref(Ref {
    kinds: &["policy"],
    attribute: "arn",
});

/// A role.
pub static ROLE: Schema = Schema {
    kind: "role",
    aws: "AWS::IAM::Role",
    doc: "A role: who may assume it, and by its parts what it may do.",
    attributes: &[
        Attribute {
            aliases: &["role_name"],
            change: ChangeRule::Replace("no call renames a role; its ARN changes with it"),
            ..Attribute::new(
                "name",
                "RoleName",
                Type::String(Text::new(NAME_PATTERN, 1, MAX_NAME)),
                "The role's name; letter case does not make it another one.",
            )
        },
        Attribute {
            change: ChangeRule::Replace(
                "no call moves a role to another path; its ARN changes with it",
            ),
            unset: Unset::Cannot,
            ..Attribute::new(
                "path",
                "Path",
                Type::String(Text::new(PATH_PATTERN, 1, MAX_PATH)),
                "The path in the role's ARN, `/` by default.",
            )
        },
        Attribute {
            aliases: &["assume_role_policy_document", "assume_role_policy"],
            required: true,
            ..Attribute::new(
                "trust",
                "AssumeRolePolicyDocument",
                Type::IamDocument,
                "Who may assume the role, such as `service(\"sagemaker.amazonaws.com\")`.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "description",
                "Description",
                Type::String(Text::new(
                    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
                    0,
                    MAX_DESCRIPTION,
                )),
                "What the role is for.",
            )
        },
        Attribute {
            unset: Unset::Default("3600"),
            ..Attribute::new(
                "max_session_duration",
                "MaxSessionDuration",
                Type::Int(SESSION.0, SESSION.1),
                "The longest session, in seconds.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "permissions_boundary",
                "PermissionsBoundary",
                POLICY_REF,
                "The managed policy that bounds what the role may do.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("tags", "Tags", Type::Tags, "Tags.")
        },
        Attribute::computed("arn", "Arn", Type::Arn, "The role's ARN."),
        Attribute::computed(
            "id",
            "RoleName",
            Type::String(Text::ANY),
            "The role's name.",
        ),
        Attribute {
            aliases: &["role_id"],
            ..Attribute::computed(
                "unique_id",
                "RoleId",
                Type::String(Text::ANY),
                "The role's unique id, `AROA…`; another role of the same name has another one.",
            )
        },
    ],
    parts: &[
        Part {
            word: "policy",
            form: PartForm::Block,
            schema: &INLINE_POLICY,
            parent: ("role", "name"),
        },
        Part {
            word: "managed_policies",
            form: PartForm::Items("policy"),
            schema: &ATTACHMENT,
            parent: ("role", "name"),
        },
    ],
    placement: Placement::Account,
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_NAME,
        allowed: is_name,
        unique: true,
    }),
    taggable: true,
    delete_first: None,
    data: None,
};

/// An inline policy of a role.
pub static INLINE_POLICY: Schema = Schema {
    kind: "role.policy",
    aws: "AWS::IAM::RolePolicy",
    doc: "An inline policy of a role.",
    attributes: &[
        Attribute {
            required: true,
            change: ChangeRule::Replace("an inline policy belongs to one role"),
            ..Attribute::new("role", "RoleName", ROLE_REF, "The role.")
        },
        Attribute {
            aliases: &["policy_name"],
            change: ChangeRule::Replace("no call renames an inline policy"),
            ..Attribute::new(
                "name",
                "PolicyName",
                Type::String(Text::new(NAME_PATTERN, 1, MAX_POLICY_NAME)),
                "The policy's name, its label by default.",
            )
        },
        Attribute {
            aliases: &["policy_document"],
            required: true,
            ..Attribute::new(
                "document",
                "PolicyDocument",
                Type::IamDocument,
                "What is allowed or denied.",
            )
        },
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("an inline policy's name stands once in its role"),
    data: None,
};

/// A managed policy attached to a role.
pub static ATTACHMENT: Schema = Schema {
    kind: "role.managed_policies",
    aws: "AWS::IAM::Role.ManagedPolicyArns",
    doc: "A managed policy attached to a role.",
    attributes: &[
        Attribute {
            required: true,
            change: ChangeRule::Replace("an attachment belongs to one role"),
            ..Attribute::new("role", "RoleName", ROLE_REF, "The role.")
        },
        Attribute {
            required: true,
            change: ChangeRule::Replace("another policy is another attachment"),
            ..Attribute::new("policy", "PolicyArn", POLICY_REF, "The managed policy.")
        },
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};
