//! RAM's refusals.

use crate::sandbox::call::Fault;
use crate::sandbox::model::Violation;
use crate::sandbox::tags::Refused;

/// `InvalidParameterException`.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("InvalidParameterException", message)
}

/// What the model refuses.
pub(super) fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) | Violation::Constraints(message) => invalid(message),
    }
}

/// `UnknownResourceException` of a share.
pub(super) fn no_share(arn: &str) -> Fault {
    Fault::client(
        "UnknownResourceException",
        format!("ResourceShare {arn} could not be found."),
    )
}

/// `ResourceShareInvitationArnNotFoundException`.
pub(super) fn no_invitation(arn: &str) -> Fault {
    Fault::client(
        "ResourceShareInvitationArnNotFoundException",
        format!("Invitation {arn} could not be found."),
    )
}

/// `MalformedArnException`.
pub(super) fn malformed(arn: &str) -> Fault {
    Fault::client(
        "MalformedArnException",
        format!("The specified resource ARN {arn} is not valid. Verify the ARN and try again."),
    )
}

/// `OperationNotPermittedException`.
pub(super) fn not_permitted(message: impl Into<String>) -> Fault {
    Fault::client("OperationNotPermittedException", message)
}

/// What is wrong with tags.
pub(super) fn tags(refused: Refused) -> Fault {
    match refused {
        Refused::Reserved(key) => invalid(format!("The tag key {key} is reserved.")),
        Refused::Twice(key) => invalid(format!("The tag key {key} is given twice.")),
        Refused::TooMany => Fault::client(
            "TagLimitExceededException",
            "A resource share can have up to 50 tags.",
        ),
    }
}
