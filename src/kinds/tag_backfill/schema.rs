//! What a backfill of tags is.

use super::sources::WORDS;
use crate::kinds::DUE;
use crate::kinds::schema::{
    Attribute, ChangeRule, Count, Placement, Ref, Schema, Text, Type, Unset,
};

/// Longest name of a thing in SageMaker, in characters, wildcards included.
const MAX_NAME: usize = 256;
const NAME: Type = Type::String(Text::new("[A-Za-z0-9*._/-]+", 1, MAX_NAME));
const KIND: Type = Type::Enum(WORDS);
const PROFILE: Type = Type::Ref(Ref {
    kinds: &["user_profile"],
    attribute: "arn",
});
/// A day, or a time of it.
const TIME: Type = Type::String(Text::new(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?",
    10,
    20,
));

/// A backfill.
pub static BACKFILL: Schema = Schema {
    kind: "tag_backfill",
    aws: "AWS::SageMaker::Domain",
    doc: "The tag `sagemaker:domain-arn` on things that were made before SageMaker put it there by itself (2022-11-30), in the domain's account and region. Things that carry the tag already, of whichever domain, are left alone; taking the backfill away leaves the tags.",
    attributes: &[
        Attribute {
            aliases: &["domain_arn", "domain_id"],
            required: true,
            change: ChangeRule::Replace("things of one domain are not those of another"),
            ..Attribute::new(
                "domain",
                "",
                Type::Ref(Ref {
                    kinds: &["domain"],
                    attribute: "arn",
                }),
                "The domain whose ARN the tag gets.",
            )
        },
        Attribute {
            required: true,
            ..Attribute::new(
                "kinds",
                "",
                Type::Set(
                    &KIND,
                    Count {
                        min: 1,
                        max: usize::MAX,
                    },
                ),
                "What is tagged.",
            )
        },
        Attribute {
            aliases: &["name"],
            unset: Unset::Empty,
            ..Attribute::new(
                "names",
                "",
                Type::Set(&NAME, Count::ANY),
                "Only things of these names; `*` stands for any text, as in `finance-*`.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "created_after",
                "CreationTime",
                TIME,
                "Only things made at this time or later: a day, or a time as `2022-11-30T12:00:00Z`.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "created_before",
                "CreationTime",
                TIME,
                "Only things made before this time.",
            )
        },
        Attribute {
            aliases: &["created_by_profiles"],
            unset: Unset::Empty,
            ..Attribute::new(
                "created_by",
                "CreatedBy.UserProfileArn",
                Type::Set(&PROFILE, Count::ANY),
                "Only things made by these user profiles; SageMaker tells the maker of experiments, trials, trial components, pipelines, model packages and their groups.",
            )
        },
        Attribute::computed(
            "chosen",
            "",
            Type::Number,
            "How many things fit the choice.",
        ),
        Attribute::computed(
            DUE,
            "",
            Type::String(Text::ANY),
            "What lacks the tag, if anything does.",
        ),
        Attribute::computed("id", "", Type::String(Text::ANY), "The domain's ARN."),
    ],
    parts: &[],
    placement: Placement::From(&["domain"]),
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};
