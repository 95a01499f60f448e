//! `--on-error`: what a run does after its first failure.

#![cfg(unix)]

use std::io::{BufRead, BufReader};

use crate::examples::left;
use crate::interrupt::{SLOW, rest, signal};
use crate::smd::{NETWORK, Project};

/// A subnet that AWS refuses; nothing needs it, so it is tried last.
const REFUSED: &str = "
subnet outside {
  vpc  = vpc.main
  cidr = \"10.0.9.0/24\"
  az   = \"eu-west-1x\"
}
";

fn estate(base: &str) -> Project {
    Project::new(&[("main.smd", &format!("{base}{REFUSED}"))])
}

#[test]
fn stop_starts_nothing_more() {
    let project = Project::new(&[("main.smd", &format!("{NETWORK}{REFUSED}"))]);
    project.edit("main.smd", "subnet a", "subnet z");
    insta::assert_snapshot!(
        "stop",
        project
            .sandboxed(&["apply", "-y", "--on-error=stop"])
            .exits(4)
    );
    // The next one goes on.
    project.edit("main.smd", "eu-west-1x", "eu-west-1b");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn destroy_stops_too() {
    let other = "vpc other {\n  cidr = \"10.8.0.0/16\"\n}\n";
    let project = Project::new(&[("main.smd", &format!("{NETWORK}{other}"))]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["state", "rm", "subnet.a"]).exits(0);
    let run = project.sandboxed(&["destroy", "-y", "--on-error=stop", "--format", "json"]);
    let document = run.exits(1).json();
    assert_eq!(document["summary"]["remaining"], 1, "{document:#}");
    assert_eq!(project.count("vpcs"), 2);
    project
        .sandboxed(&["destroy", "-y", "--on-error=rollback"])
        .exits(1);
}

#[test]
fn rollback_leaves_nothing_of_a_first_apply() {
    let project = estate(SLOW);
    let run = project
        .sandboxed(&["apply", "-y", "--on-error=rollback"])
        .exits(1);
    insta::assert_snapshot!("rollback", run);
    assert_eq!(left(&project), [""; 0]);
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "");
    // Nothing is in the way of the next one.
    project.edit("main.smd", "eu-west-1x", "eu-west-1b");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn rollback_does_not_touch_what_was_there() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit(
        "main.smd",
        "cidr = \"10.0.0.0/16\"",
        "cidr = \"10.0.0.0/16\"\n  tags = { cost = \"1\" }",
    );
    let more = "
security_group new {
  vpc         = vpc.main
  description = \"new\"
  ingress one { protocol = \"tcp\", ports = 443, from = \"10.0.0.0/8\" }
}
";
    let text = std::fs::read_to_string(project.file("main.smd")).unwrap();
    project.write("main.smd", format!("{text}{more}{REFUSED}"));
    let run = project.sandboxed(&["apply", "-y", "--on-error=rollback", "--format", "json"]);
    let document = run.exits(4).json();
    let rollback = &document["rollback"];
    assert_eq!(rollback["not_undone"], serde_json::json!(["vpc.main"]));
    let gone: Vec<_> = rollback["rolled_back"].as_array().unwrap().clone();
    assert_eq!(
        gone,
        [
            "security_group.new.ingress.one",
            "security_group.new.egress.default",
            "security_group.new"
        ],
        "{document:#}"
    );
    assert_eq!(document["summary"]["rolled_back"], 3);
    assert_eq!(document["summary"]["updated"], 1);
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "subnet.a\nvpc.main\n");
    // Of the default group alone.
    assert_eq!(project.count("security_groups"), 1);
}

#[test]
fn a_part_that_was_there_is_not_rolled_back() {
    // The policy is attached already when the second stack wants to attach it.
    let role = |attached: &str, more: &str| {
        format!(
            "account a {{\n  id     = \"111122223333\"\n  region = \"eu-west-1\"\n}}\n\nrole studio {{\n  name  = \"studio\"\n  trust = service(\"sagemaker.amazonaws.com\")\n{attached}}}\n{more}"
        )
    };
    let attached = "  managed_policies = [\"arn:aws:iam::aws:policy/AmazonSageMakerFullAccess\"]\n";
    let project = Project::new(&[("main.smd", &role(attached, ""))]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    let list = project.sandboxed(&["state", "list"]).exits(0).stdout;
    let part = list
        .lines()
        .find(|line| line.contains("managed_policies"))
        .unwrap();
    project.sandboxed(&["state", "rm", part]).exits(0);
    let refused = format!("\nvpc main {{\n  cidr = \"10.0.0.0/16\"\n}}\n{REFUSED}");
    project.write("main.smd", role(attached, &refused));
    let run = project.sandboxed(&["apply", "-y", "--on-error=rollback", "--format", "json"]);
    let document = run.exits(4).json();
    assert_eq!(
        document["rollback"]["not_undone"],
        serde_json::json!([part]),
        "{document:#}"
    );
    assert_eq!(
        document["rollback"]["rolled_back"],
        serde_json::json!(["vpc.main"])
    );
    let list = project.sandboxed(&["state", "list"]).exits(0).stdout;
    assert_eq!(list, format!("role.studio\n{part}\n"));
}

#[test]
fn a_killed_rollback_is_recovered() {
    let project = estate(SLOW);
    project.edit(
        "main.smd",
        "  auth_mode = \"IAM\"",
        "  home_efs  = \"delete\"\n  auth_mode = \"IAM\"",
    );
    let mut child = project.spawn(&mut project.command(&[
        "apply",
        "-y",
        "--sandbox",
        "--parallelism=1",
        "--on-error=rollback",
    ]));
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("deleting domain.team") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "ended too early");
    }
    signal(&child, "KILL");
    rest(stderr);
    child.wait_with_output().unwrap();
    project
        .sandboxed(&["destroy", "-y", "--consent", "domain.team"])
        .exits(0);
    assert_eq!(left(&project), [""; 0]);
}
