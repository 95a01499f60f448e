//! Where a resource is: account and region.

use std::rc::Rc;
use std::sync::Arc;

use super::account::Accounts;
use super::declare::Existing;
use super::evaluator::{Evaluator, Item};
use super::fail::{Fail, Res};
use super::operator;
use super::reference::ACCOUNT;
use super::scope::{Scope, ScopeId};
use super::thing::Thing;
use crate::address::Address;
use crate::config::{Account, Place};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::schema::Placement;
use crate::syntax::tree::Expr;
use crate::value::{Data, Residual, Value};

/// Where a module's content is placed by its call, or by those around it.
#[derive(Debug, Clone, Default)]
pub(super) struct ScopePlace {
    account: Option<Account>,
    region: Option<Arc<str>>,
}

impl<'a> Evaluator<'a> {
    /// Where the content of a scope is placed, as far as calls say it.
    fn scope_place(&self, id: ScopeId) -> Res<ScopePlace> {
        let scope = self.in_scope(id)?;
        let Some(called) = &scope.called else {
            return Ok(ScopePlace::default());
        };
        self.once(
            (&scope.place, called.caller),
            || Item::Place(Address::from_text(Arc::clone(&scope.prefix))),
            Some(called.call.name.span),
            || {
                let (place, _) = self.collect(false, || {
                    let env = called.env();
                    let account = match called.call.account {
                        Some(expr) => self.account_of(expr, &env)?,
                        None => None,
                    };
                    let region = match called.call.region {
                        Some(expr) => self.region_of(expr, &env)?,
                        None => None,
                    };
                    // An account brings its own region.
                    if account.is_some() {
                        return Ok(ScopePlace { account, region });
                    }
                    let around = self.scope_place(called.caller)?;
                    Ok(ScopePlace {
                        account: around.account,
                        region: region.or(around.region),
                    })
                });
                place
            },
        )
    }

    /// Where an `existing` block looks.
    pub(super) fn existing_place(
        &self,
        scope: &Scope<'a>,
        existing: &Existing<'a>,
        env: &super::expression::Env<'_>,
    ) -> Res<Place> {
        let mut place = match existing.account {
            Some(expr) => match self.account_of(expr, env)? {
                Some(account) => self.account_place(&account),
                None => self.place_in(scope.id, existing.name.span)?,
            },
            None => self.place_in(scope.id, existing.name.span)?,
        };
        if let Some(expr) = existing.region
            && let Some(region) = self.region_of(expr, env)?
        {
            place.region = region;
        }
        Ok(place)
    }

    /// Where things of a scope are that say nothing themselves.
    fn place_in(&self, scope: ScopeId, span: Span) -> Res<Place> {
        let around = self.scope_place(scope)?;
        let mut place = match &around.account {
            Some(account) => self.account_place(account),
            None => self.default_place(span)?,
        };
        if let Some(region) = around.region {
            place.region = region;
        }
        Ok(place)
    }

    /// Where a resource or part is.
    pub(super) fn place_of(&self, thing: &Rc<Thing<'a>>, via: Option<Span>) -> Res<Place> {
        self.once(
            (&thing.place, thing.scope),
            || Item::Place(thing.address.clone()),
            via,
            || {
                let (place, _) = self.collect(false, || self.find_place(thing));
                place
            },
        )
    }

