//! `account` blocks.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::conform::is_account_id;
use super::evaluator::{Evaluator, Item};
use super::expression::{Env, Mode, Pair};
use super::fail::{Fail, Res};
use super::place::check_region;
use super::scope::ScopeId;
use crate::config::{Access, Account};
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean};
use crate::syntax::tree::{Body, BodyItem, Expr, Ident};
use crate::value::Value;

/// Words of an `account` block.
const WORDS: &[&str] = &[
    "id",
    "region",
    "profile",
    "assume_role",
    "default",
    "for_each",
];

/// Every account.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// By label: `studio`, or `line["a"]` with `for_each`.
    pub(super) by_label: BTreeMap<Arc<str>, Account>,
    /// Labels of those with `for_each`, by name and key.
    pub(super) keyed: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Arc<str>>>,
}

impl<'a> Evaluator<'a> {
    /// Every account, evaluated.
    pub(super) fn all_accounts(&self) -> Res<Rc<Accounts>> {
        self.once(
            (&self.accounts, ScopeId::ROOT),
            || Item::Account("settings".into()),
            None,
            || Ok(Rc::new(self.collect(false, || self.read_accounts()).0)),
        )
    }

    fn read_accounts(&self) -> Accounts {
        let mut accounts = Accounts::default();
        for (name, body) in self.program.accounts.values() {
            if let Err(fail) = self.read_account(name, body, &mut accounts) {
                self.report_fail(fail);
            }
        }
        let mut defaults = accounts.by_label.values().filter(|account| account.default);
        if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
            self.report(
                Diagnostic::error(codes::config::ACCOUNT, "two accounts are the default")
                    .at(second.span, "the second")
                    .at(first.span, "the first"),
            );
        }
        accounts
    }

    fn read_account(&self, name: &'a Ident, body: &'a Body, accounts: &mut Accounts) -> Res<()> {
        let mut attributes: BTreeMap<&str, &Expr> = BTreeMap::new();
        let mut fine = true;
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value } if WORDS.contains(&&*name.text) => {
                    if attributes.insert(&name.text, value).is_some() {
                        fine = false;
                        self.report(
                            Diagnostic::error(
                                codes::config::DUPLICATE_ATTRIBUTE,
                                format!("`{}` is written twice", name.text),
                            )
                            .at(name.span, ""),
                        );
                    }
                }
                BodyItem::Attribute { name, .. } | BodyItem::Block { keyword: name, .. } => {
                    fine = false;
                    self.report(
                        Diagnostic::error(
                            codes::config::UNKNOWN_ATTRIBUTE,
                            format!("an account has no `{}`", name.text),
                        )
                        .at(name.span, "")
                        .help_opt(did_you_mean(&name.text, WORDS.iter().copied())),
                    );
                }
            }
        }
        if !fine {
            return Err(Fail::Told);
        }
        let env = Env {
            mode: Mode::Static,
            ..Env::of(ScopeId::ROOT)
        };
        let Some(for_each) = attributes.get("for_each") else {
            let account = self.account_settings(name, Arc::clone(&name.text), &attributes, &env)?;
            accounts.by_label.insert(Arc::clone(&name.text), account);
            return Ok(());
        };
        let mut keys = BTreeMap::new();
        for (key, pair) in self.pairs(for_each, &env)? {
            let pair: Pair = pair;
            let env = Env {
                each: Some(&pair),
                ..env
            };
            let label: Arc<str> = format!("{}[{}]", name.text, crate::address::quote(&key)).into();
            let account = self.account_settings(name, Arc::clone(&label), &attributes, &env)?;
            accounts.by_label.insert(Arc::clone(&label), account);
            keys.insert(key, label);
        }
        accounts.keyed.insert(Arc::clone(&name.text), keys);
        Ok(())
    }

    fn account_settings(
        &self,
        name: &Ident,
        label: Arc<str>,
        attributes: &BTreeMap<&str, &Expr>,
        env: &Env<'_>,
    ) -> Res<Account> {
        // Each setting is looked at, whatever is wrong with another.
        let mut fine = true;
        let mut text = |word: &str, check: &dyn Fn(&str, Span) -> Res<()>| {
            let checked = self
                .setting(attributes.get(word).copied(), word, env)
                .and_then(|found| match found {
                    Some((text, span)) => check(&text, span).map(|()| Some(text)),
                    None => Ok(None),
                });
            fine &= checked.is_ok();
            self.or_report(checked).flatten()
        };
        let id = text("id", &check_id);
        let region = text("region", &|region, span| check_region(region, Some(span)));
        let profile = text("profile", &|_, _| Ok(()));
        let assume_role = text("assume_role", &check_role);
        let default = match attributes.get("default") {
            Some(expr) => {
                let value = self.eval(expr, env)?;
                super::operator::condition(&value, "`default`", Some(expr.span))?
            }
            None => false,
        };
        if !fine {
            return Err(Fail::Told);
        }
        Ok(Account {
            label,
            id,
            region,
            access: Access {
                profile,
                assume_role,
            },
            default,
            span: name.span,
        })
    }

    /// A text of an `account` or `state` block: known, not sensitive.
    pub(super) fn setting(
        &self,
        expr: Option<&Expr>,
        word: &str,
        env: &Env<'_>,
    ) -> Res<Option<(Arc<str>, Span)>> {
        let Some(expr) = expr else { return Ok(None) };
        let value: Value = self.eval(expr, env)?;
        if value.is_null() {
            return Ok(None);
        }
        if value.sensitive {
            return Err(Fail::new(
                codes::config::SENSITIVE,
                format!("`{word}` may not be sensitive"),
                Some(expr.span),
            ));
        }
        match value.as_str() {
            Some(text) => Ok(Some((text.into(), expr.span))),
            None => Err(Fail::new(
                codes::config::WRONG_TYPE,
                format!("`{word}` takes a string, not a {}", value.type_name()),
                Some(expr.span),
            )
            .help("write it in quotes")),
        }
    }
}

fn check_id(id: &str, span: Span) -> Res<()> {
    if is_account_id(id) {
        return Ok(());
    }
    Err(Fail::new(
        codes::config::ACCOUNT,
        format!("`{id}` is not an account id of twelve digits"),
        Some(span),
    ))
}

fn check_role(arn: &str, span: Span) -> Res<()> {
    if arn.starts_with("arn:aws") && arn.contains(":iam::") && arn.contains(":role/") {
        return Ok(());
    }
    Err(Fail::new(
        codes::config::ACCOUNT,
        format!("`assume_role` takes the ARN of a role, not `{arn}`"),
        Some(span),
    ))
}
