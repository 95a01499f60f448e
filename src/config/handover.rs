//! `moved`, `removed` and `import`: what the files say of things that have a record, or a life in
//! AWS, of their own. [`Handover`] is what comes out; `statements` reads it from the files.

mod statements;

use std::borrow::Cow;

use crate::address::Address;
use crate::diagnostic::Span;

/// What the files say of things beside declaring them.
#[derive(Debug, Clone, Default)]
pub struct Handover {
    /// `moved { from = a, to = b }`.
    pub moves: Moves,
    /// `removed { from = a, … }`.
    pub removed: Vec<Removed>,
    /// `import a from "id"`.
    pub imports: Vec<Import>,
}

/// Every `moved` statement. They lead in no circle.
#[derive(Debug, Clone, Default)]
pub struct Moves(Vec<Move>);

/// `moved { from = a, to = b }`: what is recorded at `from`, with all that is in it, is `to` now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The old address; without a key it stands for all instances, where `to` has none either.
    pub from: Address,
    /// The new one.
    pub to: Address,
    /// The old address in the file.
    pub span: Span,
}

/// `removed { from = a, … }`: what is to be done about a record whose block has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The address; without a key it stands for all instances.
    pub from: Address,
    /// Whether the thing is deleted; otherwise it is forgotten, and stays.
    pub destroy: bool,
    /// Whether its `protect` mark is lifted.
    pub lifts_protection: bool,
    /// The address in the file.
    pub span: Span,
}

/// `import a from "id"`: what lives in AWS as `id` is `a`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The address, which the configuration has.
    pub to: Address,
    /// The id as it is written: its form is the kind's.
    pub id: String,
    /// The address in the file.
    pub span: Span,
}

impl From<Vec<Move>> for Moves {
    fn from(list: Vec<Move>) -> Self {
        Self(list)
    }
}

impl Moves {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where what is recorded at this address belongs now, over any number of moves; `None`: where
    /// it is.
    #[must_use]
    pub fn forward(&self, address: &Address) -> Option<Address> {
        let mut gone_to = None;
        // Each statement at most once: there are no circles.
        for _ in &self.0 {
            let at = gone_to.as_ref().unwrap_or(address);
            match self.next(at) {
                Some(next) => gone_to = Some(next),
                None => break,
            }
        }
        gone_to
    }

    /// The address that what is recorded at this one has by now.
    #[must_use]
    pub fn now<'a>(&self, recorded: &'a Address) -> Cow<'a, Address> {
        self.forward(recorded)
            .map_or(Cow::Borrowed(recorded), Cow::Owned)
    }

    /// One move further: by the statement that names most of the address.
    fn next(&self, address: &Address) -> Option<Address> {
        self.0
            .iter()
            .filter_map(|one| Some((one, one.from.carry(&one.to, address)?)))
            .max_by_key(|(one, _)| one.from.as_str().len())
            .map(|(_, to)| to)
    }
}

impl Removed {
    /// Whether this is about what has the address.
    #[must_use]
    pub fn is_about(&self, address: &Address) -> bool {
        // As a move to itself would carry it.
        self.from.carry(&self.from, address).is_some()
    }
}

impl Handover {
    /// What is said of a record at this address whose block has gone: the statement that names most
    /// of the address that it has by now.
    #[must_use]
    pub fn removed(&self, recorded: &Address) -> Option<&Removed> {
        if self.removed.is_empty() {
            return None;
        }
        let now = self.moves.now(recorded);
        self.removed
            .iter()
            .filter(|one| one.is_about(&now))
            .max_by_key(|one| one.from.as_str().len())
    }
}
