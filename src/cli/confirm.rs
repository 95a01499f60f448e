//! Asking before anything is changed.

use std::io::BufRead;

use super::console::{Console, Stopped};
use super::environment::Environment;
use super::exit::Exit;
use super::signals;
use crate::apply::{Cancel, Level};
use crate::diagnostic::{Diagnostic, codes};

/// The one answer that means yes.
const YES: &str = "yes";

/// Whether someone can be asked; of no matter where there is nothing to do.
///
/// # Errors
/// [`Stopped`] where nobody can.
pub fn can_ask(
    console: &Console,
    environment: &Environment,
    auto_approve: bool,
    command: &str,
) -> Result<(), Stopped> {
    if auto_approve || (environment.stdin_terminal && !console.is_json()) {
        return Ok(());
    }
    let why = if environment.stdin_terminal {
        "the output is a JSON document"
    } else {
        "standard input is not a terminal"
    };
    let error = Diagnostic::error(
        codes::cli::NOT_A_TERMINAL,
        format!("`smd {command}` asks before it changes anything, and {why}"),
    )
    .help("add `--auto-approve` (`-y`)");
    console.ok(Err(
        if command.starts_with("state ") || command == "import" {
            error
        } else {
            error.help("or keep the plan with `smd plan -o FILE`, and run `smd apply FILE`")
        },
    ))
}

/// Asks the question; anything but `yes` is no.
///
/// # Errors
/// [`Stopped`] where the answer is no, or the person pressed Ctrl-C.
pub async fn ask(console: &Console, question: &str) -> Result<(), Stopped> {
    // Heard from before the question is there, so that a quick Ctrl-C is an answer too.
    let cancel = Cancel::default();
    let _listening = console.ok(signals::listen(&cancel, |_| {}))?;
    console.ask(&format!("\n{question}\nOnly `{YES}` is taken: "));
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        answer = answer => {
            if let Ok(Ok(line)) = answer && line.trim() == YES {
                return Ok(());
            }
            console.say("nothing was changed");
            Err(Stopped(Exit::Error))
        }
        () = cancel.reached(Level::Stop) => {
            console.say("\ninterrupted, nothing was changed");
            Err(Stopped(Exit::Interrupted))
        }
    }
}
