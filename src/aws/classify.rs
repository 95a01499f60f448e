//! From SDK errors to [`Failure`]s: by AWS's code, by status, by what broke on the way. Never by
//! English text where a code exists.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::gate::NotWrittenDown;
use super::{Cause, Failure};

/// Codes with their causes (behaviour: the services' error lists, "errors: retry, wait, or stop").
/// Codes that end in `.NotFound`, `NotFoundException` or `LimitExceeded` need no row.
const CAUSES: &[(Cause, &[&str])] = &[
    (
        Cause::Throttled,
        &[
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestThrottled",
            "RequestThrottledException",
            "BandwidthLimitExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "EC2ThrottledException",
        ],
    ),
    (
        Cause::Transient,
        &[
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "ServerInternalException",
            "ServiceFailure",
            "ServiceFailureException",
            "Unavailable",
            "RequestTimeout",
            "RequestTimeoutException",
            "ConcurrentModification",
            "ConcurrentModificationException",
            "DependencyTimeout",
        ],
    ),
    (
        Cause::NotFound,
        &[
            "NoSuchEntity",
            "NoSuchEntityException",
            "ResourceNotFound",
            "NatGatewayNotFound",
            "FileSystemNotFound",
            "MountTargetNotFound",
            "AccessPointNotFound",
            "UnknownResourceException",
            "ResourceShareInvitationArnNotFoundException",
            "NoSuchBucket",
            "NoSuchKey",
            "Gateway.NotAttached",
        ],
    ),
    (
        Cause::Dependency,
        &[
            "DependencyViolation",
            "DeleteConflict",
            "DeleteConflictException",
        ],
    ),
    (
        Cause::InUse,
        &[
            "ResourceInUse",
            "ResourceInUseException",
            "InvalidGroup.InUse",
            "InvalidIPAddress.InUse",
            "FileSystemInUse",
            "IncorrectFileSystemLifeCycleState",
            "IncorrectState",
            "IncorrectInstanceState",
            "InvalidStateTransition",
        ],
    ),
    (
        Cause::AlreadyExists,
        &[
            "EntityAlreadyExists",
            "EntityAlreadyExistsException",
            "InvalidGroup.Duplicate",
            "InvalidPermission.Duplicate",
            "InvalidSubnet.Conflict",
            "RouteAlreadyExists",
            "Resource.AlreadyAssociated",
            "VpcPeeringConnectionAlreadyExists",
            "MountTargetConflict",
            "FileSystemAlreadyExists",
            "ResourceShareInvitationAlreadyAcceptedException",
            "DuplicateResourceException",
        ],
    ),
    (
        Cause::AccessDenied,
        &[
            "UnauthorizedOperation",
            "AccessDenied",
            "AccessDeniedException",
            "OperationNotPermitted",
            "OperationNotPermittedException",
            "AuthFailure",
        ],
    ),
    (
        Cause::Credentials,
        &[
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "SignatureDoesNotMatch",
            "RequestExpired",
            "IncompleteSignature",
            "OptInRequired",
        ],
    ),
    (
        Cause::Limit,
        &[
            "LimitExceeded",
            "LimitExceededException",
            "ResourceLimitExceeded",
            "ServiceQuotaExceededException",
            "MaxSecurityGroupsPerInterface",
        ],
    ),
    (
        Cause::Invalid,
        &[
            "ValidationException",
            "ValidationError",
            "InvalidParameter",
            "DuplicateSubnetsInSameZone",
            "InvalidParameterValue",
            "InvalidParameterCombination",
            "MissingParameter",
            "InvalidInput",
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "SerializationException",
            "IdempotentParameterMismatch",
            "IdempotentParameterMismatchException",
        ],
    ),
];

/// The cause that a code stands for; `status` decides where the code says nothing.
#[must_use]
fn cause_of(code: &str, status: Option<u16>) -> Cause {
    let listed = CAUSES
        .iter()
        .find(|(_, codes)| codes.contains(&code))
        .map(|(cause, _)| *cause);
    if let Some(cause) = listed {
        return cause;
    }
    if code.ends_with(".NotFound") || code.ends_with("NotFoundException") {
        Cause::NotFound
    } else if code.ends_with("LimitExceeded") || code.ends_with("LimitExceededException") {
        Cause::Limit
    } else if code.ends_with(".Malformed") || code.starts_with("Invalid") {
        Cause::Invalid
    } else {
        match status {
            Some(429) => Cause::Throttled,
            Some(500..=599) => Cause::Transient,
            Some(403) => Cause::AccessDenied,
            _ => Cause::Other,
        }
    }
}

/// How much of an answer is looked at for its code, in bytes.
const CODE_WITHIN: usize = 2048;

