//! Why an expression gives no value.

use crate::diagnostic::{Code, Diagnostic, Span, codes};
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

    /// The same where something sensitive took part: a message that quotes or counts anything may
    /// give it away, so that `instead` is said in its place, at the call.
    pub(super) fn hiding(self, instead: &str, span: Option<Span>) -> Self {
        let Self::Diagnostic(diagnostic) = self else {
            return self;
        };
        let of_smd = [codes::config::TOO_LARGE, codes::config::INTERNAL].contains(&diagnostic.code);
        let quotes =
            |text: &str| text.contains(|c: char| c == '`' || c == '"' || c.is_ascii_digit());
        let tells = std::iter::once(&diagnostic.message)
            .chain(&diagnostic.notes)
            .chain(&diagnostic.help)
            .any(|text| quotes(text));
        if of_smd || !tells {
            return Self::Diagnostic(diagnostic);
        }
        Self::new(diagnostic.code, instead, span)
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
