//! `kill -9` of the real program at random moments: the next run finds out by itself what was done.
//!
//! `cargo test` kills a handful of runs. The long form, with what came of it at the end:
//!
//! ```sh
//! SMD_KILLS=200 cargo test --test it wire::kills -- --nocapture
//! ```
//!
//! `SMD_KILLS_SEED` starts the random numbers elsewhere; a violation tells its seed.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::estate::{self, Ended, Estate, Looker};
use super::server::Server;
use crate::random::{Random, number};

/// How many runs are killed, unless `SMD_KILLS` says otherwise.
const FEW: u64 = 4;
/// How many lives of the estate go on beside each other in the long form; each has a server.
const BESIDE: u64 = 4;
/// At most so many runs are killed before one is let go to its end.
const IN_A_ROW: u64 = 3;
/// So many lives in a row may go by without a kill.
const IDLE: u32 = 20;
/// How often a run at work is looked at.
const LOOK: Duration = Duration::from_micros(200);
/// The longest a run at work is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

const APPLY: &[&str] = &["apply", "--auto-approve"];
const DESTROY: &[&str] = &["destroy", "--auto-approve", "--consent", "domain.studio"];
const PLAN: &[&str] = &["plan", "--detailed-exitcode"];

/// What was tried and what came of it.
#[derive(Default)]
struct Tally {
    kills: AtomicU64,
    /// Kills that left a journal: the next run had something to find out.
    midway: AtomicU64,
    longest: Mutex<Duration>,
    violations: Mutex<Vec<String>>,
}

/// Which kind of server.
#[derive(Clone, Copy)]
enum On {
    Sandbox,
    Moto,
}

impl On {
    fn estate(self) -> String {
        match self {
            Self::Moto => estate::text(),
            Self::Sandbox => estate::text_for_sandbox(),
        }
    }
}

/// What an undisturbed life of the estate shows.
struct Known {
    empty: String,
    full: String,
    /// Of apply and destroy: how long, and how long the journal gets.
    apply: Extent,
    destroy: Extent,
}

#[derive(Clone, Copy)]
struct Extent {
    time: Duration,
    journal: u64,
}

#[test]
fn the_sandbox_over_http() {
    kill_and_recover(On::Sandbox);
}

#[test]
fn moto() {
    kill_and_recover(On::Moto);
}

fn kill_and_recover(on: On) {
    let kills = number("SMD_KILLS", FEW);
    let seed = number("SMD_KILLS_SEED", 1);
    let workers = if kills > FEW { BESIDE } else { 1 };
    let tally = Tally::default();
    thread::scope(|scope| {
        for worker in 0..workers {
            let (tally, share) = (&tally, (kills + worker) / workers);
            scope.spawn(move || live(on, tally, share, seed * 1_000 + worker));
        }
    });
    let name = match on {
        On::Sandbox => "smd sandbox serve",
        On::Moto => "moto",
    };
    let violations = tally
        .violations
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    println!(
        "{name}: {} runs killed, {} of them at work; {} violations; longest recovery {:.1} s",
        tally.kills.load(Ordering::Relaxed),
        tally.midway.load(Ordering::Relaxed),
        violations.len(),
        tally
            .longest
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .as_secs_f64(),
    );
    assert!(violations.is_empty(), "{}", violations.join("\n\n"));
}

/// One server, and estates made and deleted on it until enough runs were killed.
fn live(on: On, tally: &Tally, kills: u64, seed: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = match on {
        On::Sandbox => Server::sandbox_of(folder.path(), &on.estate()),
        On::Moto => Server::moto(),
    };
    let mut looker = Looker::new(&server.url);
    let known = undisturbed(on, &server, &mut looker);
    let mut random = Random(seed);
    let (mut killed, mut idle) = (0, 0);
    while killed < kills {
        // Each life can be replayed by its own seed.
        let life = random.0;
        let before = killed;
        let wanted = (1 + random.below(IN_A_ROW)).min(kills - killed);
        if let Err(violation) = one_life(
            on,
            &server,
            &mut looker,
            &known,
            &mut random,
            tally,
            wanted,
            &mut killed,
        ) {
            tally
                .violations
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(format!("random numbers from {life}: {violation}"));
            return;
        }
        // A run may end before its moment comes, but not time and again.
        idle = if killed > before { 0 } else { idle + 1 };
        assert!(idle < IDLE, "no run could be killed");
    }
}

