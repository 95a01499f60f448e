//! Schema of images.

use crate::kinds::sagemaker::{IMAGE as ATTRIBUTES, MAX_NAME, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// An image.
pub static IMAGE: Schema = Schema {
    kind: "image",
    aws: "AWS::SageMaker::Image",
    doc: "An image of SageMaker: a name under which Studio offers versions of a container image.",
    attributes: ATTRIBUTES,
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
