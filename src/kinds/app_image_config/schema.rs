//! Schema of app image configurations.

use crate::kinds::sagemaker::{APP_IMAGE_CONFIG as ATTRIBUTES, MAX_NAME, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// An app image configuration.
pub static APP_IMAGE_CONFIG: Schema = Schema {
    kind: "app_image_config",
    aws: "AWS::SageMaker::AppImageConfig",
    doc: "How an image runs in an app: its file system, and its container or kernels.",
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
