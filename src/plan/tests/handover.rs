//! `moved` and `removed`.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::world::{World, address, configuration, show};
use crate::config::{Configuration, Move, Removed};
use crate::diagnostic::{FileId, Span};
use crate::plan::{Half, PlanOptions};

fn span() -> Span {
    Span::new(FileId(0), 0, 1)
}

fn moved(configuration: &mut Configuration, moves: &[(&str, &str)]) {
    let moves: Vec<Move> = moves
        .iter()
        .map(|(from, to)| Move {
            from: address(from),
            to: address(to),
            span: span(),
        })
        .collect();
    configuration.handover.moves = moves.into();
}

fn removed(configuration: &mut Configuration, from: &str, destroy: bool, lifts: bool) {
    configuration.handover.removed.push(Removed {
        from: address(from),
        destroy,
        lifts_protection: lifts,
        span: span(),
    });
}

/// Applies the first, then shows the plan for the second with its moves; the plan after that one is
/// empty.
fn check(first: &[(&str, Json)], second: &[(&str, Json)], moves: &[(&str, &str)]) -> String {
    let mut world = World::default();
    world.up(&configuration(first));
    let mut files = configuration(second);
    moved(&mut files, moves);
    let plan = world.plan(&files);
    let shown = show(&plan);
    world.apply(&files, &plan);
    let again = world.plan(&files);
    assert!(again.is_empty(), "not empty after apply:\n{}", show(&again));
    assert!(!again.has_record_changes(), "records differ after apply");
    // The statement may go once it was applied.
    let files = configuration(second);
    assert!(world.plan(&files).is_empty());
    shown
}

fn group(name: &str) -> Vec<(String, Json)> {
    vec![
        (
            format!("group.{name}"),
            json!({ "net": "@net.n.id", "name": "g" }),
        ),
        (
            format!("group.{name}.rule.ssh"),
            json!({ "protocol": "tcp", "ports": 22, "peer": format!("@group.{name}.id") }),
        ),
    ]
}

fn nodes(net: &str, group_name: &str) -> Vec<(String, Json)> {
    let mut nodes = group(group_name);
    nodes.push(("net.n".to_owned(), json!({ "cidr": net })));
    nodes.push((
        "box.b".to_owned(),
        json!({ "groups": [format!("@group.{group_name}.id")] }),
    ));
    nodes
}

fn borrowed(nodes: &[(String, Json)]) -> Vec<(&str, Json)> {
    nodes
        .iter()
        .map(|(at, json)| (at.as_str(), json.clone()))
        .collect()
}

#[test]
fn a_resource_goes_with_its_parts_and_nothing_else_happens() {
    let (first, second) = (nodes("10.0.0.0/16", "a"), nodes("10.0.0.0/16", "b"));
    assert_snapshot!(check(
        &borrowed(&first),
        &borrowed(&second),
        &[("group.a", "group.b")]
    ));
}

#[test]
fn to_a_key_and_back_over_chains() {
    let plain = |at: &str| vec![(at.to_owned(), json!({ "cidr": "10.0.0.0/16" }))];
    let keyed = plain("net.new[\"k\"]");
    assert_snapshot!(check(
        &borrowed(&plain("net.old")),
        &borrowed(&keyed),
        &[
            ("net.between", "net.new[\"k\"]"),
            ("net.old", "net.between")
        ],
    ));
    assert_snapshot!(check(
        &borrowed(&keyed),
        &borrowed(&plain("net.old")),
        &[("net.new[\"k\"]", "net.old")],
    ));
}

#[test]
fn all_instances_of_a_block() {
    let block = |name: &str| {
        ["x", "y"].map(|key| {
            (
                format!("net.{name}[\"{key}\"]"),
                json!({ "cidr": "10.0.0.0/16" }),
            )
        })
    };
    assert_snapshot!(check(
        &borrowed(&block("a")),
        &borrowed(&block("b")),
        &[("net.a", "net.b")],
    ));
}

#[test]
fn a_difference_is_a_change_of_its_own() {
    assert_snapshot!(check(
        &[("net.a", json!({ "cidr": "10.0.0.0/16", "hosts": true }))],
        &[("net.b", json!({ "cidr": "10.0.0.0/16", "hosts": false }))],
        &[("net.a", "net.b")],
    ));
}