/// Whether an error answer, by its type header or its body, has a code of throttling.
pub(super) fn names_throttling(error_type: Option<&str>, body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(body.get(..CODE_WITHIN).unwrap_or(body));
    // Where each protocol has its code: query, EC2 and S3 in XML, the others in JSON.
    let after = |mark: &str| {
        let (_, rest) = start.split_once(mark)?;
        let text = rest.trim_start_matches([' ', ':', '"']);
        text.split(['<', '"']).next()
    };
    [
        error_type,
        after("<Code>"),
        after("\"__type\""),
        after("\"code\""),
    ]
    .into_iter()
    .flatten()
    // `com.amazonaws.sagemaker#ThrottlingException`, `ThrottlingException:http://…`
    .filter_map(|text| text.rsplit('#').next()?.split(':').next())
    .any(|code| cause_of(code, None) == Cause::Throttled)
}

impl Failure {
    /// The failure of an SDK call, classified.
    pub fn from_sdk<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        match error {
            SdkError::ServiceError(answer) => {
                let meta = answer.err().meta();
                let code = meta.code().unwrap_or_default();
                let mut failure = Self::new(
                    cause_of(code, status),
                    operation,
                    meta.message().map_or_else(
                        || format!("answered HTTP status {}", status.unwrap_or_default()),
                        str::to_owned,
                    ),
                );
                failure.code = meta.code().map(str::to_owned);
                failure.request_id = request_id(answer.raw());
                failure.with_help()
            }
            SdkError::TimeoutError(_) => Self::new(
                Cause::LostAnswer,
                operation,
                "sent, but no answer came within the time limit",
            ),
            SdkError::ResponseError(answer) => {
                let mut failure = Self::new(
                    match status {
                        Some(500..=599) => Cause::Transient,
                        _ => Cause::LostAnswer,
                    },
                    operation,
                    format!(
                        "the answer could not be read (HTTP status {}): is this an AWS endpoint?",
                        status.unwrap_or_default()
                    ),
                );
                failure.request_id = request_id(answer.raw());
                failure
            }
            SdkError::DispatchFailure(dispatch) => {
                let Some(connector) = dispatch.as_connector_error() else {
                    return Self::new(Cause::LostAnswer, operation, "the connection broke");
                };
                dispatch_failure(operation, connector)
            }
            other => chain_failure(operation, other),
        }
    }

    /// A refusal of one of several things that a call is about, told in an answer that is good
    /// otherwise.
    #[must_use]
    pub fn refused(operation: &str, code: &str, message: &str) -> Self {
        let mut failure = Self::new(cause_of(code, None), operation, message);
        failure.code = Some(code.to_owned());
        failure.with_help()
    }

    /// Adds the way out that goes with the cause.
    fn with_help(self) -> Self {
        match self.cause {
            Cause::Credentials => {
                self.help("check the credentials of this account: `aws sts get-caller-identity`")
            }
            Cause::AccessDenied => self.help(
                "the credentials of this account may not do this: ask for the right, or look for a service control policy",
            ),
            Cause::Limit => self.help("ask for a higher quota in Service Quotas, or make fewer"),
            _ => self,
        }
    }
}

fn request_id(raw: &HttpResponse) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
        .iter()
        .find_map(|name| raw.headers().get(*name))
        .map(str::to_owned)
}

/// A call that broke before or on its way.
fn dispatch_failure(operation: &str, connector: &ConnectorError) -> Failure {
    if find::<CredentialsError>(connector).is_some() {
        return chain_failure(operation, connector);
    }
    if let Some(NotWrittenDown(why)) = find::<NotWrittenDown>(connector) {
        let mut failure = Failure::new(
            Cause::Unrecorded,
            operation,
            format!(
                "not sent, because it could not be written down first: {}",
                why.message
            ),
        );
        failure.help.clone_from(&why.help);
        return failure;
    }
    if never_sent(connector) {
        return Failure::new(
            Cause::Unreachable,
            operation,
            format!("the endpoint cannot be reached: {}", innermost(connector)),
        )
        .help("check the network, a proxy, AWS_ENDPOINT_URL and the region's name");
    }
    if connector.is_user() {
        return chain_failure(operation, connector);
    }
    if connector.is_timeout() || connector.is_io() {
        return Failure::new(
            Cause::LostAnswer,
            operation,
            format!(
                "the connection broke before the answer came: {}",
                innermost(connector)
            ),
        );
    }
    chain_failure(operation, connector)
}

/// Whether no connection stood, so that nothing can have been done.
pub(super) fn never_sent(connector: &ConnectorError) -> bool {
    let connecting = find::<hyper_util::client::legacy::Error>(connector)
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    let refused = find::<std::io::Error>(connector)
        .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused);
    connecting || refused
}

/// The call by which the SDK gets credentials, before the one that is to be made.
pub const ASSUME_ROLE: &str = "sts:AssumeRole";

