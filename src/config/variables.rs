//! Values given for inputs from outside: `--var`, files of values, the environment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::load::{EvaluateOptions, reason};
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, codes};
use crate::syntax::{self, tree};
use crate::value::{Data, Value};

/// What stands before a text so that the parser takes it for a statement.
const VALUE_PREFIX: &str = "let value = ";
/// The same for a file of values; what comes after it closes the block.
const FILE_PREFIX: &str = "values given { ";
const FILE_SUFFIX: &str = "\n}\n";

/// Every given value, by the input's name; the strongest source counts.
#[derive(Debug, Default)]
pub(super) struct Given {
    values: BTreeMap<Arc<str>, GivenValue>,
}

/// A given value.
#[derive(Debug)]
pub(super) struct GivenValue {
    /// Where it came from, in words.
    pub(super) source: String,
    /// What was given.
    pub(super) form: Form,
    /// Where it stands, in a file of values.
    pub(super) span: Option<Span>,
}

/// What was given.
#[derive(Debug)]
pub(super) enum Form {
    /// A text, which is the value itself or an expression of it, as the input's type wants.
    Text(String),
    /// An expression of a file of values, with how far its spans are off.
    Expr(tree::Expr, u32),
    /// A value of a JSON file.
    Value(Value),
}

impl Given {
    /// Reads everything that is given. The strongest come last and replace the others.
    pub(super) fn read(
        options: &EvaluateOptions,
        sources: &mut Sources,
        out: &mut Diagnostics,
    ) -> Self {
        let mut given = Self::default();
        for (name, text) in &options.environment {
            given.set(
                name,
                format!("SMD_VAR_{name}"),
                Form::Text(text.clone()),
                None,
            );
        }
        for path in &options.var_files {
            given.file(path, sources, out);
        }
        for (name, text) in &options.vars {
            given.set(name, "--var".to_owned(), Form::Text(text.clone()), None);
        }
        given
    }

    /// What was given for an input.
    pub(super) fn get(&self, name: &str) -> Option<&GivenValue> {
        self.values.get(name)
    }

    /// Names and sources that were given on purpose: the environment may hold values for other
    /// stacks.
    pub(super) fn on_purpose(&self) -> impl Iterator<Item = (&Arc<str>, &GivenValue)> {
        self.values
            .iter()
            .filter(|(_, value)| !value.source.starts_with("SMD_VAR_"))
    }

    fn set(&mut self, name: &str, source: String, form: Form, span: Option<Span>) {
        self.values
            .insert(name.into(), GivenValue { source, form, span });
    }

    fn file(&mut self, path: &Path, sources: &mut Sources, out: &mut Diagnostics) {
        let shown = path.display().to_string();
        let refuse = |message: String| {
            Diagnostic::error(codes::config::INPUT_FILE, format!("`{shown}` {message}"))
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                out.push(refuse(format!("cannot be read: {}", reason(&error))));
                return;
            }
        };
        let text = match syntax::decode(&shown, &bytes) {
            Ok(text) => text,
            Err(error) => {
                out.push(*error);
                return;
            }
        };
        let source = format!("--var-file {shown}");
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let json: Result<serde_json::Value, _> = serde_json::from_str(text);
            match json {
                Ok(serde_json::Value::Object(members)) => {
                    for (name, value) in &members {
                        let value = Value::from_json(value);
                        self.set(name, source.clone(), Form::Value(value), None);
                    }
                }
                Ok(_) => out.push(refuse("does not hold one JSON object".to_owned())),
                Err(error) => out.push(refuse(format!(
                    "is not JSON: line {}, column {}",
                    error.line(),
                    error.column()
                ))),
            }
            return;
        }
        let file = sources.add(shown.as_str(), text);
        let wrapped = format!("{FILE_PREFIX}{text}{FILE_SUFFIX}");
        let by = offset(FILE_PREFIX);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let (parsed, found) = syntax::parse(file, &wrapped);
        out.extend(found.into_iter().map(|mut diagnostic| {
            shift(&mut diagnostic, file, by, end);
            diagnostic
        }));
        for statement in parsed.statements {
            let tree::StatementKind::Block { body, .. } = statement.kind else {
                continue;
            };
            for item in body.items {
                match item {
                    tree::BodyItem::Attribute { name, value } => {
                        let span = shifted(name.span, by, end);
                        if let Some(first) = self.values.get(&name.text)
                            && let Some(first) = first.span.filter(|first| first.file == file)
                        {
                            out.push(
                                Diagnostic::error(
                                    codes::config::DUPLICATE_ATTRIBUTE,
                                    format!("`{}` is given twice", name.text),
                                )
                                .at(span, "a second time here")
                                .at(first, "first given here"),
                            );
                        }
                        self.set(
                            &name.text,
                            source.clone(),
                            Form::Expr(value, by),
                            Some(span),
                        );
                    }
                    tree::BodyItem::Block { keyword, .. } => out.push(
                        Diagnostic::error(
                            codes::config::INPUT_FILE,
                            "a file of values has lines `name = value` and no blocks",
                        )
                        .at(shifted(keyword.span, by, end), ""),
                    ),
                }
            }
        }
    }
}

fn offset(prefix: &str) -> u32 {
    u32::try_from(prefix.len()).unwrap_or(0)
}

fn shifted(span: Span, by: u32, end: u32) -> Span {
    Span {
        file: span.file,
        start: span.start.saturating_sub(by).min(end),
        end: span.end.saturating_sub(by).min(end),
    }
}

/// Moves a diagnostic's places in a file back to where they are in its text.
pub(super) fn shift(diagnostic: &mut Diagnostic, file: FileId, by: u32, end: u32) {
    for label in &mut diagnostic.labels {
        if label.span.file == file {
            label.span = shifted(label.span, by, end);
        }
    }
}

/// The same for a value's places.
pub(super) fn shift_value(value: &Value, by: u32) -> Value {
    respan(value, &|span| Some(shifted(span, by, u32::MAX)))
}

/// A value with its places changed, all through.
pub(super) fn respan(value: &Value, f: &dyn Fn(Span) -> Option<Span>) -> Value {
    let data = match &value.data {
        Data::List(items) => Data::List(Arc::new(items.iter().map(|v| respan(v, f)).collect())),
        Data::Map(members) => Data::Map(Arc::new(
            members
                .iter()
                .map(|(key, v)| (Arc::clone(key), respan(v, f)))
                .collect(),
        )),
        other => other.clone(),
    };
    Value {
        data,
        span: value.span.and_then(f),
        sensitive: value.sensitive,
    }
}

/// A text as an expression, or why it is none. Its spans lie in no source.
pub(super) fn parse_text(text: &str) -> Result<tree::Expr, String> {
    let (file, found) = syntax::parse(FileId(u32::MAX), &format!("{VALUE_PREFIX}{text}\n"));
    if let Some(error) = found.iter().find(|found| found.is_error()) {
        return Err(error.message.clone());
    }
    let mut statements = file.statements.into_iter();
    match (
        statements.next().map(|statement| statement.kind),
        statements.next(),
    ) {
        (Some(tree::StatementKind::Let { value, .. }), None) => Ok(value),
        _ => Err("one expression is expected".to_owned()),
    }
}