    fn find_place(&self, thing: &Rc<Thing<'a>>) -> Res<Place> {
        if let Some(place) = &thing.given_place {
            return Ok(place.clone());
        }
        if let Some(parent) = &thing.parent {
            return self.place_of(parent, Some(thing.span));
        }
        let env = thing.env();
        let block = thing.block;
        let account = match block.and_then(|block| block.account) {
            Some(expr) => self
                .account_of(expr, &env)?
                .map(|account| (account, expr.span)),
            None => None,
        };
        let region = match block.and_then(|block| block.region) {
            Some(expr) => self
                .region_of(expr, &env)?
                .map(|region| (region, expr.span)),
            None => None,
        };
        let parent = match thing.schema.placement {
            Placement::From(attributes) => self.placing_parent(thing, attributes)?,
            Placement::Account | Placement::Parent => None,
        };
        if let Some((parent_address, parent, at)) = parent {
            if let Some((account, span)) = &account {
                let own = self.account_place(account);
                if own.account != parent.account || own.access != parent.access {
                    return Err(contradiction(
                        &thing.address,
                        "account",
                        (&own.account, *span),
                        (&parent_address, &parent.account, at),
                    ));
                }
            }
            if let Some((region, span)) = &region
                && **region != *parent.region
            {
                return Err(contradiction(
                    &thing.address,
                    "region",
                    (region, *span),
                    (&parent_address, &parent.region, at),
                ));
            }
            return Ok(parent);
        }
        let mut place = match account {
            Some((account, _)) => self.account_place(&account),
            None => self.place_in(thing.scope, thing.span)?,
        };
        if let Some((region, _)) = region {
            place.region = region;
        }
        if place.region.is_empty() && !self.lacks_caller() {
            return Err(Fail::new(
                codes::config::PLACEMENT,
                format!("the region of `{}` cannot be told", thing.address),
                Some(thing.span),
            )
            .help("write `region` in the account, or name one in your environment"));
        }
        Ok(place)
    }

    /// The place of the resource that one of these attributes names.
    fn placing_parent(
        &self,
        thing: &Rc<Thing<'a>>,
        attributes: &[&str],
    ) -> Res<Option<(Address, Place, Option<Span>)>> {
        for name in attributes {
            let Some(entry) = thing.entry(name) else {
                continue;
            };
            let attr = self.entry_attr(thing, entry, Some(thing.span))?;
            let at = thing.entry_span(entry);
            let named = attr.named.first().map(|resource| resource.address.clone());
            // `vpc = vpc.studio.id` says it as well.
            let address = named.or_else(|| match &attr.value.data {
                Data::Unknown(residual) => match &**residual {
                    Residual::Attribute { address, .. } => Some(address.clone()),
                    _ => None,
                },
                _ => None,
            });
            if let Some(parent) = address.and_then(|address| self.thing_at(&address)) {
                let place = self.place_of(&parent, at)?;
                return Ok(Some((parent.address.clone(), place, at)));
            }
        }
        Ok(None)
    }

    fn account_of(&self, expr: &Expr, env: &super::expression::Env<'_>) -> Res<Option<Account>> {
        let value = self.eval(expr, env)?;
        match &value.data {
            Data::Null => Ok(None),
            Data::Resource(resource) if &*resource.kind == ACCOUNT => {
                let label = account_label(&resource.address);
                match self.account(label)? {
                    Some(account) => Ok(Some(account)),
                    None => Err(Fail::Told),
                }
            }
            _ => Err(Fail::new(
                codes::config::PLACEMENT,
                format!(
                    "`account` takes an account, such as `account.main`, not a {}",
                    value.type_name()
                ),
                Some(expr.span),
            )),
        }
    }

    fn region_of(&self, expr: &Expr, env: &super::expression::Env<'_>) -> Res<Option<Arc<str>>> {
        let value = self.eval(expr, env)?;
        let at = Some(expr.span);
        match &value.data {
            Data::Null => Ok(None),
            Data::Unknown(_) => Err(Fail::new(
                codes::config::PLACEMENT,
                "`region` must be known when planning",
                at,
            )),
            Data::String(_) if value.sensitive => Err(Fail::new(
                codes::config::SENSITIVE,
                "`region` may not be sensitive",
                at,
            )),
            Data::String(region) => {
                check_region(region, at)?;
                Ok(Some(Arc::clone(region)))
            }
            _ => Err(Fail::new(
                codes::config::WRONG_TYPE,
                format!("`region` takes a string, not a {}", value.type_name()),
                at,
            )),
        }
    }

    fn lacks_caller(&self) -> bool {
        self.options.caller.is_none()
    }

