//! `existing stack`: what one stack says of itself, used by another.

use crate::smd::{Project, Run};

const NETWORK: &str = r#"stack network {}
input secret: string { sensitive = true, default = "hunter2" }
vpc main { cidr = "10.0.0.0/16" }
subnet private {
  for_each = ["a", "b"]
  vpc      = vpc.main
  cidr     = each.key == "a" ? "10.0.1.0/24" : "10.0.2.0/24"
}
output vpc     = vpc.main.id
output subnets = { for k, s in subnet.private : k => s.id }
output secret { value = input.secret, sensitive = true }
"#;

const TEAM: &str = r#"stack team {}
existing stack network {}
security_group apps {
  name        = "apps"
  vpc         = stack.network.vpc
  description = "Apps"
}
vpc_endpoint sts {
  vpc          = stack.network.vpc
  service_name = "com.amazonaws.us-east-1.sts"
  type         = "Interface"
  subnets      = [stack.network.subnets["a"]]
}
output names = keys(stack.network)
"#;

/// Two folders on one sandbox.
fn project(team: &str) -> Project {
    Project::new(&[("network/main.smd", NETWORK), ("team/main.smd", team)])
}

fn run(project: &Project, args: &[&str]) -> Run {
    let mut args = args.to_vec();
    args.push("--sandbox=aws");
    project.smd(&args)
}

#[test]
fn outputs_of_another_stack_are_values() {
    let project = project(TEAM);
    // Without a call the names and types are checked, the values are not known.
    project.smd(&["validate", "team"]).exits(0);
    insta::assert_snapshot!(
        "existing_stack_none",
        run(&project, &["plan", "team"]).exits(1)
    );
    run(&project, &["apply", "network", "-y"]).exits(0);
    let vpc = run(&project, &["output", "vpc", "network"]).exits(0);
    let vpc = vpc.stdout.trim().to_owned();
    let plan = run(&project, &["plan", "team", "-o", "team.plan"]).exits(0);
    assert!(plan.stdout.contains(&vpc), "{plan}");
    run(&project, &["apply", "team.plan", "--dir", "team"]).exits(0);
    run(&project, &["plan", "team", "--detailed-exitcode"]).exits(0);
    let names = run(&project, &["output", "names", "team"]).exits(0);
    // What is sensitive is in no state.
    assert_eq!(names.stdout.trim(), r#"["subnets", "vpc"]"#, "{names}");
    // A plan that was made from other outputs is not applied.
    let more = "subnets      = [stack.network.subnets[\"a\"]]";
    project.edit(
        "team/main.smd",
        more,
        &format!("{more}\n  private_dns  = false"),
    );
    run(&project, &["plan", "team", "-o", "old.plan"]).exits(0);
    project.edit(
        "network/main.smd",
        "[\"a\", \"b\"]",
        "[\"a\", \"b\", \"c\"]",
    );
    project.edit(
        "network/main.smd",
        "\"10.0.2.0/24\"",
        "(each.key == \"b\" ? \"10.0.2.0/24\" : \"10.0.3.0/24\")",
    );
    run(&project, &["apply", "network", "-y"]).exits(0);
    let refused = run(&project, &["apply", "old.plan", "--dir", "team"]).exits(1);
    assert!(
        refused.stderr.contains("existing stack.network.subnets"),
        "{refused}"
    );
}

#[test]
fn what_another_stack_does_not_say_is_told() {
    let project = project(
        r#"stack team {}
existing stack network {}
existing stack other { name = "network", state local { path = "../network/.smd/network.state.json" } }
security_group a { name = "a", vpc = stack.network.vcp, description = "A" }
security_group b { name = "b", vpc = stack.other.secret, description = "B" }
security_group c { name = "c", vpc = stack.netwrk.vpc, description = "C" }
"#,
    );
    run(&project, &["apply", "network", "-y"]).exits(0);
    insta::assert_snapshot!(
        "existing_stack_unknown",
        run(&project, &["plan", "team"]).exits(1)
    );
    project.edit("team/main.smd", "security_group c", "# security_group c");
    insta::assert_snapshot!(
        "existing_stack_outputs",
        run(&project, &["plan", "team"]).exits(1)
    );
}

#[test]
fn a_block_that_is_written_wrongly_is_told() {
    let project = project(
        r#"stack team {}
existing stack one { state s3 { bucket = "b" } }
existing stack two { path = "x" }
existing stack two {}
existing stack three { state disk {} }
let x = stack.one.a
"#,
    );
    insta::assert_snapshot!(
        "existing_stack_form",
        project.smd(&["validate", "team"]).exits(1)
    );
}
