//! Security groups.

use crate::sandbox::call::Fault;

/// The fault of a second group of a name in a VPC.
pub(super) fn duplicate(name: &str, vpc: &str) -> Fault {
    Fault::client(
        "InvalidGroup.Duplicate",
        format!("The security group '{name}' already exists for VPC '{vpc}'"),
    )
}
