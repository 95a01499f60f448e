//! The one clock: of smd's waits, the SDK's sleeps and the sandbox's status machines.
//!
//! Time can run faster than the wall's: at speed 1000 a wait of five minutes takes 0.3 s. Against
//! AWS the speed is 1. [`Clock::instant`] answers at once: sleeping only moves the clock.

mod simulated;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that can be shared. Cloning gives the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
enum Inner {
    Scaled {
        speed: f64,
        started: Instant,
        epoch: SystemTime,
        /// What [`Clock::advance_to`] added, milliseconds.
        ahead_ms: AtomicU64,
    },
    /// Milliseconds since the epoch; sleeping moves it.
    Instant {
        now_ms: AtomicU64,
    },
    Simulated(simulated::Simulated),
}

impl Clock {
    /// The wall's own time.
    #[must_use]
    pub fn wall() -> Self {
        Self::scaled(1.0)
    }

    /// Time that runs `speed` times as fast as the wall's from now on. `speed` must be above 0.
    #[must_use]
    pub fn scaled(speed: f64) -> Self {
        Self(Arc::new(Inner::Scaled {
            speed: if speed > 0.0 { speed } else { 1.0 },
            started: Instant::now(),
            epoch: SystemTime::now(),
            ahead_ms: AtomicU64::new(0),
        }))
    }

    /// A clock that starts at `start` and moves only when someone sleeps: no wait takes real
    /// time and every run sees the same times.
    #[must_use]
    pub fn instant(start: SystemTime) -> Self {
        Self(Arc::new(Inner::Instant {
            now_ms: AtomicU64::new(millis(start)),
        }))
    }

    /// A clock that stands still: sleepers wait until [`Clock::wake_next`] moves it on, which its
    /// driver does when nothing else can run. Chance comes from `seed` ([`Clock::random`]), so that
    /// a run can be repeated to the last step.
    #[must_use]
    pub fn simulated(start: SystemTime, seed: u64) -> Self {
        let simulated = simulated::Simulated::new(millis(start), seed);
        Self(Arc::new(Inner::Simulated(simulated)))
    }

    /// Moves a simulated clock on to when its next sleeper is due, and wakes that one. `false`: no
    /// one sleeps, or the clock runs by itself.
    pub fn wake_next(&self) -> bool {
        match &*self.0 {
            Inner::Simulated(simulated) => simulated.wake_next(),
            Inner::Scaled { .. } | Inner::Instant { .. } => false,
        }
    }

    /// A random number, to spread waits: from the system, or from the seed of a simulated clock.
    #[must_use]
    pub fn random(&self) -> u32 {
        match &*self.0 {
            Inner::Simulated(simulated) => simulated.random(),
            // Without one, waits are merely less spread.
            Inner::Scaled { .. } | Inner::Instant { .. } => getrandom::u32().unwrap_or(0),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match &*self.0 {
            Inner::Scaled {
                speed,
                started,
                epoch,
                ahead_ms,
            } => {
                *epoch
                    + started.elapsed().mul_f64(*speed)
                    + Duration::from_millis(ahead_ms.load(Ordering::Relaxed))
            }
            Inner::Instant { now_ms } => {
                UNIX_EPOCH + Duration::from_millis(now_ms.load(Ordering::Relaxed))
            }
            Inner::Simulated(simulated) => UNIX_EPOCH + Duration::from_millis(simulated.now_ms()),
        }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        millis(self.now())
    }

    /// Moves the clock on so that it is not before `millis` (since the epoch). It never goes back.
    ///
    /// A sandbox on disk remembers its time: at a high speed it is ahead of the wall's, and what
    /// was done before must not come undone in the next process.
    pub fn advance_to(&self, millis: u64) {
        match &*self.0 {
            Inner::Scaled { ahead_ms, .. } => {
                let behind = millis.saturating_sub(self.now_ms());
                ahead_ms.fetch_add(behind, Ordering::Relaxed);
            }
            Inner::Instant { now_ms } => {
                now_ms.fetch_max(millis, Ordering::Relaxed);
            }
            Inner::Simulated(simulated) => simulated.advance_to(millis),
        }
    }

    /// How many times as fast as the wall's time it runs; `None` where it does not run by itself.
    #[must_use]
    pub fn speed(&self) -> Option<f64> {
        match &*self.0 {
            Inner::Scaled { speed, .. } => Some(*speed),
            Inner::Instant { .. } | Inner::Simulated(_) => None,
        }
    }

    /// Waits for `duration` of this clock's time.
    pub fn sleep(
        &self,
        duration: Duration,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync + 'static>> {
        match &*self.0 {
            Inner::Scaled { speed, .. } => Box::pin(tokio::time::sleep(duration.div_f64(*speed))),
            Inner::Instant { now_ms } => {
                let step = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
                now_ms.fetch_add(step, Ordering::Relaxed);
                Box::pin(tokio::task::yield_now())
            }
            Inner::Simulated(simulated) => {
                let step = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
                let due = simulated.now_ms().saturating_add(step);
                Box::pin(simulated::Sleep::new(Arc::clone(&self.0), due))
            }
        }
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl aws_smithy_async::time::TimeSource for Clock {
    fn now(&self) -> SystemTime {
        Self::now(self)
    }
}

impl aws_smithy_async::rt::sleep::AsyncSleep for Clock {
    fn sleep(&self, duration: Duration) -> aws_smithy_async::rt::sleep::Sleep {
        aws_smithy_async::rt::sleep::Sleep::new(Self::sleep(self, duration))
    }
}
