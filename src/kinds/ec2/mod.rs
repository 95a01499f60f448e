//! What the EC2 kinds share.

pub mod attributes;
pub mod blockers;
pub mod describe;
pub mod fields;
pub mod made;
pub mod names;
pub mod refer;
pub mod tags;

use crate::aws::Failure;

/// An operation on a part that this kind does not have: a defect of smd.
pub fn no_such_part(kind: &str) -> Failure {
    Failure::new(
        crate::aws::Cause::Other,
        "",
        format!("`{kind}` is no part of this kind: a defect of smd"),
    )
}
