//! Which task is next: of those whose needs are done, the one with the longest way behind it, so
//! that a domain that takes minutes is not started last. Every task and edge is looked at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Started,
    Ended,
}

/// The tasks of a plan, in the order in which they may be started.
#[derive(Debug)]
pub struct Schedule {
    needs: Vec<usize>,
    dependents: Vec<Vec<usize>>,
    way: Vec<u64>,
    phase: Vec<Phase>,
    ready: BinaryHeap<(u64, Reverse<usize>)>,
    waiting: usize,
}

impl Schedule {
    /// Takes, for each task, its weight (seconds it usually takes) and the tasks that must be done
    /// first. `None` where a task comes before one that it needs: such a plan cannot be walked.
    #[must_use]
    pub fn new<'a>(tasks: impl ExactSizeIterator<Item = (u64, &'a [usize])>) -> Option<Self> {
        let count = tasks.len();
        let mut needs = Vec::with_capacity(count);
        let mut way = Vec::with_capacity(count);
        let mut dependents = vec![Vec::new(); count];
        for (task, (weight, after)) in tasks.enumerate() {
            for need in after {
                if *need >= task {
                    return None;
                }
                dependents.get_mut(*need)?.push(task);
            }
            needs.push(after.len());
            way.push(weight);
        }
        // Later tasks first: their ways are known when those of earlier ones are added up.
        for task in (0..count).rev() {
            let longest = dependents
                .get(task)?
                .iter()
                .filter_map(|dependent| way.get(*dependent).copied())
                .max()
                .unwrap_or(0);
            *way.get_mut(task)? += longest;
        }
        let ready = needs
            .iter()
            .zip(&way)
            .enumerate()
            .filter(|(_, (needs, _))| **needs == 0)
            .map(|(task, (_, way))| (*way, Reverse(task)))
            .collect();
        Some(Self {
            needs,
            dependents,
            way,
            phase: vec![Phase::Waiting; count],
            ready,
            waiting: count,
        })
    }

    /// Starts the next task, if one is ready.
    pub fn start(&mut self) -> Option<usize> {
        let (_, Reverse(task)) = self.ready.pop()?;
        self.leave_waiting(task, Phase::Started);
        Some(task)
    }

    /// A started task is done: what waited only for it becomes ready.
    pub fn done(&mut self, task: usize) {
        self.end(task);
        for dependent in self.dependents.get(task).into_iter().flatten() {
            let (Some(needs), Some(way)) =
                (self.needs.get_mut(*dependent), self.way.get(*dependent))
            else {
                continue;
            };
            *needs = needs.saturating_sub(1);
            if *needs == 0 && self.phase.get(*dependent) == Some(&Phase::Waiting) {
                self.ready.push((*way, Reverse(*dependent)));
            }
        }
    }

    /// A started task failed: everything that needs it, over any number of steps, is skipped and
    /// given back in order.
    pub fn failed(&mut self, task: usize) -> Vec<usize> {
        self.end(task);
        let mut skipped = Vec::new();
        let mut next = vec![task];
        while let Some(task) = next.pop() {
            let dependents = self.dependents.get(task).cloned().unwrap_or_default();
            for dependent in dependents {
                if self.phase.get(dependent) == Some(&Phase::Waiting) {
                    self.leave_waiting(dependent, Phase::Ended);
                    skipped.push(dependent);
                    next.push(dependent);
                }
            }
        }
        skipped.sort_unstable();
        skipped
    }

    /// How many tasks were neither started nor skipped.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// The weight of the longest way from this task to an end, its own included.
    #[must_use]
    pub fn way(&self, task: usize) -> u64 {
        self.way.get(task).copied().unwrap_or(0)
    }

    fn leave_waiting(&mut self, task: usize, to: Phase) {
        if let Some(phase) = self.phase.get_mut(task) {
            *phase = to;
            self.waiting = self.waiting.saturating_sub(1);
        }
    }

    fn end(&mut self, task: usize) {
        if let Some(phase) = self.phase.get_mut(task) {
            *phase = Phase::Ended;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::Schedule;
    use proptest::prelude::*;

    fn schedule(tasks: &[(u64, Vec<usize>)]) -> Schedule {
        Schedule::new(
            tasks
                .iter()
                .map(|(weight, after)| (*weight, after.as_slice())),
        )
        .unwrap()
    }

    #[test]
    fn the_longest_way_goes_first() {
        // 0 <- 2 (a domain), 1 alone, 3 alone and heavier than 1.
        let mut tasks = schedule(&[(1, vec![]), (1, vec![]), (300, vec![0]), (2, vec![])]);
        assert_eq!(tasks.start(), Some(0));
        assert_eq!(tasks.start(), Some(3));
        assert_eq!(tasks.start(), Some(1));
        assert_eq!(tasks.start(), None);
        tasks.done(0);
        assert_eq!(tasks.start(), Some(2));
        assert_eq!(tasks.waiting(), 0);
    }

    #[test]
    fn a_failure_skips_what_needs_it_and_nothing_else() {
        let mut tasks = schedule(&[(1, vec![]), (1, vec![0]), (1, vec![1]), (1, vec![])]);
        assert_eq!(tasks.start(), Some(0));
        assert_eq!(tasks.failed(0), [1, 2]);
        assert_eq!(tasks.start(), Some(3));
        tasks.done(3);
        assert_eq!(tasks.waiting(), 0);
    }

    #[test]
    fn an_order_that_cannot_be_walked_is_refused() {
        assert!(Schedule::new([(1, &[1_usize][..]), (1, &[][..])].into_iter()).is_none());
        assert!(Schedule::new([(1, &[0_usize][..])].into_iter()).is_none());
    }

    proptest! {
        #![proptest_config(crate::testing::cases(256))]

        #[test]
        fn every_task_ends_once_and_after_its_needs(
            edges in proptest::collection::vec((0_usize..40, 0_usize..40), 0..120),
            fail in proptest::collection::vec(any::<bool>(), 40),
        ) {
            let mut tasks: Vec<(u64, Vec<usize>)> = (0..40).map(|n| (n % 7, Vec::new())).collect();
            for (a, b) in edges {
                if a != b {
                    tasks[a.max(b)].1.push(a.min(b));
                }
            }
            for task in &mut tasks {
                task.1.sort_unstable();
                task.1.dedup();
            }
            let mut walk = schedule(&tasks);
            let mut done = [false; 40];
            let mut ended = vec![0; 40];
            while let Some(task) = walk.start() {
                prop_assert!(tasks[task].1.iter().all(|need| done[*need]));
                ended[task] += 1;
                if fail[task] {
                    for skipped in walk.failed(task) {
                        ended[skipped] += 1;
                    }
                } else {
                    done[task] = true;
                    walk.done(task);
                }
            }
            prop_assert_eq!(ended, vec![1; 40]);
            prop_assert_eq!(walk.waiting(), 0);
        }
    }
}