#[test]
fn a_made_up_name_stays_when_its_thing_moves() {
    let files = |name: &str| {
        configuration(&[
            ("net.n", json!({ "cidr": "10.0.0.0/16" })),
            (&format!("group.{name}"), json!({ "net": "@net.n.id" })),
        ])
    };
    let mut world = World::default();
    world.up(&files("a"));
    let mut second = files("b");
    moved(&mut second, &[("group.a", "group.b")]);
    let plan = world.up(&second);
    assert!(plan.tasks.iter().all(|task| task.half == Half::Update));
    // And when the statement has gone.
    let second = files("b");
    let plan = world.plan(&second);
    assert!(
        plan.is_empty() && !plan.has_record_changes(),
        "{}",
        show(&plan)
    );
    let there = world.things.values().find(|thing| thing.kind == "group");
    let name = there.and_then(|thing| thing.attributes.get("name"));
    assert_eq!(name, Some(&crate::value::Value::string("test-a")));
}

#[test]
fn what_moved_and_is_gone_is_made_anew() {
    let mut world = World::default();
    world.up(&configuration(&[(
        "net.a",
        json!({ "cidr": "10.0.0.0/16" }),
    )]));
    world.remove("net.a");
    let mut files = configuration(&[("net.b", json!({ "cidr": "10.0.0.0/16" }))]);
    moved(&mut files, &[("net.a", "net.b")]);
    let plan = world.up(&files);
    assert_snapshot!(show(&plan));
    assert!(world.plan(&files).is_empty());
    let records = &world.state.as_ref().unwrap().records;
    assert_eq!(
        records.keys().map(ToString::to_string).collect::<Vec<_>>(),
        ["net.b"]
    );
}

#[test]
fn two_things_do_not_get_one_address() {
    let mut world = World::default();
    world.up(&configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("net.b", json!({ "cidr": "10.1.0.0/16" })),
    ]));
    let mut files = configuration(&[("net.b", json!({ "cidr": "10.1.0.0/16" }))]);
    moved(&mut files, &[("net.a", "net.b")]);
    let refused = world.plan_with(&files, PlanOptions::default()).unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_snapshot!(refused[0].message);
}

#[test]
fn forgetting_leaves_the_thing() {
    let mut world = World::default();
    let first = nodes("10.0.0.0/16", "a");
    world.up(&configuration(&borrowed(&first)));
    let things = world.things.len();
    let second = [
        ("net.n", json!({ "cidr": "10.0.0.0/16" })),
        ("box.b", json!({})),
    ];
    let mut files = configuration(&second);
    removed(&mut files, "group.a", false, false);
    let plan = world.up(&files);
    assert_snapshot!(show(&plan));
    assert_eq!(world.things.len(), things);
    assert!(world.plan(&files).is_empty());
    // And so with `smd destroy`, which deletes the rest.
    let mut world = World::default();
    world.up(&configuration(&borrowed(&first)));
    let destroy = PlanOptions {
        destroy: true,
        ..PlanOptions::default()
    };
    let (plan, _) = world.plan_with(&files, destroy).unwrap();
    assert_snapshot!(show(&plan));
}

#[test]
fn a_protection_is_lifted_when_the_block_has_gone() {
    let mut world = World::default();
    world.up(&configuration(&[(
        "net.a",
        json!({ "cidr": "10.0.0.0/16", "protect": true }),
    )]));
    let mut files = configuration(&[]);
    let refused = world.plan_with(&files, PlanOptions::default()).unwrap_err();
    assert_snapshot!(refused[0].help.join("\n"));
    removed(&mut files, "net.a", true, true);
    let plan = world.up(&files);
    assert_snapshot!(show(&plan));
    assert!(world.things.is_empty());
}

fn chain() -> Configuration {
    configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        ("group.g.rule.r", json!({ "protocol": "tcp" })),
        ("box.b", json!({ "groups": ["@group.g.id"] })),
        ("box.c", json!({})),
    ])
}

fn excluding(address: &str) -> PlanOptions {
    PlanOptions {
        excludes: vec![address.to_owned()],
        ..PlanOptions::default()
    }
}

#[test]
fn an_exclusion_takes_what_needs_it() {
    let (plan, notes) = World::default()
        .plan_with(&chain(), excluding("group.g"))
        .unwrap();
    assert_snapshot!(show(&plan));
    assert_snapshot!(notes[0].message);
    // Nothing is done to it, so nothing else hangs on it.
    let mut world = World::default();
    let mut files = chain();
    world.up(&files);
    files.nodes.shift_remove(&address("box.b")).unwrap();
    let (plan, notes) = world.plan_with(&files, excluding("group.g")).unwrap();
    assert_snapshot!(show(&plan));
    assert!(notes.is_empty());
}

