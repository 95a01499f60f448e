//! Reading a directory of `.smd` files, and evaluating it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::budget::STACK_BYTES;
use super::declare::Program;
use super::evaluator::Evaluator;
use super::variables::Given;
use super::{Caller, Configuration};
use crate::diagnostic::{self, Diagnostic, Diagnostics, Sources, Span, codes};
use crate::kinds::Kind;
use crate::syntax::{self, tree::File};

/// The ending of the language's files.
const EXTENSION: &str = "smd";

/// The files of a configuration, parsed.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Their texts.
    pub sources: Sources,
    /// Their trees, in order of file names.
    pub files: Vec<File>,
    /// Digest (SHA-256, hex) of all names and texts.
    pub digest: String,
    /// Where something could not be parsed, in order: what is missing near it is not reported.
    pub broken: Vec<Span>,
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

/// What the system says, in a few words.
pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        std::io::ErrorKind::NotADirectory => "it is not a directory".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads and parses all `.smd` files of a directory (not of those below it).
///
/// `shown` is how the directory is named in messages. What could not be read or parsed is in the
/// diagnostics; what could is in the result all the same.
#[must_use]
pub fn load(directory: &Path, shown: &Path) -> (Loaded, Diagnostics) {
    let mut out = Diagnostics::new();
    let names = match file_names(directory) {
        Ok(names) => names,
        Err(error) => {
            out.push(Diagnostic::error(
                codes::config::DIRECTORY,
                format!(
                    "the directory `{}` cannot be read: {}",
                    shown.display(),
                    reason(&error)
                ),
            ));
            return (Loaded::default(), out);
        }
    };
    if names.is_empty() {
        out.push(
            Diagnostic::error(
                codes::config::NO_FILES,
                format!("the directory `{}` has no `.smd` file", shown.display()),
            )
            .help("a configuration is all `.smd` files of one directory"),
        );
        return (Loaded::default(), out);
    }
    let show = |name: &str| {
        let path = shown.join(name);
        let path = path.strip_prefix(".").unwrap_or(&path);
        path.display().to_string()
    };
    let texts: Vec<Result<String, Box<Diagnostic>>> = names
        .par_iter()
        .map(|name| read_text(&directory.join(name), &show(name)))
        .collect();
    let mut sources = Sources::default();
    let mut ids = Vec::new();
    let mut digest = Sha256::new();
    for (name, text) in names.iter().zip(texts) {
        match text {
            Ok(text) => {
                for piece in [name.as_bytes(), text.as_bytes()] {
                    digest.update((piece.len() as u64).to_le_bytes());
                    digest.update(piece);
                }
                ids.push(sources.add(show(name), text));
            }
            Err(diagnostic) => out.push(*diagnostic),
        }
    }
    let (files, broken) = {
        let texts: Vec<_> = ids
            .iter()
            .filter_map(|id| Some((*id, &*sources.get(*id)?.text)))
            .collect();
        let (files, found) = syntax::parse_files(&texts);
        let broken = broken_places(&found);
        out.extend(found);
        (files, broken)
    };
    let loaded = Loaded {
        sources,
        files,
        digest: hex::encode(digest.finalize()),
        broken,
    };
    (loaded, out)
}

/// Where parsing failed, in order.
pub(super) fn broken_places(found: &[Diagnostic]) -> Vec<Span> {
    let mut places: Vec<Span> = found
        .iter()
        .filter(|found| found.is_error())
        .filter_map(Diagnostic::span)
        .collect();
    places.sort_unstable();
    places
}

fn file_names(directory: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
            && !path.is_dir()
            && let Some(name) = entry.file_name().to_str()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn read_text(path: &Path, shown: &str) -> Result<String, Box<Diagnostic>> {
    let unreadable = |why: &str| {
        Diagnostic::error(
            codes::config::FILE_UNREADABLE,
            format!("`{shown}` cannot be read: {why}"),
        )
    };
    // Reading a pipe would wait for ever, reading a device never end.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(reason(&error).as_ref()))?;
    if !metadata.is_file() {
        return Err(Box::new(unreadable("it is not a regular file")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(reason(&error).as_ref()))?;
    syntax::decode(shown, &bytes).map(str::to_owned)
}

/// Evaluates a configuration: all errors, and whatever could be evaluated.
#[must_use]
pub fn evaluate(loaded: &mut Loaded, options: &EvaluateOptions) -> (Configuration, Diagnostics) {
    evaluate_with(loaded, options, crate::kinds::registry())
}

/// The same with other kinds than those of the registry.
#[must_use]
pub fn evaluate_with(
    loaded: &mut Loaded,
    options: &EvaluateOptions,
    kinds: &[&'static dyn Kind],
) -> (Configuration, Diagnostics) {
    // Values may need each other a long way down: the evaluation has a stack of its own.
    std::thread::scope(|scope| {
        let spawned = std::thread::Builder::new()
            .name("evaluate".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || run(loaded, options, kinds));
        match spawned.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => broken("the evaluation stopped unexpectedly"),
            Err(error) => broken(&format!(
                "the evaluation could not start: {}",
                reason(&error)
            )),
        }
    })
}

/// The digest of the `.smd` files and of what functions read beside them.
fn digest_with(files: &str, read: &BTreeMap<String, String>) -> String {
    if read.is_empty() {
        return files.to_owned();
    }
    let mut digest = Sha256::new();
    digest.update(files.as_bytes());
    for piece in read.iter().flat_map(|(path, text)| [path, text]) {
        digest.update((piece.len() as u64).to_le_bytes());
        digest.update(piece.as_bytes());
    }
    hex::encode(digest.finalize())
}

fn broken(message: &str) -> (Configuration, Diagnostics) {
    (
        Configuration::default(),
        vec![Diagnostic::error(codes::config::INTERNAL, message)],
    )
}

fn run(
    loaded: &mut Loaded,
    options: &EvaluateOptions,
    kinds: &[&'static dyn Kind],
) -> (Configuration, Diagnostics) {
    let mut out = Diagnostics::new();
    let given = Given::read(options, &mut loaded.sources, &mut out);
    let program = Program::read(&loaded.files, &loaded.broken, kinds, &mut out);
    let evaluator = Evaluator::new(&program, &given, options, &loaded.sources);
    evaluator.read_stack();
    let stack = evaluator.stack.borrow().clone();
    let (input_sources, input_digests) = evaluator.check_inputs(&stack.name);
    // Every let is looked at, used or not.
    for (index, (name, _)) in program.lets.iter().enumerate() {
        let (result, _) = evaluator.collect(false, || evaluator.let_value(index, name.span));
        evaluator.or_report(result);
    }
    let accounts = evaluator
        .or_report(evaluator.all_accounts())
        .map(|accounts| accounts.by_label.clone())
        .unwrap_or_default();
    let nodes = evaluator.nodes();
    let outputs = evaluator.all_outputs();
    let handover = evaluator.handover(&nodes);
    let mut configuration = Configuration {
        stack,
        accounts,
        nodes,
        left_out: evaluator.left_out.take(),
        handover,
        outputs,
        input_sources,
        input_digests,
        needs_caller: evaluator.needs_caller.get(),
        digest: digest_with(&loaded.digest, &evaluator.read_files.borrow()),
    };
    out.extend(evaluator.into_reports());
    for kind in kinds {
        kind.complete(&mut configuration);
    }
    diagnostic::sort(&mut out);
    // One place in a block with many instances is wrong once.
    out.dedup_by(|a, b| a.code == b.code && a.message == b.message && a.labels == b.labels);
    (configuration, out)
}
