//! The journal's objects: one for each batch, in the order of their names.

use std::collections::BTreeMap;

use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::Place;
use super::body::Body;
use super::position::Position;
use super::store::{Put, When, Written};
use super::until::Until;
use crate::diagnostic::{Diagnostic, codes};

/// What follows the state's key in those of the journal.
const JOURNAL: &str = ".journal/";
/// How many objects are read or deleted at once.
const AT_ONCE: usize = 16;
/// How often a journal that changes while it is read is read again.
const READINGS: u32 = 5;

/// What is there of journal and state.
#[derive(Debug, Default)]
pub struct Seen {
    /// The journal's objects with their sizes.
    pub objects: BTreeMap<Position, u64>,
    /// The state's metadata; `None`: there is no state.
    pub state: Option<Body>,
}

impl Seen {
    /// Up to where the journal is in the state.
    pub fn folded(&self) -> Position {
        self.state
            .as_ref()
            .map(|state| state.folded)
            .unwrap_or_default()
    }

    /// The highest fence number that was ever written.
    pub fn fence(&self) -> u64 {
        let of_state = self.state.as_ref().map_or(0, |state| state.fence);
        let of_journal = self.objects.keys().next_back().map_or(0, |last| last.fence);
        of_state.max(of_journal).max(self.folded().fence)
    }

    /// Where the run of this fence writes next.
    pub fn next(&self, fence: u64) -> Position {
        let first = Position { fence, number: 0 };
        let end = Position {
            fence,
            number: u64::MAX,
        };
        let written = self.objects.range(first..=end).next_back();
        let written = written.map_or(0, |(last, _)| last.number);
        let folded = Some(self.folded()).filter(|folded| folded.fence == fence);
        Position {
            fence,
            number: written.max(folded.map_or(0, |folded| folded.number)) + 1,
        }
    }

    /// Whether there are entries that are not in the state.
    pub fn has_open_journal(&self) -> bool {
        let folded = self.folded();
        let mut objects = self.objects.iter();
        objects.any(|(place, size)| *size > 0 && *place > folded)
    }
}

impl Place {
    pub(super) fn journal_key(&self, place: Position) -> String {
        self.beside(&format!("{JOURNAL}{place}"))
    }

    /// Looks at what is there. The list comes first: an object that a run took away in between is
    /// in the state that is looked at second.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn look(&self, until: Until<'_>) -> Result<Seen, Diagnostic> {
        let listed = self.store.list(&self.beside(JOURNAL), until).await?;
        let state = self.store.head(&self.key, until).await?;
        Ok(Seen {
            objects: listed
                .into_iter()
                .filter_map(|(name, size)| Some((name.parse().ok()?, size)))
                .collect(),
            state: state.map(Body::of),
        })
    }

    /// The journal's bytes that are not in the state.
    ///
    /// # Errors
    /// The store does not answer, or the journal changes all the time.
    pub(super) async fn journal(&self, until: Until<'_>) -> Result<Vec<u8>, Diagnostic> {
        for _ in 0..READINGS {
            let seen = self.look(until).await?;
            let folded = seen.folded();
            let open = seen.objects.into_iter();
            let open = open.filter(|(place, size)| *size > 0 && *place > folded);
            let reads: Vec<_> = open
                .map(|(place, _)| self.batch(place, until).boxed())
                .collect();
            let reads = stream::iter(reads).buffered(AT_ONCE);
            let batches: Vec<Option<Vec<u8>>> = reads.try_collect().await?;
            let whole: Option<Vec<Vec<u8>>> = batches.into_iter().collect();
            if let Some(batches) = whole {
                return Ok(batches.concat());
            }
        }
        Err(Diagnostic::error(
            codes::state::UNREADABLE,
            format!(
                "the journal of `{}` changed each time it was read",
                self.name("")
            ),
        )
        .help("a run is at work on it: try again"))
    }

    /// Writes an empty object where the run of this fence would write next, so that it cannot.
    ///
    /// # Errors
    /// The lease was lost, or the store refuses.
    pub(super) async fn seal(&self, fence: u64, until: Until<'_>) -> Result<(), Diagnostic> {
        loop {
            let place = self.look(until).await?.next(fence);
            let put = Put {
                key: self.journal_key(place),
                bytes: Vec::new(),
                metadata: Vec::new(),
                when: When::Absent,
            };
            if let Written::Done(_) = self.store.put(&put, until).await? {
                return Ok(());
            }
        }
    }

    /// Deletes objects. From the last to the first, one by one, where what is left must read as a
    /// journal that ends earlier.
    ///
    /// # Errors
    /// The lease was lost, or the store refuses.
    pub(super) async fn delete_journal(
        &self,
        places: Vec<Position>,
        in_order: bool,
        until: Until<'_>,
    ) -> Result<(), Diagnostic> {
        let at_once = if in_order { 1 } else { AT_ONCE };
        let deletions: Vec<_> = places
            .into_iter()
            .rev()
            .map(|place| self.delete_batch(place, until).boxed())
            .collect();
        let deletions = stream::iter(deletions).buffered(at_once);
        deletions.try_collect::<Vec<()>>().await.map(drop)
    }

    async fn batch(
        &self,
        place: Position,
        until: Until<'_>,
    ) -> Result<Option<Vec<u8>>, Diagnostic> {
        let there = self.store.get(&self.journal_key(place), until).await?;
        Ok(there.map(|there| there.bytes))
    }

    async fn delete_batch(&self, place: Position, until: Until<'_>) -> Result<(), Diagnostic> {
        self.store.delete(&self.journal_key(place), until).await
    }
}
