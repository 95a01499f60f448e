//! What a set of cost allocation tags is.

use crate::kinds::PENDING;
use crate::kinds::schema::{Attribute, Count, Placement, Schema, Text, Type};

/// Most keys of one set: an account activates 500 (Billing user guide, quotas).
const MAX_KEYS: usize = 500;
/// Longest key, in characters (tag restrictions).
const MAX_KEY: usize = 128;
const KEY: Type = Type::String(Text::new("", 1, MAX_KEY));

/// Tag keys of the bill.
pub static TAG: Schema = Schema {
    kind: "cost_allocation_tag",
    aws: "AWS::CE::CostAllocationTag",
    doc: "Tag keys that split the bill. They are the payer's: place it in the account that pays. A key that came into use a short time ago is not known to billing: it is pending, and tried again by the next run. What is taken out of the file stays active.",
    attributes: &[
        Attribute {
            aliases: &["key", "tag_keys", "tag_key"],
            required: true,
            ..Attribute::new(
                "keys",
                "TagKey",
                Type::Set(
                    &KEY,
                    Count {
                        min: 1,
                        max: MAX_KEYS,
                    },
                ),
                "The keys, such as `sagemaker:domain-arn`; letter case counts.",
            )
        },
        Attribute::computed(
            "active",
            "Status",
            Type::Set(&KEY, Count::ANY),
            "Those of them that split the bill.",
        ),
        Attribute::computed(
            PENDING,
            "",
            Type::String(Text::ANY),
            "What it waits for, if it does.",
        ),
        Attribute::computed(
            "id",
            "",
            Type::AccountId,
            "The account on whose bill they count.",
        ),
    ],
    parts: &[],
    placement: Placement::Account,
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};
