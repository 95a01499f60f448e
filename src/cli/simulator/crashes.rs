//! The crash loop: a run is stopped at every point that it comes to, in every way that makes a
//! difference, and whatever the next run finds must come out right.
//!
//! `SMD_CRASHES=all` stops it at all points of the large estate, `SMD_CRASHES=N` at every N-th;
//! `SMD_CRASHES_SHARE=1/2` takes every second one, for two processes. `SMD_CRASH=apply/17/Torn` tries
//! one.

use super::check::{Expected, check};
use super::estate::{Form, Size, directory};
use super::process::Command;
use super::script::{Fate, Point, What};
use super::{Sim, Snapshot, Store};
use crate::cli::exit::Exit;

/// The seed of every run: all go the same way until something happens to them.
const SEED: u64 = 7;
/// Every which one is tried in an ordinary run of the tests.
const STEP: usize = 401;

/// How many points before and after are shown where one is tried alone.
const AROUND: usize = 12;

/// One of the runs that are stopped.
#[derive(Debug)]
struct Phase {
    name: &'static str,
    from: Snapshot,
    command: Command,
    /// What the next run does.
    then: Command,
    form: Form,
    points: Vec<Point>,
    expected: Expected,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Snapshot")
    }
}

/// Apply, change and destroy, undisturbed.
fn phases(size: Size, store: Store) -> Vec<Phase> {
    let mut sim = Sim::new(store, SEED);
    let empty = sim.counts();
    [
        ("apply", Command::Apply, Command::Apply, Form::First),
        ("change", Command::Apply, Command::Apply, Form::Changed),
        // Begun by mistake: the next run makes anew what is gone.
        ("regret", Command::Destroy, Command::Apply, Form::Changed),
        ("destroy", Command::Destroy, Command::Destroy, Form::Changed),
    ]
    .into_iter()
    .map(|(name, command, then, form)| {
        let from = sim.snapshot();
        let before = sim.counts();
        sim = Sim::from(&from, store, SEED);
        let ended = sim.run_with(command, &directory(size, form), None, true);
        assert_eq!(ended.exit, Some(Exit::Done), "{name}: {}", ended.words());
        let after = sim.counts();
        let expected = Expected {
            size,
            form,
            applied: if then == command {
                after.clone()
            } else {
                before
            },
            empty: empty.clone(),
        };
        if command == Command::Apply {
            let again = Sim::from(&sim.snapshot(), store, SEED);
            let plan = again.run(Command::Plan, &directory(size, form));
            assert!(plan.empty, "{name}: {}", plan.words());
        } else {
            assert_eq!(after, empty);
        }
        if then != command {
            sim = Sim::from(&from, store, SEED);
        }
        println!(
            "{name}: {} points, {:.1} s of simulated time",
            ended.points.len(),
            ended.took_ms as f64 / 1e3
        );
        Phase {
            name,
            from,
            command,
            then,
            form,
            points: ended.points,
            expected,
        }
    })
    .collect()
}

/// Stops a run of this phase there, and says what does not hold afterwards.
fn stop(
    phase: &Phase,
    store: Store,
    at: usize,
    fate: Fate,
    longest: &mut u64,
) -> Result<(), String> {
    let sim = Sim::from(&phase.from, store, SEED);
    let directory = directory(phase.expected.size, phase.form);
    let ended = sim.run_with(phase.command, &directory, Some((at, fate)), false);
    if ended.met.as_ref() != phase.points.get(at) {
        return Err(format!(
            "the run went another way: {:?} instead of {:?}",
            ended.met,
            phase.points.get(at)
        ));
    }
    check(&sim, &phase.expected, phase.then, &ended, longest)
}

struct Tried {
    points: usize,
    violations: Vec<String>,
    longest_ms: u64,
}

fn try_all(size: Size, store: Store, step: usize, share: (usize, usize)) -> Tried {
    let mut tried = Tried {
        points: 0,
        violations: Vec::new(),
        longest_ms: 0,
    };
    let phases = phases(size, store);
    let ways = phases.iter().flat_map(|phase| {
        let points = phase.points.iter().enumerate();
        points.flat_map(move |(at, point)| {
            let fates = point.what.fates().iter();
            fates.map(move |fate| (phase, at, point, *fate))
        })
    });
    for (_, (phase, at, point, fate)) in ways
        .step_by(step)
        .enumerate()
        .filter(|(number, _)| number % share.1 == share.0)
    {
        tried.points += 1;
        // A panic is a violation like any other.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            stop(phase, store, at, fate, &mut tried.longest_ms)
        }));
        let why = match outcome {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => why,
            Err(_) => "it panicked".to_owned(),
        };
        let violation = format!("{}/{at}/{fate:?} ({}): {why}", phase.name, point.label);
        println!("{violation}");
        tried.violations.push(violation);
    }
    tried
}

/// `1/2` as (0, 2).
fn share() -> (usize, usize) {
    let set = std::env::var("SMD_CRASHES_SHARE").ok();
    set.and_then(|text| {
        let (one, of) = text.split_once('/')?;
        Some((one.parse::<usize>().ok()? - 1, of.parse().ok()?))
    })
    .unwrap_or((0, 1))
}

fn crash_loop(store: Store) {
    let (size, step) = match std::env::var("SMD_CRASHES").as_deref() {
        Ok("all") => (Size::Large, 1),
        Ok(step) => (Size::Large, step.parse().expect("all, or every which one")),
        Err(_) => (Size::Small, STEP),
    };
    if let Ok(one) = std::env::var("SMD_CRASH") {
        return try_one(size, store, &one);
    }
    let began = std::time::Instant::now();
    let tried = try_all(size, store, step, share());
    println!(
        "{store:?}: {} crashes, {} violations; the next run took {:.1} s of simulated time at most; {:.0} s in all",
        tried.points,
        tried.violations.len(),
        tried.longest_ms as f64 / 1e3,
        began.elapsed().as_secs_f64()
    );
    assert!(tried.points > 0);
    assert!(
        tried.violations.is_empty(),
        "{}",
        tried.violations.join("\n")
    );
}

fn try_one(size: Size, store: Store, one: &str) {
    let mut parts = one.split('/');
    let name = parts.next().unwrap();
    let at: usize = parts.next().unwrap().parse().unwrap();
    let fate = parts.next().unwrap();
    let phases = phases(size, store);
    let phase = phases.iter().find(|phase| phase.name == name).unwrap();
    let fates = phase.points[at].what.fates();
    let fate = fates.iter().find(|one| format!("{one:?}") == fate).unwrap();
    for (number, point) in phase.points.iter().enumerate() {
        if number.abs_diff(at) < AROUND {
            println!("{number} {:?} {}", point.what, point.label);
        }
    }
    stop(phase, store, at, *fate, &mut 0).unwrap();
}

#[test]
fn every_kind_of_point_is_there() {
    let phases = phases(Size::Small, Store::Local);
    for what in [What::Read, What::Call, What::Append, What::Write] {
        for phase in &phases {
            assert!(phase.points.iter().any(|point| point.what == what));
        }
    }
}

#[test]
fn a_run_can_be_stopped_anywhere() {
    crash_loop(Store::Local);
}

#[test]
fn a_run_with_state_in_s3_can_be_stopped_anywhere() {
    crash_loop(Store::S3);
}
