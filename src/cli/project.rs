//! The configuration that a command works on: its folder, its files, what they evaluate to.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use super::args::InputArgs;
use super::console::{Console, Stopped};
use super::environment::Environment;
use super::exit::Exit;
use super::recorded::Recorded;
use super::{other_stacks, planning};
use crate::apply;
use crate::aws::Aws;
use crate::config::{self, Caller, Configuration, EvaluateOptions, Identity, Loaded};
use crate::diagnostic::{Diagnostic, Diagnostics, codes, has_errors};
use crate::graph::Graph;
use crate::kinds;

/// In how many places at once `existing` blocks are looked up.
const LOOKS_AT_ONCE: usize = 8;

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
    environment: Environment,
    /// Not reported yet: a second evaluation may say it again.
    warnings: Diagnostics,
}

impl Project {
    /// Reads and evaluates the files of a folder.
    ///
    /// A command opens one project and ends with it, and so does the process: its trees are left to
    /// the system, which takes them back at once. Freeing them one by one took a tenth of a plan.
    ///
    /// # Errors
    /// [`Stopped`], once all errors of files and evaluation are reported.
    pub fn open(
        console: &Console,
        environment: &Environment,
        directory: &Path,
        inputs: &InputArgs,
    ) -> Result<ManuallyDrop<Self>, Stopped> {
        console.ok(check_directory(directory))?;
        let (mut loaded, diagnostics) = config::load(directory, directory);
        let options = EvaluateOptions {
            directory: directory.to_owned(),
            vars: inputs.var.clone(),
            var_files: inputs.var_file.clone(),
            environment: environment.variables.clone(),
            ..EvaluateOptions::default()
        };
        let Evaluated {
            configuration,
            graph,
            warnings,
        } = evaluate(console, &mut loaded, &options, diagnostics)?;
        Ok(ManuallyDrop::new(Self {
            directory: directory.to_owned(),
            loaded,
            configuration,
            graph,
            options,
            environment: environment.clone(),
            warnings,
        }))
    }

    /// Evaluates again, now that the caller is known.
    ///
    /// # Errors
    /// [`Stopped`], once all errors are reported.
    pub fn evaluate_for(&mut self, console: &Console, caller: Caller) -> Result<(), Stopped> {
        self.options.caller = Some(caller);
        self.evaluate_again(console)
    }

    fn evaluate_again(&mut self, console: &Console) -> Result<(), Stopped> {
        let evaluated = evaluate(console, &mut self.loaded, &self.options, Diagnostics::new())?;
        self.configuration = evaluated.configuration;
        self.graph = evaluated.graph;
        self.warnings = evaluated.warnings;
        Ok(())
    }

    /// Looks for what `existing` blocks mean, other stacks included, and evaluates again with what is found. What is found
    /// may say what else is looked for.
    ///
    /// # Errors
    /// [`Stopped`], once all errors are reported.
    pub async fn look_up(
        &mut self,
        console: &Console,
        aws: &Aws,
        recorded: &Recorded,
    ) -> Result<(), Stopped> {
        if self.configuration.seeks.is_empty() && self.configuration.stack_seeks.is_empty() {
            return Ok(());
        }
        let records = recorded.state.iter().flat_map(|state| &state.records);
        self.options.recorded = records
            .filter_map(|(address, record)| {
                let (kinds, place) = (kinds::registry(), &record.place);
                let identity = Identity::of(kinds, &record.kind, place, &record.id)?;
                Some((identity, address.clone()))
            })
            .collect();
        while !(self.configuration.seeks.is_empty() && self.configuration.stack_seeks.is_empty()) {
            let stacks = &self.configuration.stack_seeks;
            let base = self.base();
            let at = (&self.environment, base.as_path());
            match other_stacks::read(console, at, recorded, stacks).await {
                Ok(found) => self.options.stacks.extend(found),
                Err(diagnostics) => return Err(planning::stop(console, self, &diagnostics)),
            }
            let seeks = &self.configuration.seeks;
            match apply::look(aws, kinds::registry(), seeks, LOOKS_AT_ONCE).await {
                Ok(found) => self.options.found.extend(found),
                Err(diagnostics) => return Err(planning::stop(console, self, &diagnostics)),
            }
            self.evaluate_again(console)?;
        }
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

/// What comes of files without an error.
struct Evaluated {
    configuration: Configuration,
    graph: Graph,
    warnings: Diagnostics,
}

/// Evaluates, and where that succeeds checks the rules of AWS that need no call. Adds to what was
/// found while reading.
fn evaluate(
    console: &Console,
    loaded: &mut Loaded,
    options: &EvaluateOptions,
    mut found: Diagnostics,
) -> Result<Evaluated, Stopped> {
    let (configuration, evaluated) = config::evaluate(loaded, options);
    let complete = !has_errors(&evaluated);
    found.extend(evaluated);
    // Neither needs the other.
    let (checked, graph) = rayon::join(
        || match complete && !configuration.partial {
            true => kinds::check(&configuration),
            false => Diagnostics::new(),
        },
        || Graph::build(&configuration, &loaded.sources),
    );
    found.extend(checked);
    configuration.calls.show_all(&mut found);
    if has_errors(&found) {
        console.check(&loaded.sources, &found)?;
    }
    let graph = graph.map_err(|mut diagnostics| {
        configuration.calls.show_all(&mut diagnostics);
        console.report(&loaded.sources, &diagnostics);
        Stopped(Exit::Error)
    })?;
    Ok(Evaluated {
        configuration,
        graph,
        warnings: found,
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
