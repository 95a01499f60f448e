//! Files that functions read: only below the directory of the configuration or of the module.

use std::io::Read as _;
use std::path::{Component, Path};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::evaluator::Evaluator;
use super::expression::{Binding, Env, Mode};
use super::fail::{Fail, Res};
use super::modules::slashes;
use super::scope::ScopeId;
use crate::diagnostic::{FileId, Span, codes, has_errors};
use crate::syntax::{self, tree::StatementKind};
use crate::value::{Map, Value};

/// Largest file that a function reads.
const MAX_FILE_BYTES: u64 = 4 << 20;
/// What ends the text of a template while it is parsed; a text that holds it is refused.
const TEMPLATE_END: &str = "SMD_TEMPLATE_END";

fn refused(message: String, span: Option<Span>) -> Fail {
    Fail::new(codes::config::FILE_FUNCTION, message, span)
}

/// The text of a file below a directory.
pub(super) fn read(directory: &Path, path: &str, span: Option<Span>) -> Res<String> {
    let relative = Path::new(path);
    if relative
        .components()
        .any(|component| !matches!(component, Component::Normal(_) | Component::CurDir))
    {
        return Err(refused(
            format!("`{path}` does not lie below the configuration's directory"),
            span,
        )
        .help("write a path relative to the `.smd` files, without `..`"));
    }
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    let cannot = |error: &std::io::Error| {
        Fail::new(
            codes::config::FILE_UNREADABLE,
            format!("`{path}` cannot be read: {}", super::load::reason(error)),
            span,
        )
    };
    let root = directory.canonicalize().map_err(|error| cannot(&error))?;
    let full = root
        .join(relative)
        .canonicalize()
        .map_err(|error| cannot(&error))?;
    if !full.starts_with(&root) {
        return Err(refused(
            format!("`{path}` is a link that leads out of the configuration's directory"),
            span,
        ));
    }
    // Before it is opened: opening a pipe would wait for ever.
    if !std::fs::metadata(&full)
        .map_err(|error| cannot(&error))?
        .is_file()
    {
        return Err(refused(format!("`{path}` is not a file"), span));
    }
    let file = std::fs::File::open(&full).map_err(|error| cannot(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(refused(
            format!("`{path}` is larger than {MAX_FILE_BYTES} bytes"),
            span,
        ));
    }
    String::from_utf8(bytes).map_err(|_| {
        Fail::new(
            codes::config::FILE_ENCODING,
            format!("`{path}` is not UTF-8"),
            span,
        )
    })
}

impl Evaluator<'_> {
    /// The text of a file below the directory of the configuration, or of the module that asks; it
    /// counts for the digest.
    pub(super) fn read_file(&self, path: &str, span: Option<Span>) -> Res<String> {
        let scope = self.in_scope(self.current())?;
        let (directory, name) = match scope.program.module {
            Some(module) => (
                self.options.directory.join(module),
                format!("{}/{path}", slashes(module)),
            ),
            None => (self.options.directory.clone(), path.to_owned()),
        };
        let text = read(&directory, path, span)?;
        self.budget.bytes(text.len(), span)?;
        self.read_files
            .borrow_mut()
            .insert(name, hex::encode(Sha256::digest(text.as_bytes())));
        Ok(text)
    }

    /// A text as a template with variables.
    pub(super) fn template_text(&self, text: &str, variables: &Map, span: Option<Span>) -> Res {
        if text.contains(TEMPLATE_END) {
            return Err(refused(
                format!("a template may not hold the text `{TEMPLATE_END}`"),
                span,
            ));
        }
        self.budget.bytes(text.len(), span)?;
        // The language's own heredoc reads templates as the language does.
        let source = format!("let text = <<{TEMPLATE_END}\n{text}\n{TEMPLATE_END}\n");
        let (file, found) = syntax::parse(FileId(u32::MAX), &source);
        let expr = file
            .statements
            .first()
            .and_then(|statement| match &statement.kind {
                StatementKind::Let { value, .. } => Some(value),
                _ => None,
            });
        let (Some(expr), false) = (expr, has_errors(&found)) else {
            let reason = found
                .first()
                .map_or_else(String::new, |found| format!(": {}", found.message));
            return Err(Fail::new(
                codes::config::FUNCTION,
                format!("the template cannot be read{reason}"),
                span,
            ));
        };
        let bindings: Vec<(Arc<str>, Value)> = variables
            .iter()
            .map(|(name, value)| (Arc::clone(name), value.clone()))
            .collect();
        let value = self.with_bindings(&bindings, None, &|env| self.eval(expr, env));
        let value = value.map_err(|fail| without_places(fail, span))?;
        // The line break before the end mark is not the file's.
        Ok(trim_last_line(value, span))
    }

    fn with_bindings(
        &self,
        rest: &[(Arc<str>, Value)],
        next: Option<&Binding<'_>>,
        f: &dyn Fn(&Env<'_>) -> Res,
    ) -> Res {
        match rest.split_first() {
            Some(((name, value), rest)) => {
                let binding = Binding {
                    name,
                    value: value.clone(),
                    next,
                };
                self.deeper(None, || self.with_bindings(rest, Some(&binding), f))
            }
            None => f(&Env {
                bindings: next,
                mode: Mode::Variables,
                ..Env::of(ScopeId::ROOT)
            }),
        }
    }
}

/// An error within a template, shown at the call.
fn without_places(fail: Fail, span: Option<Span>) -> Fail {
    match fail {
        Fail::Diagnostic(mut diagnostic) => {
            diagnostic.labels.clear();
            diagnostic.message = format!("in the template: {}", diagnostic.message);
            Fail::Diagnostic(diagnostic).or_at(span)
        }
        Fail::Told => Fail::Told,
    }
}

fn trim_last_line(value: Value, span: Option<Span>) -> Value {
    use crate::value::{Data, Residual};
    let cut = |text: &Arc<str>| -> Arc<str> { text.strip_suffix('\n').unwrap_or(text).into() };
    let data = match &value.data {
        Data::String(text) => Data::String(cut(text)),
        Data::Unknown(residual) => match &**residual {
            Residual::Template(pieces) => {
                let mut pieces = pieces.clone();
                if let Some(Residual::Value(last)) = pieces.last_mut()
                    && let Data::String(text) = &last.data
                {
                    last.data = Data::String(cut(text));
                }
                Data::Unknown(Arc::new(Residual::Template(pieces)))
            }
            _ => value.data.clone(),
        },
        other => other.clone(),
    };
    Value {
        data,
        span,
        sensitive: value.sensitive,
    }
}
