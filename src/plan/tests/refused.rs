use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::json;

use super::world::{World, configuration};
use crate::config::Configuration;
use crate::diagnostic::Diagnostics;
use crate::plan::{PlanOptions, missing_consents};

fn told(diagnostics: &Diagnostics) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let mut text = format!("{diagnostic}\n");
            for note in &diagnostic.notes {
                text.push_str(&format!("  note: {note}\n"));
            }
            for help in &diagnostic.help {
                text.push_str(&format!("  help: {help}\n"));
            }
            text
        })
        .collect()
}

fn refused(world: &World, files: &Configuration, options: PlanOptions) -> String {
    told(&world.plan_with(files, options).unwrap_err())
}

#[test]
fn protected_things_stay() {
    let mut world = World::default();
    world.up(&configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16", "protect": true })),
        ("net.b", json!({ "cidr": "10.1.0.0/16", "protect": true })),
    ]));
    // The block of one has gone, the other would be replaced; the mark stays in the state.
    let files = configuration(&[("net.a", json!({ "cidr": "10.2.0.0/16" }))]);
    assert_snapshot!(refused(&world, &files, PlanOptions::default()), @"
error[E0501]: `net.a` is protected and would be replaced
  note: `cidr`: no call changes it
  help: take the change back, or write `lifecycle { protect = false }` and apply first
error[E0501]: `net.b` is protected and would be deleted
  note: it is no longer in the configuration
  help: to let it go, write `removed { from = net.b, protect = false }`
");
    let destroy = PlanOptions {
        destroy: true,
        ..PlanOptions::default()
    };
    assert_snapshot!(refused(&world, &configuration(&[]), destroy), @"
error[E0501]: `net.a` is protected and would be deleted
  note: everything is to be deleted
  help: to let it go, write `removed { from = net.a, protect = false }`
error[E0501]: `net.b` is protected and would be deleted
  note: everything is to be deleted
  help: to let it go, write `removed { from = net.b, protect = false }`
");
    let lifted = configuration(&[
        ("net.a", json!({ "cidr": "10.2.0.0/16", "protect": false })),
        ("net.b", json!({ "cidr": "10.1.0.0/16" })),
    ]);
    assert!(world.plan_with(&lifted, PlanOptions::default()).is_ok());
}

/// What somebody deleted by hand has nothing left to protect.
#[test]
fn protected_things_that_are_gone_hold_nothing_up() {
    let files = configuration(&[("net.a", json!({ "cidr": "10.0.0.0/16", "protect": true }))]);
    let mut world = World::default();
    world.up(&files);
    world.remove("net.a");
    assert!(world.plan_with(&files, PlanOptions::default()).is_ok());
    let destroy = PlanOptions {
        destroy: true,
        ..PlanOptions::default()
    };
    assert!(world.plan_with(&files, destroy).is_ok());
    assert!(
        world
            .plan_with(&configuration(&[]), PlanOptions::default())
            .is_ok()
    );
}

/// The cause is named where a block still stands in the files.
#[test]
fn protected_things_that_are_left_out() {
    let names = ["net.a", "net.b[\"x\"]", "net.c", "net.d[\"x\"]"];
    let all: Vec<_> = names
        .iter()
        .map(|name| (*name, json!({ "cidr": "10.0.0.0/16", "protect": true })))
        .collect();
    let mut world = World::default();
    world.up(&configuration(&all));
    let mut files = configuration(&[("net.d", json!({ "cidr": "10.0.0.0/16" }))]);
    let span = crate::diagnostic::Span::new(crate::diagnostic::FileId(0), 0, 1);
    let address = crate::address::Address::from_text;
    files.left_out.when.insert(address("net.a"), span);
    for block in ["net.b", "net.c"] {
        files.left_out.for_each.insert(address(block), span);
    }
    assert_snapshot!(refused(&world, &files, PlanOptions::default()), @r#"
error[E0501]: `net.a` is protected and would be deleted
  note: it is declared, and its `when` is false
  help: bring it back (let `when` be true) with `lifecycle { protect = false }` and apply first
error[E0501]: `net.b["x"]` is protected and would be deleted
  note: it is declared, and its `for_each` does not have the key `x`
  help: bring it back (give `for_each` the key `x`) with `lifecycle { protect = false }` and apply first
error[E0501]: `net.c` is protected and would be deleted
  note: it is declared with `for_each` now, under other addresses
  help: bring it back (take the `for_each` out) with `lifecycle { protect = false }` and apply first
error[E0501]: `net.d["x"]` is protected and would be deleted
  note: it is declared without `for_each` now, under another address
  help: bring it back (write the `for_each` again) with `lifecycle { protect = false }` and apply first
"#);
}

#[test]
fn losing_data_needs_consent_by_name() {
    let mut world = World::default();
    world.up(&configuration(&[("box.b", json!({ "home": "delete" }))]));
    let none = configuration(&[]);
    assert_snapshot!(refused(&world, &none, PlanOptions::default()), @"
error[E0502]: deleting `box.b` loses data: the home file system fs-1
  help: to agree to the loss, give `--consent box.b`
");
    let options = PlanOptions {
        consents: BTreeSet::from(["box.b".to_owned(), "box.c".to_owned()]),
        ..PlanOptions::default()
    };
    let (plan, warnings) = world.plan_with(&none, options).unwrap();
    assert!(plan.steps[0].consented);
    assert_snapshot!(told(&warnings), @"
warning[W0509]: `--consent box.c` is for nothing that loses data in this plan
  help: did you mean `box.b`?
");
    let later = PlanOptions {
        consent_later: true,
        ..PlanOptions::default()
    };
    let (plan, warnings) = world.plan_with(&none, later).unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(missing_consents(&plan, &BTreeSet::new()).len(), 1);
    let given = BTreeSet::from(["box.b".to_owned()]);
    assert!(missing_consents(&plan, &given).is_empty());
}

#[test]
fn a_target_that_names_nothing() {
    let files = configuration(&[("net.studio", json!({ "cidr": "10.0.0.0/16" }))]);
    let options = PlanOptions {
        targets: vec!["net.studo".to_owned()],
        ..PlanOptions::default()
    };
    assert_snapshot!(refused(&World::default(), &files, options), @"
error[E0503]: `--target net.studo` names nothing
  help: did you mean `net.studio`?
  help: give an address as the plan shows it, such as `vpc.studio`
");
}

#[test]
fn a_written_name_cannot_stand_twice() {
    let files = |description: &str| {
        configuration(&[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            (
                "group.g",
                json!({ "net": "@net.a.id", "name": "mine", "description": description,
                    "first": true }),
            ),
        ])
    };
    let mut world = World::default();
    world.up(&files("one"));
    assert_snapshot!(refused(&world, &files("two"), PlanOptions::default()), @"
error[E0504]: `group.g` cannot be made before the old one goes: the name `mine` is taken while the old one stands
  help: write another `name`, or take `create_before_destroy` out
");
}

#[test]
fn the_state_of_another_stack() {
    let mut world = World::default();
    world.up(&configuration(&[("box.b", json!({}))]));
    world.state.as_mut().unwrap().stack = "other".to_owned();
    assert_snapshot!(refused(&world, &configuration(&[]), PlanOptions::default()), @"
error[E0508]: the state belongs to stack `other`, not to `test`
  help: check the stack's name and where its `state` is
");
}

#[test]
fn what_is_not_owned_is_told_and_changes_nothing() {
    let mut world = World::default();
    let wanted = configuration(&[("group.g", json!({})), ("group.g.rule.a", json!({}))]);
    world.up(&wanted);
    let id = |world: &World, of: &str| {
        world.state.as_ref().unwrap().records[&crate::address::Address::from_text(of)]
            .id
            .clone()
    };
    let inside = |id: String, what: &str| crate::kinds::Inside {
        id,
        what: what.to_owned(),
        risk: None,
    };
    let (group, rule) = (id(&world, "group.g"), id(&world, "group.g.rule.a"));
    world
        .inside
        .insert(group.clone(), vec![inside(rule.clone(), "its own")]);
    let (plan, notes) = world.plan_with(&wanted, PlanOptions::default()).unwrap();
    assert!(plan.is_empty());
    assert_snapshot!(told(&notes), @"");
    let foreign = (10..22).map(|n| inside(format!("r-{n}"), &format!("rule {n}")));
    let all = foreign.rev().chain([inside(rule, "its own")]).collect();
    world.inside.insert(group, all);
    let (plan, notes) = world.plan_with(&wanted, PlanOptions::default()).unwrap();
    assert!(plan.is_empty());
    assert_snapshot!(told(&notes), @"
note[N0512]: `group.g` also has what this stack does not own: rule 10; rule 11; rule 12; rule 13; rule 14; rule 15; rule 16; rule 17; rule 18; rule 19, and 2 more
  note: smd leaves it alone
");
    let none = configuration(&[]);
    let (_, notes) = world.plan_with(&none, PlanOptions::default()).unwrap();
    assert_snapshot!(told(&notes), @"
note[N0512]: `group.g` also has what this stack does not own: rule 10; rule 11; rule 12; rule 13; rule 14; rule 15; rule 16; rule 17; rule 18; rule 19, and 2 more
  note: it goes with its owner, or keeps its owner from going
");
}
