//! A share of the inputs, tried in a process of its own: an overflow of the stack or an abort ends
//! that process only, and the first bytes of its notes say which input it was.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::attempt::{self, PATIENCE, attempt};
use crate::dice::Dice;
use crate::seeds;
use crate::tally::Tally;
use crate::target::{TARGETS, Target};

/// The largest input of the corpus that new ones are made from.
const MOST_BASE_BYTES: usize = 4 * 1024;
/// One input in so many is tried thoroughly, and all of the corpus.
const THOROUGH_IN: u64 = 32;
/// An input that takes so many times the patience is not waited for any longer.
const HANG: u32 = 20;
/// How a process ends that gave up on an input.
pub const HUNG: i32 = 86;

/// Which inputs: the corpus, if this share replays it, then new ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    /// The seed of the run.
    pub seed: u64,
    /// The target, as an index of [`TARGETS`].
    pub target: usize,
    /// The number of the first new input.
    pub from: u64,
    /// One past the last number.
    pub to: u64,
    /// Every so many-th.
    pub step: u64,
    /// Whether the corpus is tried first.
    pub replay: bool,
    /// How many of its inputs were tried already.
    pub done: u64,
    /// Where it is noted how many inputs were tried before the one in hand.
    pub notes: PathBuf,
    /// Where inputs that violate something are kept.
    pub kept: PathBuf,
}

/// What the inputs of a share are made from.
struct Ground {
    corpus: Vec<(String, Vec<u8>)>,
    bases: Vec<Vec<u8>>,
}

impl Share {
    fn target(&self) -> Target {
        TARGETS[self.target]
    }

    /// Tries the inputs.
    pub fn run(&self) -> Tally {
        attempt::keep_panics();
        let notes = File::create(&self.notes).expect("the notes");
        let watched = Arc::new(AtomicU64::new(self.done));
        watch(Arc::clone(&watched));
        // In a pool of one thread: what is parsed in parallel is parsed at once, on a stack as small
        // as it is in the program.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .expect("a pool");
        pool.install(|| {
            let target = self.target();
            let ground = self.ground();
            let mut tally = Tally::default();
            for done in self.done.. {
                let Some((name, input)) = self.input(&ground, done) else {
                    break;
                };
                watched.store(done, Ordering::Relaxed);
                notes.write_all_at(&done.to_le_bytes(), 0).expect("a note");
                let is_kept = self.replay && done < ground.corpus.len() as u64;
                let is_thorough = is_kept || done % THOROUGH_IN == 0;
                let tried = attempt(target, &input, is_thorough);
                tally.inputs += 1;
                tally.read += u64::from(tried.is_read);
                tally.bytes += input.len() as u64;
                tally.longest = tally.longest.max(tried.time);
                tally.times =
                    tally
                        .times
                        .max(attempt::times(target, input.len(), tried.peak_bytes));
                tally.peak_bytes = tally.peak_bytes.max(tried.peak_bytes);
                if let Some(what) = tried.violation {
                    self.keep(&name, &input);
                    tally.tell(format!("{} {name}: {what}", target.name()));
                }
            }
            tally
        })
    }

    fn ground(&self) -> Ground {
        let target = self.target();
        let corpus: Vec<_> = corpus(target).into_iter().collect();
        let mut bases = target.seeds();
        // Large ones are slow to try, and inputs grow anyway.
        let small = corpus
            .iter()
            .filter(|(_, input)| input.len() <= MOST_BASE_BYTES);
        bases.extend(small.map(|(_, input)| input.clone()));
        Ground { corpus, bases }
    }

    /// The name and bytes of the input behind so many; `None` behind the last.
    fn input(&self, ground: &Ground, done: u64) -> Option<(String, Vec<u8>)> {
        let kept: &[_] = if self.replay { &ground.corpus } else { &[] };
        let kept_count = kept.len() as u64;
        if let Some((name, input)) = usize::try_from(done).ok().and_then(|done| kept.get(done)) {
            return Some((name.clone(), input.clone()));
        }
        let number = self.from + (done - kept_count) * self.step;
        let name = format!("{}-{number}", self.seed);
        let mut dice = Dice::new(self.seed, self.target, number);
        (number < self.to).then(|| (name, self.target().make(&ground.bases, &mut dice)))
    }

    /// Writes an input down.
    pub fn keep(&self, name: &str, input: &[u8]) {
        let name = format!("{}-{name}", self.target().name());
        std::fs::write(self.kept.join(name), input).expect("the input is kept");
    }

    /// The input that a process which did not end well had in hand; the share goes on behind it.
    pub fn skip_noted(&mut self) -> Option<(String, Vec<u8>)> {
        let noted = std::fs::read(&self.notes).ok()?;
        let done = u64::from_le_bytes(noted.try_into().ok()?);
        self.done = done + 1;
        self.input(&self.ground(), done)
    }
}

/// The inputs of the corpus, by file name.
fn corpus(target: Target) -> BTreeMap<String, Vec<u8>> {
    seeds::folder(&seeds::root().join(CORPUS).join(target.name()))
        .into_iter()
        .map(|path| (name_of(&path), std::fs::read(&path).expect("an input")))
        .collect()
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Where inputs are kept: a folder for each target.
const CORPUS: &str = "tests/fuzz/corpus";

/// Ends the process when one input takes far too long.
fn watch(watched: Arc<AtomicU64>) {
    std::thread::spawn(move || {
        let mut before = (u64::MAX, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let number = watched.load(Ordering::Relaxed);
            if number != before.0 {
                before = (number, Instant::now());
            } else if before.1.elapsed() > PATIENCE * HANG {
                std::process::exit(HUNG);
            }
        }
    });
}
