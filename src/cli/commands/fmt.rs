//! `smd fmt`.

use std::path::Path;

use serde_json::json;

use crate::cli::args::FmtArgs;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::exit::Exit;
use crate::cli::files;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, codes};
use crate::render;
use crate::syntax;

/// The path that means standard input.
const STDIN: &str = "-";
/// How standard input is named in messages.
const STDIN_NAME: &str = "<stdin>";

/// Writes files in their one form, or says which are not.
///
/// # Errors
/// A file cannot be read, parsed or written; with `--check`, one is not formatted.
pub fn run(console: &Console, args: &FmtArgs) -> Outcome {
    let mut run = Run {
        console,
        args,
        sources: Sources::default(),
        diagnostics: Diagnostics::new(),
        changed: Vec::new(),
    };
    for path in &args.paths {
        if path == Path::new(STDIN) {
            run.stdin();
        } else {
            match files::smd_files(path) {
                Ok(files) => files.iter().for_each(|file| run.file(file)),
                Err(diagnostic) => run.diagnostics.push(diagnostic),
            }
        }
    }
    let mut document = new_document();
    document.insert("changed".to_owned(), json!(run.changed));
    console.document(document);
    console.check(&run.sources, &run.diagnostics)?;
    Ok(if args.check && !run.changed.is_empty() {
        Exit::Error
    } else {
        Exit::Done
    })
}

struct Run<'a> {
    console: &'a Console,
    args: &'a FmtArgs,
    sources: Sources,
    diagnostics: Diagnostics,
    /// Names of files that are not in form.
    changed: Vec<String>,
}

impl Run<'_> {
    fn stdin(&mut self) {
        let Some((text, formatted)) = self.format(STDIN_NAME, files::read_stdin()) else {
            return;
        };
        if text != formatted {
            self.note_change(STDIN_NAME, &text, &formatted);
        }
        if !self.args.check && !self.args.diff {
            self.console.data(&formatted);
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let Some((text, formatted)) = self.format(&name, files::read(path)) else {
            return;
        };
        if text == formatted {
            return;
        }
        self.note_change(&name, &text, &formatted);
        if !self.args.check && !self.args.diff {
            match files::replace(path, &formatted) {
                Ok(()) => self.console.data(&format!("{name}\n")),
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    /// The text and its form; what is wrong with it is kept.
    fn format(&mut self, name: &str, text: Result<String, Diagnostic>) -> Option<(String, String)> {
        let text = text
            .map_err(|diagnostic| self.diagnostics.push(diagnostic))
            .ok()?;
        let file = self.sources.add(name, text.as_str());
        match syntax::format(file, &text) {
            Ok(formatted) => Some((text, formatted)),
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                None
            }
        }
    }

    fn note_change(&mut self, name: &str, text: &str, formatted: &str) {
        if self.args.diff {
            self.console.data(&render::unified(name, text, formatted));
        }
        if self.args.check {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::cli::NOT_FORMATTED,
                    format!("`{name}` is not formatted"),
                )
                .help("run `smd fmt`"),
            );
        }
        self.changed.push(name.to_owned());
    }
}
