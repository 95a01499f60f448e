//! Schema of spaces.

use crate::kinds::sagemaker::{MAX_NAME, SPACE as ATTRIBUTES, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// A space.
pub static SPACE: Schema = Schema {
    kind: "space",
    aws: "AWS::SageMaker::Space",
    doc: "A place in a domain where apps run: private to a user profile, or shared.",
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
    delete_first: Some("a second space of that name is refused in the domain"),
    data: Some("the volume of the space with all that is on it"),
};
