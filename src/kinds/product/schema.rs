//! What a product is.

use crate::kinds::schema::{Attribute, NameRule, Placement, Schema, Text, Type, Unset};

/// Longest name and owner, description, and address of a template, in characters (API model).
const MAX_NAME: usize = 8191;
const MAX_MADE_NAME: usize = 128;
const MAX_TEXT: usize = 8191;
const MAX_EMAIL: usize = 254;
const MAX_URL: usize = 2083;
/// Longest template that CloudFormation loads from an address, in bytes (CloudFormation quotas: 1 MB).
const MAX_TEMPLATE: usize = 1_000_000;
const TEXT: Type = Type::String(Text::new("", 0, MAX_TEXT));

/// A setting that a call sets and clears.
const fn setting(name: &'static str, aws: &'static str, ty: Type, doc: &'static str) -> Attribute {
    let mut attribute = Attribute::new(name, aws, ty, doc);
    attribute.unset = Unset::Empty;
    attribute
}

/// A product.
pub static PRODUCT: Schema = Schema {
    kind: "product",
    aws: "AWS::ServiceCatalog::CloudFormationProduct",
    doc: "A product of Service Catalog, made from a CloudFormation template. Studio shows it as a cluster template with `studio_visibility = \"emr\"`.",
    attributes: &[
        Attribute::new(
            "name",
            "Name",
            Type::String(Text::new("", 1, MAX_NAME)),
            "Its name; any number of products may have it.",
        ),
        Attribute {
            required: true,
            ..Attribute::new(
                "owner",
                "Owner",
                Type::String(Text::new("", 1, MAX_NAME)),
                "Who made it, as people see it.",
            )
        },
        setting("description", "Description", TEXT, "What it is."),
        setting(
            "distributor",
            "Distributor",
            TEXT,
            "Who sells it, as people see it.",
        ),
        setting(
            "support_description",
            "SupportDescription",
            TEXT,
            "How one gets help.",
        ),
        setting(
            "support_email",
            "SupportEmail",
            Type::String(Text::new("", 0, MAX_EMAIL)),
            "Where one gets help by mail.",
        ),
        setting(
            "support_url",
            "SupportUrl",
            Type::String(Text::new("", 0, MAX_URL)),
            "Where one gets help.",
        ),
        Attribute {
            required: true,
            ..Attribute::new(
                "template",
                "ProvisioningArtifactParameters.Info.LoadTemplateFromURL",
                Type::LongText(Text::new("", 1, MAX_TEMPLATE)),
                "The CloudFormation template itself, as `file(\"cluster.yaml\")`; a change is a new version, and older ones can no longer be launched.",
            )
        },
        Attribute {
            aliases: &["template_bucket"],
            required: true,
            ..Attribute::new(
                "bucket",
                "",
                Type::String(Text::new("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", 3, 63)),
                "The bucket that the template is put into, under a name from its content: one of the product's account and region. It stays there.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "studio_visibility",
                "Tags.sagemaker:studio-visibility:emr",
                Type::Enum(&["emr"]),
                "Where Studio shows it: the tag `sagemaker:studio-visibility:emr` = `true`. Its template must have the parameters `SageMakerProjectName` and `SageMakerProjectId`.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("tags", "Tags", Type::Tags, "Tags.")
        },
        Attribute::computed("id", "Id", Type::String(Text::ANY), "Its id, `prod-…`."),
        Attribute::computed("arn", "ProductARN", Type::Arn, "Its ARN."),
        Attribute::computed(
            "version",
            "ProvisioningArtifactId",
            Type::String(Text::ANY),
            "The id of its newest version, `pa-…`.",
        ),
    ],
    parts: &[],
    placement: Placement::Account,
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_MADE_NAME,
        allowed: |c| c.is_ascii_alphanumeric() || "-_. ".contains(c),
        unique: false,
    }),
    taggable: true,
    delete_first: None,
    data: None,
};
