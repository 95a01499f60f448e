//! What a reviewer sees of each kind of step.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::{TextOptions, plan_text};
use crate::plan::Plan;

/// A plan file's text, as much as a case writes, made whole.
fn plan(steps: &serde_json::Value, outputs: &serde_json::Value) -> Plan {
    let mut steps = steps.clone();
    for step in steps.as_array_mut().unwrap() {
        let step = step.as_object_mut().unwrap();
        for (name, default) in [
            (
                "place",
                serde_json::json!({"account": "111122223333", "region": "eu-west-1"}),
            ),
            ("reasons", serde_json::json!([])),
            ("depends_on", serde_json::json!([])),
            ("kind", serde_json::json!("vpc")),
        ] {
            step.entry(name).or_insert(default);
        }
    }
    serde_json::from_value(serde_json::json!({
        "format_version": 1, "smd_version": "0", "stack": "demo",
        "state_store": {"local": {"path": null}}, "destroy": false,
        "lineage": null, "serial": null, "configuration_digest": "",
        "input_digests": {}, "input_sources": BTreeMap::from([("teams", "--var-file teams.smdvars"), ("x", "default")]),
        "steps": steps, "outputs": outputs,
        "tasks": [{"step": 0, "half": "create", "after": []}],
    }))
    .unwrap()
}

fn text(steps: serde_json::Value, outputs: serde_json::Value) -> String {
    plan_text(&plan(&steps, &outputs), TextOptions::default())
}

#[test]
fn a_new_thing_shows_what_is_written() {
    insta::assert_snapshot!(text(
        serde_json::json!([{
            "address": "subnet.private[\"a\"]", "action": "create",
            "reasons": [{"code": "not_in_state", "message": "not made yet"}],
            "after": {
                "cidr": "10.0.1.0/24",
                "tags": {"owner": "ml", "a key": "v"},
                "vpc": {"$unknown": {"attribute": {"address": "vpc.studio", "name": "id"}}},
            },
            "sensitive": {"tags.token": "x"},
        }]),
        serde_json::json!({
            "url": {"before": null, "after": {"$unknown": {"attribute": {"address": "domain.d", "name": "url"}}}},
            "secret": {"before": null, "after": null, "sensitive": true},
        }),
    ));
}

#[test]
fn an_update_folds_what_stays_and_diffs_documents_by_line() {
    let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}"#;
    let after = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["s3:GetObject"],"Resource":"*"}]}"#;
    insta::assert_snapshot!(text(
        serde_json::json!([
            {
                "address": "role.team", "action": "update", "id": "team",
                "after": {"name": "team", "trust": after, "max_session_duration": 3600},
                "changes": [
                    {"path": "max_session_duration", "before": 7200, "after": 3600},
                    {"path": "trust", "before": before, "after": after},
                ],
            },
            {
                "address": "domain.d", "action": "update", "id": "d-1",
                "after": {"subnets": ["subnet-1", "subnet-2"]},
                "changes": [
                    {"path": "default_user_settings.security_groups", "before": ["sg-1"], "after": null,
                     "note": "cannot be cleared: stays as it is"},
                    {"path": "subnets", "before": ["subnet-1", "subnet-3"], "after": ["subnet-1", "subnet-2"]},
                ],
            },
        ]),
        serde_json::json!({}),
    ));
}

#[test]
fn a_replacement_says_why_on_the_line_that_causes_it() {
    insta::assert_snapshot!(text(
        serde_json::json!([
            {
                "address": "domain.d", "action": "replace", "id": "d-1", "kind": "domain",
                "reasons": [{"code": "attribute_replaces", "path": "auth_mode", "message": "auth_mode replaces"}],
                "risks": ["the home file system fs-1 stays and does not follow"],
                "after": {"auth_mode": "SSO", "name": "d"},
                "changes": [{"path": "auth_mode", "before": "IAM", "after": "SSO",
                             "replaces": "no call changes the authentication mode of a domain"}],
            },
            {
                "address": "vpc.old", "action": "delete", "id": "vpc-1",
                "place": {"account": "444455556666", "region": "eu-west-1"},
                "reasons": [{"code": "not_in_configuration", "message": "no longer in the files"}],
            },
            {"address": "vpc.new", "action": "unchanged", "moved_from": "vpc.first"},
            {"address": "vpc.same", "action": "unchanged"},
        ]),
        serde_json::json!({}),
    ));
}

