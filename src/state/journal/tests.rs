//! Journals read back, torn at every byte, and damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;

use futures::FutureExt;

use super::scene::{Paper, head};
use super::{Entry, Head, Journal, Read, decode, replay};
use crate::address::Address;
use crate::config::{Access, Place};
use crate::diagnostic::{Diagnostic, codes};
use crate::state::{Change, Intent, Outcome, Record, State, Work};
use crate::value::Map;

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

fn create(address: &str) -> Intent {
    Intent {
        address: Address::from_text(address),
        work: Work::Create {
            draft: record(""),
            marks: BTreeMap::from([("smd:key".to_owned(), "k".to_owned())]),
            replaces: None,
        },
    }
}

/// A run that makes `a` and is broken off in the middle of `b`.
async fn written(state: &State) -> (Paper, Vec<u8>) {
    let paper = Paper::default();
    let journal = Journal::new(head(state));
    let work = async {
        let a = journal.intend(create("vpc.a"));
        let call = journal
            .begin(a, "ec2:CreateVpc".to_owned(), "d".to_owned(), None, 1)
            .await
            .unwrap();
        assert!(String::from_utf8(paper.bytes()).unwrap().contains("begun"));
        journal.end(call, Outcome::Done);
        journal.append(&Entry::Change(Change::Put(
            Address::from_text("vpc.a"),
            record("vpc-1"),
        )));
        journal.append(&Entry::Settled { intent: a });
        let b = journal.intend(create("vpc.b"));
        journal
            .begin(b, "ec2:CreateVpc".to_owned(), "e".to_owned(), None, 2)
            .await
            .unwrap();
        journal.close();
    };
    futures::join!(work, journal.pump(&paper));
    let bytes = paper.bytes();
    (paper, bytes)
}

fn state() -> State {
    State {
        serial: 3,
        ..State::new("s", "l".to_owned())
    }
}

fn read(bytes: &[u8]) -> Result<Option<Read>, Diagnostic> {
    decode(bytes, "j")
}

#[tokio::test]
async fn what_was_written_is_read_and_replayed() {
    let (_, bytes) = written(&state()).await;
    let read = read(&bytes).unwrap().unwrap();
    assert!(!read.torn);
    let replayed = replay(Some(state()), read, "j").unwrap();
    let state = replayed.state;
    assert_eq!(state.records[&Address::from_text("vpc.a")].id, "vpc-1");
    assert_eq!(state.open.len(), 1);
    assert_eq!(state.open[0].intent, create("vpc.b"));
    assert!(state.open[0].may_have_acted());
    assert_eq!(replayed.broken_off.unwrap().run, "run");
}

#[tokio::test]
async fn entries_that_wait_together_are_written_together() {
    let (paper, _) = written(&state()).await;
    // Three begins and ends, but the second batch has all that gathered after the first.
    assert_eq!(paper.0.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_journal_torn_anywhere_is_read_up_to_there() {
    let (_, bytes) = written(&state()).await;
    let whole = read(&bytes).unwrap().unwrap().entries;
    for end in 0..bytes.len() {
        let read = read(&bytes[..end]).unwrap();
        let entries = read.map(|read| read.entries).unwrap_or_default();
        assert_eq!(entries, whole[..entries.len()], "torn at {end}");
    }
}

#[tokio::test]
async fn a_changed_byte_is_seen() {
    let (paper, bytes) = written(&state()).await;
    let last = bytes.len() - paper.0.lock().unwrap().last().unwrap().len();
    let whole = read(&bytes).unwrap().unwrap().entries;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        match read(&damaged) {
            Err(why) => assert_eq!(why.code, codes::state::JOURNAL_DAMAGED, "at {at}"),
            Ok(read) => {
                // Nothing wrong is ever believed.
                let entries = read.map(|read| read.entries).unwrap_or_default();
                assert_eq!(entries, whole[..entries.len()], "at {at}");
                assert!(entries.len() < whole.len(), "at {at} of {last}");
            }
        }
    }
}

#[tokio::test]
async fn damage_in_the_middle_of_a_long_journal_is_no_torn_end() {
    let paper = Paper::default();
    let journal = Journal::new(head(&state()));
    let work = async {
        for number in 0..6 {
            let intent = journal.intend(create(&format!("vpc.v{number}")));
            journal
                .begin(intent, "ec2:CreateVpc".to_owned(), String::new(), None, 1)
                .await
                .unwrap();
        }
        journal.close();
    };
    futures::join!(work, journal.pump(&paper));
    let mut batches = paper.0.lock().unwrap().clone();
    assert!(batches.len() > 4);
    batches[1][30] ^= 1;
    let why = read(&batches.concat()).unwrap_err();
    assert_eq!(why.code, codes::state::JOURNAL_DAMAGED);
}

#[tokio::test]
async fn a_journal_goes_with_one_state_only() {
    let (_, bytes) = written(&state()).await;
    let read = || read(&bytes).unwrap().unwrap();
    let saved = State {
        serial: 4,
        ..state()
    };
    // The run saved and ended before it took its journal away.
    let replayed = replay(Some(saved.clone()), read(), "j").unwrap();
    assert_eq!((replayed.state, replayed.broken_off), (saved, None));
    for other in [
        None,
        Some(State {
            serial: 2,
            ..state()
        }),
        Some(State::new("s", "other".to_owned())),
    ] {
        let why = replay(other, read(), "j").unwrap_err();
        assert_eq!(why.code, codes::state::JOURNAL_FOREIGN);
    }
}

#[tokio::test]
async fn the_first_journal_of_a_stack_makes_its_state() {
    let (_, bytes) = written(&State::new("s", "l".to_owned())).await;
    let replayed = replay(None, read(&bytes).unwrap().unwrap(), "j").unwrap();
    assert_eq!(replayed.state.lineage, "l");
    assert_eq!(replayed.state.serial, 0);
}

#[test]
fn a_journal_of_a_newer_smd_is_not_touched() {
    let mut line = Vec::new();
    let head = Head {
        format_version: 9,
        ..head(&state())
    };
    super::line::encode(&Entry::Head(head), 0, 0, "", &mut line).unwrap();
    let text = String::from_utf8(line)
        .unwrap()
        .replace("\"stack\"", "\"stock\"");
    assert_eq!(read(text.as_bytes()).unwrap_err().code, codes::state::NEWER);
}

#[test]
fn an_unused_journal_writes_nothing() {
    let paper = Paper::default();
    let journal = Journal::new(head(&state()));
    journal.close();
    journal.pump(&paper).now_or_never().unwrap();
    assert!(paper.bytes().is_empty());
    assert!(!journal.is_used());
}
