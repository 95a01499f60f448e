//! Schema of managed policies, and what names and paths of IAM look like.

use crate::kinds::schema::{Attribute, ChangeRule, NameRule, Placement, Schema, Text, Type, Unset};

/// What names of IAM's things are made of.
pub const NAME_PATTERN: &str = "[A-Za-z0-9_+=,.@-]+";
/// `/`, or words between slashes.
pub const PATH_PATTERN: &str = "/|/[!-~]+/";
/// Longest path, in characters.
pub const MAX_PATH: usize = 512;
/// Longest name of a managed policy.
const MAX_NAME: usize = 128;
/// Longest description.
const MAX_DESCRIPTION: usize = 1000;

/// Whether a character may stand in the name of a role or policy.
#[must_use]
pub fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

/// A managed policy.
pub static POLICY: Schema = Schema {
    kind: "policy",
    aws: "AWS::IAM::ManagedPolicy",
    doc: "A managed policy of the account.",
    attributes: &[
        Attribute {
            aliases: &["policy_name", "managed_policy_name"],
            change: ChangeRule::Replace("no call renames a policy; its ARN changes with it"),
            ..Attribute::new(
                "name",
                "ManagedPolicyName",
                Type::String(Text::new(NAME_PATTERN, 1, MAX_NAME)),
                "The policy's name; letter case does not make it another one.",
            )
        },
        Attribute {
            change: ChangeRule::Replace(
                "no call moves a policy to another path; its ARN changes with it",
            ),
            ..Attribute::new(
                "path",
                "Path",
                Type::String(Text::new(PATH_PATTERN, 1, MAX_PATH)),
                "The path in the policy's ARN, `/` by default.",
            )
        },
        Attribute {
            change: ChangeRule::Replace("no call changes the description of a policy"),
            ..Attribute::new(
                "description",
                "Description",
                Type::String(Text::new("", 0, MAX_DESCRIPTION)),
                "What the policy is for.",
            )
        },
        Attribute {
            aliases: &["policy_document"],
            required: true,
            ..Attribute::new(
                "document",
                "PolicyDocument",
                Type::IamDocument,
                "What is allowed or denied; a change is a new version of the policy.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("tags", "Tags", Type::Tags, "Tags.")
        },
        Attribute {
            aliases: &["policy_arn"],
            ..Attribute::computed("arn", "PolicyArn", Type::Arn, "The policy's ARN.")
        },
        Attribute::computed("id", "PolicyArn", Type::Arn, "The policy's ARN."),
        Attribute {
            aliases: &["policy_id"],
            ..Attribute::computed(
                "unique_id",
                "PolicyId",
                Type::String(Text::ANY),
                "The policy's unique id, `ANPA…`.",
            )
        },
        Attribute::computed(
            "default_version_id",
            "DefaultVersionId",
            Type::String(Text::ANY),
            "The version in force, `v3`.",
        ),
    ],
    parts: &[],
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
