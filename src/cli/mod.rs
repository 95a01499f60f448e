//! The command line: clap, one file per command, exit codes.

pub mod aws_environment;

use std::process::ExitCode;

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
