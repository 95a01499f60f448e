use insta::assert_snapshot;
use serde_json::json;

use super::world::{World, address, check, configuration, output, show};
use crate::plan::{PlanOptions, set_aside};
use crate::value::Value;

#[test]
fn first_everything_is_made() {
    let world = World::default();
    let files = configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        (
            "group.g.rule.self",
            json!({ "protocol": "tcp", "ports": 22, "peer": "@group.g.id" }),
        ),
        ("box.b", json!({ "groups": ["@group.g.id"] })),
    ]);
    assert_snapshot!(show(&world.plan(&files)), @"
  + box.b
      because not_in_state: smd has not made it yet
  + group.g
      because not_in_state: smd has not made it yet
  + group.g.rule.self
      because not_in_state: smd has not made it yet
  + net.a
      because not_in_state: smd has not made it yet
create net.a
create group.g
create box.b
create group.g.rule.self
");
}

#[test]
fn same_meaning_is_no_change() {
    let first = [
        (
            "net.a",
            json!({ "cidr": "10.0.0.0/16", "tags": { "a": "1" } }),
        ),
        ("group.g", json!({ "net": "@net.a.id" })),
        (
            "group.g.rule.r",
            json!({ "protocol": "tcp", "ports": 22, "from": ["10.0.0.0/8", "192.168.0.0/16"] }),
        ),
        (
            "box.b",
            json!({ "size": "small", "settings": { "note": "Hello" }, "document": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"*\"}]}" }),
        ),
    ];
    let mut world = World::default();
    let files = configuration(&first);
    world.up(&files);
    world.set(
        "net.a",
        "tags",
        &json!({ "a": "1", "foreign": "x", "aws:cloudformation": "y" }),
    );
    world.set("net.a", "hosts", &json!(true));
    world.set("group.g.rule.r", "protocol", &json!("6"));
    world.set("group.g.rule.r", "ports", &json!("22..22"));
    world.set(
        "group.g.rule.r",
        "from",
        &json!(["192.168.0.0/16", "10.0.0.0/8"]),
    );
    world.set("box.b", "size", &json!("SMALL"));
    world.set(
        "box.b",
        "settings",
        &json!({ "note": "hello", "mode": "Auto" }),
    );
    world.set("box.b", "document", &json!("{\"Statement\":{\"Resource\":[\"*\"],\"Effect\":\"Allow\",\"Action\":\"s3:getobject\"},\"Version\":\"2012-10-17\"}"));
    assert_snapshot!(show(&world.plan(&files)), @"");
}

