//! Runs in bad weather, each by its seed: throttling, AWS's own troubles, resets, lost answers,
//! delays, pictures of some seconds ago, full disks, and kills in the middle. After its first failure a
//! run goes on, stops or rolls back. Whatever it says, the next one in good weather must come out right.
//!
//! `SMD_FAULTS=10000` tries as many seeds, `SMD_FAULTS_FROM=N` from there on, `SMD_FAULT=N` one.

use super::check::{Expected, check};
use super::estate::{Form, Size, directory};
use super::network::Weather;
use super::process::{Command, Ended};
use super::{Sim, Snapshot, Store};
use crate::apply::OnError;
use crate::cli::exit::Exit;

/// Seeds that an ordinary run of the tests tries.
const SEEDS: u64 = 16;
/// How many times as long as the best possible a run may take of which 30 % is throttled.
const MOST_THROTTLED: f64 = 1.3;
/// 30 %, in thousandths.
const THROTTLED: u64 = 300;

// Chances, in thousandths: of each kind of trouble to be there at all, …
const EVERY_OTHER: u64 = 500;
/// … of requests at most that fail, are lost or slow where they may be,
const TROUBLED: u64 = 60;
/// … of requests at most that are answered by an old picture,
const STALE: u64 = 200;
/// … of machines with a disk that may be full, and of writes to it at most that are refused,
const FULL_DISKS: u64 = 100;
const FULL: u64 = 20;
/// … of runs that are killed, and of those whose next run comes at once.
const KILLED: u64 = 333;
const AT_ONCE: u64 = 500;
/// A run is killed at one of its first so many points.
const KILL_WITHIN: u64 = 800;

/// What a run does after its first failure, by turns.
const ON_ERROR: [OnError; 3] = [OnError::Continue, OnError::Stop, OnError::Rollback];

/// What undisturbed runs come to, of one size.
struct Reference {
    /// Where each command begins, and what it should come to.
    phases: Vec<(Command, Form, Snapshot, Expected)>,
}

impl Reference {
    fn new(size: Size, store: Store) -> Self {
        let mut sim = Sim::new(store, 0);
        let empty = sim.counts();
        let steps = [
            (Command::Apply, Form::First),
            (Command::Apply, Form::Changed),
            (Command::Destroy, Form::Changed),
        ];
        let phases = steps.into_iter().map(|(command, form)| {
            let from = sim.snapshot();
            sim = Sim::from(&from, store, 0);
            let ended = sim.run(command, &directory(size, form));
            assert_eq!(ended.exit, Some(Exit::Done), "{}", ended.words());
            let expected = Expected {
                size,
                form,
                applied: sim.counts(),
                empty: empty.clone(),
            };
            (command, form, from, expected)
        });
        Self {
            phases: phases.collect(),
        }
    }
}

/// Weather by seed: each kind of trouble is in some of them, in different strengths.
fn weather(sim: &Sim) -> Weather {
    let some = |most: u64| match sim.chance(EVERY_OTHER) {
        true => u64::from(sim.clock.random()) % (most + 1),
        false => 0,
    };
    Weather {
        throttled: some(THROTTLED),
        failing: some(TROUBLED),
        failing_after: some(TROUBLED),
        reset: some(TROUBLED),
        lost: some(TROUBLED),
        slow: some(TROUBLED),
        stale: some(STALE),
        disk_full: if sim.chance(FULL_DISKS) {
            some(FULL)
        } else {
            0
        },
    }
}

/// What a seed came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// How the run in bad weather ended.
    exit: Option<Exit>,
    took_ms: u64,
}

