//! Time that stands still until whoever drives it moves it on: for runs that can be repeated to the
//! last step.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Multiplier and increment of the generator (Knuth's MMIX): good enough for jitter, and the same
/// everywhere.
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
const INCREMENT: u64 = 1_442_695_040_888_963_407;

/// The time, who waits for which, and the source of chance.
#[derive(Debug)]
pub(super) struct Simulated(Mutex<Timeline>);

#[derive(Debug)]
struct Timeline {
    now_ms: u64,
    /// Those who sleep, by when they are due and in the order in which they lay down.
    sleepers: BTreeMap<(u64, u64), Waker>,
    slept: u64,
    chance: u64,
}

impl Simulated {
    pub(super) fn new(now_ms: u64, seed: u64) -> Self {
        Self(Mutex::new(Timeline {
            now_ms,
            sleepers: BTreeMap::new(),
            slept: 0,
            chance: seed,
        }))
    }

    fn hold(&self) -> MutexGuard<'_, Timeline> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.hold().now_ms
    }

    pub(super) fn advance_to(&self, millis: u64) {
        let mut timeline = self.hold();
        timeline.now_ms = timeline.now_ms.max(millis);
    }

    /// Moves on to when the next sleeper is due and wakes it; whether there was one.
    pub(super) fn wake_next(&self) -> bool {
        let mut timeline = self.hold();
        let Some(((due, _), waker)) = timeline.sleepers.pop_first() else {
            return false;
        };
        timeline.now_ms = timeline.now_ms.max(due);
        drop(timeline);
        waker.wake();
        true
    }

    pub(super) fn random(&self) -> u32 {
        let mut timeline = self.hold();
        timeline.chance = timeline
            .chance
            .wrapping_mul(MULTIPLIER)
            .wrapping_add(INCREMENT);
        u32::try_from(timeline.chance >> 32).unwrap_or_default()
    }
}

/// A sleep in simulated time.
#[derive(Debug)]
pub(super) struct Sleep {
    inner: Arc<super::Inner>,
    due: u64,
    place: Option<(u64, u64)>,
}

impl Sleep {
    pub(super) fn new(inner: Arc<super::Inner>, due: u64) -> Self {
        Self {
            inner,
            due,
            place: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let sleep = &mut *self;
        let super::Inner::Simulated(simulated) = &*sleep.inner else {
            return Poll::Ready(());
        };
        let mut timeline = simulated.hold();
        if timeline.now_ms >= sleep.due {
            if let Some(place) = sleep.place.take() {
                timeline.sleepers.remove(&place);
            }
            return Poll::Ready(());
        }
        let place = match sleep.place {
            Some(place) => place,
            None => {
                timeline.slept += 1;
                (sleep.due, timeline.slept)
            }
        };
        sleep.place = Some(place);
        timeline.sleepers.insert(place, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let (Some(place), super::Inner::Simulated(simulated)) = (self.place, &*self.inner) {
            simulated.hold().sleepers.remove(&place);
        }
    }
}
