//! Schema of lifecycle configurations.

use crate::kinds::sagemaker::{LIFECYCLE_CONFIG as ATTRIBUTES, MAX_NAME, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// A lifecycle configuration.
pub static LIFECYCLE_CONFIG: Schema = Schema {
    kind: "lifecycle_config",
    aws: "AWS::SageMaker::StudioLifecycleConfig",
    doc: "A script that runs when an app of Studio starts.",
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
