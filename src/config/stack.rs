//! The `stack` block.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conform::{Conform, Site};
use super::evaluator::Evaluator;
use super::expression::{Env, Mode};
use super::scope::ScopeId;
use crate::config::{Rule, Stack, StateStore};
use crate::diagnostic::{self, Diagnostic, Span, codes, did_you_mean};
use crate::kinds::rules::changeable;
use crate::kinds::schema::Type;
use crate::syntax::tree::{Body, BodyItem, Expr, Label};

/// Words of a `stack` block.
const WORDS: &[&str] = &["state", "default_tags", "rules"];
/// The stack's name where neither a block nor the directory gives one.
const FALLBACK_NAME: &str = "stack";

impl<'a> Evaluator<'a> {
    /// Reads the stack: first its name and state, then, as names depend on the stack's, its tags.
    pub(super) fn read_stack(&self) {
        let Some((name, body)) = self.program.stack else {
            let written = &self.options.directory;
            let directory = written.canonicalize().unwrap_or_else(|_| written.clone());
            let name = directory
                .file_name()
                .and_then(|name| name.to_str())
                .map(Arc::from);
            self.stack.borrow_mut().name = name.unwrap_or_else(|| FALLBACK_NAME.into());
            return;
        };
        *self.stack.borrow_mut() = Stack {
            name: Arc::clone(&name.text),
            span: Some(name.span),
            ..Stack::default()
        };
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for item in &body.items {
            let word = match item {
                BodyItem::Attribute { name, .. } | BodyItem::Block { keyword: name, .. } => name,
            };
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == &*word.text) {
                self.report(
                    Diagnostic::error(
                        codes::config::DUPLICATE_ATTRIBUTE,
                        format!("`{}` is written twice", word.text),
                    )
                    .at(word.span, "a second time here")
                    .at(*first, "first written here"),
                );
                continue;
            }
            seen.push((&word.text, word.span));
            match item {
                BodyItem::Attribute { name, value } if &*name.text == "default_tags" => {
                    self.read_default_tags(value);
                }
                BodyItem::Attribute { name, value } if &*name.text == "rules" => {
                    self.read_rules(value);
                }
                BodyItem::Block {
                    keyword,
                    label,
                    body,
                    ..
                } if &*keyword.text == "state" => {
                    let env = Env {
                        mode: Mode::Static,
                        ..Env::of(ScopeId::ROOT)
                    };
                    let store = self.state_store(keyword.span, label.as_ref(), body, &env);
                    if let Some(store) = store {
                        self.stack.borrow_mut().state = store;
                    }
                }
                _ if WORDS.contains(&&*word.text) => self.report(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` is written in another form", word.text),
                    )
                    .at(word.span, "")
                    .help(match &*word.text {
                        "state" => "write `state s3 { bucket = …, key = …, region = … }` or `state local { path = … }`",
                        "rules" => "write `rules = { W0339 = \"off\" }`",
                        _ => "write `default_tags = { … }`",
                    }),
                ),
                _ => self.report(
                    Diagnostic::error(
                        codes::config::UNKNOWN_ATTRIBUTE,
                        format!("a stack has no `{}`", word.text),
                    )
                    .at(word.span, "")
                    .help_opt(did_you_mean(&word.text, WORDS.iter().copied())),
                ),
            }
        }
    }

    fn read_default_tags(&self, expr: &Expr) {
        let Some(value) = self.or_report(self.eval(expr, &Env::of(ScopeId::ROOT))) else {
            return;
        };
        let mut conform = Conform::new(self);
        let site = Site {
            path: "default_tags",
            span: Some(expr.span),
        };
        let tags = conform.conform(&value, &Type::Tags, site);
        for diagnostic in conform.out {
            self.report(diagnostic);
        }
        let Some(tags) = tags else { return };
        if tags.has_unknown() {
            self.report(
                Diagnostic::error(
                    codes::config::STACK,
                    "`default_tags` must be known when planning",
                )
                .at(expr.span, ""),
            );
            return;
        }
        let tags: BTreeMap<String, String> = tags
            .as_map()
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())))
            .collect();
        // A name or tag asked for on the way here has seen none of them.
        *self.default_tags.borrow_mut() = None;
        self.stack.borrow_mut().default_tags = tags;
    }

    /// `rules = { W0339 = "off" }`: how much findings weigh.
    fn read_rules(&self, expr: &Expr) {
        let Some(value) = self.or_report(self.eval(expr, &Env::of(ScopeId::ROOT))) else {
            return;
        };
        let wrong = |message: String| {
            Diagnostic::error(codes::config::STACK, message).at(value.span.unwrap_or(expr.span), "")
        };
        let Some(members) = value.as_map().filter(|_| !value.has_unknown()) else {
            self.report(
                wrong("`rules` is a map from codes to words".to_owned())
                    .help("write `rules = { W0339 = \"off\" }`"),
            );
            return;
        };
        let mut rules = BTreeMap::new();
        for (code, word) in members {
            let span = word.span.unwrap_or(expr.span);
            let ids = || changeable().map(|code| code.id);
            if !ids().any(|id| id == &**code) {
                let known = diagnostic::codes::find(code);
                let message = match known {
                    Some(_) => format!("how much `{code}` weighs cannot be changed"),
                    None => format!("there is no rule `{code}`"),
                };
                let help = match known {
                    Some(_) => Some("the findings of the kinds that are warnings can be changed: AWS would refuse what the others are about".to_owned()),
                    None => did_you_mean(code, ids()),
                };
                self.report(
                    Diagnostic::error(codes::config::STACK, message)
                        .at(span, "")
                        .help_opt(help),
                );
                continue;
            }
            let mut words = Rule::WORDS.into_iter();
            match words.find(|(text, _)| word.as_str() == Some(text)) {
                Some((_, rule)) => {
                    rules.insert(code.to_string(), rule);
                }
                None => self.report(
                    Diagnostic::error(
                        codes::config::STACK,
                        format!("`{code}` is `\"off\"`, `\"warn\"` or `\"error\"`"),
                    )
                    .at(span, ""),
                ),
            }
        }
        self.stack.borrow_mut().rules = rules;
    }

    /// `state s3 { … }` or `state local { … }`; what is wrong with it is reported.
    pub(super) fn state_store(
        &self,
        span: Span,
        label: Option<&'a Label>,
        body: &'a Body,
        env: &Env<'_>,
    ) -> Option<StateStore> {
        let store = label.map_or("", |label| &*label.text);
        let words: &[&str] = match store {
            "s3" => &["bucket", "key", "region"],
            "local" => &["path"],
            _ => {
                self.report(
                    Diagnostic::error(codes::config::STACK, "`state` is `local` or `s3`")
                        .at(label.map_or(span, |label| label.span), "")
                        .help_opt(did_you_mean(store, ["local", "s3"])),
                );
                return None;
            }
        };
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let mut fine = true;
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value } if words.contains(&&*name.text) => {
                    match self.or_report(self.setting(Some(value), &name.text, env)) {
                        Some(Some((text, _))) => {
                            texts.insert(&name.text, text.to_string());
                        }
                        Some(None) => {}
                        None => fine = false,
                    }
                }
                BodyItem::Attribute { name, .. } | BodyItem::Block { keyword: name, .. } => {
                    fine = false;
                    self.report(
                        Diagnostic::error(
                            codes::config::UNKNOWN_ATTRIBUTE,
                            format!("`state {store}` has no `{}`", name.text),
                        )
                        .at(name.span, "")
                        .help_opt(did_you_mean(&name.text, words.iter().copied())),
                    );
                }
            }
        }
        if store == "local" {
            return Some(StateStore::Local {
                path: texts.remove("path"),
            });
        }
        match (
            texts.remove("bucket"),
            texts.remove("key"),
            texts.remove("region"),
        ) {
            (Some(bucket), Some(key), Some(region)) => Some(StateStore::S3 {
                bucket,
                key,
                region,
            }),
            (bucket, key, region) if fine => {
                for (word, text) in [("bucket", bucket), ("key", key), ("region", region)] {
                    if text.is_none() {
                        self.report(
                            Diagnostic::error(
                                codes::config::MISSING_ATTRIBUTE,
                                format!("`state s3` needs `{word}`"),
                            )
                            .at(span, ""),
                        );
                    }
                }
                None
            }
            _ => None,
        }
    }
}
