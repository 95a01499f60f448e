//! The S3 backend on the sandbox's S3, in simulated time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod net;
mod races;

use std::time::Duration;

use net::{Weather, World};

use super::S3;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::state::locks::Locks;
use crate::state::{Backend, Holder, VERSIONS_KEPT, Writer};

pub fn holder() -> Holder {
    Holder {
        operation: "apply".to_owned(),
        who: "me@here".to_owned(),
        pid: 1,
        since: 1_800_000_000,
    }
}

async fn lock(backend: &S3) -> Box<dyn Writer> {
    backend.lock(&holder()).await.unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Diagnostic>) -> Code {
    result.unwrap_err().code
}

/// The names of the objects that are there.
fn keys(world: &World) -> Vec<String> {
    let keys = world.sandbox.arrange(|world| {
        let objects = world.shared.s3.keys();
        objects
            .map(|key| key.rsplit_once('/').unwrap().1.to_owned())
            .collect()
    });
    keys.unwrap()
}

#[test]
fn what_was_written_is_read() {
    let world = World::new(1);
    let backend = world.backend();
    world.run(async move {
        assert_eq!(backend.load().await.unwrap(), None);
        let writer = lock(&backend).await;
        writer.append(b"one\n".to_vec()).await.unwrap();
        writer.append(b"two\n".to_vec()).await.unwrap();
        assert_eq!(backend.journal().await.unwrap(), b"one\ntwo\n");
        let first = writer.save(b"{1}".to_vec(), None).await.unwrap();
        // What is in the state is no journal any more.
        assert_eq!(backend.journal().await.unwrap(), b"");
        writer.clear_journal().await.unwrap();
        writer.append(b"three\n".to_vec()).await.unwrap();
        let stored = backend.load().await.unwrap().unwrap();
        assert_eq!(
            (stored.bytes, stored.version),
            (b"{1}".to_vec(), first.clone())
        );
        writer.keep_version(1).await.unwrap();
        let second = writer.save(b"{2}".to_vec(), Some(&first)).await.unwrap();
        for stale in [None, Some(&first)] {
            let moved = writer.save(b"{3}".to_vec(), stale).await;
            assert_eq!(code(moved), codes::state::MOVED);
        }
        assert_eq!(backend.load().await.unwrap().unwrap().version, second);
        for serial in 2..60 {
            writer.keep_version(serial).await.unwrap();
        }
        let kept = backend.versions().await.unwrap();
        assert_eq!((kept.len(), kept.last()), (VERSIONS_KEPT, Some(&59)));
        assert_eq!(backend.version(59).await.unwrap().unwrap(), b"{2}");
        assert_eq!(backend.version(1).await.unwrap(), None);
        writer.log_run(b"begun\n".to_vec()).await.unwrap();
        writer.log_run(b"ended\n".to_vec()).await.unwrap();
        assert_eq!(backend.runs().await.unwrap(), b"begun\nended\n");
        writer.release().await.unwrap();
        assert_eq!(backend.holder().await.unwrap(), None);
    });
    let left: Vec<_> = keys(&world)
        .into_iter()
        .filter(|key| key.parse::<u64>().is_err())
        .collect();
    assert_eq!(left, ["state.json", "00000001-00000003", "state.json.runs"]);
}

#[test]
fn a_run_that_lives_keeps_others_away() {
    let world = World::new(2).with_ahead(-7200);
    let (backend, other) = (world.backend(), world.backend());
    let clock = world.clock.clone();
    world.run(async move {
        let writer = lock(&backend).await;
        clock.sleep(Duration::from_secs(300)).await;
        writer.append(b"still here\n".to_vec()).await.unwrap();
        let began_ms = clock.now_ms();
        let refused = other.lock(&holder()).await.unwrap_err();
        let took_ms = clock.now_ms() - began_ms;
        assert!(took_ms < 15_000, "{took_ms} ms");
        assert_eq!(refused.code, codes::state::LOCKED);
        assert_eq!(
            refused.message,
            "`smd apply` of me@here (process 1) is at work on this state"
        );
        let said = [refused.notes, refused.help].concat().join("\n");
        for words in [
            "s3://team-states/prod/state.json.lock",
            "https://ci.example/7",
            "ends at 2027-01-15T06:0",
            "smd lock break --run lock-0",
        ] {
            assert!(said.contains(words), "{said}");
        }
        writer.release().await.unwrap();
        lock(&other).await;
    });
}

#[test]
fn the_lock_of_a_dead_run_is_taken_over() {
    for ahead in [-3600, 0, 3600] {
        let world = World::new(3).with_ahead(ahead);
        let (backend, other) = (world.backend(), world.backend());
        let clock = world.clock.clone();
        world.run(async move {
            let writer = lock(&backend).await;
            let version = writer.save(b"{}".to_vec(), None).await.unwrap();
            writer.append(b"begun\n".to_vec()).await.unwrap();
            drop(writer);
            let began_ms = clock.now_ms();
            let next = lock(&other).await;
            let took_ms = clock.now_ms() - began_ms;
            assert!((28_000..36_000).contains(&took_ms), "{took_ms} ms");
            assert_eq!(other.journal().await.unwrap(), b"begun\n");
            let stored = other.load().await.unwrap().unwrap();
            assert_eq!(stored.bytes, b"{}");
            assert_ne!(stored.version, version);
            // A journal must be taken in before another is begun.
            let early = next.append(b"x\n".to_vec()).await;
            assert_eq!(code(early), codes::state::JOURNAL_UNWRITABLE);
            next.save(b"{1}".to_vec(), Some(&stored.version))
                .await
                .unwrap();
            next.clear_journal().await.unwrap();
            next.append(b"x\n".to_vec()).await.unwrap();
        });
    }
}

