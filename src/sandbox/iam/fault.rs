//! IAM's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;
use crate::sandbox::tags::Refused;

const NOT_FOUND: u16 = 404;
const CONFLICT: u16 = 409;

/// `NoSuchEntity`.
pub(super) fn none(message: impl Into<String>) -> Fault {
    Fault::with_status(NOT_FOUND, "NoSuchEntity", message)
}

/// `NoSuchEntity` for a role.
pub(super) fn no_role(name: &str) -> Fault {
    none(format!("The role with name {name} cannot be found."))
}

/// `NoSuchEntity` for a managed policy.
pub(super) fn no_policy(arn: &str) -> Fault {
    none(format!("Policy {arn} was not found."))
}

/// `EntityAlreadyExists`.
pub(super) fn exists(message: impl Into<String>) -> Fault {
    Fault::with_status(CONFLICT, "EntityAlreadyExists", message)
}

/// `DeleteConflict`.
pub(super) fn in_use(message: impl Into<String>) -> Fault {
    Fault::with_status(CONFLICT, "DeleteConflict", message)
}

/// `LimitExceeded`.
pub(super) fn limit(message: impl Into<String>) -> Fault {
    Fault::with_status(CONFLICT, "LimitExceeded", message)
}

/// `MalformedPolicyDocument`.
pub(super) fn malformed(message: impl Into<String>) -> Fault {
    Fault::client("MalformedPolicyDocument", message)
}

/// `ValidationError`.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("ValidationError", message)
}

/// `InvalidInput`.
pub(super) fn input(message: impl Into<String>) -> Fault {
    Fault::client("InvalidInput", message)
}

impl From<Violation> for Fault {
    /// The query services' code; JSON services write their own.
    fn from(violation: Violation) -> Self {
        match violation {
            Violation::Serialization(message) => Self::client("MalformedInput", message),
            Violation::Constraints(message) => invalid(message),
        }
    }
}

/// Refused tags.
pub(super) fn tags(refused: Refused) -> Fault {
    match refused {
        Refused::Reserved(_) => input("System tags cannot be added/updated by requester"),
        Refused::Twice(_) => {
            input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        }
        Refused::TooMany => limit("The number of tags has reached the maximum limit."),
    }
}
