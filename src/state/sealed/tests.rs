#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use futures::future::BoxFuture;
use proptest::prelude::*;

use super::*;
use crate::diagnostic::codes::state as code;
use crate::diagnostic::{Code, codes};
use crate::state::journal::{self, Entry, Head, Journal};
use crate::state::{Local, State, encode, load};

const STACK: &str = "demo";
const TEXT: &str = "the network of Ada";

fn passphrase(text: &str) -> Source {
    Source::Passphrase(Arc::new(Passphrase::cheap(text)))
}

fn with(text: &str) -> Keys {
    Keys::new(passphrase(text), Vec::new())
}

async fn sealed(keys: &Keys, purpose: Purpose) -> Vec<u8> {
    keys.seal(purpose, STACK, TEXT.into()).await.unwrap()
}

async fn opened(keys: &Keys, purpose: Purpose, bytes: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    keys.open(purpose, Some(STACK), "here", bytes.to_vec())
        .await
}

#[track_caller]
fn refused(result: Result<Vec<u8>, Diagnostic>, code: Code) {
    match result {
        Err(error) => {
            assert_eq!(error.code, code, "{error:?}");
            assert!(!error.help.is_empty(), "{error:?}");
            let shown = format!("{error:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        Ok(bytes) => panic!("opened: {}", String::from_utf8_lossy(&bytes)),
    }
}

/// A sealed journal of three batches, and where each of its lines ends.
async fn sealed_journal(keys: &Keys) -> (Vec<u8>, Vec<usize>) {
    let mut sealer = keys.sealer(Purpose::Journal, STACK).await.unwrap().unwrap();
    let mut bytes = Vec::new();
    for batch in ["one\n", "two\n", "three\n"] {
        bytes.extend(sealer.frame(batch.as_bytes()).unwrap());
    }
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1)
        .collect();
    (bytes, ends)
}

#[tokio::test]
async fn what_is_sealed_is_opened_by_the_same_passphrase() {
    for purpose in [Purpose::State, Purpose::Journal, Purpose::Plan] {
        let bytes = sealed(&with("hunter2"), purpose).await;
        assert!(!String::from_utf8_lossy(&bytes).contains("Ada"));
        assert_eq!(purpose_of(&bytes), Some(purpose));
        let text = opened(&with("hunter2"), purpose, &bytes).await.unwrap();
        assert_eq!(text, TEXT.as_bytes());
        refused(
            opened(&with("hunter3"), purpose, &bytes).await,
            code::KEY_WRONG,
        );
        refused(
            opened(&Keys::none(), purpose, &bytes).await,
            code::KEY_MISSING,
        );
    }
}

#[tokio::test]
async fn what_is_in_clear_is_read_and_noticed() {
    for keys in [Keys::none(), with("hunter2")] {
        for (purpose, text) in [
            (Purpose::State, "{\n}"),
            (Purpose::Plan, "{\"smd_plan\":1}\n{}\n"),
            (Purpose::Journal, "0 0 ab {}\n1 1"),
        ] {
            let same = opened(&keys, purpose, text.as_bytes()).await.unwrap();
            assert_eq!(same, text.as_bytes());
        }
        assert_eq!(keys.found_clear(), keys.seals());
    }
    let keys = with("hunter2");
    assert!(
        opened(&keys, Purpose::Journal, b"")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!keys.found_clear(), "no journal is none in clear");
}

#[tokio::test]
async fn an_older_passphrase_opens_but_does_not_seal() {
    let old = with("old");
    let before = sealed(&old, Purpose::State).await;
    let keys = Keys::new(passphrase("new"), vec![passphrase("old")]);
    assert!(opened(&keys, Purpose::State, &before).await.is_ok());
    let after = sealed(&keys, Purpose::State).await;
    assert!(opened(&with("new"), Purpose::State, &after).await.is_ok());
    refused(opened(&old, Purpose::State, &after).await, code::KEY_WRONG);
}

#[tokio::test]
async fn every_changed_bit_is_refused() {
    let keys = with("hunter2");
    for purpose in [Purpose::State, Purpose::Journal, Purpose::Plan] {
        let good = match purpose {
            Purpose::Journal => sealed_journal(&keys).await.0,
            _ => sealed(&keys, purpose).await,
        };
        let before = opened(&keys, purpose, &good).await.unwrap();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            match opened(&keys, purpose, &bytes).await {
                Err(_) => {}
                // No longer marked as sealed: whoever reads it sees that it is no state or plan.
                Ok(text) if purpose != Purpose::Journal => {
                    assert_eq!(text, bytes, "bit {bit}");
                    assert_eq!(purpose_of(&bytes), None);
                }
                // The end of the last line, which a crash may have torn.
                Ok(text) => {
                    assert!(bit / 8 == good.len() - 1, "bit {bit}");
                    assert!(before.starts_with(text.strip_suffix(b"torn").unwrap()));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_file_cut_anywhere_is_refused_and_a_journal_is_torn() {
    let keys = with("hunter2");
    let good = sealed(&keys, Purpose::State).await;
    for end in 1..good.len() {
        match opened(&keys, Purpose::State, &good[..end]).await {
            Err(_) => {}
            Ok(text) => assert!(end < b"{\"smd_sealed\":".len() && text == good[..end]),
        }
    }
    let (good, ends) = sealed_journal(&keys).await;
    for end in 1..=good.len() {
        let whole = ends.iter().skip(1).filter(|at| **at <= end).count();
        let wanted = ["", "one\n", "one\ntwo\n", "one\ntwo\nthree\n"][whole];
        let torn = if ends.contains(&end) && whole > 0 {
            ""
        } else {
            "torn"
        };
        let text = opened(&keys, Purpose::Journal, &good[..end]).await.unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            format!("{wanted}{torn}"),
            "{end}"
        );
    }
}

#[tokio::test]
async fn frames_keep_their_place() {
    let keys = with("hunter2");
    let (good, ends) = sealed_journal(&keys).await;
    let line = |at: usize| &good[ends[at - 1]..ends[at]];
    let head = &good[..ends[0]];
    let (other, other_ends) = sealed_journal(&keys).await;
    let foreign = &other[other_ends[0]..other_ends[1]];
    let state = sealed(&keys, Purpose::State).await;
    let of_state = &state[state.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
    for changed in [
        [head, line(2), line(1), line(3)].concat(),
        [head, line(1), line(1), line(2)].concat(),
        [head, line(2), line(3)].concat(),
        [head, foreign, line(2)].concat(),
        [head, line(1), foreign].concat(),
        [head, of_state].concat(),
        [head, head, line(1)].concat(),
        [head, b"\n", line(1)].concat(),
        // Bytes that never reached the disk are torn at the end only.
        [head, line(1), b"\0\0\0\n", line(3)].concat(),
    ] {
        refused(
            opened(&keys, Purpose::Journal, &changed).await,
            code::JOURNAL_DAMAGED,
        );
    }
    let holes = [head, line(1), b"\0\0\0\n"].concat();
    let text = opened(&keys, Purpose::Journal, &holes).await.unwrap();
    assert_eq!(text, b"one\ntorn");
    let twice = [state.as_slice(), of_state].concat();
    refused(opened(&keys, Purpose::State, &twice).await, code::DAMAGED);
}

#[tokio::test]
async fn a_file_serves_its_own_purpose_and_stack_only() {
    let keys = with("hunter2");
    let state = sealed(&keys, Purpose::State).await;
    let plan = sealed(&keys, Purpose::Plan).await;
    refused(
        opened(&keys, Purpose::Journal, &state).await,
        code::JOURNAL_DAMAGED,
    );
    refused(
        opened(&keys, Purpose::Plan, &state).await,
        codes::plan::DAMAGED_FILE,
    );
    refused(opened(&keys, Purpose::State, &plan).await, code::DAMAGED);
    let of = |stack| keys.open(Purpose::State, stack, "here", state.clone());
    refused(of(Some("other")).await, code::OTHER_STACK);
    assert!(of(None).await.is_ok());
    // The stack in the first line is authenticated.
    let text = String::from_utf8(state.clone()).unwrap();
    let renamed = text.replace("\"stack\":\"demo\"", "\"stack\":\"prod\"");
    let renamed = keys.open(Purpose::State, Some("prod"), "here", renamed.into());
    refused(renamed.await, code::DAMAGED);
    let newer = text.replacen("\"smd_sealed\":1", "\"smd_sealed\":2", 1);
    refused(
        opened(&keys, Purpose::State, newer.as_bytes()).await,
        code::NEWER,
    );
}

#[tokio::test]
async fn a_file_cannot_make_its_reader_work_without_end() {
    let keys = with("hunter2");
    let text = String::from_utf8(sealed(&keys, Purpose::State).await).unwrap();
    for (from, to) in [
        ("\"memory_kib\":8", "\"memory_kib\":4294967295"),
        ("\"memory_kib\":8", "\"memory_kib\":0"),
        ("\"passes\":1", "\"passes\":4294967295"),
        ("\"lanes\":1", "\"lanes\":16777215"),
        ("\"salt\":\"", "\"salt\":\"AAAA"),
    ] {
        let dear = text.replace(from, to);
        assert_ne!(dear, text);
        refused(
            opened(&keys, Purpose::State, dear.as_bytes()).await,
            code::KEY_WRONG,
        );
    }
}

/// A service that wraps by turning bits over.
#[derive(Debug, Default)]
struct Mask {
    mask: u8,
    asked: AtomicUsize,
}

impl KeyService for Mask {
    fn generate<'a>(&'a self, stack: &'a str) -> BoxFuture<'a, Result<Managed, Diagnostic>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        async move {
            let data_key = DataKey::random()?;
            let mut encrypted: Vec<u8> = data_key
                .bytes()
                .iter()
                .map(|byte| byte ^ self.mask)
                .collect();
            encrypted.push(self.mask);
            encrypted.extend(stack.as_bytes());
            Ok(Managed {
                data_key,
                wrapped_by: format!("arn:{}", self.mask),
                encrypted,
            })
        }
        .boxed()
    }

    fn decrypt<'a>(
        &'a self,
        stack: &'a str,
        encrypted: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<DataKey>, Diagnostic>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        async move {
            let (key, rest) = encrypted.split_at(KEY_BYTES);
            if rest[0] != self.mask || &rest[1..] != stack.as_bytes() {
                return Ok(None);
            }
            let key: Vec<u8> = key.iter().map(|byte| byte ^ self.mask).collect();
            Ok(DataKey::of(&key))
        }
        .boxed()
    }
}

fn mask(mask: u8) -> Arc<Mask> {
    Arc::new(Mask {
        mask,
        ..Mask::default()
    })
}

#[tokio::test]
async fn a_service_is_asked_once_for_each_key() {
    let service = mask(7);
    let keys = Keys::new(Source::Service(service.clone()), Vec::new());
    let state = sealed(&keys, Purpose::State).await;
    sealed(&keys, Purpose::Journal).await;
    assert_eq!(service.asked.load(Ordering::Relaxed), 1);
    for _ in 0..3 {
        assert_eq!(
            opened(&keys, Purpose::State, &state).await.unwrap(),
            TEXT.as_bytes()
        );
    }
    assert_eq!(service.asked.load(Ordering::Relaxed), 2);
    let other = Keys::new(Source::Service(mask(8)), Vec::new());
    refused(
        opened(&other, Purpose::State, &state).await,
        code::KEY_WRONG,
    );
    refused(
        opened(&with("hunter2"), Purpose::State, &state).await,
        code::KEY_MISSING,
    );
    let both = Keys::new(passphrase("new"), vec![Source::Service(mask(7))]);
    assert!(opened(&both, Purpose::State, &state).await.is_ok());
}

fn head() -> Head {
    journal::scene::head(&state())
}

fn state() -> State {
    State {
        serial: 1,
        ..State::new(STACK, "l".to_owned())
    }
}

#[tokio::test]
async fn a_place_keeps_nothing_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let local = Arc::new(Local::new(folder.path(), None, STACK));
    let at = |keys: Keys| Sealed::new(local.clone(), Arc::new(keys), STACK);
    let place = at(with("hunter2"));
    let holder = Holder {
        operation: "apply".to_owned(),
        who: "ada@desk".to_owned(),
        pid: 1,
        since: 0,
    };
    let writer = place.lock(&holder).await.unwrap();
    let text = encode(&state()).unwrap();
    let first = writer.save(text.clone().into(), None).await.unwrap();
    assert_eq!(place.load().await.unwrap().unwrap().version, first);
    let mut second = state();
    second.serial = 2;
    let text = encode(&second).unwrap();
    writer.save(text.into(), Some(&first)).await.unwrap();
    // Two journals, one after the other, each with batches of its own.
    for _ in 0..2 {
        let mut head = head();
        head.follows = Some(2);
        let journal = Journal::new(head);
        let pump = journal.pump(&*writer);
        let work = async {
            for number in 0..3 {
                let mark = journal.append(&Entry::Ended {
                    call: number,
                    outcome: crate::state::Outcome::Done,
                });
                journal.durable(mark).await.unwrap();
            }
            journal.close();
        };
        tokio::join!(pump, work);
        let read = journal::decode(&place.journal().await.unwrap(), "here");
        let read = read.unwrap().unwrap();
        assert_eq!((read.entries.len(), read.torn), (3, false));
        for path in [local.path().to_owned(), local.journal_path()] {
            let kept = std::fs::read_to_string(&path).unwrap();
            assert!(kept.starts_with("{\"smd_sealed\":1,"), "{kept}");
            assert!(
                !kept.contains("lineage") && !kept.contains("ended"),
                "{kept}"
            );
        }
        let no_key = load(&at(Keys::none()), STACK).await.unwrap_err();
        assert_eq!(no_key.code, code::KEY_MISSING);
        writer.clear_journal().await.unwrap();
    }
    writer.release().await.unwrap();
    let loaded = load(&at(with("hunter2")), STACK).await.unwrap();
    assert_eq!(loaded.state.unwrap().serial, 2);
}

proptest! {
    #![proptest_config(crate::testing::cases(64))]

    /// Whatever is in a file: it is opened, refused or taken for one in clear.
    #[test]
    fn a_file_of_anyone_is_no_harm(
        tail in prop::collection::vec(any::<u8>(), 0..200),
        keep in 0_usize..600,
        purpose in prop::sample::select(vec![Purpose::State, Purpose::Journal, Purpose::Plan]),
    ) {
        let keys = with("hunter2");
        let done = async {
            let mut bytes = sealed(&keys, purpose).await;
            bytes.truncate(keep);
            bytes.extend(&tail);
            let same = bytes.clone();
            (opened(&keys, purpose, &bytes).await, same)
        };
        let (result, bytes) = futures::executor::block_on(done);
        if let Ok(text) = result {
            let clear = [TEXT.as_bytes(), b"torn", b"the network of Adatorn"];
            prop_assert!(text == bytes || clear.contains(&text.as_slice()));
        }
    }
}
