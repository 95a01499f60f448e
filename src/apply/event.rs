//! What a run tells whoever watches it.

use crate::address::Address;
use crate::diagnostic::Diagnostic;
use crate::plan::{Half, Step};

/// A task of the plan as the watcher sees it.
#[derive(Debug, Clone, Copy)]
pub struct Doing<'a> {
    /// Its index in the plan's tasks.
    pub task: usize,
    /// Its step.
    pub step: &'a Step,
    /// Which half of it.
    pub half: Half,
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// What the plan says is there is being read again.
    Checking {
        /// How many things.
        count: usize,
    },
    /// The walk begins.
    Begun {
        /// How many tasks there are.
        tasks: usize,
    },
    /// A task was started.
    Started(Doing<'a>),
    /// A task waits for something.
    Progress {
        /// Which.
        doing: Doing<'a>,
        /// For what, in a few words.
        text: &'a str,
    },
    /// A task is done.
    Done {
        /// Which.
        doing: Doing<'a>,
        /// The id of what was made or changed; the id of what is gone.
        id: Option<&'a str>,
    },
    /// AWS is not ready for a task: the next run tries again.
    Pending {
        /// Which.
        doing: Doing<'a>,
        /// What it waits for.
        why: &'a str,
    },
    /// A task failed.
    Failed {
        /// Which.
        doing: Doing<'a>,
        /// Why.
        why: &'a Diagnostic,
    },
    /// A task was not started because another one failed.
    Skipped {
        /// Which.
        doing: Doing<'a>,
        /// What failed.
        because: &'a Address,
    },
    /// What the run made is about to be deleted again.
    RollingBack {
        /// How many things.
        count: usize,
    },
    /// How much still waits for something that runs.
    Waiting {
        /// How many tasks were not started yet.
        count: usize,
        /// The running one that the longest way hangs on.
        longest: Option<&'a Address>,
    },
    /// Nothing more is started, on the person's wish or because something failed.
    Stopping {
        /// How many tasks still run.
        running: usize,
    },
}

/// Watches a run.
pub trait Observer: Send + Sync {
    /// Is told what happened.
    fn event(&self, event: Event<'_>);
}
