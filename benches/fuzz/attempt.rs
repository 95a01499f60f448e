//! One input: its time, its memory, and whether its reader panics or gives what it must not.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

use crate::target::{Read, Target};

/// Counts the memory of the whole process. A growing allocation counts twice while it is copied.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory that one byte of an input may take.
pub const BYTES_PER_BYTE: usize = 64;
/// How long one input may take: generous without optimisation, where many tests run at once.
pub const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 1 });
/// So many times as long may take what evaluates expressions: they may go through ten million steps
/// by design (`config::budget`).
const EVALUATION: u32 = 10;

/// What came of an input.
pub struct Attempt {
    /// Reading alone.
    pub time: Duration,
    /// The most memory that reading took, beyond what was taken before.
    pub peak_bytes: usize,
    /// Whether the reader took it for sound.
    pub is_read: bool,
    /// What is wrong.
    pub violation: Option<String>,
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what a panic of a reader says instead of printing it.
pub fn keep_panics() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if TRYING.get() {
            PANIC.with_borrow_mut(|kept| *kept = Some(info.to_string()));
        } else {
            print(info);
        }
    }));
}

/// Tries an input; thoroughly: with what takes long.
pub fn attempt(target: Target, input: &[u8], is_thorough: bool) -> Attempt {
    TRYING.set(true);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let started = Instant::now();
    let read = panic::catch_unwind(AssertUnwindSafe(|| target.read(input)));
    let time = started.elapsed();
    let peak_bytes = MEMORY.peak_usage().saturating_sub(before);
    let is_read = read
        .as_ref()
        .is_ok_and(|read| !matches!(read, Read::Nothing | Read::Broken(_)));
    let used = Instant::now();
    let checked = read.and_then(|read| {
        panic::catch_unwind(AssertUnwindSafe(|| target.check(input, read, is_thorough)))
    });
    TRYING.set(false);
    let patience = match target {
        Target::Evaluator => PATIENCE * EVALUATION,
        _ => PATIENCE,
    };
    let violation = match checked {
        Err(_) => {
            let said = PANIC.with_borrow_mut(Option::take);
            Some(format!(
                "panic: {}",
                said.unwrap_or_default().replace('\n', " ")
            ))
        }
        Ok(Err(why)) => Some(why),
        Ok(Ok(())) if time > patience => Some(format!("reading took {time:?}")),
        Ok(Ok(())) if used.elapsed() > PATIENCE * EVALUATION => {
            Some(format!("its use took {:?}", used.elapsed()))
        }
        Ok(Ok(())) => over(target, input.len(), peak_bytes),
    };
    Attempt {
        time,
        peak_bytes,
        is_read,
        violation,
    }
}

fn over(target: Target, length: usize, peak_bytes: usize) -> Option<String> {
    let allowed = length * BYTES_PER_BYTE + target.floor_bytes();
    (peak_bytes > allowed).then(|| format!("{peak_bytes} bytes of memory for {length} bytes"))
}

/// How much of what an input may take it took.
pub fn times(target: Target, length: usize, peak_bytes: usize) -> f64 {
    peak_bytes.saturating_sub(target.floor_bytes()) as f64 / length.max(1) as f64
}
