//! Schema of image versions.

use crate::kinds::sagemaker::IMAGE_VERSION as ATTRIBUTES;
use crate::kinds::schema::{Placement, Schema};

/// A version of an image.
pub static IMAGE_VERSION: Schema = Schema {
    kind: "image_version",
    aws: "AWS::SageMaker::ImageVersion",
    doc: "A version of an image: one container image in ECR. Another `base_image` is a new version, made first; the old one stays unless `old_versions` says otherwise, and goes with its image.",
    attributes: ATTRIBUTES,
    parts: &[],
    placement: Placement::From(&["image"]),
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};
