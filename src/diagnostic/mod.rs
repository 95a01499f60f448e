//! The one error type of smd: what is wrong, where, and the way out.
//!
//! A [`Diagnostic`] has a stable [`Code`], a severity, one terse message, labelled byte spans into
//! [`Sources`], notes and help. Renderers live beside it and know nothing of where it came from.

mod code;
pub mod codes;
mod near;
mod render_json;
mod render_terminal;
mod source;

pub use code::Code;
pub use near::{did_you_mean, did_you_mean_of, nearest};
pub use render_json::json;
pub use render_terminal::terminal;
pub use source::{FileId, LineColumn, SourceFile, Sources, Span};

use std::fmt;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never changes the exit code.
    Note,
    /// Probably a mistake; never stops a command.
    Warning,
    /// Stops the command before anything is changed.
    Error,
}

impl Severity {
    /// The word on the screen and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A span of source text with a word on what it shows (may be empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text that is underlined.
    pub span: Span,
    /// What it shows, lower case, no final period.
    pub message: String,
}

/// One thing that is wrong (or worth knowing), with its place and a way out.
///
/// Messages are lower case without a final period; user text stands in backticks. Secrets never
/// enter a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, described by `smd explain CODE`.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// The text it is about; the first label is the primary one.
    pub labels: Vec<Label>,
    /// Facts that explain it.
    pub notes: Vec<String>,
    /// Ways out: what to write or run instead.
    pub help: Vec<String>,
    /// The resource it is about, in reference form, where there is one.
    pub address: Option<String>,
}

impl Diagnostic {
    /// An error with this code and message.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning with this code and message.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A diagnostic of any severity.
    pub fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            address: None,
        }
    }

    /// Adds a labelled span; the first one added is the primary one.
    #[must_use]
    pub fn at(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds a labelled span if there is one.
    #[must_use]
    pub fn at_opt(self, span: Option<Span>, message: impl Into<String>) -> Self {
        match span {
            Some(span) => self.at(span, message),
            None => self,
        }
    }

    /// Adds a fact that explains it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a way out if there is one (a near name, say).
    #[must_use]
    pub fn help_opt(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Names the resource it is about.
    #[must_use]
    pub fn about(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Whether it stops the command.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The primary span, if it has one.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {}",
            self.severity.as_str(),
            self.code,
            self.message
        )
    }
}

impl std::error::Error for Diagnostic {}

/// Diagnostics of a run, in the order they were found.
pub type Diagnostics = Vec<Diagnostic>;

/// Whether any of them stops the command.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// Sorts by file, then position, then code, so that output is deterministic.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| {
            d.span()
                .map_or((u32::MAX, 0, 0), |s| (s.file.0, s.start, s.end))
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.code.id.cmp(b.code.id))
            .then_with(|| a.message.cmp(&b.message))
    });
}
