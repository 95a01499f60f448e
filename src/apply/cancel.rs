//! A person's wish to stop, in two degrees.

use std::sync::Arc;

use tokio::sync::watch;

/// How urgent the wish is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// None: go on.
    Go,
    /// Start nothing more; finish what runs.
    Stop,
    /// Leave at once; what runs is left as it is.
    Leave,
}

/// The wish, shared between whoever hears it and whoever heeds it. Cloning gives the same one.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<Level>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Level::Go)))
    }
}

impl Cancel {
    /// One degree more urgent.
    pub fn raise(&self) {
        self.0.send_modify(|level| {
            *level = match level {
                Level::Go => Level::Stop,
                Level::Stop | Level::Leave => Level::Leave,
            };
        });
    }

    /// How urgent it is now.
    #[must_use]
    pub fn level(&self) -> Level {
        *self.0.borrow()
    }

    /// Waits until it is at least this urgent.
    pub async fn reached(&self, level: Level) {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = receiver.wait_for(|now| *now >= level).await;
    }
}
