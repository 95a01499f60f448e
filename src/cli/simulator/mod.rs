//! A simulator of whole runs, for tests: the commands themselves on the embedded AWS, with a
//! network and a disk of its own between them, in simulated time. It can end the process at any
//! call and any write, and make network and disk as bad as a seed says.
//!
//! `crashes` stops it at every point there is, `faults` tries seeds of bad weather.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing
)]

mod check;
mod crashes;
mod disk;
mod estate;
mod faults;
mod network;
mod people;
mod process;
mod script;

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use crate::apply::OnError;
use crate::clock::Clock;
use crate::sandbox::{Behaviour, Sandbox, world::World};
use crate::testing::Driver;

use disk::Files;
use network::{Past, Weather};
use script::Script;

/// When it begins.
const START: Duration = Duration::from_secs(1_800_000_000);

/// A machine on which smd runs, and the AWS that it reaches. Cloning gives the same one.
#[derive(Clone)]
pub struct Sim {
    clock: Clock,
    driver: Driver,
    sandbox: Sandbox,
    files: Arc<Mutex<Files>>,
    script: Arc<Mutex<Script>>,
    weather: Arc<Mutex<Weather>>,
    past: Arc<Mutex<Past>>,
    /// What may lose its data.
    consents: Arc<Mutex<Vec<String>>>,
    /// What a run does after its first failure.
    on_error: Arc<Mutex<OnError>>,
    store: Store,
}

/// Where state and journal are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// In files of the machine.
    Local,
    /// In the sandbox's S3, reached over the same network.
    S3,
}

/// What there is between two runs.
#[derive(Clone)]
pub struct Snapshot {
    world: World,
    files: Files,
    now_ms: u64,
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sim")
    }
}

impl Sim {
    /// Accounts with their deploy roles, and nothing else.
    pub fn new(store: Store, seed: u64) -> Self {
        let start = Snapshot {
            world: World::new(Behaviour::default()),
            files: Files::default(),
            now_ms: u64::try_from(START.as_millis()).unwrap(),
        };
        let sim = Self::from(&start, store, seed);
        estate::ensure_accounts(&sim.sandbox);
        if store == Store::S3 {
            process::make_bucket(&sim);
        }
        sim
    }

    /// A machine that goes on from there.
    pub fn from(snapshot: &Snapshot, store: Store, seed: u64) -> Self {
        let start = UNIX_EPOCH + Duration::from_millis(snapshot.now_ms);
        let clock = Clock::simulated(start, seed);
        Self {
            sandbox: Sandbox::of_world(snapshot.world.clone(), clock.clone()),
            driver: Driver::new(clock.clone()),
            clock,
            files: Arc::new(Mutex::new(snapshot.files.clone())),
            script: Arc::default(),
            weather: Arc::default(),
            past: Arc::default(),
            consents: Arc::new(Mutex::new(estate::CONSENTS.map(str::to_owned).to_vec())),
            on_error: Arc::new(Mutex::new(OnError::Continue)),
            store,
        }
    }

    /// What there is now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            world: self.sandbox.arrange(|world| world.clone()).unwrap(),
            files: self.files.lock().unwrap().clone(),
            now_ms: self.clock.now_ms(),
        }
    }

    /// The weather from now on.
    pub fn weather(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }

    /// By chance, whether what happens `of` times in a thousand happens.
    fn chance(&self, of: u64) -> bool {
        of > 0 && u64::from(self.clock.random()) % 1000 < of
    }

    /// A number of milliseconds up to `most`, by chance, at least 1.
    fn up_to(&self, most: u64) -> Duration {
        Duration::from_millis(1 + u64::from(self.clock.random()) % most)
    }
}