/// A failure inside the SDK: credentials most of the time.
fn chain_failure(operation: &str, error: &(dyn Error + 'static)) -> Failure {
    let assumed = find::<SdkError<AssumeRoleError, HttpResponse>>(error);
    if let Some(broken) = assumed
        && !matches!(
            broken,
            SdkError::ServiceError(_) | SdkError::ConstructionFailure(_)
        )
    {
        return Failure::from_sdk(ASSUME_ROLE, broken);
    }
    let answered = assumed.and_then(SdkError::as_service_error);
    if let Some(refused) = answered.or_else(|| find::<AssumeRoleError>(error)) {
        // The call that failed is not the one that was to be made.
        let status = assumed.and_then(SdkError::raw_response);
        let status = status.map(|raw| raw.status().as_u16());
        let cause = cause_of(refused.code().unwrap_or_default(), status);
        let mut failure = Failure::new(
            match cause {
                Cause::Throttled | Cause::Transient => cause,
                _ => Cause::AccessDenied,
            },
            ASSUME_ROLE,
            refused.message().unwrap_or("the role cannot be assumed"),
        );
        failure.code = refused.code().map(str::to_owned);
        return match failure.cause {
            Cause::AccessDenied => failure.help("the role must exist, its trust policy must name the caller, and the caller must be allowed to assume it"),
            _ => failure,
        };
    }
    if let Some(credentials) = find::<CredentialsError>(error) {
        return match credentials {
            CredentialsError::CredentialsNotLoaded(_) => Failure::new(
                Cause::Credentials,
                operation,
                "no AWS credentials were found",
            ),
            CredentialsError::ProviderTimedOut(_) => Failure::new(
                Cause::Credentials,
                operation,
                "the provider of the AWS credentials did not answer in time",
            ),
            _ => Failure::new(
                Cause::Credentials,
                operation,
                format!("the AWS credentials could not be had: {}", innermost(credentials)),
            ),
        }
        .help("sign in (`aws sso login`), set AWS_PROFILE, or give the account a `profile` or `assume_role`")
        .help("to try without AWS, add `--sandbox`");
    }
    Failure::new(Cause::Other, operation, innermost(error))
}

/// The error and what caused it, outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The first error of type `T` in the chain.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

/// The words of the last error of the chain: what really happened.
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_by_code_then_status() {
        for (code, status, cause) in [
            ("RequestLimitExceeded", 503, Cause::Throttled),
            ("InvalidVpcID.NotFound", 400, Cause::NotFound),
            ("InvalidRouteTableID.NotFound", 400, Cause::NotFound),
            ("VpcLimitExceeded", 400, Cause::Limit),
            ("InvalidVpcID.Malformed", 400, Cause::Invalid),
            ("DependencyViolation", 400, Cause::Dependency),
            ("", 500, Cause::Transient),
            ("", 429, Cause::Throttled),
            ("SomethingNew", 400, Cause::Other),
        ] {
            assert_eq!(cause_of(code, Some(status)), cause, "{code} {status}");
        }
    }

    #[test]
    fn throttling_is_known_by_its_code_in_every_protocol() {
        for (header, body, throttled) in [
            (
                None,
                "<Response><Errors><Error><Code>RequestLimitExceeded</Code>",
                true,
            ),
            (
                None,
                "<Error><Code>Other</Code><Message>Throttling</Message>",
                false,
            ),
            (
                None,
                r#"{"__type":"com.amazonaws#ThrottlingException"}"#,
                true,
            ),
            (
                None,
                r#"{"message":"Throttling", "code": "Throttling"}"#,
                true,
            ),
            (None, r#"{"message":"ThrottlingException"}"#, false),
            (Some("ThrottlingException:http://x"), "{}", true),
            (None, "", false),
        ] {
            assert_eq!(
                names_throttling(header, body.as_bytes()),
                throttled,
                "{body}"
            );
        }
    }

    #[test]
    fn a_throttled_way_in_is_no_refusal() {
        use aws_sdk_sts::operation::assume_role::AssumeRoleError;
        use aws_smithy_types::error::ErrorMetadata;
        let of = |code: &str| {
            let meta = ErrorMetadata::builder().code(code).message("so").build();
            let refused = CredentialsError::provider_error(AssumeRoleError::generic(meta));
            chain_failure("ec2:CreateVpc", &refused)
        };
        for (code, cause) in [
            ("Throttling", Cause::Throttled),
            ("ServiceUnavailable", Cause::Transient),
            ("AccessDenied", Cause::AccessDenied),
            ("", Cause::AccessDenied),
        ] {
            let failure = of(code);
            assert_eq!(failure.cause, cause, "{code}");
            assert_eq!(failure.operation, ASSUME_ROLE);
        }
        let broken: SdkError<AssumeRoleError, HttpResponse> =
            SdkError::dispatch_failure(ConnectorError::io("the connection was reset".into()));
        let broken = chain_failure("ec2:CreateVpc", &CredentialsError::provider_error(broken));
        assert_eq!(
            (broken.cause, &*broken.operation),
            (Cause::LostAnswer, ASSUME_ROLE)
        );
    }

    #[test]
    fn no_code_has_two_causes() {
        let mut codes: Vec<_> = CAUSES.iter().flat_map(|(_, codes)| codes.iter()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
