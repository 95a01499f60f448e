//! The configuration that a command works on: its folder, its files, what they evaluate to.

use std::path::{Path, PathBuf};

use super::args::InputArgs;
use super::console::{Console, Stopped};
use super::environment::Environment;
use super::exit::Exit;
use crate::config::{self, Caller, Configuration, EvaluateOptions, Loaded};
use crate::diagnostic::{Diagnostic, Diagnostics, codes, has_errors};
use crate::graph::Graph;
use crate::kinds;

/// An evaluated configuration.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub directory: PathBuf,
    /// Its texts and trees.
    pub loaded: Loaded,
    /// What they evaluate to.
    pub configuration: Configuration,
    /// What in it needs what.
    pub graph: Graph,
    options: EvaluateOptions,
    /// Not reported yet: a second evaluation may say it again.
    warnings: Diagnostics,
}

impl Project {
    /// Reads and evaluates the files of a folder.
    ///
    /// # Errors
    /// [`Stopped`], once all errors of files and evaluation are reported.
    pub fn open(
        console: &Console,
        environment: &Environment,
        directory: &Path,
        inputs: &InputArgs,
    ) -> Result<Self, Stopped> {
        console.ok(check_directory(directory))?;
        let (mut loaded, mut diagnostics) = config::load(directory, directory);
        let options = EvaluateOptions {
            directory: directory.to_owned(),
            vars: inputs.var.clone(),
            var_files: inputs.var_file.clone(),
            environment: environment.variables.clone(),
            caller: None,
        };
        let (configuration, found) = evaluate(&mut loaded, &options);
        diagnostics.extend(found);
        if has_errors(&diagnostics) {
            console.check(&loaded.sources, &diagnostics)?;
        }
        let graph = build_graph(console, &configuration, &loaded)?;
        Ok(Self {
            directory: directory.to_owned(),
            loaded,
            configuration,
            graph,
            options,
            warnings: diagnostics,
        })
    }

    /// Evaluates again, now that the caller is known.
    ///
    /// # Errors
    /// [`Stopped`], once all errors are reported.
    pub fn evaluate_for(&mut self, console: &Console, caller: Caller) -> Result<(), Stopped> {
        self.options.caller = Some(caller);
        let (configuration, diagnostics) = evaluate(&mut self.loaded, &self.options);
        self.warnings = diagnostics;
        if has_errors(&self.warnings) {
            return self.report_warnings(console);
        }
        self.graph = build_graph(console, &configuration, &self.loaded)?;
        self.configuration = configuration;
        Ok(())
    }

    /// The folder to join other paths to, so that they read well: empty for the current one.
    #[must_use]
    pub fn base(&self) -> PathBuf {
        shown(&self.directory)
    }

    /// Reports what is worth knowing of the configuration, once.
    ///
    /// # Errors
    /// [`Stopped`] where an error is among it.
    pub fn report_warnings(&mut self, console: &Console) -> Result<(), Stopped> {
        let warnings = std::mem::take(&mut self.warnings);
        console.check(&self.loaded.sources, &warnings)
    }
}

/// Evaluates, and where that succeeds checks the rules of AWS that need no call.
fn evaluate(loaded: &mut Loaded, options: &EvaluateOptions) -> (Configuration, Diagnostics) {
    let (configuration, mut diagnostics) = config::evaluate(loaded, options);
    if !has_errors(&diagnostics) {
        diagnostics.extend(kinds::check(&configuration));
    }
    (configuration, diagnostics)
}

fn build_graph(
    console: &Console,
    configuration: &Configuration,
    loaded: &Loaded,
) -> Result<Graph, Stopped> {
    Graph::build(configuration, &loaded.sources).map_err(|diagnostics| {
        console.report(&loaded.sources, &diagnostics);
        Stopped(Exit::Error)
    })
}

/// A folder for joining paths to it that read well: empty for the current one.
#[must_use]
pub fn shown(directory: &Path) -> PathBuf {
    if directory == Path::new(".") {
        PathBuf::new()
    } else {
        directory.to_owned()
    }
}

fn check_directory(directory: &Path) -> Result<(), Diagnostic> {
    match std::fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(Diagnostic::error(
            codes::cli::NOT_A_DIRECTORY,
            format!("`{}` is not a folder", directory.display()),
        )
        .help("name the folder of the `.smd` files")),
        Err(error) => Err(Diagnostic::error(
            codes::cli::FILE_UNREADABLE,
            format!(
                "the folder `{}` cannot be read: {error}",
                directory.display()
            ),
        )),
    }
}
