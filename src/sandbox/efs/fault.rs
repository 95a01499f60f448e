//! EFS's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;
use crate::sandbox::tags::Refused;

const NOT_FOUND: u16 = 404;
const CONFLICT: u16 = 409;

/// `BadRequest`.
pub(super) fn bad(message: impl Into<String>) -> Fault {
    Fault::client("BadRequest", message)
}

/// What the model refuses.
pub(super) fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) | Violation::Constraints(message) => bad(message),
    }
}

/// A fault that says that something is in the way.
pub(super) fn conflict(code: &str, message: impl Into<String>) -> Fault {
    Fault::with_status(CONFLICT, code, message)
}

/// `FileSystemNotFound`.
pub(super) fn no_file_system(id: &str) -> Fault {
    Fault::with_status(
        NOT_FOUND,
        "FileSystemNotFound",
        format!("File system '{id}' does not exist."),
    )
}

/// `MountTargetNotFound`.
pub(super) fn no_mount_target(id: &str) -> Fault {
    Fault::with_status(
        NOT_FOUND,
        "MountTargetNotFound",
        format!("Mount target '{id}' does not exist."),
    )
}

/// `AccessPointNotFound`.
pub(super) fn no_access_point(id: &str) -> Fault {
    Fault::with_status(
        NOT_FOUND,
        "AccessPointNotFound",
        format!("Access point '{id}' does not exist."),
    )
}

/// `IncorrectFileSystemLifeCycleState`.
pub(super) fn not_available(id: &str) -> Fault {
    conflict(
        "IncorrectFileSystemLifeCycleState",
        format!("File system '{id}' is not in the 'available' life cycle state."),
    )
}

/// Refused tags.
pub(super) fn tags(refused: Refused) -> Fault {
    bad(match refused {
        Refused::Reserved(key) => format!("Tag key '{key}' begins with 'aws:', which is reserved."),
        Refused::Twice(key) => format!("Tag key '{key}' is given more than once."),
        Refused::TooMany => "The number of tags exceeds the limit of 50.".to_owned(),
    })
}

/// What EC2 refused on behalf of EFS, in EFS's own codes.
pub(super) fn of_network(fault: Fault) -> Fault {
    match fault.code.as_str() {
        "InvalidSubnetID.NotFound" => Fault::client("SubnetNotFound", fault.message),
        "InvalidGroup.NotFound" | "InvalidParameter" => {
            Fault::client("SecurityGroupNotFound", fault.message)
        }
        "InvalidIPAddress.InUse" => conflict("IpAddressInUse", fault.message),
        "InsufficientFreeAddressesInSubnet" => conflict("NoFreeAddressesInSubnet", fault.message),
        _ => bad(fault.message),
    }
}
