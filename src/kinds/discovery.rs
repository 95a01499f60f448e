//! What discovery (`crate::discover`) asks of a kind: which of its things hang on what was found, and
//! what is written of one beside what a read gives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Actual;
use crate::config::Place;

/// What was found last in one place, to find out what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The ids, by kind word.
    pub found: BTreeMap<&'static str, BTreeSet<String>>,
    /// Whether all that is there is asked for, whatever it hangs on.
    pub everything: bool,
}

impl Around {
    /// The ids of one kind.
    #[must_use]
    pub fn ids(&self, kind: &str) -> Vec<String> {
        let ids = self.found.get(kind).into_iter().flatten();
        ids.cloned().collect()
    }

    /// Whether this one is among what was found.
    #[must_use]
    pub fn has(&self, kind: &str, id: &str) -> bool {
        self.found.get(kind).is_some_and(|ids| ids.contains(id))
    }
}

/// The ids of what was read.
#[must_use]
pub fn ids(portraits: &[Portrait]) -> BTreeSet<String> {
    portraits.iter().map(|one| one.actual.id.clone()).collect()
}

/// A thing that hangs on what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The id under which it is read.
    pub id: String,
    /// The account and region that it is in, if those are not the ones that were asked.
    pub elsewhere: Option<(String, String)>,
}

impl Near {
    /// One in the place that was asked.
    #[must_use]
    pub fn here(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            elsewhere: None,
        }
    }
}

/// A living thing as it will be written.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// What was read of it. A kind adds settings that only smd keeps (the VPC of an internet
    /// gateway) and takes out what AWS chose by itself.
    pub actual: Actual,
    /// Parts that a read does not show inside of it: kind word and id.
    pub parts: Vec<(&'static str, String)>,
    /// Why it is not written, if it is not: it came with something, or AWS looks after it.
    pub left_out: Option<String>,
    /// What came with it and cannot be declared: what it is, its id, and why.
    pub beside: Vec<(&'static str, String, String)>,
    /// The account and region that it belongs to, if it only shows in the ones that were asked: it is
    /// read there.
    pub elsewhere: Option<(String, String)>,
}

impl Portrait {
    /// What was read, with nothing more said of it.
    #[must_use]
    pub fn new(actual: Actual) -> Self {
        Self {
            actual,
            parts: Vec::new(),
            left_out: None,
            beside: Vec::new(),
            elsewhere: None,
        }
    }
}

impl Portrait {
    /// Takes out an attribute that holds just this text, or any where none is given: AWS's choice.
    pub fn drop_text(&mut self, name: &str, text: Option<&str>) {
        let there = self.actual.attributes.get(name);
        let is_it = text.is_none_or(|text| there.and_then(|value| value.as_str()) == Some(text));
        if is_it {
            self.actual.attributes.remove(name);
        }
    }
}

/// The ways into accounts that there are.
#[derive(Debug, Clone, Default)]
pub struct Ways(BTreeMap<Arc<str>, Place>);

impl Ways {
    /// Adds the way into an account; its region is where things without one are.
    pub fn add(&mut self, place: Place) {
        self.0.insert(Arc::clone(&place.account), place);
    }

    /// A region of an account, its own where none is named; `None`: there is no way in.
    #[must_use]
    pub fn to(&self, account: &str, region: Option<&str>) -> Option<Place> {
        let mut place = self.0.get(account)?.clone();
        if let Some(region) = region {
            place.region = Arc::from(region);
        }
        Some(place)
    }

    /// Every account with its own region.
    pub fn all(&self) -> impl Iterator<Item = &Place> {
        self.0.values()
    }
}
