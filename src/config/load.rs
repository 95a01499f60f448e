//! Reading a directory of `.smd` files, and evaluating it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Caller, Configuration};
use crate::diagnostic::{Diagnostics, Sources};
use crate::syntax::tree::File;

/// The files of a configuration, parsed.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Their texts.
    pub sources: Sources,
    /// Their trees, in order of file names.
    pub files: Vec<File>,
    /// Digest (SHA-256, hex) of all names and texts.
    pub digest: String,
}

/// What an evaluation is given from outside.
#[derive(Debug, Clone, Default)]
pub struct EvaluateOptions {
    /// The configuration's directory, for `file()` and the stack's default name.
    pub directory: PathBuf,
    /// `--var name=value`, in order.
    pub vars: Vec<(String, String)>,
    /// `--var-file FILE`, in order.
    pub var_files: Vec<PathBuf>,
    /// The `SMD_VAR_name` variables of the environment, by name.
    pub environment: BTreeMap<String, String>,
    /// Who the caller is, once asked.
    pub caller: Option<Caller>,
}

/// Reads and parses all `.smd` files of a directory (not of those below it).
///
/// `shown` is how the directory is named in messages. What could not be read or parsed is in the
/// diagnostics; what could is in the result all the same.
#[must_use]
pub fn load(directory: &Path, shown: &Path) -> (Loaded, Diagnostics) {
    let _ = (directory, shown);
    (Loaded::default(), Vec::new())
}

/// Evaluates a configuration: all errors, and whatever could be evaluated.
#[must_use]
pub fn evaluate(loaded: &mut Loaded, options: &EvaluateOptions) -> (Configuration, Diagnostics) {
    let _ = (loaded, options);
    (Configuration::default(), Vec::new())
}
