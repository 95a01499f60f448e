//! `existing KIND NAME { … }`: what is there already and is not owned.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::declare::Existing;
use super::evaluator::{Evaluator, Item};
use super::expression::Env;
use super::fail::{Fail, Res};
use super::operator;
use super::scope::{Scope, ScopeId};
use super::thing::Thing;
use crate::address::Address;
use crate::config::{Configuration, Identity, Place, Seek, SeekBy};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Actual;
use crate::kinds::schema::Schema;
use crate::syntax::tree::Expr;
use crate::value::{Data, Map, Residual, ResourceRef, Value};

/// How many of several things a message lists.
const MAX_LISTED: usize = 10;
/// What all that is found is called while nothing is found yet.
const SOUGHT: &str = "existing";

/// A block whose things were found.
pub(super) struct FoundBlock {
    address: Address,
    schema: &'static Schema,
    place: Place,
    ids: Vec<String>,
    span: Span,
}

impl<'a> Evaluator<'a> {
    /// What `kind.name` of an `existing` block stands for.
    pub(super) fn existing(&self, scope: ScopeId, index: usize, span: Span) -> Res {
        let scope = self.in_scope(scope)?;
        let (Some(slot), Some(existing)) =
            (scope.existing.get(index), scope.program.existing.get(index))
        else {
            return Err(Fail::Told);
        };
        let value = self.once(
            (slot, scope.id),
            || Item::Instances(scope.named(&existing.word())),
            Some(span),
            || {
                self.collect(false, || self.find_existing(&scope, existing))
                    .0
            },
        )?;
        Ok(value.at(span))
    }

    /// Looks at every `existing` block of a scope, used or not.
    pub(super) fn every_existing(&self, scope: &Scope<'a>) {
        for (index, existing) in scope.program.existing.iter().enumerate() {
            let (result, _) =
                self.collect(false, || self.existing(scope.id, index, existing.name.span));
            self.or_report(result);
        }
    }

    fn find_existing(&self, scope: &Scope<'a>, existing: &'a Existing<'a>) -> Res {
        let address = scope.address(existing.schema.kind, &existing.name.text, None);
        let env = Env::of(scope.id);
        let flag = |expr: Option<&Expr>, word: &str| match expr {
            Some(expr) => self
                .known_argument(expr, word, &env)
                .and_then(|value| operator::condition(&value, word, Some(expr.span))),
            None => Ok(false),
        };
        let all = flag(existing.all, "`all`")?;
        let optional = flag(existing.optional, "`optional`")?;
        let by = self.sought_by(existing, &env)?;
        let place = self.existing_place(scope, existing, &env)?;
        let seek = Seek {
            kind: existing.schema.kind,
            place,
            by,
        };
        let Some(found) = self.options.found.get(&seek) else {
            self.sought.borrow_mut().insert(address.clone());
            let place = seek.place.clone();
            self.seeks.borrow_mut().insert(seek);
            return Ok(if all || optional {
                Value::unknown(Residual::Attribute {
                    address,
                    name: SOUGHT.into(),
                })
            } else {
                self.existing_thing(scope, existing, address, place, None)
            });
        };
        self.found_blocks.borrow_mut().push(FoundBlock {
            address: address.clone(),
            schema: existing.schema,
            place: seek.place.clone(),
            ids: found.iter().map(|one| one.id.clone()).collect(),
            span: existing.name.span,
        });
        let place = || seek.place.clone();
        if all {
            let mut members = Map::new();
            for one in found {
                let address = scope.address(
                    existing.schema.kind,
                    &existing.name.text,
                    Some(one.id.as_str()),
                );
                let attributes = Some(one.attributes.clone());
                let value = self.existing_thing(scope, existing, address, place(), attributes);
                members.insert(Arc::from(one.id.as_str()), value);
            }
            self.budget
                .values(members.len(), Some(existing.name.span))?;
            return Ok(Value::map(members));
        }
        match found.as_slice() {
            [] if optional => Ok(Value::null()),
            [] => Err(none(&address, &seek, existing.name.span)),
            [one] => {
                let attributes = Some(one.attributes.clone());
                Ok(self.existing_thing(scope, existing, address, place(), attributes))
            }
            several => Err(too_many(&address, &seek, several, existing.name.span)),
        }
    }

