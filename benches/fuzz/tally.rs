//! What came of the inputs of one target.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Violations of a target that are told; a defect is mostly found many times.
const TOLD: usize = 20;

/// Sums and worst cases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Inputs tried.
    pub inputs: u64,
    /// How many of them were taken for sound.
    pub read: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Seconds, with the making of inputs and the checks.
    pub seconds: f64,
    /// The longest reading of one input.
    pub longest: Duration,
    /// The largest memory of an input beyond the floor, for each of its bytes.
    pub times: f64,
    /// The largest memory of an input.
    pub peak_bytes: usize,
    /// How many violations.
    pub violations: u64,
    /// The first of them.
    pub told: Vec<String>,
}

impl Tally {
    /// Notes a violation.
    pub fn tell(&mut self, what: String) {
        self.violations += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }

    /// Takes in what another process found.
    pub fn add(&mut self, other: Self) {
        self.inputs += other.inputs;
        self.read += other.read;
        self.bytes += other.bytes;
        self.seconds += other.seconds;
        self.longest = self.longest.max(other.longest);
        self.times = self.times.max(other.times);
        self.peak_bytes = self.peak_bytes.max(other.peak_bytes);
        self.violations += other.violations;
        self.told.extend(other.told);
    }
}
