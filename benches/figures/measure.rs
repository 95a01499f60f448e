//! Measuring whole processes, and tables of it.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// Sizes in resources.
pub const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// One run of a command: how long, and how much memory at most.
pub struct Run {
    time: Duration,
    peak_bytes: u64,
}

/// Runs a command, which must succeed.
pub fn once(command: &mut Command) -> Run {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let ended = command
        .spawn()
        .expect("the program")
        .wait4()
        .expect("its end");
    let time = started.elapsed();
    assert!(ended.status.success(), "{command:?} failed");
    Run {
        time,
        peak_bytes: ended.rusage.maxrss,
    }
}

/// What some runs took.
pub struct Figure {
    median: Duration,
    best: Duration,
    peak_bytes: u64,
}

impl Figure {
    /// Of so many runs.
    pub fn of(runs: usize, mut run: impl FnMut() -> Run) -> Self {
        let mut runs: Vec<Run> = (0..runs).map(|_| run()).collect();
        runs.sort_by_key(|run| run.time);
        Self {
            median: runs[runs.len() / 2].time,
            best: runs[0].time,
            peak_bytes: runs.iter().map(|run| run.peak_bytes).max().unwrap_or(0),
        }
    }
}

/// Figures of growing sizes.
pub struct Table {
    /// Time and memory of the size before.
    before: Option<(Duration, u64)>,
}

impl Table {
    /// Prints the head.
    pub fn begin(name: &str) -> Self {
        println!(
            "\n{name}\n{:>10} {:>10} {:>10} {:>10} {:>8} {:>8}",
            "resources", "median", "best", "peak", "time x", "peak x"
        );
        Self { before: None }
    }

    /// Prints the figure of a size, and what it is of the size before.
    pub fn row(&mut self, size: usize, figure: Figure) {
        let growth = |now: f64, before: f64| format!("{:.1}x", now / before);
        let (time, peak) = self.before.map_or_else(Default::default, |(time, peak)| {
            (
                growth(figure.median.as_secs_f64(), time.as_secs_f64()),
                growth(figure.peak_bytes as f64, peak as f64),
            )
        });
        println!(
            "{size:>10} {:>7.1} ms {:>7.1} ms {:>7.1} MB {time:>8} {peak:>8}",
            millis(figure.median),
            millis(figure.best),
            figure.peak_bytes as f64 / 1e6
        );
        self.before = Some((figure.median, figure.peak_bytes));
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Prints what all of it runs on.
pub fn print_machine() {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("machine: {model}, {cores} cores, {}", std::env::consts::OS);
}