#[test]
fn who_sleeps_longer_than_the_lease_writes_nothing() {
    let world = World::new(4);
    let outside = world.apart();
    let (backend, other) = (outside.backend(), world.backend());
    world.run(async move {
        let writer = lock(&backend).await;
        let version = writer.save(b"{}".to_vec(), None).await.unwrap();
        // No request of this one gets through any more.
        outside.weather(Weather {
            lost_requests: 1000,
            ..Weather::FINE
        });
        let began_ms = outside.clock.now_ms();
        let why = writer.keep().await;
        let stopped_ms = outside.clock.now_ms() - began_ms;
        assert_eq!(why.code, codes::state::LEASE_LOST);
        assert!((19_000..32_000).contains(&stopped_ms), "{stopped_ms} ms");
        outside.clock.sleep(Duration::from_secs(40)).await;
        assert_eq!(
            code(writer.append(b"x\n".to_vec()).await),
            codes::state::LEASE_LOST
        );
        let next = lock(&other).await;
        outside.weather(Weather::FINE);
        assert_eq!(
            code(writer.append(b"x\n".to_vec()).await),
            codes::state::LEASE_LOST
        );
        let late = writer.save(b"{1}".to_vec(), Some(&version)).await;
        assert_eq!(code(late), codes::state::LEASE_LOST);
        // Its lock is not the other's.
        writer.release().await.unwrap();
        assert!(other.holder().await.unwrap().is_some());
        next.release().await.unwrap();
    });
}

/// A batch was written and nobody heard of it, until the lease ran out; then the network comes back. It
/// must not be left as a journal of its own, whether the run saves its state or has nothing to save.
#[test]
fn what_nobody_heard_of_is_no_journal_of_its_own() {
    for saves in [true, false] {
        let world = World::new(6);
        let backend = world.backend();
        let (net, clock) = (world.apart(), world.clock.clone());
        let backend_of = net.backend();
        world.run(async move {
            let writer = lock(&backend_of).await;
            writer.append(b"head\n".to_vec()).await.unwrap();
            net.weather(Weather {
                lost_answers: 1000,
                ..Weather::FINE
            });
            let lost = writer.append(b"more\n".to_vec()).await;
            assert_eq!(code(lost), codes::state::LEASE_LOST);
            assert_eq!(backend.journal().await.unwrap(), b"head\nmore\n");
            net.weather(Weather::FINE);
            // The lease is renewed again: nobody took it over.
            clock.sleep(Duration::from_secs(30)).await;
            if saves {
                writer.save(b"{1}".to_vec(), None).await.unwrap();
            }
            writer.clear_journal().await.unwrap();
            assert_eq!(backend.journal().await.unwrap(), b"", "saves: {saves}");
            writer.append(b"next\n".to_vec()).await.unwrap();
            assert_eq!(backend.journal().await.unwrap(), b"next\n");
        });
    }
}

#[test]
fn a_lock_is_broken_by_the_name_of_its_run() {
    let world = World::new(5);
    let (backend, other) = (world.backend(), world.backend());
    world.run(async move {
        let broken = other.break_lock("lock-0").await;
        assert_eq!(code(broken), codes::state::NOT_LOCKED);
        let writer = lock(&backend).await;
        let version = writer.save(b"{}".to_vec(), None).await.unwrap();
        let held = other.holder().await.unwrap().unwrap();
        assert_eq!(held.holder, Some(holder()));
        let lease = held.lease.unwrap();
        assert_eq!((lease.fence, lease.expired), (1, false));
        let broken = other.break_lock("lock-9").await;
        assert_eq!(code(broken), codes::state::NOT_LOCKED);
        other.break_lock(&lease.run).await.unwrap();
        assert_eq!(other.holder().await.unwrap(), None);
        assert_eq!(
            code(writer.append(b"x\n".to_vec()).await),
            codes::state::LEASE_LOST
        );
        assert!(writer.save(b"{1}".to_vec(), Some(&version)).await.is_err());
        let next = lock(&other).await;
        assert_eq!(other.journal().await.unwrap(), b"");
        let stored = other.load().await.unwrap().unwrap();
        next.save(b"{2}".to_vec(), Some(&stored.version))
            .await
            .unwrap();
        next.release().await.unwrap();
    });
}

#[test]
fn a_store_that_ignores_conditions_is_refused() {
    let world = World::new(6);
    world.ignore_conditions();
    let backend = world.backend();
    let refused = world.run(async move { backend.lock(&holder()).await.map(drop) });
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, codes::state::STORE_UNSAFE);
    assert!(refused.message.contains("`If-None-Match`"), "{refused}");
    assert_eq!(keys(&world), Vec::<String>::new());
}

#[test]
fn a_bucket_that_is_not_there_is_told() {
    let world = World::new(7);
    let client = world.backend();
    let empty = world.sandbox.reset();
    empty.unwrap();
    let refused = world.run(async move { client.lock(&holder()).await.map(drop) });
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, codes::state::STORE_UNUSABLE);
    assert!(refused.message.contains("NoSuchBucket"), "{refused}");
    assert!(
        refused
            .help
            .iter()
            .any(|help| help.contains("make the bucket"))
    );
}