/// One run in the weather of this seed, and what comes after.
fn run(reference: &[Reference], seed: u64) -> Result<Outcome, String> {
    let stores = [Store::Local, Store::S3];
    let which = usize::try_from(seed % 2).unwrap();
    let phases = &reference[which].phases;
    let (command, form, from, expected) =
        &phases[usize::try_from(seed / 2).unwrap() % phases.len()];
    let sim = Sim::from(from, stores[which], seed);
    sim.weather(weather(&sim));
    let directory = directory(expected.size, *form);
    // A third is killed somewhere on its way, at whatever point that is.
    let fate = sim.chance(KILLED).then(|| {
        let at = u64::from(sim.clock.random()) % KILL_WITHIN;
        (
            usize::try_from(at).unwrap(),
            super::script::Fate::Unanswered,
        )
    });
    let what_then = usize::try_from(seed / 6).unwrap() % ON_ERROR.len();
    *sim.on_error.lock().unwrap() = ON_ERROR[what_then];
    let ended: Ended = sim.run_with(*command, &directory, fate, false);
    *sim.on_error.lock().unwrap() = OnError::Continue;
    let mut last = None;
    if sim.chance(AT_ONCE) {
        // The next run comes while AWS may still show old pictures, but the network is good.
        let stale = sim.weather.lock().unwrap().stale;
        sim.weather(Weather {
            stale,
            ..Weather::default()
        });
        last = Some(sim.run(*command, &directory));
    }
    sim.weather(Weather::default());
    // What was under way and late arrives before anybody looks.
    sim.settle();
    if let Some(exit) = ended.exit.filter(|exit| *exit != Exit::Done) {
        println!("seed {seed} said {exit:?}: {}", ended.errors());
    }
    let outcome = Outcome {
        exit: ended.exit,
        took_ms: ended.took_ms,
    };
    check(
        &sim,
        expected,
        *command,
        last.as_ref().unwrap_or(&ended),
        &mut 0,
    )
    .map(|()| outcome)
    .map_err(|why| format!("{command:?} {form:?}: {why}\n  after: {}", ended.words()))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn bad_weather_changes_no_outcome() {
    let size = match number("SMD_FAULTS_LARGE") {
        Some(_) => Size::Large,
        None => Size::Small,
    };
    let reference = [Store::Local, Store::S3].map(|store| Reference::new(size, store));
    let (first, seeds) = match number("SMD_FAULT") {
        Some(one) => (one, 1),
        None => (
            number("SMD_FAULTS_FROM").unwrap_or(0),
            number("SMD_FAULTS").unwrap_or(SEEDS),
        ),
    };
    let began = std::time::Instant::now();
    let (mut done, mut failed, mut killed) = (0, 0, 0);
    let mut wrong = Vec::new();
    for seed in first..first + seeds {
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&reference, seed)));
        match outcome {
            Ok(Ok(outcome)) => match outcome.exit {
                Some(Exit::Done) => done += 1,
                Some(_) => failed += 1,
                None => killed += 1,
            },
            Ok(Err(why)) => wrong.push(format!("seed {seed}: {why}")),
            Err(_) => wrong.push(format!("seed {seed}: it panicked")),
        }
        if let Some(last) = wrong
            .last()
            .filter(|last| last.starts_with(&format!("seed {seed}:")))
        {
            println!("{last}");
        }
    }
    println!(
        "{seeds} runs in bad weather: {done} done, {failed} that said they failed, {killed} killed; {} wrong outcomes; {:.0} s in all",
        wrong.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_seed_gives_the_same_run_each_time() {
    let reference = [Store::Local, Store::S3].map(|store| Reference::new(Size::Small, store));
    for seed in [1, 2] {
        assert_eq!(
            run(&reference, seed).unwrap(),
            run(&reference, seed).unwrap()
        );
    }
}

/// With 30 % of all calls throttled a run takes hardly longer: what waits is not on the longest
/// way, or catches up.
#[test]
fn throttling_costs_little_time() {
    let (size, runs) = match number("SMD_THROTTLED") {
        Some(runs) => (Size::Large, runs),
        None => (Size::Small, 3),
    };
    let mut ratios: Vec<f64> = (0..runs)
        .map(|seed| {
            let directory = directory(size, Form::First);
            let took = |throttled: u64| {
                let sim = Sim::new(Store::Local, seed);
                sim.weather(Weather {
                    throttled,
                    ..Weather::default()
                });
                let ended = sim.run(Command::Apply, &directory);
                assert_eq!(
                    ended.exit,
                    Some(Exit::Done),
                    "seed {seed}: {}",
                    ended.words()
                );
                ended.took_ms as f64
            };
            took(THROTTLED) / took(0)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{runs} runs of the {size:?} estate with 30 % throttled: {:.2} times the time at best, {:.2} in the middle, {:.2} at worst",
        ratios[0],
        ratios[ratios.len() / 2],
        ratios[ratios.len() - 1]
    );
    assert!(ratios.iter().all(|ratio| *ratio <= MOST_THROTTLED));
}
