//! The exit codes, defined once: the codes themselves and their table in the help.

use std::process::ExitCode;

/// How a run of smd ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// An error.
    Error,
    /// Changes are present (only with `--detailed-exitcode`).
    Changes,
    /// Stopped by an expectation or check.
    Check,
    /// Partly applied.
    Partly,
    /// Something was changed outside smd (`smd drift`).
    Drift,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// Every exit with what the help says of it, in order of the codes.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Done, "done, or nothing to do"),
        (
            Self::Error,
            "error, nothing was changed or all of it was rolled back",
        ),
        (
            Self::Changes,
            "changes are present (only with --detailed-exitcode)",
        ),
        (Self::Check, "stopped by an expectation or check"),
        (Self::Partly, "partly applied"),
        (Self::Drift, "something was changed outside smd (smd drift)"),
        (Self::Interrupted, "interrupted"),
    ];

    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Check => 3,
            Self::Partly => 4,
            Self::Drift => 5,
            Self::Interrupted => 130,
        }
    }

    /// How a run ended, in few words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done | Self::Changes | Self::Drift => "done",
            Self::Error => "error",
            Self::Check => "stopped by a check",
            Self::Partly => "partly applied",
            Self::Interrupted => "interrupted",
        }
    }

    /// The table of exit codes for the help.
    #[must_use]
    pub fn table() -> String {
        let mut out = String::from("Exit codes:");
        for (exit, meaning) in Self::ALL {
            out.push_str(&format!("\n  {:>3}  {meaning}", exit.code()));
        }
        out
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