#[test]
fn updates_name_each_path_and_what_was_cleared() {
    assert_snapshot!(check(
        &[(
            "box.b",
            json!({ "size": "small", "tags": { "a": "1", "b": "2" }, "home": "retain",
                "settings": { "mode": "Off", "note": "x" } }),
        )],
        &[("box.b", json!({ "tags": { "a": "2", "c.d": "3" }, "home": "delete", "settings": {} }))],
    ), @r#"
  ~ box.b
      home: "retain" -> "delete" (a setting of smd, recorded without a call)
      settings.mode: "Off" -> "Auto"
      settings.note: "x" -> null
      size: "small" -> null (cannot be cleared: stays as it is)
      tags.a: "1" -> "2"
      tags.b: "2" -> null
      tags.c.d: null -> "3"
      because attribute_changed: it differs from the file
      because attribute_removed: it is no longer in the file
      because attribute_changed: it differs from the file
      because attribute_removed: it is no longer in the file
      because attribute_changed: it differs from the file
      because own_setting: a setting of smd, recorded without a call
      because cannot_be_cleared: cannot be cleared: stays as it is
update box.b
"#);
}

#[test]
fn what_cannot_be_cleared_is_said_once() {
    assert_snapshot!(check(
        &[("box.b", json!({ "size": "small" }))],
        &[("box.b", json!({}))],
    ), @r#"
    box.b
      size: "small" -> null (cannot be cleared: stays as it is)
      because cannot_be_cleared: cannot be cleared: stays as it is
"#);
}

#[test]
fn taking_out_some_attributes_is_a_replacement() {
    assert_snapshot!(check(
        &[("box.b", json!({ "settings": { "limit": 3 } }))],
        &[("box.b", json!({}))],
    ), @"
-/+ box.b
      settings.limit: 3 -> null !taking it out of the file means a new one
      because attribute_replaces: taking it out of the file means a new one
delete box.b
create box.b
");
}

#[test]
fn changed_outside_is_told_apart() {
    let mut world = World::default();
    let files = configuration(&[("net.a", json!({ "cidr": "10.0.0.0/16", "hosts": true }))]);
    world.up(&files);
    world.set("net.a", "hosts", &json!(false));
    assert_snapshot!(show(&world.plan(&files)), @"
  ~ net.a
      hosts: false -> true
      because changed_outside: it was changed outside smd
update net.a
");
}

#[test]
fn what_is_gone_is_made_again_and_what_names_it_follows() {
    let mut world = World::default();
    let files = configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        ("group.g.rule.r", json!({ "protocol": "tcp" })),
        ("box.b", json!({ "groups": ["@group.g.id"] })),
    ]);
    world.up(&files);
    world.remove("group.g.rule.r");
    world.remove("group.g");
    assert_snapshot!(show(&world.plan(&files)), @r#"
  ~ box.b
      groups: ["group-2"] -> ?
      because attribute_changed: it differs from the file
  + group.g
      because gone: smd made it, but it is no longer there
  + group.g.rule.r
      because gone: smd made it, but it is no longer there
create group.g
update box.b
create group.g.rule.r
"#);
}

#[test]
fn a_replacement_takes_its_parts_along_and_comes_first_where_it_is_in_use() {
    let files = |description: &str| {
        vec![
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            (
                "group.g",
                json!({ "net": "@net.a.id", "description": description }),
            ),
            ("group.g.rule.r", json!({ "protocol": "tcp" })),
            ("box.b", json!({ "groups": ["@group.g.id"] })),
        ]
    };
    let mut world = World::default();
    world.up(&configuration(&files("one")));
    let plan = world.plan(&configuration(&files("two")));
    let text = show(&plan);
    world.apply(&configuration(&files("two")), &plan);
    let again = world.plan(&configuration(&files("two")));
    assert!(again.is_empty(), "{}", show(&again));
    assert_snapshot!(text, @r#"
  ~ box.b
      groups: ["group-2"] -> ?
      because attribute_changed: it differs from the file
      because dependency_replaced: it names `group.g`, which is replaced
+/- group.g
      description: "one" -> "two" !no call changes it
      name: "test-g" -> "test-g-8ea6f200" (a made-up name, so that it can stand beside the old one)
      because attribute_replaces: no call changes it
+/- group.g.rule.r
      group: "group-2" -> ? !no call changes it
      because dependency_replaced: `group.g` is replaced
      because attribute_replaces: no call changes it
create group.g
update box.b
create group.g.rule.r
delete group.g.rule.r
delete group.g
"#);
}

#[test]
fn a_replacement_goes_first_where_nothing_that_stays_names_it() {
    assert_snapshot!(check(
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("pin.p", json!({ "net": "@net.a.id" })),
        ],
        &[
            ("net.a", json!({ "cidr": "10.1.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("pin.p", json!({ "net": "@net.a.id" })),
        ],
    ), @r#"
-/+ group.g
      net: "net-1" -> ? !no call changes it
      because attribute_replaces: no call changes it
      because dependency_replaced: it names `net.a`, which is replaced
-/+ net.a
      cidr: "10.0.0.0/16" -> "10.1.0.0/16" !no call changes it
      because attribute_replaces: no call changes it
-/+ pin.p
      net: "net-1" -> ? !no call changes it
      because attribute_replaces: no call changes it
      because dependency_replaced: it names `net.a`, which is replaced
delete group.g
delete pin.p
delete net.a
create net.a
create group.g
create pin.p
"#);
}

#[test]
fn asked_to_come_first_it_takes_what_it_needs_along() {
    assert_snapshot!(check(
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("box.b", json!({ "net": "@net.a.id", "first": true })),
        ],
        &[
            ("net.a", json!({ "cidr": "10.1.0.0/16" })),
            ("box.b", json!({ "net": "@net.a.id", "first": true })),
        ],
    ), @r#"
+/- box.b
      net: "net-1" -> ? !no call changes it
      because attribute_replaces: no call changes it
      because dependency_replaced: it names `net.a`, which is replaced
+/- net.a
      cidr: "10.0.0.0/16" -> "10.1.0.0/16" !no call changes it
      because attribute_replaces: no call changes it
create net.a
create box.b
delete box.b
delete net.a
"#);
}

#[test]
fn a_new_label_for_the_same_content_is_no_call() {
    assert_snapshot!(check(
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("group.g.rule.old", json!({ "protocol": "tcp", "ports": 22 })),
            ("group.g.rule.two", json!({ "protocol": "udp", "ports": 53 })),
        ],
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("group.g.rule.new", json!({ "protocol": 6, "ports": "22..22" })),
            ("group.g.rule.three", json!({ "protocol": "udp", "ports": 54 })),
        ],
    ), @"
    group.g.rule.new
      because renamed: it was `group.g.rule.old`: the same content under a new label
  + group.g.rule.three
      because not_in_state: smd has not made it yet
  - group.g.rule.two
      because not_in_configuration: it is no longer in the configuration
create group.g.rule.three
delete group.g.rule.two
");
}

#[test]
fn another_region_is_a_replacement() {
    assert_snapshot!(check(
        &[("net.a", json!({ "cidr": "10.0.0.0/16" }))],
        &[("net.a", json!({ "cidr": "10.0.0.0/16", "region": "eu-central-1" }))],
    ), @"
-/+ net.a
      because place_changed: it is in account 111122223333 eu-west-1 and is to be in 111122223333 eu-central-1: nothing moves between them
delete net.a
create net.a
");
}

#[test]
fn users_move_away_before_a_thing_goes() {
    assert_snapshot!(check(
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("group.h", json!({ "net": "@net.a.id" })),
            ("box.b", json!({ "groups": ["@group.g.id", "@group.h.id"] })),
        ],
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("group.g", json!({ "net": "@net.a.id" })),
            ("box.b", json!({ "groups": ["@group.g.id"] })),
        ],
    ), @r#"
  ~ box.b
      groups: ["group-2","group-3"] -> ["group-2"]
      because attribute_changed: it differs from the file
  - group.h
      because not_in_configuration: it is no longer in the configuration
update box.b
delete group.h
"#);
}

#[test]
fn what_takes_the_same_place_waits_for_it() {
    assert_snapshot!(check(
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("pin.z", json!({ "net": "@net.a.id" })),
            ("group.z", json!({ "net": "@net.a.id", "name": "same" })),
        ],
        &[
            ("net.a", json!({ "cidr": "10.0.0.0/16" })),
            ("pin.b", json!({ "net": "@net.a.id" })),
            ("group.b", json!({ "net": "@net.a.id", "name": "same" })),
        ],
    ), @"
  + group.b
      because not_in_state: smd has not made it yet
  - group.z
      because not_in_configuration: it is no longer in the configuration
  + pin.b
      because not_in_state: smd has not made it yet
  - pin.z
      because not_in_configuration: it is no longer in the configuration
delete group.z
create group.b
delete pin.z
create pin.b
");
}

#[test]
fn destroy_goes_against_the_needs() {
    let mut world = World::default();
    let mut files = configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        ("group.g.rule.r", json!({ "peer": "@group.h.id" })),
        ("group.h", json!({ "net": "@net.a.id" })),
        ("group.h.rule.r", json!({ "peer": "@group.g.id" })),
        ("box.b", json!({ "groups": ["@group.g.id"] })),
    ]);
    output(&mut files, "id", &json!("@net.a.id"));
    world.up(&files);
    let options = PlanOptions {
        destroy: true,
        ..PlanOptions::default()
    };
    let plan = world.plan_with(&files, options).unwrap().0;
    let text = show(&plan);
    assert!(plan.outputs["id"].after.is_null());
    world.apply(&files, &plan);
    assert!(world.things.is_empty());
    assert_snapshot!(text, @"
  - box.b
      because destroy: everything is to be deleted
  - group.g
      because destroy: everything is to be deleted
  - group.g.rule.r
      because destroy: everything is to be deleted
  - group.h
      because destroy: everything is to be deleted
  - group.h.rule.r
      because destroy: everything is to be deleted
  - net.a
      because destroy: everything is to be deleted
delete box.b
delete group.g.rule.r
delete group.h.rule.r
delete group.g
delete group.h
delete net.a
");
}

#[test]
fn a_target_brings_what_it_needs() {
    let world = World::default();
    let files = configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        ("group.g.rule.r", json!({ "protocol": "tcp" })),
        ("box.b", json!({ "groups": ["@group.g.id"] })),
        ("box.c", json!({})),
    ]);
    let options = PlanOptions {
        targets: vec!["group.g".to_owned()],
        ..PlanOptions::default()
    };
    assert_snapshot!(show(&world.plan_with(&files, options).unwrap().0), @"
  + group.g
      because not_in_state: smd has not made it yet
  + group.g.rule.r
      because not_in_state: smd has not made it yet
  + net.a
      because not_in_state: smd has not made it yet
create net.a
create group.g
create group.g.rule.r
");
}

#[test]
fn ignored_changes_stay() {
    let mut world = World::default();
    let files = |size: &str| {
        configuration(&[(
            "box.b",
            json!({ "size": size, "tags": { "a": size }, "ignore": ["tags", "settings.mode"],
                "settings": { "mode": "Auto" } }),
        )])
    };
    world.up(&files("small"));
    world.set("box.b", "tags", &json!({ "a": "by hand" }));
    world.set("box.b", "settings", &json!({ "mode": "Off" }));
    let plan = world.plan(&files("large"));
    let text = show(&plan);
    world.apply(&files("large"), &plan);
    assert!(world.plan(&files("large")).is_empty());
    assert_snapshot!(text, @r#"
  ~ box.b
      size: "small" -> "large"
      because attribute_changed: it differs from the file
update box.b
"#);
}

#[test]
fn an_unfinished_thing_is_completed_and_a_broken_one_replaced() {
    let mut world = World::default();
    let files = configuration(&[("box.a", json!({})), ("box.b", json!({}))]);
    world.up(&files);
    world.record("box.a").unfinished = true;
    world.record("box.b").unfinished = true;
    world.set("box.b", "status", &json!("failed"));
    assert_snapshot!(show(&world.plan(&files)), @"
  ~ box.a
      because unfinished: an earlier run did not finish it
-/+ box.b
      because unfinished: its create failed
      because unfinished: an earlier run did not finish it
update box.a
delete box.b
create box.b
");
}

#[test]
fn sensitive_values_are_compared_by_digest() {
    let files = |secret: &str| {
        configuration(&[(
            "box.b",
            json!({ "settings": { "mode": "Off", "secret": secret } }),
        )])
    };
    let mut world = World::default();
    world.up(&files("!hunter2"));
    assert!(world.plan(&files("!hunter2")).is_empty());
    let plan = world.plan(&files("!hunter3"));
    let text = serde_json::to_string(&plan).unwrap();
    assert!(!text.contains("hunter"), "{text}");
    assert_snapshot!(show(&plan), @"
  ~ box.b
      settings.secret: (sensitive)
      because attribute_changed: its sensitive value changed
update box.b
");
}

#[test]
fn outputs_before_and_after() {
    let mut world = World::default();
    let mut files = configuration(&[("net.a", json!({ "cidr": "10.0.0.0/16" }))]);
    output(&mut files, "net", &json!("@net.a.id"));
    let plan = world.up(&files);
    assert!(plan.outputs["net"].after.is_unknown());
    assert!(world.plan(&files).is_empty());
    output(&mut files, "net", &json!("other"));
    let plan = world.plan(&files);
    assert!(plan.tasks.is_empty() && !plan.is_empty());
    assert_eq!(plan.outputs["net"].before.as_str(), Some("net-1"));
}

#[test]
fn the_mark_alone_changes_only_the_record() {
    let mut world = World::default();
    world.up(&configuration(&[("box.b", json!({}))]));
    let marked = configuration(&[("box.b", json!({ "protect": true }))]);
    let plan = world.up(&marked);
    assert!(plan.is_empty() && plan.has_record_changes());
    assert!(world.record("box.b").protect);
}

/// A replacement was broken off after the new network stood: the old one is still used by what was to
/// follow it.
#[test]
fn what_was_set_aside_goes_after_its_users() {
    let mut world = World::default();
    world.up(&configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("pin.p", json!({ "net": "@net.a.id" })),
    ]));
    let old = world.record("net.a").clone();
    let mut thing = world.things[&old.id].clone();
    thing.attributes.insert("id".into(), Value::string("net-9"));
    let new = world.record("net.a");
    new.id = "net-9".to_owned();
    new.attributes.clone_from(&thing.attributes);
    world.things.insert("net-9".to_owned(), thing);
    let state = world.state.as_mut().unwrap();
    state
        .records
        .insert(set_aside(&address("net.a"), &old.id), old);
    let files = configuration(&[("net.a", json!({ "cidr": "10.0.0.0/16" }))]);
    assert_snapshot!(show(&world.plan(&files)), @r#"
  - net.a.replaced["net-1"]
      because replaced_earlier: it was replaced in an earlier run
  - pin.p
      because not_in_configuration: it is no longer in the configuration
delete pin.p
delete net.a.replaced["net-1"]
"#);
    world.up(&files);
    assert_eq!(world.things.len(), 1);
}

/// Nothing in the files says that a machine keeps the pin of its network.
#[test]
fn what_is_held_goes_after_its_holder() {
    let nodes = [
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        ("net.b", json!({ "cidr": "10.1.0.0/16" })),
        ("pin.a", json!({ "net": "@net.a.id" })),
        ("pin.b", json!({ "net": "@net.b.id" })),
        ("box.a", json!({ "net": "@net.a.id" })),
    ];
    let mut world = World::default();
    world.up(&configuration(&nodes));
    let plan = world.plan(&configuration(&nodes[..2]));
    let after: Vec<_> = plan
        .tasks
        .iter()
        .map(|task| {
            let name = |step: usize| plan.steps[step].address.to_string();
            let first = task.after.iter().map(|first| name(plan.tasks[*first].step));
            (name(task.step), first.collect::<Vec<_>>())
        })
        .collect();
    assert!(
        after.contains(&("pin.a".to_owned(), vec!["box.a".to_owned()])),
        "{after:?}"
    );
    assert!(after.contains(&("pin.b".to_owned(), vec![])), "{after:?}");
}
