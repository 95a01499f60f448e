use std::collections::BTreeMap;
use std::sync::LazyLock;

use insta::assert_snapshot;
use serde_json::json;

use super::world::{World, configuration, output};
use crate::plan::{Current, Document, Plan, read, verify, write};

/// The plan of these tests, made once: digests of sensitive values are slow by design.
fn plan() -> Plan {
    static PLAN: LazyLock<Plan> = LazyLock::new(make);
    PLAN.clone()
}

fn make() -> Plan {
    let mut world = World::default();
    world.up(&configuration(&[
        ("net.a", json!({ "cidr": "10.0.0.0/16" })),
        (
            "box.b",
            json!({ "size": "small", "settings": { "secret": "!hunter2" } }),
        ),
    ]));
    let mut files = configuration(&[
        ("net.a", json!({ "cidr": "10.1.0.0/16" })),
        ("group.g", json!({ "net": "@net.a.id" })),
        (
            "box.b",
            json!({ "size": "large", "groups": ["@group.g.id"],
            "settings": { "secret": "!hunter2" } }),
        ),
    ]);
    output(&mut files, "net", &json!("@net.a.id"));
    world.plan(&files)
}

#[test]
fn a_plan_survives_its_file() {
    let plan = plan();
    let bytes = write(&plan).unwrap();
    assert_eq!(bytes, write(&plan).unwrap());
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("hunter"));
    assert_eq!(read(&bytes, "plan").unwrap().plan, plan);
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let plan = plan();
    let bytes = write(&plan).unwrap();
    for end in 0..bytes.len() - 1 {
        if end % 97 == 0 {
            assert!(read(&bytes[..end], "plan").is_err());
        }
    }
    for at in (0..bytes.len()).step_by(61) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x15;
        // A changed version text in the first line is no damage of the plan.
        if let Ok(stored) = read(&damaged, "plan") {
            assert_eq!(stored.plan, plan);
        }
    }
    let told = |bytes: &[u8]| read(bytes, "old.plan").unwrap_err().to_string();
    assert_snapshot!(told(b"{}"), @"error[E0505]: `old.plan` is not a whole plan file: it does not start as one");
    assert_snapshot!(told(b"\x00\xff\n"), @"error[E0505]: `old.plan` is not a whole plan file: it does not start as one");
    assert_snapshot!(
        told(b"{\"smd_plan\":9,\"sha256\":\"\",\"smd_version\":\"9.0.0\"}\n{}"), @"error[E0506]: `old.plan` has plan format 9, this smd knows 1");
}

#[test]
fn a_stale_plan_says_what_moved() {
    let mut plan = plan();
    plan.file_digests = BTreeMap::from([
        ("a.smd".to_owned(), "1".to_owned()),
        ("b.smd".to_owned(), "2".to_owned()),
    ]);
    plan.input_digests = BTreeMap::from([("size".to_owned(), "1".to_owned())]);
    let mut now = Current {
        stack: plan.stack.clone(),
        lineage: plan.lineage.clone(),
        serial: plan.serial,
        configuration_digest: plan.configuration_digest.clone(),
        file_digests: plan.file_digests.clone(),
        input_digests: plan.input_digests.clone(),
    };
    verify(&plan, &now).unwrap();
    now.serial = Some(2);
    now.configuration_digest = "x".to_owned();
    now.file_digests.insert("b.smd".to_owned(), "3".to_owned());
    now.file_digests.insert("c.smd".to_owned(), "3".to_owned());
    now.input_digests.insert("size".to_owned(), "2".to_owned());
    let error = verify(&plan, &now).unwrap_err();
    assert_snapshot!(error.notes.join("\n"), @"
the state has serial 2, the plan was made from 1: something was applied since, perhaps this very plan
file `b.smd` changed
file `c.smd` is new
input `size` changed
");
}

#[test]
fn the_document_is_the_same_to_the_byte() {
    let text = |plan: &Plan| {
        let diagnostics = &[];
        serde_json::to_string_pretty(&Document { plan, diagnostics }).unwrap()
    };
    let (one, two) = (text(&plan()), text(&make()));
    assert_eq!(one, two);
    assert_snapshot!(one, @r#"
{
  "format_version": 1,
  "stack": "test",
  "summary": {
    "create": 1,
    "update": 1,
    "replace": 1,
    "delete": 0,
    "unchanged": 0,
    "ensure": 0
  },
  "steps": [
    {
      "address": "box.b",
      "kind": "box",
      "account": "111122223333",
      "region": "eu-west-1",
      "action": "update",
      "reasons": [
        {
          "code": "attribute_changed",
          "path": "groups",
          "message": "it differs from the file"
        },
        {
          "code": "attribute_changed",
          "path": "size",
          "message": "it differs from the file"
        }
      ],
      "depends_on": [
        "group.g"
      ],
      "before": {
        "settings": {},
        "size": "small"
      },
      "after": {
        "groups": [
          null
        ],
        "settings": {},
        "size": "large"
      },
      "unknown": [
        "groups.0"
      ],
      "sensitive": [
        "settings.secret"
      ]
    },
    {
      "address": "group.g",
      "kind": "group",
      "account": "111122223333",
      "region": "eu-west-1",
      "action": "create",
      "reasons": [
        {
          "code": "not_in_state",
          "path": null,
          "message": "smd has not made it yet"
        }
      ],
      "depends_on": [
        "net.a"
      ],
      "before": null,
      "after": {
        "name": "test-g",
        "net": null
      },
      "unknown": [
        "net"
      ],
      "sensitive": []
    },
    {
      "address": "net.a",
      "kind": "net",
      "account": "111122223333",
      "region": "eu-west-1",
      "action": "replace",
      "reasons": [
        {
          "code": "attribute_replaces",
          "path": "cidr",
          "message": "no call changes it"
        }
      ],
      "depends_on": [],
      "before": {
        "cidr": "10.0.0.0/16"
      },
      "after": {
        "cidr": "10.1.0.0/16"
      },
      "unknown": [],
      "sensitive": []
    }
  ],
  "outputs": {
    "net": {
      "before": null,
      "after": null,
      "unknown": true,
      "sensitive": false
    }
  },
  "diagnostics": []
}
"#);
}
