//! Readers of what others may have written, tried on damaged inputs: none may panic, hang, or take
//! much more memory than its input.
//!
//! `cargo test` tries the corpus and some thousand inputs; the long form is
//!
//! ```sh
//! SMD_FUZZ=10000000 cargo bench --bench fuzz
//! ```
//!
//! `SMD_FUZZ` says how many inputs in all, `SMD_FUZZ_SEED` which ones, `SMD_FUZZ_ONLY` of which
//! target. The same seed and corpus give the same inputs. What violates something is written to a
//! folder that is named at the end: once mended, it belongs into `tests/fuzz/corpus`.

// A trial may stop at the first surprise, and printing is what it is for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    missing_docs
)]

mod attempt;
mod dice;
mod json;
mod mutate;
mod seeds;
mod share;
mod signed;
mod tally;
mod target;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use share::{HUNG, Share};
use tally::Tally;
use target::{TARGETS, Target};

/// Inputs of the short form.
const INPUTS: u64 = 3_000;
/// The seed unless the environment says otherwise.
const SEED: u64 = 1;
/// Tells a process that it is to try a share of the inputs, and which.
const SHARE: &str = "SMD_FUZZ_SHARE";
/// How often a share is begun anew behind an input that ended its process.
const RESTARTS: usize = 50;

fn main() -> ExitCode {
    if let Ok(share) = std::env::var(SHARE) {
        let share: Share = serde_json::from_str(&share).expect("a share");
        println!("{}", serde_json::to_string(&share.run()).expect("a tally"));
        return ExitCode::SUCCESS;
    }
    if is_for_others() {
        return ExitCode::SUCCESS;
    }
    let inputs = number("SMD_FUZZ", INPUTS);
    let seed = number("SMD_FUZZ_SEED", SEED);
    let only = std::env::var("SMD_FUZZ_ONLY").ok();
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&kept).expect("a folder for what is found");
    let chosen: Vec<Target> = TARGETS
        .into_iter()
        .filter(|target| only.as_ref().is_none_or(|only| only == target.name()))
        .collect();
    let shares: u64 = chosen.iter().map(|target| 1000 / target.rarity()).sum();
    println!("seed {seed}");
    println!(
        "{:<10} {:>9} {:>9} {:>9} {:>8} {:>10} {:>9} {:>10} {:>10}",
        "target", "inputs", "sound", "MB", "s", "longest", "memory", "largest", "violations"
    );
    let mut told = Vec::new();
    let (mut passed, mut failed) = (0, 0);
    for target in chosen {
        let count = (inputs * (1000 / target.rarity())).div_ceil(shares);
        let tally = run(target, seed, count, &kept);
        print(target, &tally);
        match tally.violations {
            0 => passed += 1,
            _ => failed += 1,
        }
        told.extend(tally.told);
    }
    for what in &told {
        println!("{what}");
    }
    if !told.is_empty() {
        println!("the inputs are in {}", kept.display());
    }
    // The last word, as other runners of tests have it.
    println!("fuzz: {passed} passed, {failed} failed");
    match told.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Whether the command line asks for tests of other names, or only for a list.
fn is_for_others() -> bool {
    let mut arguments = std::env::args().skip(1);
    arguments.any(|argument| {
        argument == "--list" || (!argument.starts_with('-') && !"fuzz".contains(&argument))
    })
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The corpus, then new inputs, shared out to processes.
fn run(target: Target, seed: u64, count: u64, kept: &Path) -> Tally {
    let index = TARGETS
        .iter()
        .position(|other| *other == target)
        .expect("a target");
    let jobs = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let started = Instant::now();
    let mut whole = Tally::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..jobs)
            .map(|job| {
                let share = Share {
                    seed,
                    target: index,
                    from: job,
                    to: count,
                    step: jobs,
                    replay: job == 0,
                    done: 0,
                    notes: kept.join(format!("{}.{job}.notes", target.name())),
                    kept: kept.to_owned(),
                };
                scope.spawn(move || to_the_end(share))
            })
            .collect();
        for tally in running {
            whole.add(tally.join().expect("a share"));
        }
    });
    whole.seconds = started.elapsed().as_secs_f64();
    whole
}

/// Tries a share, and what is left of it behind each input that ends its process.
fn to_the_end(mut share: Share) -> Tally {
    let mut whole = Tally::default();
    for _ in 0..RESTARTS {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .env(SHARE, serde_json::to_string(&share).expect("a share"))
            .stderr(Stdio::inherit())
            .output()
            .expect("a process");
        if output.status.success() {
            whole.add(serde_json::from_slice(&output.stdout).expect("a tally"));
            break;
        }
        let target = TARGETS[share.target];
        let Some((name, input)) = share.skip_noted() else {
            whole.tell(format!("{}: no process", target.name()));
            break;
        };
        share.keep(&name, &input);
        let how = match output.status.code() {
            Some(HUNG) => "it hangs".to_owned(),
            _ => format!("the process ended with {}", output.status),
        };
        whole.tell(format!("{} {name}: {how}", target.name()));
    }
    whole
}

fn print(target: Target, tally: &Tally) {
    println!(
        "{:<10} {:>9} {:>9} {:>9.1} {:>8.1} {:>7.1} ms {:>8.1}x {:>7.1} MB {:>10}",
        target.name(),
        tally.inputs,
        tally.read,
        tally.bytes as f64 / 1e6,
        tally.seconds,
        tally.longest.as_secs_f64() * 1e3,
        tally.times,
        tally.peak_bytes as f64 / 1e6,
        tally.violations,
    );
    std::io::stdout().flush().expect("standard output");
}