#[test]
fn what_aws_cannot_clear_is_said_where_nothing_changes() {
    insta::assert_snapshot!(text(
        serde_json::json!([
            {
                "address": "security_group.g", "action": "unchanged", "record_changes": true,
                "reasons": [{"code": "cannot_be_cleared", "path": "description",
                             "message": "cannot be cleared: stays as it is"}],
                "changes": [{"path": "description", "before": "x", "after": null,
                             "note": "cannot be cleared: stays as it is"}],
            },
            {"address": "vpc.same", "action": "unchanged"},
        ]),
        serde_json::json!({}),
    ), @r#"
Plan for stack demo: nothing to do, 2 unchanged; outputs change

    security_group.g  111122223333 eu-west-1
      description: "x" -> (none)  # cannot be cleared: stays as it is

inputs
    teams from --var-file teams.smdvars

Plan for stack demo: nothing to do, 2 unchanged; outputs change
"#);
}

#[test]
fn nothing_to_destroy() {
    let mut plan = plan(&serde_json::json!([]), &serde_json::json!({}));
    plan.destroy = true;
    plan.tasks.clear();
    insta::assert_snapshot!(plan_text(&plan, TextOptions::default()), @"
Plan to destroy stack demo: there is nothing to destroy

inputs
    teams from --var-file teams.smdvars
");
}

#[test]
fn what_is_known_of_an_unknown_value_is_shown() {
    let attribute = |address: &str, name: &str| serde_json::json!({"attribute": {"address": address, "name": name}});
    let arn = attribute("domain.team[\"finance\"]", "arn");
    let unknown = |residual: serde_json::Value| serde_json::json!({"$unknown": residual});
    let statement = serde_json::json!([{
        "Effect": "Deny", "Action": ["sagemaker:Update*"],
        "Resource": unknown(arn.clone()),
    }]);
    let statement = serde_json::json!({"Version": "2012-10-17", "Statement": statement});
    let iam = unknown(serde_json::json!({"call": ["iam_document", [{"value": statement}]]}));
    let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sagemaker:Update*","Resource":"*"}]}"#;
    let template = serde_json::json!({"template": [
        {"value": "arn:aws:sagemaker:::user/"}, attribute("domain.d", "id"), {"value": "/*"},
    ]});
    insta::assert_snapshot!(text(
        serde_json::json!([
            {
                "address": "role.team.policy.isolation", "action": "create", "kind": "role.policy",
                "parent": "role.team",
                "after": {
                    "role": unknown(attribute("role.team", "name")),
                    "document": iam,
                    "json": unknown(serde_json::json!({"call": ["json_encode", [{"value": {"a": [1, unknown(template.clone())]}}]]})),
                    "template": unknown(template.clone()),
                    "list": [unknown(attribute("subnet.a", "id")), "subnet-1", unknown(template)],
                    "joined": unknown(serde_json::json!({"call": ["concat", [{"value": ["a"]}, {"list": [arn]}]]})),
                    "part": unknown(serde_json::json!({"call": ["cidr_subnet", [attribute("vpc.v", "cidr"), {"value": 8}, {"value": 0}]]})),
                    "either": unknown(serde_json::json!({"conditional": [
                        attribute("vpc.v", "ready"), attribute("vpc.v", "id"), {"value": "none"}]})),
                    "caller": unknown(serde_json::json!({"caller": "account_id"})),
                },
            },
            {
                "address": "role.other.policy.isolation", "action": "update", "kind": "role.policy",
                "parent": "role.other", "id": "x",
                "after": {"role": "other", "document": iam, "name": "n"},
                "changes": [{"path": "document", "before": before, "after": iam}],
            },
        ]),
        serde_json::json!({}),
    ), @r#"
Plan for stack demo: 1 to create, 1 to update, 0 to replace, 0 to delete, 0 unchanged

  + role.team.policy.isolation       111122223333 eu-west-1
      caller   = account_id (known after apply)
      document = <<EOF
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Deny",
              "Action": [
                "sagemaker:Update*"
              ],
              "Resource": [
                "${domain.team[\"finance\"].arn}"
              ]
            }
          ]
        }
        EOF (known after apply)
      either   = from vpc.v.id, vpc.v.ready (known after apply)
      joined   = ["a", domain.team["finance"].arn (known after apply)]
      json     = <<EOF
        {
          "a": [
            1,
            "arn:aws:sagemaker:::user/${domain.d.id}/*"
          ]
        }
        EOF (known after apply)
      list     = [
        subnet.a.id (known after apply),
        "subnet-1",
        "arn:aws:sagemaker:::user/${domain.d.id}/*" (known after apply),
      ]
      part     = cidr_subnet(vpc.v.cidr, 8, 0) (known after apply)
      template = "arn:aws:sagemaker:::user/${domain.d.id}/*" (known after apply)

  ~ role.other.policy.isolation (x)  111122223333 eu-west-1
      document:
          … 2 unchanged lines
            "Statement": [
              {
                "Effect": "Deny",
        -       "Action": "sagemaker:Update*",
        -       "Resource": "*"
        +       "Action": [
        +         "sagemaker:Update*"
        +       ],
        +       "Resource": [
        +         "${domain.team[\"finance\"].arn}"
        +       ]
              }
            ]
          }
      # 1 unchanged attribute

inputs
    teams from --var-file teams.smdvars

Plan for stack demo: 1 to create, 1 to update, 0 to replace, 0 to delete, 0 unchanged
"#);
}

/// Long texts that have nothing in common are not compared line by line.
#[test]
fn long_texts_are_told_by_their_length() {
    let text = |word: &str| {
        (0..6_000)
            .map(|line| format!("{word} {line}\n"))
            .collect::<String>()
    };
    let shown = super::diff::lines(&text("a"), &text("b"), "", TextOptions::default());
    assert_eq!(shown, "  … 6000 lines, then 6000 lines\n");
}

/// The same tag on everything is told once; what says more stands for itself.
#[test]
fn equal_changes_of_tags_are_told_once() {
    let step = |name: &str, region: &str, more: serde_json::Value| {
        let mut step = serde_json::json!({
            "address": format!("subnet.private[\"{name}\"]"), "action": "update", "id": format!("subnet-{name}"),
            "place": {"account": "111122223333", "region": region},
            "after": {"cidr": "10.0.1.0/24", "tags": {"owner": "data"}},
            "changes": [{"path": "tags.owner", "before": "ml", "after": "data"}],
        });
        for (key, value) in more.as_object().unwrap() {
            step[key] = value.clone();
        }
        step
    };
    let none = || serde_json::json!({});
    let mut steps: Vec<_> = ["a", "b", "c", "d", "e"]
        .map(|name| step(name, "eu-west-1", none()))
        .into();
    steps.push(step(
        "f",
        "eu-west-1",
        serde_json::json!({"risks": ["it is in use"]}),
    ));
    steps.push(step("g", "eu-west-2", none()));
    insta::assert_snapshot!(text(serde_json::json!(steps), serde_json::json!({})));
}