    /// Where an account's things are by default.
    pub(super) fn account_place(&self, account: &Account) -> Place {
        let caller = self.options.caller.as_ref();
        if caller.is_none() && (account.id.is_none() || account.region.is_none()) {
            self.needs_caller.set(true);
        }
        Place {
            account: account
                .id
                .clone()
                .or_else(|| caller.map(|caller| Arc::clone(&caller.account)))
                .unwrap_or_default(),
            region: account
                .region
                .clone()
                .or_else(|| caller.and_then(|caller| caller.region.clone()))
                .unwrap_or_default(),
            access: account.access.clone(),
        }
    }

    fn default_place(&self, span: Span) -> Res<Place> {
        let accounts: Rc<Accounts> = self.all_accounts()?;
        if let Some(default) = accounts.by_label.values().find(|account| account.default) {
            return Ok(self.account_place(default));
        }
        let mut all = accounts.by_label.values();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(self.account_place(only)),
            (None, _) if self.program.accounts.is_empty() => {
                let caller = self.options.caller.as_ref();
                if caller.is_none() {
                    self.needs_caller.set(true);
                }
                Ok(Place {
                    account: caller.map(|c| Arc::clone(&c.account)).unwrap_or_default(),
                    region: caller.and_then(|c| c.region.clone()).unwrap_or_default(),
                    access: crate::config::Access::default(),
                })
            }
            (None, _) => Err(Fail::Told),
            (Some(_), Some(_)) => Err(Fail::new(
                codes::config::PLACEMENT,
                "several accounts are declared, and nothing says in which one this is",
                Some(span),
            )
            .help("write `account = account.NAME` here, or `default = true` in one account")),
        }
    }

    /// `account.x.id`, `account.x.region`.
    pub(super) fn account_attribute(
        &self,
        address: &Address,
        name: &str,
        span: Option<Span>,
    ) -> Res {
        let Some(account) = self.account(account_label(address))? else {
            return Err(Fail::Told);
        };
        let (known, fact) = match name {
            "id" => (account.id, "account_id"),
            "region" => (account.region, "region"),
            _ => {
                return Err(Fail::new(
                    codes::config::UNKNOWN_ATTRIBUTE,
                    format!("an account has `id` and `region`, and no `{name}`"),
                    span,
                )
                .help_opt(crate::diagnostic::did_you_mean(name, ["id", "region"])));
            }
        };
        let from_caller = || {
            let caller = self.options.caller.as_ref()?;
            match fact {
                "account_id" => Some(Arc::clone(&caller.account)),
                _ => caller.region.clone(),
            }
        };
        Ok(match known.or_else(from_caller) {
            Some(text) => Value::string(text),
            None => {
                self.needs_caller.set(true);
                operator::spanned(Value::unknown(Residual::Caller(fact.into())), span)
            }
        })
    }
}

/// The label in an account's address.
pub(super) fn account_label(address: &Address) -> &str {
    address
        .as_str()
        .split_once('.')
        .map_or("", |(_, label)| label)
}

/// Refuses what cannot be a region's name.
pub(super) fn check_region(region: &str, span: Option<Span>) -> Res<()> {
    let pieces: Vec<&str> = region.split('-').collect();
    let fits = pieces.len() >= 3
        && pieces.iter().all(|piece| {
            !piece.is_empty()
                && piece
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
        && pieces
            .last()
            .is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if fits {
        return Ok(());
    }
    Err(Fail::new(
        codes::config::PLACEMENT,
        format!("`{region}` is not a region, such as `eu-west-1`"),
        span,
    ))
}

fn contradiction(
    address: &Address,
    what: &str,
    (own, own_at): (&str, Span),
    (parent, theirs, parent_at): (&Address, &str, Option<Span>),
) -> Fail {
    Diagnostic::error(
        codes::config::PLACEMENT,
        format!("`{address}` is placed in the {what} `{own}`, but it belongs to `{parent}`, which is in `{theirs}`"),
    )
    .at(own_at, "placed here")
    .at_opt(parent_at, "belongs to it here")
    .help(format!("take `{what}` out: it follows from what it belongs to"))
    .about(address.as_str())
    .into()
}
