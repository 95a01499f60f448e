//! Steps that hang on AWS's answer, and `smd tags verify`.

use serde_json::json;

use crate::smd::Project;

const BILL: &str = r#"stack demo {}
account studio {
  id     = "111122223333"
  region = "eu-west-1"
}
cost_allocation_tag bill { keys = ["never-used"] }
"#;

#[test]
fn what_aws_is_not_ready_for_is_pending() {
    let project = Project::new(&[("main.smd", BILL)]);
    // Nobody has tried yet: that is a change.
    let plan = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(2);
    assert!(plan.stdout.contains("1 to ensure"), "{plan}");
    assert!(plan.stdout.contains("not yet known to billing"), "{plan}");
    let applied = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(applied.stdout.contains("1 pending"), "{applied}");
    assert!(
        applied.stderr.contains("tried again by the next run"),
        "{applied}"
    );
    // From then on it is listed, and no change.
    let plan = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(
        plan.stdout
            .contains("nothing to do, 0 unchanged, 1 pending"),
        "{plan}"
    );
    assert!(plan.stdout.contains("? cost_allocation_tag.bill"), "{plan}");
    // Nobody is asked, and it is tried again.
    let again = project.sandboxed(&["apply"]).exits(0);
    assert!(again.stdout.contains("1 pending"), "{again}");
    let args = ["apply", "-y", "--format", "json"];
    let document = project.sandboxed(&args).exits(0).json();
    assert_eq!(document["summary"]["pending"], 1);
    assert_eq!(document["steps"][0]["status"], "pending");
    project.sandboxed(&["destroy", "-y"]).exits(0);
}

#[test]
fn nothing_lacks_a_tag_where_nothing_is() {
    let text = r#"stack demo {}
account studio {
  id     = "111122223333"
  region = "eu-west-1"
}
tag_backfill old {
  domain = "arn:aws:sagemaker:eu-west-1:111122223333:domain/d-1"
  kinds  = ["experiment"]
}
"#;
    let project = Project::new(&[("main.smd", text)]);
    let args = ["tags", "verify", "--format", "json"];
    let document = project.sandboxed(&args).exits(0).json();
    assert_eq!(document["backfills"][0]["chosen"], 0);
    assert_eq!(document["backfills"][0]["lacking"], json!([]));
    let run = project.sandboxed(&["tags", "verify"]).exits(0);
    assert!(run.stdout.contains("all 0 have the tag"), "{run}");
}
