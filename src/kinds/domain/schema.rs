//! Schema of domains.

use crate::kinds::sagemaker::{DOMAIN as ATTRIBUTES, MAX_NAME, is_name};
use crate::kinds::schema::{NameRule, Placement, Schema};

/// A domain.
pub static DOMAIN: Schema = Schema {
    kind: "domain",
    aws: "AWS::SageMaker::Domain",
    doc: "A SageMaker domain: its people, network, settings and home file system.",
    attributes: ATTRIBUTES,
    parts: &[],
    placement: Placement::From(&["vpc"]),
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_NAME,
        allowed: is_name,
        unique: true,
    }),
    taggable: true,
    delete_first: Some("a second domain of that name is refused in the account and region"),
    data: Some("the home file system with all home directories"),
};
