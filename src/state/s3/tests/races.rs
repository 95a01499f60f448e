//! Several writers at once, on a bad network: nothing that was acknowledged is lost, and nobody
//! writes beside another.
//!
//! Each writer takes the lock, takes in what a dead one left in its journal, writes a mark into its
//! own, thinks, saves state and mark together, clears the journal and gives the lock back. Some die on
//! the way, and requests are late, repeated or lost. `SMD_RACES` says how many races are run,
//! `SMD_RACES_FROM` the first seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{Either, select};
use serde::{Deserialize, Serialize};

use super::holder;
use super::net::{Weather, World};
use crate::state::s3::take_over;
use crate::state::s3::writer::S3Writer;
use crate::state::{Backend, Version, Writer};

/// Races unless the environment says otherwise.
const RACES: u64 = 25;
/// Writers in a race, and how often each tries.
const WRITERS: u64 = 3;
const ROUNDS: u64 = 2;

/// What the writers keep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// How many saves it is the work of.
    saves: Vec<String>,
    /// The marks, with the fence that each was written under.
    marks: Vec<(u64, String)>,
}

/// What was acknowledged.
#[derive(Debug, Default)]
struct Seen {
    appended: BTreeSet<String>,
    saved: BTreeSet<String>,
    /// Who wrote under which fence.
    fences: BTreeMap<u64, String>,
    /// The highest fence under which an append was acknowledged.
    highest: u64,
    violations: Vec<String>,
    deaths: u64,
    refused: u64,
    taken_in: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    violations: Vec<String>,
    saves: usize,
    marks: usize,
    deaths: u64,
    refused: u64,
    taken_in: u64,
    requests: u64,
    ended_ms: u64,
}

fn race(seed: u64) -> Outcome {
    let hours = i64::try_from(seed % 7).unwrap() - 3;
    let world = World::new(seed).with_ahead(hours * 3600);
    world.weather(Weather::STORM);
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (world, seen) = (world.clone(), Arc::clone(&seen));
            async move {
                for round in 0..ROUNDS {
                    let name = format!("{writer}.{round}");
                    one_round(&world, &seen, &name).await;
                    let pause = world.below(20_000);
                    world.clock.sleep(Duration::from_millis(pause)).await;
                }
            }
        })
        .collect();
    world.run(futures::future::join_all(writers));
    // What is still on its way arrives.
    world.weather(Weather::FINE);
    let clock = world.clock.clone();
    world.run(async move { clock.sleep(Duration::from_secs(180)).await });
    let (last, witness) = (world.clone(), Arc::clone(&seen));
    let record = world.run(async move {
        one_round(&last, &witness, "last").await;
        read(&last.backend()).await.0
    });
    let mut seen = seen.lock().unwrap();
    check(&mut seen, &record);
    Outcome {
        violations: std::mem::take(&mut seen.violations),
        saves: record.saves.len(),
        marks: record.marks.len(),
        deaths: seen.deaths,
        refused: seen.refused,
        taken_in: seen.taken_in,
        requests: world.requests.load(std::sync::atomic::Ordering::SeqCst),
        ended_ms: world.clock.now_ms(),
    }
}

fn check(seen: &mut Seen, record: &Record) {
    let marks: Vec<&String> = record.marks.iter().map(|(_, mark)| mark).collect();
    let once: BTreeSet<&String> = marks.iter().copied().collect();
    let mut violations = Vec::new();
    if once.len() != marks.len() {
        violations.push(format!("a mark counts twice: {marks:?}"));
    }
    for mark in &seen.appended {
        if !once.contains(mark) {
            violations.push(format!("mark {mark} is lost"));
        }
    }
    for save in &seen.saved {
        if record.saves.iter().filter(|found| *found == save).count() != 1 {
            violations.push(format!("save {save} is lost"));
        }
    }
    if !record.marks.is_sorted_by_key(|(fence, _)| *fence) {
        violations.push(format!(
            "a fence came after a higher one: {:?}",
            record.marks
        ));
    }
    if !once.contains(&"last".to_owned()) {
        violations.push("the last writer did not get through in fine weather".to_owned());
    }
    seen.violations.extend(violations);
}

async fn read(backend: &impl Backend) -> (Record, Option<Version>) {
    loop {
        match backend.load().await {
            Ok(Some(stored)) => {
                let record = serde_json::from_slice(&stored.bytes).unwrap();
                return (record, Some(stored.version));
            }
            Ok(None) => return (Record::default(), None),
            Err(_) => {}
        }
    }
}

