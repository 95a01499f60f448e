//! Reading a directory of `.smd` files, and evaluating it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::budget::STACK_BYTES;
use super::calls::Calls;
use super::declare::Program;
use super::evaluator::Evaluator;
use super::modules::{self, Modules};
use super::variables::Given;
use super::{Caller, Configuration, FoundStacks, FoundThings, Identity};
use crate::address::Address;
use crate::diagnostic::{self, Diagnostic, Diagnostics, FileId, Sources, Span, codes};
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
    /// The modules that are called, parsed.
    pub modules: Modules,
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
    /// What was found of [`Configuration::seeks`].
    pub found: FoundThings,
    /// What was found of [`Configuration::stack_seeks`].
    pub stacks: FoundStacks,
    /// What the stack has recorded: no `existing` block may mean it.
    pub recorded: BTreeMap<Identity, Address>,
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

/// Reads and parses all `.smd` files of a directory (not of those below it), and of the modules
/// that they call.
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
    let mut reader = Reader {
        directory,
        shown,
        sources: Sources::default(),
        texts: BTreeMap::new(),
        calls: Calls::default(),
    };
    let (files, broken) = reader.parse(Path::new(""), &names, &mut out);
    let modules = Modules::read(
        directory,
        &files,
        &mut |path, call, out| reader.module(path, call, out),
        &mut out,
    );
    let loaded = Loaded {
        digest: reader.digest(),
        sources: reader.sources,
        files,
        broken,
        modules,
    };
    (loaded, out)
}

/// What reads the directories of a configuration.
struct Reader<'d> {
    directory: &'d Path,
    shown: &'d Path,
    sources: Sources,
    /// Every file that was read, by module and name: what the digest is of.
    texts: BTreeMap<(PathBuf, String), FileId>,
    /// First calls so far.
    calls: Calls,
}

impl Reader<'_> {
    /// Reads and parses files of the directory `below` the configuration's. Gives their trees and
    /// where they are broken.
    fn parse(
        &mut self,
        below: &Path,
        names: &[String],
        out: &mut Diagnostics,
    ) -> (Vec<File>, Vec<Span>) {
        let show = |name: &str| {
            let path = self.shown.join(below).join(name);
            let path = path.strip_prefix(".").unwrap_or(&path);
            path.display().to_string()
        };
        let texts: Vec<Result<String, Box<Diagnostic>>> = names
            .par_iter()
            .map(|name| read_text(&self.directory.join(below).join(name), &show(name)))
            .collect();
        let mut ids = Vec::new();
        for (name, text) in names.iter().zip(texts) {
            match text {
                Ok(text) => {
                    let id = self.sources.add(show(name), text);
                    self.texts.insert((below.to_owned(), name.clone()), id);
                    ids.push(id);
                }
                Err(diagnostic) => out.push(*diagnostic),
            }
        }
        let texts: Vec<_> = ids
            .iter()
            .filter_map(|id| Some((*id, &*self.sources.get(*id)?.text)))
            .collect();
        let (files, found) = syntax::parse_files(&texts);
        let broken = broken_places(&found);
        out.extend(found);
        (files, broken)
    }

    /// Reads and parses a module; `call` is the name in its first call.
    fn module(
        &mut self,
        path: &Path,
        call: Span,
        out: &mut Diagnostics,
    ) -> Option<(Vec<File>, Vec<Span>)> {
        let refuse = |why: &str| {
            let path = modules::slashes(path);
            Diagnostic::error(
                codes::config::MODULE_PATH,
                format!("the module `./{path}` {why}"),
            )
            .at(call, "")
        };
        match file_names(&self.directory.join(path)) {
            Ok(names) if names.is_empty() => {
                out.push(
                    refuse("has no `.smd` file")
                        .help("a module is all `.smd` files of one directory"),
                );
                None
            }
            Ok(names) => {
                let mut found = Diagnostics::new();
                let (files, broken) = self.parse(path, &names, &mut found);
                for file in modules::file_ids(&files) {
                    self.calls.note_file(file, call);
                }
                self.calls.show_all(&mut found);
                out.extend(found);
                Some((files, broken))
            }
            Err(error) => {
                out.push(refuse(&format!("cannot be read: {}", reason(&error))));
                None
            }
        }
    }

    /// The digest of all names and texts, in order of directories and names.
    fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for ((below, name), id) in &self.texts {
            let Some(file) = self.sources.get(*id) else {
                continue;
            };
            let name = modules::slashes(&below.join(name));
            for piece in [name.as_bytes(), file.text.as_bytes()] {
                digest.update((piece.len() as u64).to_le_bytes());
                digest.update(piece);
            }
        }
        hex::encode(digest.finalize())
    }
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
    let program = Program::read(
        (&loaded.files, &loaded.broken),
        kinds,
        None,
        &loaded.modules,
        &mut out,
    );
    let mut calls = Calls::default();
    let mut modules = Vec::with_capacity(loaded.modules.list.len());
    for module in &loaded.modules.list {
        for file in modules::file_ids(&module.files) {
            calls.note_file(file, module.first_call);
        }
    }
    for module in &loaded.modules.list {
        let mut own = Diagnostics::new();
        modules.push(Program::read(
            (&module.files, &module.broken),
            kinds,
            Some(&module.path),
            &loaded.modules,
            &mut own,
        ));
        calls.show_all(&mut own);
        out.extend(own);
    }
    let evaluator = Evaluator::new(&program, &modules, &given, options, &loaded.sources);
    evaluator.calls.replace(calls);
    evaluator.read_stack();
    let stack = evaluator.stack.borrow().clone();
    let (input_sources, input_digests) = evaluator.check_inputs(&stack.name);
    let accounts = evaluator
        .or_report(evaluator.all_accounts())
        .map(|accounts| accounts.by_label.clone())
        .unwrap_or_default();
    let nodes = evaluator.nodes();
    let outputs = evaluator.all_outputs();
    let expectations = evaluator.all_expectations();
    let handover = evaluator.handover(&nodes);
    let mut configuration = Configuration {
        stack,
        accounts,
        nodes,
        left_out: evaluator.left_out.take(),
        expectations,
        seeks: evaluator.seeks.take(),
        stack_seeks: evaluator.stack_seeks.take(),
        partial: evaluator.partial.get(),
        handover,
        outputs,
        input_sources,
        input_digests,
        needs_caller: evaluator.needs_caller.get(),
        digest: digest_with(&loaded.digest, &evaluator.read_files.borrow()),
        calls: evaluator.calls.take(),
    };
    evaluator.check_found(&mut configuration);
    evaluator.note_stack_uses(&mut configuration);
    if configuration.partial {
        configuration.drop_open_edges();
    }
    out.extend(evaluator.into_reports());
    for kind in kinds {
        kind.complete(&mut configuration);
    }
    diagnostic::sort(&mut out);
    // One place in a block with many instances is wrong once.
    out.dedup_by(|a, b| a.code == b.code && a.message == b.message && a.labels == b.labels);
    (configuration, out)
}