    /// A thing that is found, or will be, as a value.
    fn existing_thing(
        &self,
        scope: &Scope<'a>,
        existing: &'a Existing<'a>,
        address: Address,
        place: Place,
        attributes: Option<Map>,
    ) -> Value {
        let reference = Arc::new(ResourceRef {
            address: address.clone(),
            kind: existing.schema.kind.into(),
        });
        self.register(Thing {
            reference: Arc::clone(&reference),
            scope: scope.id,
            address,
            schema: existing.schema,
            kind: existing.kind,
            part: None,
            block: None,
            existing: Some(attributes),
            given: Vec::new(),
            given_place: Some(place),
            needs: Vec::new(),
            label: Arc::clone(&existing.name.text),
            key: None,
            each: None,
            item: None,
            parent: None,
            span: existing.name.span,
            slots: Vec::new(),
            place: std::cell::RefCell::default(),
            parts: Thing::slots(existing.schema.parts.len() + 1),
        });
        Value::new(Data::Resource(reference))
    }

    fn sought_by(&self, existing: &Existing<'a>, env: &Env<'_>) -> Res<SeekBy> {
        let text = |expr: Option<&Expr>, word: &str| -> Res<Option<String>> {
            let Some(expr) = expr else { return Ok(None) };
            let value = self.known_argument(expr, word, env)?;
            match operator::to_text(&value) {
                _ if value.is_null() => Ok(None),
                Some(text) => Ok(Some(text.to_string())),
                None => Err(Fail::new(
                    codes::config::WRONG_TYPE,
                    format!("{word} takes a string, not a {}", value.type_name()),
                    Some(expr.span),
                )),
            }
        };
        let id = text(existing.id, "`id`")?;
        let name = text(existing.by_name, "`name`")?;
        let mut tags = BTreeMap::new();
        if let Some(expr) = existing.tags {
            let value = self.known_argument(expr, "`tags`", env)?;
            let members = match &value.data {
                Data::Map(members) => members.iter(),
                _ => {
                    return Err(Fail::new(
                        codes::config::WRONG_TYPE,
                        format!("`tags` takes an object, not a {}", value.type_name()),
                        Some(expr.span),
                    ));
                }
            };
            for (key, value) in members.filter(|(_, value)| !value.is_null()) {
                let Some(text) = operator::to_text(value) else {
                    return Err(Fail::new(
                        codes::config::WRONG_TYPE,
                        format!("a tag is a string, not a {}", value.type_name()),
                        value.span.or(Some(expr.span)),
                    ));
                };
                tags.insert(key.to_string(), text.to_string());
            }
        }
        match (id, name) {
            (Some(id), None) if tags.is_empty() => Ok(SeekBy::Id(id)),
            (Some(_), _) => Err(Fail::new(
                codes::config::EXISTING,
                "what is found by its `id` is not also sought by `name` or `tags`",
                Some(existing.name.span),
            )),
            (None, None) if tags.is_empty() => Err(Fail::new(
                codes::config::EXISTING,
                format!("nothing says which `{}` is meant", existing.schema.kind),
                Some(existing.name.span),
            )
            .help("write `id = …`, `name = …` or `tags = { … }`")),
            (None, name) => Ok(SeekBy::Marks { name, tags }),
        }
    }

    /// The value of an argument: known all through and not sensitive.
    fn known_argument(&self, expr: &Expr, word: &str, env: &Env<'_>) -> Res {
        let value = self.eval(expr, env)?;
        if value.has_unknown() {
            return Err(self.unless_sought(
                &value,
                Fail::new(
                    codes::config::EXISTING,
                    format!(
                        "{word} must be known when planning, and this is known after an apply only"
                    ),
                    Some(expr.span),
                ),
            ));
        }
        if value.has_sensitive() {
            return Err(Fail::new(
                codes::config::SENSITIVE,
                format!("{word} may not be sensitive"),
                Some(expr.span),
            ));
        }
        Ok(value)
    }

