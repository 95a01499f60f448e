//! The directories of modules: which ones the calls of a configuration name, each read once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Component, Path, PathBuf};

use super::load::reason;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span, codes};
use crate::syntax::tree::{Expr, ExprKind, File, StatementKind};

/// The modules of a configuration, as far as they are called.
#[derive(Debug, Default)]
pub struct Modules {
    /// Their directories, in the order in which calls were found.
    pub(super) list: Vec<ModuleFiles>,
    /// Which of them a call names, by where its path is written.
    pub(super) called: BTreeMap<Span, usize>,
    /// Calls that name none that can be used, which was reported.
    pub(super) refused: BTreeSet<Span>,
}

/// The files of a module, parsed.
#[derive(Debug)]
pub(super) struct ModuleFiles {
    /// Its directory, below the configuration's.
    pub(super) path: PathBuf,
    /// Its trees, in order of file names.
    pub(super) files: Vec<File>,
    /// Where something could not be parsed, in order.
    pub(super) broken: Vec<Span>,
    /// The first call that was found.
    pub(super) first_call: Span,
}

/// The call of a module in some files.
pub(super) struct Call<'a> {
    name: Span,
    source: &'a Expr,
}

/// Where calls lead: reads a module's files. Gives trees and where they are broken.
pub(super) type ReadModule<'r> =
    &'r mut dyn FnMut(&Path, Span, &mut Diagnostics) -> Option<(Vec<File>, Vec<Span>)>;

/// The calls in some files, in order.
fn calls(files: &[File]) -> impl Iterator<Item = Call<'_>> {
    files
        .iter()
        .flat_map(|file| &file.statements)
        .filter_map(|statement| match &statement.kind {
            StatementKind::Module { name, source, .. } => Some(Call {
                name: name.span,
                source,
            }),
            _ => None,
        })
}

impl Modules {
    /// Reads every module that is called from `files`, the configuration's own, or from a module.
    pub(super) fn read(
        root: &Path,
        files: &[File],
        read: ReadModule<'_>,
        out: &mut Diagnostics,
    ) -> Self {
        let mut modules = Self::default();
        if calls(files).next().is_none() {
            return modules;
        }
        let root = if root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            root
        };
        let root = match root.canonicalize() {
            Ok(root) => root,
            // That it cannot be read was reported with its files.
            Err(_) => return modules,
        };
        let mut by_path: BTreeMap<PathBuf, usize> = BTreeMap::new();
        let mut edges: Vec<Vec<Edge>> = Vec::new();
        let mut work: VecDeque<Option<usize>> = VecDeque::from([None]);
        while let Some(caller) = work.pop_front() {
            let (path, files) = match caller.and_then(|at| modules.list.get(at)) {
                Some(module) => (module.path.clone(), &*module.files),
                None => (PathBuf::new(), files),
            };
            let mut found: Vec<(Span, Span, Result<PathBuf, Box<Diagnostic>>)> = Vec::new();
            for call in calls(files) {
                let target = target(&root, &path, call.source);
                found.push((call.name, call.source.span, target));
            }
            let mut own: Vec<Edge> = Vec::new();
            for (name, source, target) in found {
                let target = match target {
                    Ok(target) => target,
                    Err(diagnostic) => {
                        out.push(*diagnostic);
                        modules.refused.insert(source);
                        continue;
                    }
                };
                if target.as_os_str().is_empty() {
                    // The configuration itself: its first node.
                    own.push(Edge {
                        to: 0,
                        name,
                        source,
                    });
                    continue;
                }
                let at = match by_path.get(&target) {
                    Some(at) => *at,
                    None => {
                        let Some((files, broken)) = read(&target, name, out) else {
                            modules.refused.insert(source);
                            continue;
                        };
                        let at = modules.list.len();
                        modules.list.push(ModuleFiles {
                            path: target.clone(),
                            files,
                            broken,
                            first_call: name,
                        });
                        by_path.insert(target, at);
                        work.push_back(Some(at));
                        at
                    }
                };
                modules.called.insert(source, at);
                own.push(Edge {
                    to: at + 1,
                    name,
                    source,
                });
            }
            edges.push(own);
        }
        modules.refuse_cycles(&edges, out);
        modules
    }

    /// Reports every call that closes a cycle, and lets it lead nowhere. `edges`: the calls of the
    /// configuration, then of each module.
    fn refuse_cycles(&mut self, edges: &[Vec<Edge>], out: &mut Diagnostics) {
        let mut state = vec![Visit::New; edges.len()];
        // The way to where we are: a node, and which of its calls is next.
        let mut way: Vec<(usize, usize)> = vec![(0, 0)];
        if let Some(first) = state.first_mut() {
            *first = Visit::Open;
        }
        while let Some((node, next)) = way.last_mut() {
            let Some(edge) = edges.get(*node).and_then(|edges| edges.get(*next)) else {
                if let Some(state) = state.get_mut(*node) {
                    *state = Visit::Done;
                }
                way.pop();
                continue;
            };
            *next += 1;
            match state.get_mut(edge.to) {
                Some(to @ Visit::New) => {
                    *to = Visit::Open;
                    way.push((edge.to, 0));
                }
                Some(Visit::Open) => {
                    out.push(self.cycle(edges, &way, edge));
                    self.called.remove(&edge.source);
                    self.refused.insert(edge.source);
                }
                Some(Visit::Done) | None => {}
            }
        }
    }

    /// The error for a cycle that `edge` closes: one line for each call.
    fn cycle(&self, edges: &[Vec<Edge>], way: &[(usize, usize)], edge: &Edge) -> Diagnostic {
        let start = way
            .iter()
            .position(|(node, _)| *node == edge.to)
            .unwrap_or(0);
        let round: Vec<&Edge> = way
            .iter()
            .skip(start)
            .filter_map(|(node, next)| edges.get(*node)?.get(next.checked_sub(1)?))
            .collect();
        let name = |node: usize| match node.checked_sub(1).and_then(|at| self.list.get(at)) {
            Some(module) => format!("the module `./{}`", slashes(&module.path)),
            None => "the configuration".to_owned(),
        };
        let mut diagnostic = Diagnostic::error(
            codes::config::MODULE_CYCLE,
            match round.len() {
                0 | 1 => format!("{} calls itself", name(edge.to)),
                _ => format!("{} calls itself by way of others", name(edge.to)),
            },
        )
        .at(edge.name, format!("this calls {}", name(edge.to)));
        for step in round.iter().filter(|step| step.source != edge.source) {
            diagnostic = diagnostic.at(step.name, format!("this calls {}", name(step.to)));
        }
        diagnostic.help(
            "a module that is there again in itself would never end; take one of the calls out",
        )
    }
}

