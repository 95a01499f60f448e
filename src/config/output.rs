//! `output` statements.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::declare::Output as Declared;
use super::evaluator::Evaluator;
use super::expression::Env;
use super::fail::Res;
use super::reference::ACCOUNT;
use super::scope::ScopeId;
use super::world::World;
use crate::config::Output;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::syntax::tree::{BodyItem, Expr};
use crate::value::{Data, Map, Value};

/// Words of an output's block.
const WORDS: &[&str] = &["value", "description", "sensitive"];

/// What an output says.
#[derive(Default)]
pub(super) struct Written<'a> {
    /// Its value.
    pub(super) value: Option<&'a Expr>,
    description: Option<String>,
    /// Whether it may not be shown.
    pub(super) sensitive: bool,
}

impl<'a> Evaluator<'a> {
    /// Every output of the configuration.
    pub(super) fn all_outputs(&self) -> BTreeMap<Arc<str>, Output> {
        let mut outputs = BTreeMap::new();
        for (_, declared) in self.program.outputs.values() {
            let (output, _) = self.collect(false, || self.output(declared));
            if let Some(output) = output {
                outputs.insert(Arc::clone(&declared.name().text), output);
            }
        }
        outputs
    }

    /// What an output says; what is wrong with it is reported.
    pub(super) fn written_output(&self, declared: &Declared<'a>) -> Written<'a> {
        let mut written = Written::default();
        match declared {
            Declared::Value(_, expr) => written.value = Some(*expr),
            Declared::Block(_, body) => {
                for item in &body.items {
                    match item {
                        BodyItem::Attribute { name, value: expr } => match &*name.text {
                            "value" => written.value = Some(expr),
                            "description" => {
                                written.description =
                                    self.or_report(self.literal_text(expr, "description"));
                            }
                            "sensitive" => {
                                written.sensitive =
                                    self.or_report(self.literal_bool(expr)).unwrap_or(true);
                            }
                            _ => self.no_such(&name.text, name.span),
                        },
                        BodyItem::Block { keyword, .. } => {
                            self.no_such(&keyword.text, keyword.span)
                        }
                    }
                }
            }
        }
        if written.value.is_none() {
            let name = declared.name();
            self.report(
                Diagnostic::error(
                    codes::config::OUTPUT,
                    format!("the output `{}` has no `value`", name.text),
                )
                .at(name.span, ""),
            );
        }
        written
    }

    fn output(&self, declared: &Declared<'a>) -> Option<Output> {
        let written = self.written_output(declared);
        let expr = written.value?;
        let (description, sensitive) = (written.description, written.sensitive);
        let name = declared.name();
        let value = self.or_report(self.output_value(expr))?;
        if value.has_sensitive() && !sensitive {
            self.report(
                Diagnostic::error(
                    codes::config::SENSITIVE,
                    format!("the output `{}` holds a sensitive value", name.text),
                )
                .at(expr.span, "")
                .help(format!(
                    "write `output {} {{ value = …, sensitive = true }}`",
                    name.text
                )),
            );
            return None;
        }
        Some(Output {
            value,
            sensitive,
            description,
            span: name.span,
        })
    }

    fn no_such(&self, word: &str, span: crate::diagnostic::Span) {
        self.report(
            Diagnostic::error(codes::config::OUTPUT, format!("an output has no `{word}`"))
                .at(span, "")
                .help_opt(did_you_mean(word, WORDS.iter().copied())),
        );
    }

    fn output_value(&self, expr: &Expr) -> Res {
        let value = self.eval(expr, &Env::of(ScopeId::ROOT))?;
        let value = self.spread_resources(&value)?;
        self.budget.value(&value, Some(expr.span))?;
        Ok(value)
    }

    /// A value in which each whole resource is the object of its attributes.
    fn spread_resources(&self, value: &Value) -> Res {
        let data = match &value.data {
            Data::List(items) => Data::List(Arc::new(
                items
                    .iter()
                    .map(|item| self.spread_resources(item))
                    .collect::<Res<_>>()?,
            )),
            Data::Map(members) => Data::Map(Arc::new(
                members
                    .iter()
                    .map(|(key, item)| Ok((Arc::clone(key), self.spread_resources(item)?)))
                    .collect::<Res<_>>()?,
            )),
            Data::Resource(resource) => {
                let names: Vec<&str> = if &*resource.kind == ACCOUNT {
                    vec!["id", "region"]
                } else {
                    self.program
                        .kinds
                        .get(&*resource.kind)
                        .map(|(_, schema)| schema.attributes.iter().map(|a| a.name).collect())
                        .unwrap_or_default()
                };
                let mut members = Map::new();
                for name in names {
                    let attribute = self.attribute(resource, name, value.span)?;
                    members.insert(name.into(), attribute);
                }
                self.budget.values(members.len(), value.span)?;
                Data::Map(Arc::new(members))
            }
            other => other.clone(),
        };
        Ok(Value {
            data,
            span: value.span,
            sensitive: value.sensitive,
        })
    }
}
