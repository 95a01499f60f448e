//! Errors of AWS calls by cause.

use std::fmt;

use crate::diagnostic::{Code, Diagnostic, codes};

/// Why a call failed, as far as it decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Too many calls: nothing was done, try later.
    Throttled,
    /// 5xx or a broken connection: it may have been done.
    Transient,
    /// No answer came although the call was sent: it may have been done.
    LostAnswer,
    /// The thing is not there (or not there yet).
    NotFound,
    /// Something still hangs on it.
    Dependency,
    /// Busy with another change, or still used.
    InUse,
    /// There is one of that name already.
    AlreadyExists,
    /// A role or principal is not known yet, or cannot be assumed.
    RoleNotReady,
    /// Not allowed.
    AccessDenied,
    /// A quota.
    Limit,
    /// The request itself is wrong.
    Invalid,
    /// No credentials, or expired ones.
    Credentials,
    /// The endpoint cannot be reached; nothing was sent.
    Unreachable,
    /// It could not be written down before it was to be sent; nothing was sent.
    Unrecorded,
    /// It ended in a failed status.
    Failed,
    /// A wait took longer than its limit.
    TimedOut,
    /// Stopped on the person's wish.
    Cancelled,
    /// Anything else.
    Other,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// `ec2:CreateVpc`; empty where there was no call.
    pub operation: String,
    /// AWS's code, if it gave one.
    pub code: Option<String>,
    /// AWS's or smd's words, without secrets.
    pub message: String,
    /// AWS's request id, if it gave one.
    pub request_id: Option<String>,
    /// Ways out.
    pub help: Vec<String>,
}

impl Failure {
    /// A failure without an AWS answer.
    pub fn new(cause: Cause, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            cause,
            operation: operation.into(),
            code: None,
            message: message.into(),
            request_id: None,
            help: Vec::new(),
        }
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The failure as a diagnostic.
    #[must_use]
    pub fn to_diagnostic(&self) -> Diagnostic {
        let code: Code = codes::aws::CALL_FAILED;
        let mut diagnostic = Diagnostic::error(code, self.to_string());
        diagnostic.help.clone_from(&self.help);
        if let Some(id) = &self.request_id {
            diagnostic.notes.push(format!("request id {id}"));
        }
        diagnostic
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.operation, &self.code) {
            (operation, _) if operation.is_empty() => f.write_str(&self.message),
            (operation, Some(code)) => write!(f, "{operation} failed: {} ({code})", self.message),
            (operation, None) => write!(f, "{operation} failed: {}", self.message),
        }
    }
}

impl std::error::Error for Failure {}
