//! The one way out of smd: data to stdout, chatter and diagnostics to stderr, or one JSON document
//! on stdout that holds both.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::args::Format;
use super::environment::Environment;
use super::exit::Exit;
use crate::diagnostic::{self, Diagnostic, Severity, Sources};
use crate::plan::{self, PLAN_FORMAT_VERSION, Plan};

/// A command that ended early; why has been reported already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped(pub Exit);

/// What a command gives back.
pub type Outcome = Result<Exit, Stopped>;

/// Stdout and stderr, in the chosen format.
#[derive(Debug)]
pub struct Console {
    format: Format,
    stdout_color: bool,
    stderr_color: bool,
    stderr_terminal: bool,
    held: Mutex<Held>,
}

/// What the JSON document will hold, and how stdout fared.
#[derive(Debug, Default)]
struct Held {
    diagnostics: Vec<Value>,
    document: Option<Document>,
    broken: bool,
    /// Stdout took something only in part, for another reason than that its reader went.
    refused: bool,
}

/// What the JSON document is made of.
#[derive(Debug)]
enum Document {
    /// Its members.
    Members(Map<String, Value>),
    /// A plan, which is large: it is written as it stands.
    Plan(Arc<Plan>),
}

impl Console {
    /// The console of this process.
    #[must_use]
    pub fn new(format: Format, no_color: bool, environment: &Environment) -> Self {
        let color = !no_color && !environment.no_color;
        Self {
            format,
            stdout_color: color && environment.stdout_terminal,
            stderr_color: color && environment.stderr_terminal,
            stderr_terminal: environment.stderr_terminal,
            held: Mutex::default(),
        }
    }

    /// Whether results are one JSON document.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether what goes to stdout may be coloured.
    #[must_use]
    pub fn stdout_color(&self) -> bool {
        self.stdout_color
    }

    /// Whether progress can be drawn on stderr.
    #[must_use]
    pub fn can_draw(&self) -> bool {
        self.stderr_terminal
    }

