//! Records during a run: the one way by which they change, so that every change is in the journal
//! before anything is built on it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::aws::CallLog;
use crate::clock::Clock;
use crate::diagnostic::Diagnostic;
use crate::kinds::wait::PROPAGATION;
use crate::state::journal::{Entry, Journal};
use crate::state::{Change, Intent, Open, OpenCall, Outcome, Record, State};
use crate::value::{Map, Value};

/// The state of a run in progress.
#[derive(Debug)]
pub struct Recorder {
    held: Mutex<Held>,
    journal: Arc<Journal>,
    clock: Clock,
}

#[derive(Debug)]
struct Held {
    state: State,
    changed: bool,
    /// Addresses and ids of what this run made or changed, or the one just before it: AWS may not
    /// show it everywhere yet.
    touched: HashSet<String>,
    /// Sensitive attributes of this run, which no record holds.
    secrets: BTreeMap<Address, Map>,
    /// What this run made.
    made: BTreeSet<Address>,
    /// What it was to make and found there.
    found: BTreeSet<Address>,
    /// Generations of what this run deleted.
    generations: BTreeMap<Address, u32>,
    /// What this run began and has not settled, by the number of the intent.
    open: BTreeMap<u64, Open>,
}

impl Recorder {
    /// Starts from what is recorded, or from a stack's first state.
    #[must_use]
    pub fn new(state: State, is_new: bool, journal: Arc<Journal>, clock: Clock) -> Self {
        let touched = lately_touched(&state, clock.now_ms());
        Self {
            held: Mutex::new(Held {
                state,
                changed: is_new,
                touched,
                secrets: BTreeMap::new(),
                made: BTreeSet::new(),
                found: BTreeSet::new(),
                generations: BTreeMap::new(),
                open: BTreeMap::new(),
            }),
            journal,
            clock,
        }
    }

    /// Makes a change: something was made, changed or deleted.
    pub fn record(&self, mut change: Change) {
        if let Change::Put(_, record) = &mut change {
            record.touched_ms = self.clock.now_ms();
        }
        self.note(change);
    }

    /// Makes a change of records only: nothing was done to what they are about.
    pub fn note(&self, change: Change) {
        // Under the lock, so that the journal has changes in the order in which they were made.
        let mut held = self.hold();
        self.journal.append(&Entry::Change(change.clone()));
        match &change {
            Change::Put(address, record) => {
                held.touched.insert(address.to_string());
                held.touched.insert(record.id.clone());
            }
            Change::Remove(address) => {
                let id = held
                    .state
                    .records
                    .get(address)
                    .map(|record| record.id.clone());
                held.touched.extend(id);
                held.touched.insert(address.to_string());
            }
            Change::Rename(_) | Change::SetAside(..) | Change::Outputs(_) => {}
        }
        held.state.change(change);
        held.changed = true;
    }

    /// Sets out to do something; the answer is the intent's number.
    pub fn intend(&self, intent: Intent) -> u64 {
        let mut held = self.hold();
        let number = self.journal.intend(intent.clone());
        held.open.insert(
            number,
            Open {
                intent,
                calls: Vec::new(),
                uncertain: None,
            },
        );
        number
    }

    /// It is known how an intent ended, and recorded.
    pub fn settle(&self, intent: u64) {
        let mut held = self.hold();
        self.journal.append(&Entry::Settled { intent });
        held.open.remove(&intent);
    }

    /// Whether a call for this intent may have done something that nobody has recorded.
    #[must_use]
    pub fn may_have_acted(&self, intent: u64) -> bool {
        self.hold()
            .open
            .get(&intent)
            .is_some_and(Open::may_have_acted)
    }

    /// Takes back that an old thing was set aside: its replacement was not made.
    pub fn put_back(&self, replaced: Option<(Address, Box<Record>)>, address: &Address) {
        if let Some((aside, old)) = replaced {
            self.note(Change::Remove(aside));
            self.note(Change::Put(address.clone(), old));
        }
    }

    /// Whether it is not known how earlier work on this address ended.
    #[must_use]
    pub fn is_uncertain(&self, address: &Address) -> bool {
        let held = self.hold();
        let mut open = held.state.open.iter();
        open.any(|open| open.intent.address == *address)
    }

    /// Why nothing more can be written down, once that is so.
    #[must_use]
    pub fn broken(&self) -> Option<Diagnostic> {
        self.journal.broken()
    }