/// A call that leads to a directory: 0 is the configuration's.
#[derive(Debug)]
struct Edge {
    to: usize,
    name: Span,
    source: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// A path with `/`, on every system.
pub(super) fn slashes(path: &Path) -> String {
    let pieces: Vec<_> = path
        .components()
        .map(|piece| piece.as_os_str().to_string_lossy())
        .collect();
    pieces.join("/")
}

/// The directory that a call names, below the configuration's.
fn target(root: &Path, caller: &Path, source: &Expr) -> Result<PathBuf, Box<Diagnostic>> {
    let refuse = |message: String| {
        Box::new(Diagnostic::error(codes::config::MODULE_PATH, message).at(source.span, ""))
    };
    let ExprKind::String(written) = &source.kind else {
        return Err(Box::new(
            refuse("where a module is must be known before anything else".to_owned())
                .help("write the path as a text: `from \"./modules/network\"`"),
        ));
    };
    let outside = || {
        Box::new(
            refuse(format!(
                "`{written}` does not lie below the configuration's directory"
            ))
            .help("write a path relative to the files of the call, such as `./modules/network`"),
        )
    };
    let mut path: Vec<&std::ffi::OsStr> = caller.iter().collect();
    for component in Path::new(&**written).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop().ok_or_else(outside)?;
            }
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    let cannot = |error: &std::io::Error| {
        refuse(format!(
            "the module `{written}` cannot be read: {}",
            reason(error)
        ))
    };
    let full = root
        .join(path.iter().collect::<PathBuf>())
        .canonicalize()
        .map_err(|error| cannot(&error))?;
    let Ok(below) = full.strip_prefix(root) else {
        return Err(refuse(format!(
            "`{written}` is a link that leads out of the configuration's directory"
        )));
    };
    if !full.is_dir() {
        return Err(Box::new(
            refuse(format!("`{written}` is no directory"))
                .help("a module is a directory of `.smd` files"),
        ));
    }
    Ok(below.to_owned())
}

/// The files that trees belong to.
pub(super) fn file_ids(files: &[File]) -> impl Iterator<Item = FileId> {
    files.iter().map(|file| file.file)
}