    /// Whether the reader of stdout has gone: no more needs to be said.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.hold().broken
    }

    /// How the process ends: as the command did, unless stdout says otherwise.
    #[must_use]
    pub fn exit(&self, exit: Exit) -> Exit {
        let held = self.hold();
        match exit {
            Exit::Done | Exit::Changes | Exit::Drift | Exit::Check if held.refused => Exit::Error,
            Exit::Interrupted => exit,
            // Who closed the pipe has read enough: that is no failure of the command.
            _ if held.broken => Exit::Done,
            _ => exit,
        }
    }

    /// Data: text to stdout as it is (nothing in JSON format, where the document says it).
    pub fn data(&self, text: &str) {
        if !self.is_json() {
            self.write_stdout(text);
        }
    }

    /// Text to stdout in any format: the help.
    pub fn data_always(&self, text: &str) {
        self.write_stdout(text);
    }

    /// Chatter: one line to stderr (nothing in JSON format).
    pub fn say(&self, line: impl Display) {
        if !self.is_json() {
            Self::write_stderr(&format!("{line}\n"));
        }
    }

    /// A question: to stderr, without a line's end.
    pub fn ask(&self, text: &str) {
        Self::write_stderr(text);
    }

    /// The JSON document of this run, without its diagnostics (ignored in text format).
    pub fn document(&self, document: Map<String, Value>) {
        if self.is_json() {
            self.hold().document = Some(Document::Members(document));
        }
    }

    /// Adds to the JSON document of this run (ignored in text format).
    pub fn add_to_document(&self, members: Map<String, Value>) {
        if !self.is_json() {
            return;
        }
        let mut held = self.hold();
        match &mut held.document {
            Some(Document::Members(document)) => document.extend(members),
            _ => {
                let mut document = new_document();
                document.extend(members);
                held.document = Some(Document::Members(document));
            }
        }
    }

    /// The JSON document of this run is this plan (ignored in text format).
    pub fn plan(&self, plan: Arc<Plan>) {
        if self.is_json() {
            self.hold().document = Some(Document::Plan(plan));
        }
    }

    /// Reports diagnostics: drawn on stderr, or kept for the document.
    pub fn report(&self, sources: &Sources, diagnostics: &[Diagnostic]) {
        if diagnostics.is_empty() {
            return;
        }
        if self.is_json() {
            if let Value::Array(items) = diagnostic::json(diagnostics, sources) {
                self.hold().diagnostics.extend(items);
            }
        } else {
            Self::write_stderr(&diagnostic::terminal(
                diagnostics,
                sources,
                self.stderr_color,
            ));
        }
    }

    /// Reports diagnostics, and stops where one of them is an error.
    ///
    /// # Errors
    /// [`Stopped`] with [`Exit::Error`] (or [`Exit::Check`], where every error is a failed check).
    pub fn check(&self, sources: &Sources, diagnostics: &[Diagnostic]) -> Result<(), Stopped> {
        self.report(sources, diagnostics);
        let errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count();
        if errors == 0 {
            return Ok(());
        }
        if errors > 1 {
            self.say(format_args!("\n{errors} errors"));
        }
        Err(Stopped(Exit::Error))
    }

    /// The value, or its error reported.
    ///
    /// # Errors
    /// [`Stopped`] with [`Exit::Error`].
    pub fn ok<T>(&self, result: Result<T, Diagnostic>) -> Result<T, Stopped> {
        self.ok_in(&Sources::default(), result)
    }

    /// The value, or its error reported with the texts it is about.
    ///
    /// # Errors
    /// [`Stopped`] with [`Exit::Error`].
    pub fn ok_in<T>(&self, sources: &Sources, result: Result<T, Diagnostic>) -> Result<T, Stopped> {
        result.map_err(|diagnostic| {
            self.report(sources, &[diagnostic]);
            Stopped(Exit::Error)
        })
    }

    /// What was reported so far, in JSON format.
    #[cfg(test)]
    pub(super) fn said(&self) -> Vec<Value> {
        self.hold().diagnostics.clone()
    }

    /// Prints the document with its diagnostics: the last thing of a run.
    pub fn finish(&self) {
        if !self.is_json() {
            return;
        }
        let (document, diagnostics) = {
            let mut held = self.hold();
            (held.document.take(), std::mem::take(&mut held.diagnostics))
        };
        let mut document = match document {
            Some(Document::Plan(plan)) => {
                let document = plan::Document {
                    plan: &plan,
                    diagnostics: &diagnostics,
                };
                self.write_stdout_with(|out| {
                    serde_json::to_writer_pretty(&mut *out, &document)?;
                    out.write_all(b"\n")
                });
                return;
            }
            Some(Document::Members(members)) => members,
            None => new_document(),
        };
        match document.get_mut("diagnostics") {
            Some(Value::Array(there)) => there.extend(diagnostics),
            _ => {
                document.insert("diagnostics".to_owned(), Value::Array(diagnostics));
            }
        }
        let mut text = format!("{:#}", Value::Object(document));
        text.push('\n');
        self.write_stdout(&text);
    }

    /// Writes a line of progress to stderr.
    pub fn write_stderr(text: &str) {
        // Nobody is left to be told when stderr itself is gone.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    fn write_stdout(&self, text: &str) {
        self.write_stdout_with(|out| out.write_all(text.as_bytes()));
    }

    fn write_stdout_with(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut stdout = BufWriter::new(io::stdout().lock());
        let written = write(&mut stdout).and_then(|()| stdout.flush());
        if let Err(error) = written {
            let mut held = self.hold();
            if error.kind() == ErrorKind::BrokenPipe {
                held.broken = true;
            } else if !held.refused {
                held.refused = true;
                Self::write_stderr(&format!("stdout cannot be written: {error}\n"));
            }
        }
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The start of every JSON document.
#[must_use]
pub fn new_document() -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("format_version".to_owned(), json!(PLAN_FORMAT_VERSION));
    document
}
