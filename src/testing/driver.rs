//! Runs futures in simulated time on one thread: time moves on only when nothing else can.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, Stream};

use crate::clock::Clock;

/// A clock with everything that runs on it. Cloning gives the same one.
#[derive(Clone)]
pub(crate) struct Driver {
    clock: Clock,
    spawned: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
}

/// Told when something may go on.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Flag {
    fn raised() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }

    fn lower(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

impl Driver {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            spawned: Arc::default(),
        }
    }

    /// Lets something run beside everything else.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawned.lock().unwrap().push(task.boxed());
    }

    /// Drives everything until `work` is done; what else runs goes on with the next call.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.run_unless(work, || false).unwrap()
    }

    /// Drives everything until `work` is done, or `ends` says at the end of a turn that it is
    /// dropped as it stands.
    pub(crate) fn run_unless<T>(
        &self,
        work: impl Future<Output = T>,
        mut ends: impl FnMut() -> bool,
    ) -> Option<T> {
        let mut work = Some(Box::pin(work));
        let mut tasks: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
        let (work_flag, tasks_flag) = (Flag::raised(), Flag::raised());
        let (work_waker, tasks_waker) = (
            Waker::from(Arc::clone(&work_flag)),
            Waker::from(Arc::clone(&tasks_flag)),
        );
        let mut done = None;
        loop {
            let new = std::mem::take(&mut *self.spawned.lock().unwrap());
            let mut moved = !new.is_empty();
            tasks.extend(new);
            if let Some(work) = work.as_mut().filter(|_| work_flag.lower()) {
                moved = true;
                let mut context = Context::from_waker(&work_waker);
                if let Poll::Ready(value) = work.as_mut().poll(&mut context) {
                    done = Some(value);
                }
            }
            tasks_flag.lower();
            let mut context = Context::from_waker(&tasks_waker);
            while done.is_none()
                && let Poll::Ready(Some(())) = Pin::new(&mut tasks).poll_next(&mut context)
            {
                moved = true;
            }
            if done.is_some() || ends() {
                drop(work.take());
                self.spawned.lock().unwrap().extend(tasks);
                return done;
            }
            // What was begun just now runs before time goes on.
            moved |= !self.spawned.lock().unwrap().is_empty();
            let woken = work_flag.0.load(Ordering::SeqCst) || tasks_flag.0.load(Ordering::SeqCst);
            if !moved && !woken {
                assert!(self.clock.wake_next(), "everything waits for nothing");
            }
        }
    }
}
