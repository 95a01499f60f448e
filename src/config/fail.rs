//! Why an expression gives no value.

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::value::Value;

/// Why an expression gives no value. Not itself a diagnostic, as `try` may catch it.
#[derive(Debug, Clone)]
pub(super) enum Fail {
    /// What failed was reported where it is declared; nothing more is to be said.
    Told,
    /// What is wrong.
    Diagnostic(Box<Diagnostic>),
}

/// A value, or why there is none.
pub(super) type Res<T = Value> = Result<T, Fail>;

impl From<Diagnostic> for Fail {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostic(Box::new(diagnostic))
    }
}

impl Fail {
    /// An error with a span, if there is one.
    pub(super) fn new(code: Code, message: impl Into<String>, span: Option<Span>) -> Self {
        Diagnostic::error(code, message).at_opt(span, "").into()
    }

    /// The same with a way out.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        match self {
            Self::Told => Self::Told,
            Self::Diagnostic(diagnostic) => diagnostic.help(help).into(),
        }
    }

    /// The same with a way out, if there is one.
    pub(super) fn help_opt(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// The same with a span where it has none: known values carry none of their own.
    pub(super) fn or_at(self, span: Option<Span>) -> Self {
        match self {
            Self::Diagnostic(diagnostic) if diagnostic.labels.is_empty() => {
                diagnostic.at_opt(span, "").into()
            }
            other => other,
        }
    }
}
