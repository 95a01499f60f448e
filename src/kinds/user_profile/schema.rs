//! Schema of user profiles.

use crate::kinds::sagemaker::{MAX_NAME, USER_PROFILE as ATTRIBUTES, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// A user profile.
pub static USER_PROFILE: Schema = Schema {
    kind: "user_profile",
    aws: "AWS::SageMaker::UserProfile",
    doc: "A person, or a service, in a domain.",
    attributes: ATTRIBUTES,
    parts: &[],
    placement: Placement::From(&["domain"]),
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_NAME,
        allowed: is_name,
        unique: true,
    }),
    taggable: true,
    delete_first: Some("a second profile of that name is refused in the domain"),
    data: None,
};
