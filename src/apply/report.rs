//! How a run ended.

use super::expectations::Checked;
use super::rollback::Rollback;
use crate::address::Address;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::{Action, Half, Plan, Step};
use crate::state::State;

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It is done.
    Done,
    /// AWS is not ready for it, for this reason: the next run tries again.
    Pending(String),
    /// It failed.
    Failed(Diagnostic),
    /// It may have been done, and nobody could find out yet: the next run looks.
    Uncertain(Diagnostic),
    /// It was not started because this failed.
    Skipped(Address),
    /// It was not started because the run was stopped.
    NotStarted,
    /// It was running when the run was left.
    Left,
    /// It was done, and what it made was deleted again because something else failed.
    RolledBack,
}

impl Status {
    /// The word in the JSON document.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Pending(_) => "pending",
            Self::Failed(_) => "failed",
            Self::Uncertain(_) => "uncertain",
            Self::Skipped(_) => "skipped",
            Self::NotStarted => "not_started",
            Self::Left => "left",
            Self::RolledBack => "rolled_back",
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Report {
    /// How each task of the plan ended, in the plan's order.
    pub tasks: Vec<Status>,
    /// What is recorded now, where that changed; it must be saved.
    pub state: Option<State>,
    /// What stopped it before the first call, and warnings: what AWS did not apply.
    pub diagnostics: Diagnostics,
    /// Expectations that were checked at the end, are not met or could not be checked.
    pub expectations: Vec<Checked>,
    /// Whether it was stopped or left on the person's wish.
    pub interrupted: bool,
    /// Whether it started nothing more because something had failed.
    pub halted: bool,
    /// How what it made was taken back, if that was asked for and something failed.
    pub rollback: Option<Rollback>,
    /// Why it could not go on writing down what it does, and so stopped starting work: the disk is
    /// full, the right to write was lost.
    pub broken: Option<Diagnostic>,
}

/// How many tasks ended in each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Things made, and not taken back.
    pub created: usize,
    /// Things changed in place.
    pub updated: usize,
    /// Things deleted.
    pub deleted: usize,
    /// Things that AWS's answer decided on, done or not needed.
    pub ensured: usize,
    /// Things that AWS is not ready for yet.
    pub pending: usize,
    /// Things recorded no more, which stay.
    pub forgotten: usize,
    /// Things of which nothing changed but their marks: they have another address.
    pub moved: usize,
    /// Things that lived already and of which nothing changed but their marks.
    pub imported: usize,
    /// Tasks that failed.
    pub failed: usize,
    /// Tasks of which nobody knows how they ended.
    pub uncertain: usize,
    /// Tasks skipped because another one failed.
    pub skipped: usize,
    /// Tasks not started, or left running.
    pub remaining: usize,
    /// Things that were made and deleted again.
    pub rolled_back: usize,
}

impl Counts {
    /// The counts by their names in JSON and in the log of runs.
    #[must_use]
    pub fn named(self) -> Vec<(&'static str, usize)> {
        let mut named = vec![
            ("created", self.created),
            ("updated", self.updated),
            ("deleted", self.deleted),
            ("ensured", self.ensured),
            ("pending", self.pending),
            ("failed", self.failed),
            ("uncertain", self.uncertain),
            ("skipped", self.skipped),
            ("remaining", self.remaining),
            ("rolled_back", self.rolled_back),
        ];
        // Said only where it was asked for.
        let rare = [
            ("forgotten", self.forgotten),
            ("imported", self.imported),
            ("moved", self.moved),
        ];
        named.extend(rare.into_iter().filter(|(_, count)| *count > 0));
        named
    }

    /// Tasks that were done.
    #[must_use]
    pub fn done(self) -> usize {
        self.created
            + self.updated
            + self.deleted
            + self.ensured
            + self.forgotten
            + self.moved
            + self.imported
    }
}

impl Report {
    /// Each task's step and half with how it ended.
    pub fn entries<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (&'a Step, Half, &'a Status)> {
        plan.tasks
            .iter()
            .zip(&self.tasks)
            .filter_map(|(task, status)| Some((plan.steps.get(task.step)?, task.half, status)))
    }

    /// How many tasks ended in each way.
    #[must_use]
    pub fn counts(&self, plan: &Plan) -> Counts {
        let mut counts = Counts {
            rolled_back: self.rollback.as_ref().map_or(0, Rollback::count),
            ..Counts::default()
        };
        for (step, half, status) in self.entries(plan) {
            let counter = match (status, half) {
                (Status::Done, _) if step.action == Action::Ensure => &mut counts.ensured,
                (Status::Pending(_), _) => &mut counts.pending,
                (Status::Done, Half::Create) => &mut counts.created,
                (Status::Done, Half::Forget) => &mut counts.forgotten,
                (Status::Done, Half::Update)
                    if step.action == Action::Unchanged && step.is_imported() =>
                {
                    &mut counts.imported
                }
                (Status::Done, Half::Update) if step.action == Action::Unchanged => {
                    &mut counts.moved
                }
                (Status::Done, Half::Update) => &mut counts.updated,
                (Status::Done, Half::Delete) => &mut counts.deleted,
                (Status::Failed(_), _) => &mut counts.failed,
                (Status::Uncertain(_), _) => &mut counts.uncertain,
                (Status::Skipped(_), _) => &mut counts.skipped,
                (Status::NotStarted | Status::Left, _) => &mut counts.remaining,
                // Counted with what failed halfway and was taken back too.
                (Status::RolledBack, _) => continue,
            };
            *counter += 1;
        }
        counts
    }
}
