//! Schema of pipelines.

use crate::kinds::sagemaker::{PIPELINE as ATTRIBUTES, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// Longest name, in characters.
const MAX_NAME: usize = 256;

/// A pipeline.
pub static PIPELINE: Schema = Schema {
    kind: "pipeline",
    aws: "AWS::SageMaker::Pipeline",
    doc: "A SageMaker pipeline: a definition in JSON, run under a role.",
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
