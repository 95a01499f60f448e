//! What kinds may ask while a configuration is evaluated.

use std::rc::Rc;

use super::evaluator::Evaluator;
use super::thing::Thing;
use crate::address::Address;
use crate::config::Place;
use crate::kinds::Facts;
use crate::value::Value;

/// The facts of one resource or part.
pub(super) struct ThingFacts<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    thing: &'e Rc<Thing<'a>>,
}

impl<'e, 'a> ThingFacts<'e, 'a> {
    /// The facts of this thing.
    pub(super) fn new(evaluator: &'e Evaluator<'a>, thing: &'e Rc<Thing<'a>>) -> Self {
        Self { evaluator, thing }
    }
}

impl Facts for ThingFacts<'_, '_> {
    fn address(&self) -> &Address {
        &self.thing.address
    }

    fn kind(&self) -> &str {
        self.thing.schema.kind
    }

    fn place(&self) -> Option<Place> {
        self.evaluator.place_of(self.thing, None).ok()
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        self.evaluator
            .known_attribute(self.thing, name, None)
            .ok()
            .flatten()
    }

    fn other(&self, address: &Address, attribute: &str) -> Option<Value> {
        let thing = self.evaluator.thing_at(address)?;
        self.evaluator
            .known_attribute(&thing, attribute, None)
            .ok()
            .flatten()
    }

    fn place_of(&self, address: &Address) -> Option<Place> {
        let thing = self.evaluator.thing_at(address)?;
        self.evaluator.place_of(&thing, None).ok()
    }

    fn has_part(&self, word: &str) -> bool {
        self.evaluator.has_part(self.thing, word)
    }

    fn declared(&self, account: &str, region: &str) -> Option<Place> {
        let accounts = self.evaluator.all_accounts().ok()?;
        let of_account = || {
            accounts
                .by_label
                .values()
                .filter(|one| one.id.as_deref() == Some(account))
        };
        let found = of_account()
            .find(|one| one.region.as_deref() == Some(region))
            .or_else(|| of_account().next())?;
        Some(Place {
            account: account.into(),
            region: region.into(),
            access: found.access.clone(),
        })
    }
}
