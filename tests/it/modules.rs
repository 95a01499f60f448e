//! Modules and expectations, through the program.

use crate::smd::Project;

const MAIN: &str = r#"stack demo {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

module network from "./modules/network" {
  for_each = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
  cidr     = each.value
}

output vpcs = { for k, m in module.network : k => m.vpc.id }
"#;

const NETWORK: &str = r#"input cidr: cidr

vpc main {
  cidr = input.cidr
}

subnet private {
  vpc  = vpc.main
  cidr = cidr_subnet(input.cidr, 8, 1)
  az   = "eu-west-1a"
}

output vpc = vpc.main

expect "the network is large enough" {
  condition = cidr_contains("10.0.0.0/8", input.cidr)
  message   = "take a network of 10.0.0.0/8"
}

expect "the VPC has an id" {
  condition = starts_with(vpc.main.id, "vpc-")
}
"#;

fn project() -> Project {
    Project::new(&[("main.smd", MAIN), ("modules/network/main.smd", NETWORK)])
}

#[test]
fn the_life_of_what_modules_make() {
    let project = project();
    project
        .smd(&["fmt", "--check", ".", "modules/network"])
        .exits(0);
    project.smd(&["validate"]).exits(0);
    insta::assert_snapshot!("modules_plan", project.sandboxed(&["plan"]).exits(0));
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    insta::assert_snapshot!(
        "modules_state",
        project.sandboxed(&["state", "list"]).exits(0)
    );

    // One module goes, and nothing else.
    project.edit("main.smd", r#", b = "10.1.0.0/16""#, "");
    let run = project.sandboxed(&["plan"]).exits(0);
    insta::assert_snapshot!("modules_gone", run);
    project.sandboxed(&["apply", "-y"]).exits(0);

    let target = r#"--target=module.network["a"].subnet.private"#;
    let run = project.sandboxed(&["destroy", "-y", target]).exits(0);
    assert!(run.stdout.contains("1 deleted"), "{run}");
    let run = project.sandboxed(&["destroy", "-y"]).exits(0);
    assert!(run.stdout.contains("1 deleted"), "{run}");
}

#[test]
fn a_target_is_a_whole_module() {
    let project = project();
    let run = project
        .sandboxed(&["apply", "-y", "--target", r#"module.network["b"]"#])
        .exits(0);
    assert!(run.stdout.contains("2 created"), "{run}");
    let run = project
        .sandboxed(&["apply", "-y", "--target", "module.network"])
        .exits(0);
    assert!(run.stdout.contains("2 created"), "{run}");
}

#[test]
fn a_kept_plan_depends_on_the_modules() {
    let project = project();
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    project.edit("modules/network/main.smd", "8, 1)", "8, 2)");
    let run = project.sandboxed(&["apply", "a.plan"]).exits(1);
    insta::assert_snapshot!("modules_stale", run);
}

#[test]
fn errors_of_kinds_show_the_call() {
    let project = project();
    project.edit("modules/network/main.smd", "8, 1)", "0, 0)");
    project.edit("main.smd", "10.1.0.0/16", "11.0.0.0/8");
    insta::assert_snapshot!("modules_errors", project.smd(&["validate"]).exits(1));
}

#[test]
fn an_expectation_that_is_not_met_stops() {
    let project = project();
    project.edit("main.smd", "10.1.0.0/16", "11.1.0.0/16");
    insta::assert_snapshot!(
        "expect_plan",
        project.sandboxed(&["plan", "-o", "a.plan"]).exits(3)
    );
    assert!(!project.file("a.plan").exists());
    project.sandboxed(&["apply", "-y"]).exits(3);
    assert!(!project.file(".smd/sandbox/state/demo.state.json").exists());
    project.smd(&["validate"]).exits(3);
}

#[test]
fn what_is_not_known_is_expected_after_the_apply() {
    let project = project();
    project.edit("modules/network/main.smd", "\"vpc-\"", "\"net-\"");
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    let run = project.sandboxed(&["apply", "a.plan"]).exits(3);
    assert!(run.stderr.contains("E0840"), "{run}");
    assert!(run.stdout.contains("4 created"), "{run}");
    // It is recorded; the next plan knows the id, and stops.
    let run = project.sandboxed(&["plan"]).exits(3);
    assert!(run.stderr.contains("E0540"), "{run}");
    project.sandboxed(&["destroy", "-y"]).exits(0);
}