fn undisturbed(on: On, server: &Server, looker: &mut Looker) -> Known {
    let estate = Estate::new(&server.url, &on.estate());
    let empty = looker.shape();
    let apply = extent(&estate, APPLY);
    let full = looker.shape();
    let destroy = extent(&estate, DESTROY);
    assert_eq!(looker.shape(), empty);
    assert_ne!(full, empty);
    Known {
        empty,
        full,
        apply,
        destroy,
    }
}

fn extent(estate: &Estate, arguments: &[&str]) -> Extent {
    let started = Instant::now();
    let mut child = estate.start(arguments);
    let mut journal = 0;
    let status = loop {
        if let Some(status) = child.try_wait().expect("its end") {
            break status;
        }
        journal = journal.max(journal_bytes(estate));
        thread::sleep(LOOK);
    };
    assert!(status.success(), "{arguments:?} ended with {status}");
    Extent {
        time: started.elapsed(),
        journal,
    }
}

fn journal_bytes(estate: &Estate) -> u64 {
    fs::metadata(estate.journal()).map_or(0, |found| found.len())
}

#[expect(clippy::too_many_arguments, reason = "one place calls it")]
fn one_life(
    on: On,
    server: &Server,
    looker: &mut Looker,
    known: &Known,
    random: &mut Random,
    tally: &Tally,
    wanted: u64,
    killed: &mut u64,
) -> Result<(), String> {
    let estate = Estate::new(&server.url, &on.estate());
    for _ in 0..wanted {
        *killed += u64::from(kill(&estate, APPLY, known.apply, random, tally));
    }
    recover(&estate, APPLY, tally)?;
    same("after the next apply", &looker.shape(), &known.full)?;
    ended("the second plan", &estate.timed(PLAN), 0)?;
    kill(&estate, DESTROY, known.destroy, random, tally);
    recover(&estate, DESTROY, tally)?;
    same("after destroy", &looker.shape(), &known.empty)
}

/// Starts a run and kills it at a random moment; says whether it still lived.
fn kill(
    estate: &Estate,
    arguments: &[&str],
    extent: Extent,
    random: &mut Random,
    tally: &Tally,
) -> bool {
    // Half of the moments by time, most of which is waiting; half by what is written down, which
    // is close to a call.
    let at_bytes = (random.below(2) == 0).then(|| 1 + random.below(extent.journal));
    let micros = u64::try_from(extent.time.as_micros()).unwrap_or(u64::MAX);
    let at_time = Duration::from_micros(random.below(micros));
    let started = Instant::now();
    let mut child = estate.start(arguments);
    loop {
        if child.try_wait().expect("its end").is_some() {
            return false;
        }
        let is_time = match at_bytes {
            Some(bytes) => journal_bytes(estate) >= bytes,
            None => started.elapsed() >= at_time,
        };
        if is_time {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{arguments:?} does not end");
        thread::sleep(LOOK);
    }
    child.kill().expect("a signal");
    child.wait().expect("its end");
    tally.kills.fetch_add(1, Ordering::Relaxed);
    if estate.journal().exists() {
        tally.midway.fetch_add(1, Ordering::Relaxed);
    }
    true
}

fn recover(estate: &Estate, arguments: &[&str], tally: &Tally) -> Result<(), String> {
    let run = estate.timed(arguments);
    if let Some(settled) = run.settled {
        let mut longest = tally.longest.lock().unwrap_or_else(PoisonError::into_inner);
        *longest = settled.max(*longest);
    }
    ended("the next run", &run, 0)
}

fn ended(what: &str, run: &Ended, code: i32) -> Result<(), String> {
    if run.code == Some(code) {
        return Ok(());
    }
    Err(format!(
        "{what} ended with {:?}\nstdout:\n{}\nstderr:\n{}",
        run.code, run.stdout, run.stderr
    ))
}

fn same(what: &str, found: &str, wanted: &str) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{what} is there:\n{found}wanted:\n{wanted}"))
}