    /// The failure that a value is not known; none is told of one that waits for things which are
    /// looked up before the next evaluation.
    pub(super) fn unless_sought(&self, value: &Value, fail: Fail) -> Fail {
        let sought = self.sought.borrow();
        let mut waits = false;
        if !sought.is_empty() {
            value.each_awaited(&mut |address, _| waits |= sought.contains(address));
        }
        if waits {
            self.partial.set(true);
            Fail::Told
        } else {
            fail
        }
    }

    /// Refuses what is sought although this very configuration makes it, and lets a kept plan depend
    /// on what was found.
    pub(super) fn check_found(&self, configuration: &mut Configuration) {
        for block in self.found_blocks.borrow().iter() {
            let digest = hex::encode(Sha256::digest(block.ids.join("\n").as_bytes()));
            configuration
                .input_digests
                .insert(format!("existing {}", block.address).into(), digest);
            for id in &block.ids {
                let own = self
                    .options
                    .recorded
                    .get(&Identity::new(block.schema, &block.place, id))
                    .filter(|own| configuration.nodes.contains_key(*own));
                let Some(own) = own else { continue };
                self.report(
                    Diagnostic::error(
                        codes::config::EXISTING_OWN,
                        format!(
                            "`{}` finds {id}, which this configuration makes as `{own}`",
                            block.address
                        ),
                    )
                    .at(block.span, "")
                    .help(format!(
                        "take the `existing` block out, and refer to `{own}`"
                    )),
                );
            }
        }
    }
}

/// How it was looked for, in words.
fn looked(seek: &Seek) -> String {
    let by = match &seek.by {
        SeekBy::Id(id) => format!("id `{id}`"),
        SeekBy::Marks { name, tags } => {
            let name = name.iter().map(|name| format!("name `{name}`"));
            let tags = tags
                .iter()
                .map(|(key, value)| format!("tag `{key}` = `{value}`"));
            name.chain(tags).collect::<Vec<_>>().join(", ")
        }
    };
    format!(
        "looked for {by} in account {}, {}",
        seek.place.account, seek.place.region
    )
}

fn none(address: &Address, seek: &Seek, span: Span) -> Fail {
    Diagnostic::error(
        codes::config::EXISTING_NONE,
        format!("there is no `{}` for `{address}`", seek.kind),
    )
    .at(span, "")
    .note(looked(seek))
    .help("`optional = true` gives `null` then")
    .into()
}

fn too_many(address: &Address, seek: &Seek, found: &[Actual], span: Span) -> Fail {
    let mut diagnostic = Diagnostic::error(
        codes::config::EXISTING_SEVERAL,
        format!(
            "there are {} of the kind `{}` for `{address}`",
            found.len(),
            seek.kind
        ),
    )
    .at(span, "")
    .note(looked(seek));
    for one in found.iter().take(MAX_LISTED) {
        let name = one.attributes.get("name").and_then(Value::as_str);
        diagnostic = diagnostic.note(match name {
            Some(name) if name != one.id => format!("{} ({name})", one.id),
            _ => one.id.clone(),
        });
    }
    if found.len() > MAX_LISTED {
        diagnostic = diagnostic.note(format!("and {} more", found.len() - MAX_LISTED));
    }
    diagnostic
        .help("name one by its `id`, or say more in `tags`; `all = true` gives a map of all by id")
        .into()
}

/// The slot of an `existing` block.
pub(super) type ExistingSlot = std::cell::RefCell<super::evaluator::Slot<Value>>;

/// Keeps the type of what is shared short.
pub(super) type FoundBlocks = std::cell::RefCell<Vec<FoundBlock>>;
