//! Taking back what a run made: everything it created is deleted again, last first, by the ordinary
//! steps with their journal. What existed before the run is not touched: no update is undone, and
//! what a changed thing uses now stays.

use std::collections::{BTreeMap, BTreeSet};

use super::recorder::Recorder;
use super::report::Status;
use crate::address::Address;
use crate::plan::{Action, Half, Plan, Reason, Step, Task};

/// How what a run made was taken back.
#[derive(Debug)]
pub struct Rollback {
    /// The deletions.
    pub plan: Plan,
    /// How each of them ended, in the order of their tasks.
    pub tasks: Vec<Status>,
    /// What this run made and left, with what uses it now.
    pub kept: BTreeMap<Address, Address>,
    /// What was changed or replaced, or may have been: nobody undoes that.
    pub not_undone: Vec<Address>,
}

impl Rollback {
    /// How many things were taken back.
    #[must_use]
    pub fn count(&self) -> usize {
        let done = |status: &&Status| **status == Status::Done;
        self.tasks.iter().filter(done).count()
    }

    /// The addresses of what was taken back, last made first.
    pub fn gone(&self) -> impl Iterator<Item = &Address> {
        self.entries()
            .filter(|(_, status)| **status == Status::Done)
            .map(|(step, _)| &step.address)
    }

    /// Each deletion with how it ended.
    pub fn entries(&self) -> impl Iterator<Item = (&Step, &Status)> {
        self.plan
            .tasks
            .iter()
            .zip(&self.tasks)
            .filter_map(|(task, status)| Some((self.plan.steps.get(task.step)?, status)))
    }

    /// Whether something that this run made or changed is left.
    #[must_use]
    pub fn leaves_something(&self) -> bool {
        !self.kept.is_empty() || !self.not_undone.is_empty() || self.count() < self.tasks.len()
    }
}

/// What is to be taken back of a run that ended like this.
pub fn plan(plan: &Plan, statuses: &[Status], recorder: &Recorder) -> Rollback {
    let mut made = recorder.made();
    let not_undone = not_undone(plan, statuses, &made, recorder);
    let kept = keep(plan, &not_undone, &mut made, recorder);
    let (steps, tasks) = deletions(plan, &made, recorder);
    Rollback {
        tasks: vec![Status::NotStarted; tasks.len()],
        plan: Plan {
            steps,
            tasks,
            outputs: BTreeMap::new(),
            ..plan.clone()
        },
        kept,
        not_undone: not_undone.into_iter().collect(),
    }
}

/// What work was begun on that stays as it is now.
fn not_undone(
    plan: &Plan,
    statuses: &[Status],
    made: &BTreeSet<Address>,
    recorder: &Recorder,
) -> BTreeSet<Address> {
    plan.tasks
        .iter()
        .zip(statuses)
        .filter_map(|(task, status)| {
            let step = plan.steps.get(task.step)?;
            let stays = match status {
                Status::Done | Status::Pending(_) | Status::Left => !made.contains(&step.address),
                // A change may have been made in part; what could not be made is not there.
                Status::Failed(_) => {
                    !made.contains(&step.address)
                        && (task.half == Half::Update || recorder.get(&step.address).is_some())
                }
                Status::Uncertain(_) => true,
                Status::Skipped(_) | Status::NotStarted | Status::RolledBack => false,
            };
            stays.then(|| step.address.clone())
        })
        .collect()
}

/// Takes from `made` what is used by what stays, over any number of steps.
fn keep(
    plan: &Plan,
    not_undone: &BTreeSet<Address>,
    made: &mut BTreeSet<Address>,
    recorder: &Recorder,
) -> BTreeMap<Address, Address> {
    let mut kept = BTreeMap::new();
    let mut users: Vec<(Address, Vec<Address>)> = plan
        .steps
        .iter()
        .filter(|step| not_undone.contains(&step.address))
        .map(|step| {
            (
                step.address.clone(),
                needs(&step.depends_on, step.parent.as_ref()),
            )
        })
        .collect();
    while let Some((user, needed)) = users.pop() {
        for need in needed {
            if made.remove(&need) {
                if let Some(record) = recorder.get(&need) {
                    let needed = needs(&record.depends_on, record.parent.as_ref());
                    users.push((need.clone(), needed));
                }
                kept.insert(need, user.clone());
            }
        }
    }
    kept
}

fn needs(depends_on: &[Address], parent: Option<&Address>) -> Vec<Address> {
    depends_on.iter().chain(parent).cloned().collect()
}

/// A deletion for each of `made`, in the opposite order of the tasks that made them.
fn deletions(plan: &Plan, made: &BTreeSet<Address>, recorder: &Recorder) -> (Vec<Step>, Vec<Task>) {
    let mut steps = Vec::new();
    let mut tasks: Vec<Task> = Vec::new();
    // By the number of the task that made it, the number of the task that deletes it.
    let mut deleted_by: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, task) in plan.tasks.iter().enumerate().rev() {
        let Some(step) = plan
            .steps
            .get(task.step)
            .filter(|step| task.half == Half::Create && made.contains(&step.address))
        else {
            continue;
        };
        let Some(record) = recorder.get(&step.address) else {
            continue;
        };
        let mut undo = Step::new(step.address.clone(), record.kind, record.place);
        undo.parent = record.parent;
        undo.action = Action::Delete;
        undo.depends_on = record.depends_on;
        undo.id = Some(record.id);
        // This run made it: it holds nobody's data yet. What people put into it meanwhile is not meant:
        // that a kind keeps where a run made what it is in (`Context::fresh`).
        undo.consented = true;
        undo.reasons = vec![Reason::new(
            "rolled_back",
            None,
            "the run that made it failed",
        )];
        deleted_by.insert(number, tasks.len());
        tasks.push(Task {
            step: steps.len(),
            half: Half::Delete,
            after: Vec::new(),
        });
        steps.push(undo);
    }
    for (number, task) in plan.tasks.iter().enumerate() {
        let Some(user) = deleted_by.get(&number) else {
            continue;
        };
        for need in &task.after {
            let needed = deleted_by.get(need).and_then(|at| tasks.get_mut(*at));
            if let Some(needed) = needed {
                needed.after.push(*user);
            }
        }
    }
    for task in &mut tasks {
        task.after.sort_unstable();
    }
    (steps, tasks)
}

/// Marks what was made and taken back again.
pub fn mark(plan: &Plan, statuses: &mut [Status], rollback: &Rollback) {
    let gone: BTreeSet<&Address> = rollback.gone().collect();
    for (task, status) in plan.tasks.iter().zip(statuses) {
        let step = plan.steps.get(task.step);
        if *status == Status::Done && step.is_some_and(|step| gone.contains(&step.address)) {
            *status = Status::RolledBack;
        }
    }
}
