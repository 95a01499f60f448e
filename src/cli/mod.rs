//! The command line: clap, one file per command, exit codes.
//!
//! The only module that reads the environment, prints, and knows of signals. `args` says what can
//! be typed, `console` is the only way out, `commands` holds one file per command.

pub mod args;
pub mod aws_environment;
mod carrying_out;
pub mod commands;
mod confirm;
pub mod console;
pub mod environment;
pub mod exit;
mod files;
mod keys;
mod other_stacks;
mod planning;
mod project;
mod random;
mod recorded;
mod recovery;
mod run_log;
mod signals;
#[cfg(test)]
mod simulator;
mod state_store;
mod table;
mod target;
mod told;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Cli, Command, Format};
use console::{Console, Outcome, Stopped};
use environment::Environment;
use exit::Exit;

use crate::diagnostic::{Diagnostic, codes};

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    let environment = Environment::read();
    let console = Console::new(cli.common.format, cli.common.no_color, &environment);
    let outcome = run(&console, &environment, cli.command);
    console.finish();
    console
        .exit(outcome.unwrap_or_else(|Stopped(exit)| exit))
        .into()
}

fn run(console: &Console, environment: &Environment, command: Command) -> Outcome {
    use commands as c;
    match command {
        Command::Plan(args) => waiting(console, c::plan::run(console, environment, &args)),
        Command::Apply(args) => waiting(console, c::apply::run(console, environment, &args)),
        Command::Destroy(args) => waiting(console, c::destroy::run(console, environment, &args)),
        Command::Import(args) => waiting(console, c::import::run(console, environment, &args)),
        Command::Drift(args) => waiting(console, c::drift::run(console, environment, &args)),
        Command::Orphans(args) => waiting(console, c::orphans::run(console, environment, &args)),
        Command::Validate(args) => c::validate::run(console, environment, &args),
        Command::Fmt(args) => c::fmt::run(console, &args),
        Command::Graph(args) => c::graph::run(console, environment, &args),
        Command::Show(args) => waiting(console, c::show::run(console, environment, &args)),
        Command::Output(args) => waiting(console, c::output::run(console, environment, &args)),
        Command::State(command) => waiting(console, c::state::run(console, environment, &command)),
        Command::Lock(command) => waiting(console, c::lock::run(console, environment, &command)),
        Command::Tags(command) => waiting(console, c::tags::run(console, environment, &command)),
        Command::Share(command) => waiting(console, c::share::run(console, environment, &command)),
        Command::Sandbox(command) => {
            waiting(console, c::sandbox::run(console, environment, &command))
        }
        Command::Explain(args) => c::explain::run(console, &args),
        Command::Version => c::version::run(console),
    }
}

/// Runs a command that waits for others: AWS, a person, signals.
fn waiting(console: &Console, command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = console.ok(runtime.map_err(|error| {
        Diagnostic::error(
            codes::cli::RUNTIME,
            format!("the system refuses threads: {error}"),
        )
    }))?;
    let outcome = runtime.block_on(command);
    runtime.block_on(state_store::leave());
    // A read of standard input may still be waiting; nobody needs its answer any more.
    runtime.shutdown_background();
    outcome
}

/// Help goes to stdout; a wrong command line to stderr, or into the JSON document.
fn usage(error: &clap::Error) -> Exit {
    let wanted = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let console = Console::new(
        if asks_for_json() {
            Format::Json
        } else {
            Format::Text
        },
        true,
        &Environment::default(),
    );
    if wanted {
        console.data_always(&error.to_string());
        return console.exit(Exit::Done);
    }
    if console.is_json() {
        let text = error.to_string();
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let _ = console.ok::<()>(Err(Diagnostic::error(codes::cli::USAGE, message)
            .help("`smd --help` shows what can be written")));
        console.finish();
    } else {
        Console::write_stderr(&error.to_string());
    }
    Exit::Error
}

/// Whether the arguments ask for JSON, even where the rest of them is wrong.
fn asks_for_json() -> bool {
    let arguments: Vec<_> = std::env::args_os().collect();
    arguments.iter().any(|argument| argument == "--format=json")
        || arguments
            .windows(2)
            .any(|pair| matches!(pair, [flag, value] if flag == "--format" && value == "json"))
}
