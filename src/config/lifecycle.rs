//! `lifecycle { … }`.

use super::evaluator::Evaluator;
use super::thing::Thing;
use crate::config::Lifecycle;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::kinds::schema::{Attribute, Schema, Type};
use crate::syntax::tree::{BodyItem, Expr, ExprKind};

/// Words of the block.
const WORDS: &[&str] = &["protect", "ignore_changes", "create_before_destroy"];

impl<'a> Evaluator<'a> {
    /// What a thing's `lifecycle` block says.
    pub(super) fn lifecycle(&self, thing: &Thing<'a>) -> Lifecycle {
        let mut lifecycle = Lifecycle::default();
        let Some(body) = thing.block.and_then(|block| block.lifecycle) else {
            return lifecycle;
        };
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value } => match &*name.text {
                    "protect" => {
                        if let Some(protect) = self.lifecycle_bool(thing, value, "`protect`") {
                            lifecycle.protect = protect;
                            lifecycle.protect_lifted = !protect;
                        }
                    }
                    "create_before_destroy" => {
                        lifecycle.create_before_destroy = self
                            .lifecycle_bool(thing, value, "`create_before_destroy`")
                            .unwrap_or(false);
                    }
                    "ignore_changes" => lifecycle.ignore_changes = self.paths(thing, value),
                    _ => self.unknown_word(&name.text, name.span),
                },
                BodyItem::Block { keyword, .. } => self.unknown_word(&keyword.text, keyword.span),
            }
        }
        lifecycle
    }

    fn unknown_word(&self, word: &str, span: crate::diagnostic::Span) {
        self.report(
            Diagnostic::error(
                codes::config::LIFECYCLE,
                format!("`lifecycle` has no `{word}`"),
            )
            .at(span, "")
            .help_opt(did_you_mean(word, WORDS.iter().copied())),
        );
    }

    fn lifecycle_bool(&self, thing: &Thing<'a>, expr: &Expr, what: &str) -> Option<bool> {
        let (value, _) = self.collect(false, || self.eval(expr, &thing.env()));
        self.or_report(
            value.and_then(|value| super::operator::condition(&value, what, Some(expr.span))),
        )
    }

    /// The paths of `ignore_changes = [a, b.c]`, in the schema's words.
    fn paths(&self, thing: &Thing<'a>, expr: &Expr) -> Vec<String> {
        let ExprKind::List(items) = &expr.kind else {
            self.report(
                Diagnostic::error(
                    codes::config::LIFECYCLE,
                    "`ignore_changes` takes a list of attributes",
                )
                .at(expr.span, "")
                .help("write `ignore_changes = [tags]`"),
            );
            return Vec::new();
        };
        let mut paths = Vec::new();
        for item in &**items {
            let mut words = Vec::new();
            if !path_words(item, &mut words) {
                self.report(
                    Diagnostic::error(
                        codes::config::LIFECYCLE,
                        "`ignore_changes` takes attributes by name, such as `tags` or `default_user_settings.execution_role`",
                    )
                    .at(item.span, ""),
                );
                continue;
            }
            match canonical_path(thing.schema, &words) {
                Ok(path) => paths.push(path),
                Err((word, near)) => self.report(
                    Diagnostic::error(
                        codes::config::LIFECYCLE,
                        format!("`{}` has no attribute `{word}`", thing.schema.kind),
                    )
                    .at(item.span, "")
                    .help_opt(near),
                ),
            }
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

/// The words of a path written as a reference.
fn path_words(expr: &Expr, out: &mut Vec<String>) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => {
            out.push(name.to_string());
            true
        }
        ExprKind::Attribute(attribute) => {
            let fine = path_words(&attribute.of, out);
            out.push(attribute.name.text.to_string());
            fine
        }
        ExprKind::Index(base, index) => {
            let fine = path_words(base, out);
            match &index.kind {
                ExprKind::String(key) => {
                    out.push(key.to_string());
                    fine
                }
                _ => false,
            }
        }
        ExprKind::String(text) => {
            out.extend(text.split('.').map(str::to_owned));
            true
        }
        _ => false,
    }
}

/// A path in the schema's words, or the word it does not have and a near one.
fn canonical_path(
    schema: &'static Schema,
    words: &[String],
) -> Result<String, (String, Option<String>)> {
    let mut members: Option<&'static [Attribute]> = Some(schema.attributes);
    let mut path: Vec<String> = Vec::new();
    for word in words {
        let Some(attributes) = members else {
            // Below a map each key is a path.
            path.push(word.clone());
            continue;
        };
        let Some(attribute) = attributes
            .iter()
            .find(|attribute| attribute.is_called(word))
        else {
            let near = did_you_mean(word, attributes.iter().map(|attribute| attribute.name));
            return Err((word.clone(), near));
        };
        path.push(attribute.name.to_owned());
        members = match attribute.ty {
            Type::Object(inner) => Some(inner),
            Type::Map(_) | Type::Tags | Type::Any => None,
            _ => Some(&[]),
        };
    }
    Ok(path.join("."))
}
