use proptest::prelude::*;
use serde_json::{Value as Json, json};

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

/// Nothing in planning looks through everything for each thing: ten times as much takes no more
/// than a few tens of times as long (a square would take a hundred).
#[test]
fn time_grows_with_the_number_of_things() {
    let time = |count: usize| {
        let names: Vec<String> = (0..count).map(|i| format!("box.b{i:05}")).collect();
        let nodes: Vec<(&str, Json)> = names
            .iter()
            .map(|name| {
                (
                    name.as_str(),
                    json!({ "size": "small", "tags": { "a": "b" } }),
                )
            })
            .collect();
        let files = configuration(&nodes);
        let mut world = World::default();
        world.up(&files);
        // The best of some, since other things run beside it.
        let once = |_| {
            let started = std::time::Instant::now();
            assert!(world.plan(&files).is_empty());
            started.elapsed()
        };
        (0..3).map(once).min().unwrap()
    };
    let small = time(400);
    let large = time(4_000);
    assert!(large < small * 40, "{small:?}, then {large:?}");
}
