//! What lives in AWS, written as configuration: `smd import --discover`.
//!
//! [`walk`] goes from domains to all that they stand on, hang on and refer to; the kinds say how
//! (`kinds::discovery`), and what their schemas call a reference is followed. [`Written::of`] makes
//! files of what was found, driven by the same schemas: [`names`] gives each thing its label,
//! [`references`] says what stands for an id, [`statement`], [`text`] and [`document`] print. Nothing is
//! changed here, nothing is recorded.

mod circle;
mod document;
mod names;
mod reading;
mod references;
mod spell;
mod statement;
mod text;
mod walk;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::config::Place;
use crate::kinds::Kind;
use crate::kinds::discovery::Ways;
use crate::kinds::schema::Schema;
use crate::value::Map;

pub use names::identifier;
pub use walk::walk;
pub use write::{File, Settings, Written};

/// The kind with this word, and the schema of the resource or part that it is.
fn kind_of(
    kinds: &[&'static dyn Kind],
    word: &str,
) -> Option<(&'static dyn Kind, &'static Schema)> {
    let mut kinds = kinds.iter();
    kinds.find_map(|kind| Some((*kind, kind.schema(word)?)))
}

/// Where discovery begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// At these domains, by their ids.
    Domains(Vec<String>),
    /// At all that the account has in the region: domains, networks, pipelines, shares.
    Everything,
}

/// What is to be looked for.
pub struct Request<'a> {
    /// AWS, or the sandbox.
    pub aws: &'a crate::aws::Aws,
    /// The kinds there are.
    pub kinds: &'a [&'static dyn Kind],
    /// Where it begins.
    pub roots: Roots,
    /// The account and region that it begins in.
    pub home: Place,
    /// The ways into this and other accounts.
    pub ways: Ways,
    /// How many reads at once.
    pub parallelism: usize,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    /// What is written, in order of kinds, places and ids.
    pub things: Vec<Thing>,
    /// What is not written, and why.
    pub left_out: Vec<LeftOut>,
}

/// A living thing.
#[derive(Debug, Clone)]
pub struct Thing {
    /// Its kind word.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// What a read gives, and what only smd keeps.
    pub attributes: Map,
    /// The ownership marks on it.
    pub marks: BTreeMap<String, String>,
    /// What is inside of it with a life of its own.
    pub parts: Vec<Piece>,
}

/// A part of a living thing.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its kind word.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What a read gives.
    pub attributes: Map,
    /// The ownership marks on it.
    pub marks: BTreeMap<String, String>,
}

/// Something that is not written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Its kind word.
    pub kind: String,
    /// Its id; empty where no single thing is meant.
    pub id: String,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Why, in words.
    pub why: String,
}

/// Something that carries the marks of a stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marked {
    /// The stack.
    pub stack: String,
    /// The address that it has there, as far as a tag can hold one.
    pub address: String,
    /// Its kind word.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
}

impl Estate {
    /// All that carries the marks of another stack than this one.
    #[must_use]
    pub fn of_others(&self, stack: &str) -> Vec<Marked> {
        use crate::kinds::marks::{ADDRESS, STACK, marks};
        let nobody = crate::address::Address::from_text("");
        let own = marks(stack, ("", ""), &nobody, 0).remove(STACK);
        let other = |marks: &BTreeMap<String, String>| {
            let stack = marks.get(STACK);
            stack.filter(|stack| Some(*stack) != own.as_ref()).cloned()
        };
        let mut found = Vec::new();
        for thing in &self.things {
            // A part goes without saying where its thing is another stack's.
            let whole = [(thing.kind, &thing.id, &thing.marks)];
            let parts = thing
                .parts
                .iter()
                .map(|one| (one.kind, &one.id, &one.marks));
            let first = whole
                .into_iter()
                .chain(parts)
                .find_map(|(kind, id, marks)| {
                    Some(Marked {
                        stack: other(marks)?,
                        address: marks.get(ADDRESS).cloned().unwrap_or_default(),
                        kind,
                        id: id.clone(),
                    })
                });
            found.extend(first);
        }
        found.sort();
        found
    }
}