    /// What is recorded of an address.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<Record> {
        self.hold().state.records.get(address).cloned()
    }

    /// Whether a thing of this kind with this id is recorded, under any address.
    #[must_use]
    pub fn holds(&self, kind: &str, id: &str) -> bool {
        let held = self.hold();
        let mut records = held.state.records.values();
        records.any(|record| record.kind == kind && record.id == id)
    }

    /// An attribute of what is recorded, or of what this run wrote and may not record.
    #[must_use]
    pub fn attribute(&self, address: &Address, name: &str) -> Option<Value> {
        let held = self.hold();
        held.state
            .records
            .get(address)
            .and_then(|record| record.attribute(name))
            .or_else(|| held.secrets.get(address)?.get(name))
            .cloned()
    }

    /// Keeps sensitive attributes for the rest of this run, so that others can be finished with
    /// them.
    pub fn keep_secrets(&self, address: &Address, attributes: &Map) {
        let secrets: Map = attributes
            .iter()
            .filter(|(_, value)| value.has_sensitive())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !secrets.is_empty() {
            self.hold().secrets.insert(address.clone(), secrets);
        }
    }

    /// Keeps that this run made the thing at this address, unless it found it there.
    pub fn keep_made(&self, address: &Address) {
        let mut held = self.hold();
        if !held.found.contains(address) {
            held.made.insert(address.clone());
        }
    }

    /// Keeps that what this run was to make at this address was there before. Of a part of a thing
    /// that this run made that cannot be so: it came with that thing.
    pub fn keep_found(&self, address: &Address, parent: Option<&Address>) {
        let mut held = self.hold();
        if parent.is_none_or(|parent| !held.made.contains(parent)) {
            held.found.insert(address.clone());
            held.made.remove(address);
        }
    }

    /// Whether this run made the thing at this address.
    #[must_use]
    pub fn has_made(&self, address: &Address) -> bool {
        self.hold().made.contains(address)
    }

    /// What this run made and what is recorded of which.
    #[must_use]
    pub fn made(&self) -> BTreeSet<Address> {
        let held = self.hold();
        let recorded = |address: &&Address| held.state.records.contains_key(*address);
        held.made.iter().filter(recorded).cloned().collect()
    }

    /// Keeps the generation of what was deleted, for its replacement.
    pub fn keep_generation(&self, address: &Address, generation: u32) {
        self.hold().generations.insert(address.clone(), generation);
    }

    /// The generation of what this run deleted at this address, if it deleted something.
    #[must_use]
    pub fn last_generation(&self, address: &Address) -> Option<u32> {
        self.hold().generations.get(address).copied()
    }

    /// Whether this run made or changed what has this address or id, or the one just before it.
    #[must_use]
    pub fn touched(&self, what: &str) -> bool {
        self.hold().touched.contains(what)
    }

    /// The lineage.
    #[must_use]
    pub fn lineage(&self) -> String {
        self.hold().state.lineage.clone()
    }

    /// The outputs as recorded.
    #[must_use]
    pub fn outputs(&self) -> BTreeMap<String, Value> {
        self.hold().state.outputs.clone()
    }

    /// The state as it is now, if it changed; what may have been done and is not settled is in its
    /// [`State::open`].
    #[must_use]
    pub fn changed_state(&self) -> Option<State> {
        let mut held = self.hold();
        let open = std::mem::take(&mut held.open);
        let open = open.into_values().filter(Open::may_have_acted);
        let mut state = held.state.clone();
        let settled = state.open.len();
        state.open.extend(open);
        (held.changed || state.open.len() > settled).then_some(state)
    }

    fn hold(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Addresses and ids of what was made or changed so lately that AWS may not show it everywhere: by
/// a run that was broken off, or that failed and is repeated at once.
fn lately_touched(state: &State, now_ms: u64) -> HashSet<String> {
    let lately = u64::try_from(PROPAGATION.as_millis()).unwrap_or(u64::MAX);
    let records = state.records.iter();
    records
        // A clock that jumped back counts the other way.
        .filter(|(_, record)| record.touched_ms.abs_diff(now_ms) < lately)
        .flat_map(|(address, record)| [address.to_string(), record.id.clone()])
        .collect()
}

/// The calls of one intent, written down one by one.
#[derive(Debug)]
pub struct Calls {
    recorder: Arc<Recorder>,
    intent: u64,
    /// The idempotency key of the intent, if it makes something.
    key: Option<String>,
}

impl Calls {
    /// The calls of this intent.
    #[must_use]
    pub fn new(recorder: Arc<Recorder>, intent: u64, key: Option<String>) -> Self {
        Self {
            recorder,
            intent,
            key,
        }
    }
}

impl CallLog for Calls {
    fn begin<'a>(
        &'a self,
        operation: &'a str,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<u64, Diagnostic>> {
        async move {
            let recorder = &self.recorder;
            let begun_ms = recorder.clock.now_ms();
            // Salted, so that nothing can be guessed from it.
            let mut digest = Sha256::new_with_prefix(recorder.journal.run());
            digest.update(body);
            let carries =
                |key: &&String| body.windows(key.len()).any(|part| part == key.as_bytes());
            let key = self.key.as_ref().filter(carries).cloned();
            let call = recorder
                .journal
                .begin(
                    self.intent,
                    operation.to_owned(),
                    hex::encode(digest.finalize()),
                    key,
                    begun_ms,
                )
                .await?;
            if let Some(open) = recorder.hold().open.get_mut(&self.intent) {
                open.calls.push(OpenCall {
                    number: call,
                    operation: operation.to_owned(),
                    begun_ms,
                    outcome: None,
                });
            }
            Ok(call)
        }
        .boxed()
    }

    fn end(&self, call: u64, outcome: Outcome) {
        let mut held = self.recorder.hold();
        self.recorder.journal.end(call, outcome);
        let open = held.open.get_mut(&self.intent);
        let noted = open.and_then(|open| open.calls.iter_mut().find(|noted| noted.number == call));
        if let Some(noted) = noted {
            noted.outcome = Some(outcome);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Access, Place};

    fn record(id: &str) -> Box<Record> {
        Box::new(Record {
            kind: "vpc".to_owned(),
            parent: None,
            place: Place {
                account: "111122223333".into(),
                region: "eu-west-1".into(),
                access: Access::default(),
            },
            id: id.to_owned(),
            written: Map::new(),
            digests: BTreeMap::new(),
            attributes: Map::new(),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        })
    }

    fn recorder(state: State, is_new: bool) -> Recorder {
        let journal = Arc::new(Journal::new(crate::state::journal::scene::head(&state)));
        Recorder::new(state, is_new, journal, Clock::wall())
    }

    #[test]
    fn two_that_change_places_keep_their_records() {
        let (a, b) = (Address::from_text("vpc.a"), Address::from_text("vpc.b"));
        let recorder = recorder(State::new("s", "l".to_owned()), true);
        recorder.record(Change::Put(a.clone(), record("vpc-1")));
        recorder.record(Change::Put(b.clone(), record("vpc-2")));
        recorder.record(Change::Rename(vec![
            (a.clone(), b.clone()),
            (b.clone(), a.clone()),
        ]));
        assert_eq!(recorder.get(&a).unwrap().id, "vpc-2");
        assert_eq!(recorder.get(&b).unwrap().id, "vpc-1");
        assert!(recorder.touched("vpc-1"));
        assert!(!recorder.touched("vpc-3"));
    }

    #[test]
    fn what_the_run_before_made_may_not_show_yet() {
        let clock = crate::sandbox::scene::clock();
        let journal =
            |state: &State| Arc::new(Journal::new(crate::state::journal::scene::head(state)));
        let state = State::new("s", "l".to_owned());
        let first = Recorder::new(state.clone(), true, journal(&state), clock.clone());
        first.record(Change::Put(Address::from_text("vpc.a"), record("vpc-1")));
        let state = first.changed_state().unwrap();
        let next =
            |clock: &Clock| Recorder::new(state.clone(), false, journal(&state), clock.clone());
        assert!(next(&clock).touched("vpc-1") && next(&clock).touched("vpc.a"));
        // Written down anew without a call, it is no younger.
        let again = next(&clock);
        let address = Address::from_text("vpc.a");
        clock.advance_to(clock.now_ms() + 1000);
        again.note(Change::Put(
            address.clone(),
            Box::new(again.get(&address).unwrap()),
        ));
        assert_eq!(again.get(&address), state.records.get(&address).cloned());
        clock.advance_to(clock.now_ms() + 3_600_000);
        assert!(!next(&clock).touched("vpc-1"));
    }

    #[test]
    fn an_untouched_state_is_not_written() {
        let state = recorder(State::new("s", "l".to_owned()), true)
            .changed_state()
            .unwrap();
        assert_eq!(recorder(state, false).changed_state(), None);
    }
}