#[test]
fn what_stays_keeps_what_it_needs() {
    let mut world = World::default();
    world.up(&chain());
    let (plan, notes) = world
        .plan_with(&configuration(&[]), excluding("box.b"))
        .unwrap();
    assert_snapshot!(show(&plan));
    assert_snapshot!(notes[0].message);
}

#[test]
fn made_anew_because_it_was_asked_for() {
    let mut world = World::default();
    let files = chain();
    world.up(&files);
    let anew = |address: &str| PlanOptions {
        replaces: vec![address.to_owned()],
        ..PlanOptions::default()
    };
    let (plan, _) = world.plan_with(&files, anew("box.c")).unwrap();
    assert_snapshot!(show(&plan));
    world.apply(&files, &plan);
    assert!(world.plan(&files).is_empty());
    let refused = world.plan_with(&files, anew("box.x")).unwrap_err();
    assert_snapshot!(refused[0].message);
    // What is only ensured, and is not there.
    let files = configuration(&[("wish.w", json!({}))]);
    let refused = World::default().plan_with(&files, anew("wish.w"));
    assert_snapshot!(refused.unwrap_err()[0].message, @"`--replace wish.w`: it is not there, and is made anyway");
}

#[test]
fn what_needs_an_excluded_thing_that_is_ensured_is_left_out() {
    let files = configuration(&[
        ("wish.w", json!({})),
        ("box.b", json!({ "needs": ["wish.w"] })),
        ("box.c", json!({})),
    ]);
    let (plan, notes) = World::default()
        .plan_with(&files, excluding("wish.w"))
        .unwrap();
    assert_snapshot!(show(&plan), @"
  + box.c
      because not_in_state: smd has not made it yet
create box.c
");
    assert_snapshot!(notes[0].message, @"also left out, because it cannot be done without what `--exclude` names: `box.b`");
}

#[test]
fn what_moved_is_forgotten_under_its_new_address() {
    let mut world = World::default();
    world.up(&configuration(&[(
        "net.a",
        json!({ "cidr": "10.0.0.0/16" }),
    )]));
    let mut files = configuration(&[]);
    moved(&mut files, &[("net.a", "net.b")]);
    removed(&mut files, "net.b", false, false);
    let plan = world.up(&files);
    assert_snapshot!(show(&plan));
    assert_eq!(world.things.len(), 1);
}

/// What the files say goes by the new address, also where no plan has given it to the record.
#[test]
fn what_is_to_move_is_known_by_its_new_address() {
    let net = |protect: bool| json!({ "cidr": "10.0.0.0/16", "protect": protect });
    let destroy = || PlanOptions {
        destroy: true,
        ..PlanOptions::default()
    };
    let mut world = World::default();
    world.up(&configuration(&[("net.a", net(false))]));
    let mut files = configuration(&[]);
    moved(&mut files, &[("net.a", "net.b")]);
    removed(&mut files, "net.b", false, false);
    let (plan, _) = world.plan_with(&files, destroy()).unwrap();
    assert_snapshot!(show(&plan), @"
  x net.a
      marks
      because removed: it is forgotten and stays, as `removed` says
forget net.a
");
    // Protected by the block that it goes to.
    let mut files = configuration(&[("net.b", net(true))]);
    moved(&mut files, &[("net.a", "net.b")]);
    let refused = world.plan_with(&files, destroy());
    assert_snapshot!(refused.unwrap_err()[0], @"error[E0501]: `net.a` is protected and would be deleted");
    // And let go by that address.
    let mut world = World::default();
    world.up(&configuration(&[("net.a", net(true))]));
    let mut files = configuration(&[]);
    moved(&mut files, &[("net.a", "net.b")]);
    let refused = world.plan_with(&files, PlanOptions::default());
    assert_snapshot!(refused.unwrap_err()[0].help.join("\n"), @"to let it go, write `removed { from = net.b, protect = false }`");
    removed(&mut files, "net.b", true, true);
    for options in [PlanOptions::default(), destroy()] {
        let (plan, _) = world.plan_with(&files, options).unwrap();
        assert_eq!(plan.tasks.len(), 1);
        assert_eq!(plan.tasks[0].half, Half::Delete);
    }
}