/// Once through: lock, read, append, save, release, as far as it gets.
async fn one_round(world: &World, seen: &Mutex<Seen>, name: &str) {
    let backend = world.backend();
    let mut tries = 0;
    let writer = loop {
        match take_over::lock(&backend.0, &holder()).await {
            Ok(writer) => break writer,
            Err(_) if tries < 8 => {
                tries += 1;
                let pause = world.below(10_000);
                world.clock.sleep(Duration::from_millis(pause)).await;
            }
            Err(_) => return,
        }
    };
    let work = hold(world, seen, &backend, &writer, name);
    let lost = writer.keep();
    let done = match select(Box::pin(work), lost).await {
        Either::Left((done, _)) => done,
        Either::Right(_) => None,
    };
    match done {
        // Where it cannot be given back, it ends by itself.
        Some(()) => drop(writer.give_back().await),
        None => seen.lock().unwrap().refused += 1,
    }
}

/// The work under the lock; `None`: it was stopped, or died.
async fn hold(
    world: &World,
    seen: &Mutex<Seen>,
    backend: &crate::state::s3::S3,
    writer: &S3Writer,
    name: &str,
) -> Option<()> {
    let fence = writer.fence();
    let dies = |of: u64| {
        let dies = name != "last" && world.below(1000) < of;
        seen.lock().unwrap().deaths += u64::from(dies);
        (!dies).then_some(())
    };
    let journal = backend.journal().await.ok()?;
    let (mut record, mut version) = read(backend).await;
    if !journal.is_empty() {
        for line in String::from_utf8(journal).unwrap().lines() {
            let (of, mark) = line.split_once(' ').unwrap();
            record.marks.push((of.parse().unwrap(), mark.to_owned()));
        }
        record.saves.push(format!("{name} takes in"));
        seen.lock().unwrap().taken_in += 1;
        dies(50)?;
        let bytes = serde_json::to_vec(&record).unwrap();
        version = Some(writer.save(bytes, version.as_ref()).await.ok()?);
        seen.lock()
            .unwrap()
            .saved
            .insert(format!("{name} takes in"));
        dies(50)?;
        writer.clear_journal().await.ok()?;
    }
    dies(80)?;
    let appended = writer
        .append(format!("{fence} {name}\n").into_bytes())
        .await;
    {
        let mut seen = seen.lock().unwrap();
        let other = seen.fences.insert(fence, name.to_owned());
        if let Some(other) = other.filter(|_| appended.is_ok()) {
            let text = format!("{other} and {name} wrote under fence {fence}");
            seen.violations.push(text);
        }
        if appended.is_ok() {
            if seen.highest > fence {
                let text = format!("{name} wrote under {fence} after {}", seen.highest);
                seen.violations.push(text);
            }
            seen.highest = fence;
            seen.appended.insert(name.to_owned());
        }
    }
    appended.ok()?;
    dies(80)?;
    world
        .clock
        .sleep(Duration::from_millis(world.below(20_000)))
        .await;
    dies(80)?;
    record.marks.push((fence, name.to_owned()));
    record.saves.push(name.to_owned());
    let bytes = serde_json::to_vec(&record).unwrap();
    writer.save(bytes, version.as_ref()).await.ok()?;
    seen.lock().unwrap().saved.insert(name.to_owned());
    dies(80)?;
    writer.clear_journal().await.ok()?;
    dies(80)
}

#[test]
fn no_update_is_lost() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let races = number("SMD_RACES").unwrap_or(RACES);
    let mut broken = Vec::new();
    let (mut saves, mut marks, mut deaths, mut refused) = (0, 0, 0, 0);
    let (mut taken_in, mut requests) = (0, 0);
    // So that several processes can share the seeds.
    let first = number("SMD_RACES_FROM").unwrap_or(0);
    for seed in first..first + races {
        let outcome = race(seed);
        saves += outcome.saves;
        marks += outcome.marks;
        deaths += outcome.deaths;
        refused += outcome.refused;
        taken_in += outcome.taken_in;
        requests += outcome.requests;
        for violation in outcome.violations {
            broken.push(format!("seed {seed}: {violation}"));
        }
    }
    println!(
        "{races} races of {WRITERS} writers, {requests} requests: {saves} saves with {marks} marks, {deaths} deaths, {refused} stopped, {taken_in} journals taken in; {} violations",
        broken.len()
    );
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(saves > 0 && deaths > 0 && taken_in > 0);
}

#[test]
fn a_race_is_the_same_each_time() {
    assert_eq!(race(3), race(3));
}
