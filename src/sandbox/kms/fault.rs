//! KMS's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;

/// `ValidationException`.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("ValidationException", message)
}

/// What the model refuses.
pub(super) fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) => Fault::client("SerializationException", message),
        Violation::Constraints(message) => invalid(message),
    }
}

/// `NotFoundException` of a key.
pub(super) fn no_key(arn: &str) -> Fault {
    Fault::client("NotFoundException", format!("Key '{arn}' does not exist"))
}

/// `NotFoundException` of an alias.
pub(super) fn no_alias(arn: &str) -> Fault {
    Fault::client("NotFoundException", format!("Alias {arn} is not found."))
}

/// `DisabledException`.
pub(super) fn disabled(arn: &str) -> Fault {
    Fault::client("DisabledException", format!("{arn} is disabled."))
}

/// `InvalidCiphertextException`: AWS says no more.
pub(super) fn invalid_ciphertext() -> Fault {
    Fault::client("InvalidCiphertextException", "")
}

/// `IncorrectKeyException`.
pub(super) fn incorrect_key() -> Fault {
    Fault::client(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )
}
