//! Service Catalog's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;
use crate::sandbox::tags::Refused;

/// `InvalidParametersException`.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("InvalidParametersException", message)
}

/// `ResourceNotFoundException`.
pub(super) fn none(what: &str, id: &str) -> Fault {
    Fault::client(
        "ResourceNotFoundException",
        format!("{what} {id} not found"),
    )
}

/// `ResourceInUseException`.
pub(super) fn in_use(message: impl Into<String>) -> Fault {
    Fault::client("ResourceInUseException", message)
}

/// What the model refuses.
pub(super) fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) => Fault::client("SerializationException", message),
        Violation::Constraints(message) => Fault::client("ValidationException", message),
    }
}

/// What is wrong with tags.
pub(super) fn tags(refused: Refused) -> Fault {
    match refused {
        Refused::Reserved(key) => invalid(format!("The tag key {key} is reserved.")),
        Refused::Twice(key) => invalid(format!("The tag key {key} is given twice.")),
        Refused::TooMany => Fault::client("LimitExceededException", "Too many tags."),
    }
}
