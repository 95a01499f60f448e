use proptest::prelude::*;

use super::random::{Dice, random};
use super::world::{World, configuration, show};
use crate::graph::order;
use crate::plan::PlanOptions;

proptest! {
    #![proptest_config(crate::testing::cases(300))]

    /// From any configuration to any other and to nothing: every prefix of the tasks is possible,
    /// and after it there is nothing to do.
    #[test]
    fn applied_there_is_nothing_to_do(seeds in prop::collection::vec(any::<u64>(), 1..4)) {
        let mut world = World::default();
        for seed in &seeds {
            let files = random(*seed);
            let plan = world.plan(&files);
            // Where the plan says that AWS may refuse, the simulated one does not.
            world.lenient = plan.steps.iter().any(|step| !step.risks.is_empty());
            let again = world.plan(&files);
            prop_assert_eq!(&plan, &again);
            world.apply(&files, &plan);
            let after = world.plan(&files);
            prop_assert!(after.is_empty(), "{}", show(&after));
            prop_assert!(!after.has_record_changes());
            prop_assert_eq!(world.things.len(), files.nodes.len());
        }
        let none = configuration(&[]);
        let destroy = PlanOptions { destroy: true, ..PlanOptions::default() };
        let plan = world.plan_with(&none, destroy).unwrap().0;
        world.lenient = false;
        world.apply(&none, &plan);
        prop_assert!(world.things.is_empty());
        prop_assert!(world.state.unwrap().records.is_empty());
    }

    /// Every index comes after what it needs.
    #[test]
    fn orders_hold(count in 1_usize..40, seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let needs: Vec<Vec<usize>> = (0..count)
            .map(|index| (0..dice.roll(4)).filter(|_| index > 0).map(|_| dice.roll(index.max(1))).collect())
            .collect();
        let order = order(&needs).unwrap();
        let mut done = vec![false; count];
        for index in order {
            prop_assert!(needs[index].iter().all(|need| done[*need]));
            done[index] = true;
        }
        prop_assert!(done.iter().all(|done| *done));
    }
}
