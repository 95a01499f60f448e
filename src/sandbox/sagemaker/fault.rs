//! SageMaker's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;
use crate::sandbox::tags::Refused;

/// `ValidationException`.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("ValidationException", message)
}

/// `ResourceInUse`.
pub(super) fn in_use(message: impl Into<String>) -> Fault {
    Fault::client("ResourceInUse", message)
}

/// `ResourceNotFound`.
pub(super) fn none(message: impl Into<String>) -> Fault {
    Fault::client("ResourceNotFound", message)
}

/// `ResourceLimitExceeded`, in the words of SageMaker's quotas.
pub(super) fn limit(quota: &str, most: usize) -> Fault {
    Fault::client(
        "ResourceLimitExceeded",
        format!(
            "The account-level service limit '{quota}' is {most}, with current utilization of {most} and a request delta of 1. Please use AWS Service Quotas to request an increase for this quota."
        ),
    )
}

/// What the model refuses.
pub(super) fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) => Fault::client("SerializationException", message),
        Violation::Constraints(message) => invalid(message),
    }
}

/// Refused tags.
pub(super) fn tags(refused: Refused) -> Fault {
    match refused {
        Refused::Reserved(_) => invalid(
            "User-defined tag keys can't start with 'aws:'. This prefix is reserved for system tags. Please remove from your tag keys and try again.",
        ),
        Refused::Twice(key) => invalid(format!(
            "Duplicate tag keys found: {key}. Please keep one value for each key and try again."
        )),
        Refused::TooMany => limit("tags per resource", crate::sandbox::tags::MAX_TAGS),
    }
}
