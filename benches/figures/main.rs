//! The figures of a plan, each measured as a whole process of the release binary, the way a person
//! waits for it: `cargo bench --bench figures`.
//!
//! Prints the machine, then time and peak memory for each size and the growth between sizes. A
//! figure on a shared machine is an order of magnitude; the ratios of one run can be compared.

// A measurement may stop at the first surprise, and printing is what it is for.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod generator;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// Sizes in resources.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Runs of each, after one that is not counted.
const RUNS: usize = 7;

/// A command that is measured: its name and its arguments behind the directory.
const COMMANDS: [(&str, &[&str]); 4] = [
    ("plan, all to create", &["plan"]),
    ("plan as JSON", &["plan", "--format", "json"]),
    ("validate", &["validate"]),
    ("fmt --check", &["fmt", "--check"]),
];

struct Figure {
    median: Duration,
    best: Duration,
    peak_bytes: u64,
}

fn main() {
    print_machine();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, arguments) in COMMANDS {
        println!("\n{name}: smd {}", arguments.join(" "));
        println!(
            "{:>10} {:>10} {:>10} {:>10} {:>8}",
            "resources", "median", "best", "peak", "growth"
        );
        let mut before: Option<Figure> = None;
        for size in SIZES {
            let directory = folder.path().join(size.to_string());
            fs::create_dir_all(&directory).expect("a folder of the size");
            fs::write(directory.join("main.smd"), generator::generate(size)).expect("the text");
            let figure = measure(&directory, arguments);
            let growth = before.as_ref().map_or_else(String::new, |before| {
                format!(
                    "{:.1}x",
                    figure.median.as_secs_f64() / before.median.as_secs_f64()
                )
            });
            println!(
                "{size:>10} {:>7.1} ms {:>7.1} ms {:>7.1} MB {growth:>8}",
                millis(figure.median),
                millis(figure.best),
                figure.peak_bytes as f64 / 1e6
            );
            before = Some(figure);
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Runs the command on the sandbox `RUNS` times after one that is not counted.
fn measure(directory: &Path, arguments: &[&str]) -> Figure {
    let mut times = Vec::new();
    let mut peak_bytes = 0;
    for run in 0..=RUNS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smd"));
        command.args(arguments).arg(directory).stdout(Stdio::null());
        if arguments.first() == Some(&"plan") {
            command.arg("--sandbox");
        }
        let started = Instant::now();
        let ended = command
            .spawn()
            .expect("the smd binary")
            .wait4()
            .expect("its end");
        let time = started.elapsed();
        assert!(ended.status.success(), "{command:?} failed");
        if run > 0 {
            times.push(time);
            peak_bytes = peak_bytes.max(ended.rusage.maxrss);
        }
    }
    times.sort();
    Figure {
        median: times[RUNS / 2],
        best: times[0],
        peak_bytes,
    }
}

fn print_machine() {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("machine: {model}, {cores} cores, {}", std::env::consts::OS);
    println!("{RUNS} runs of each after one not counted; whole process, release build");
}
