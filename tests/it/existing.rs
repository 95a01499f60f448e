//! `existing` blocks, through the program.

use crate::smd::{Project, Run};

const NETWORK: &str = r#"stack network {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

vpc main {
  cidr = "10.0.0.0/16"
  name = "shared"
  tags = { tier = "core" }
}

subnet private {
  for_each = { a = 1, b = 2 }
  vpc      = vpc.main
  cidr     = cidr_subnet(vpc.main.cidr, 8, each.value)
  az       = "eu-west-1${each.key}"
  tags     = { tier = "private" }
}

role team {
  name  = "team"
  trust = service("sagemaker.amazonaws.com")
  tags  = { tier = "core" }
}

policy limits {
  name     = "limits"
  document = { Statement = [{ Effect = "Allow", Action = "s3:ListAllMyBuckets", Resource = "*" }] }
}

security_group apps {
  vpc         = vpc.main
  description = "Studio apps"
  name        = "apps"
}

internet_gateway main {
  vpc  = vpc.main
  name = "way-out"
}

route_table main {
  vpc  = vpc.main
  name = "routes"
}

domain team {
  name      = "team"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = values(subnet.private)
  tags      = { tier = "core" }

  default_user_settings {
    execution_role = role.team
  }
}

user_profile ana {
  domain = domain.team
  name   = "Ana"
}
"#;

const APP: &str = r#"stack app {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

existing vpc shared {
  name = "shared"
  tags = { tier = "core" }
}

existing subnet private {
  tags = { tier = "private" }
  all  = true
}

existing role team {
  tags = { tier = "core" }
}

existing policy limits {
  name = "limits"
}

existing security_group apps {
  name = "apps"
}

existing internet_gateway main {
  name = "way-out"
}

existing route_table main {
  name = "routes"
}

existing domain team {
  tags = { tier = "core" }
}

existing user_profile ana {
  id = "${domain.team.id}/Ana"
}

existing user_profile none {
  name     = "Bo"
  optional = true
}

security_group own {
  vpc         = vpc.shared
  description = "for ${length(subnet.private)} subnets of ${vpc.shared.cidr}"
}

user_profile more {
  for_each = { for id, s in subnet.private : s.az => id }
  domain   = domain.team
  name     = "in-${each.key}"
}

output found = {
  role    = role.team.arn
  policy  = policy.limits.name
  group   = security_group.apps.description
  gateway = starts_with(internet_gateway.main.id, "igw-")
  table   = route_table.main.vpc == vpc.shared.id
  profile = user_profile.ana.name
  none    = user_profile.none == null
}
"#;

fn project() -> Project {
    Project::new(&[("network/main.smd", NETWORK), ("app/main.smd", APP)])
}

/// Runs a command on a stack, in the one sandbox of both.
fn run(project: &Project, command: &[&str], stack: &str) -> Run {
    let mut args = command.to_vec();
    args.push(stack);
    args.extend(["--sandbox=cloud", "--parallelism", "1"]);
    project.smd(&args)
}

#[test]
fn what_another_stack_made() {
    let project = project();
    run(&project, &["apply", "-y"], "network").exits(0);
    insta::assert_snapshot!("existing_plan", run(&project, &["plan"], "app").exits(0));
    run(&project, &["apply", "-y"], "app").exits(0);
    run(&project, &["plan", "--detailed-exitcode"], "app").exits(0);
    // Nothing of it is this stack's.
    let gone = run(&project, &["destroy", "-y"], "app").exits(0);
    assert!(gone.stdout.contains("4 deleted"), "{gone}");
    run(&project, &["plan", "--detailed-exitcode"], "network").exits(0);
}

#[test]
fn what_is_not_there_or_ones_own() {
    let project = project();
    insta::assert_snapshot!("existing_none", run(&project, &["plan"], "app").exits(1));
    run(&project, &["apply", "-y"], "network").exits(0);
    project.edit(
        "network/main.smd",
        "stack network {}",
        "stack network {}\nexisting vpc again {\n  name = \"shared\"\n}\nexisting subnet one {\n  tags = { tier = \"private\" }\n}",
    );
    insta::assert_snapshot!("existing_own", run(&project, &["plan"], "network").exits(1));
    // Nobody is asked.
    project.smd(&["validate", "app"]).exits(0);
}

#[test]
fn a_kept_plan_goes_stale_with_what_was_found() {
    let project = project();
    run(&project, &["apply", "-y"], "network").exits(0);
    run(&project, &["plan", "-o", "a.plan"], "app").exits(0);
    project.edit(
        "network/main.smd",
        "{ a = 1, b = 2 }",
        "{ a = 1, b = 2, c = 3 }",
    );
    run(&project, &["apply", "-y"], "network").exits(0);
    let stale = project
        .smd(&["apply", "a.plan", "--dir", "app", "--sandbox=cloud"])
        .exits(1);
    assert!(stale.stderr.contains("existing subnet.private"), "{stale}");
}

/// What is called as something of this stack, and is in another account.
#[test]
fn what_is_called_alike_elsewhere_is_not_this_stacks() {
    let account = |label: &str, id: &str| {
        format!(
            "account {label} {{ id = \"{id}\", region = \"eu-west-1\", assume_role = \"arn:aws:iam::{id}:role/smd\" }}\n"
        )
    };
    let role = "role deploy { name = \"deploy\", trust = service(\"sagemaker.amazonaws.com\"), account = account.mine }\n";
    let theirs = format!(
        "stack theirs {{}}\n{}{role}",
        account("mine", "444455556666")
    );
    let mine = format!(
        "stack mine {{}}\n{}{}{role}existing role other {{ name = \"deploy\", account = account.other }}\n",
        account("mine", "111122223333"),
        account("other", "444455556666"),
    );
    let project = Project::new(&[("theirs/main.smd", &theirs), ("mine/main.smd", &mine)]);
    for stack in ["theirs", "mine"] {
        run(&project, &["apply", "-y"], stack).exits(0);
    }
    run(&project, &["plan", "--detailed-exitcode"], "mine").exits(0);
    // In this account it is.
    project.edit(
        "mine/main.smd",
        "account = account.other",
        "account = account.mine",
    );
    let refused = run(&project, &["plan"], "mine").exits(1);
    assert!(refused.stderr.contains("role.deploy"), "{refused}");
}
