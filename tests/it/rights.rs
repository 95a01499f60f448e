//! The caller's own rights, asked of IAM before the first call that changes anything.

use crate::smd::Project;

/// A role to deploy by that may do some things only.
const DEPLOYER: &str = r#"stack rights {}

account team {
  id          = "444455556666"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::444455556666:role/smd-deploy"
}

role deployer {
  name  = "deployer"
  trust = account_root("123456789012")
  policy own {
    statement Network {
      effect    = "Allow"
      actions   = ["ec2:*"]
      resources = ["*"]
    }
    statement Roles {
      effect    = "Allow"
      actions   = ["iam:CreateRole", "iam:TagRole", "iam:PutRolePolicy"]
      resources = ["arn:aws:iam::444455556666:role/team-*"]
    }
    statement Kept {
      effect    = "Deny"
      actions   = ["ec2:DeleteVpc"]
      resources = ["*"]
    }
  }
}
"#;

const NETWORK: &str = r#"
vpc main { cidr = "10.0.0.0/16" }
role worker { name = "team-worker", trust = service("sagemaker.amazonaws.com") }
"#;

const TOO_MUCH: &str = r#"
role other { name = "other", trust = service("sagemaker.amazonaws.com") }
image lab { role = role.worker }
"#;

fn deployed_by_deployer() -> Project {
    let project = Project::new(&[("main.smd", DEPLOYER)]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit("main.smd", "role/smd-deploy", "role/deployer");
    project
}

#[test]
fn what_the_caller_may_not_do_is_told_before_anything_is_done() {
    let project = deployed_by_deployer();
    project.write("more.smd", NETWORK);
    project.sandboxed(&["apply", "-y"]).exits(0);
    // Denied by name, allowed by none.
    project.write("more.smd", format!("{NETWORK}{TOO_MUCH}"));
    insta::assert_snapshot!(
        "rights_denied",
        project.sandboxed(&["apply", "-y"]).exits(1)
    );
    let plan = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(2);
    assert!(plan.stdout.contains("2 to create"), "{plan}");
    // A plan in a file is held against them too.
    project.sandboxed(&["plan", "-o", "x.plan"]).exits(0);
    let run = project.sandboxed(&["apply", "x.plan"]).exits(1);
    assert!(run.stderr.contains("E0814"), "{run}");
    // Not asked, nothing is said; the sandbox does not hold calls against policies.
    project
        .sandboxed(&["apply", "-y", "--check-rights=false"])
        .exits(0);
    project.write("more.smd", "");
    let run = project.sandboxed(&["apply", "-y"]).exits(1);
    assert!(
        run.stderr
            .contains("ec2:DeleteVpc: a policy denies it; needed by `vpc.main`"),
        "{run}"
    );
    let run = project.sandboxed(&["destroy", "-y"]).exits(1);
    assert!(run.stderr.contains("E0814"), "{run}");
    project
        .sandboxed(&["destroy", "-y", "--check-rights=false"])
        .exits(0);
}

#[test]
fn where_nobody_can_be_asked_nothing_is_said() {
    let project = Project::network();
    let run = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(!run.stderr.contains("IAM"), "{run}");
}

/// Of a name that is known after another thing is made, nobody can say which policy goes for it.
#[test]
fn of_what_is_not_known_yet_only_a_denial_counts() {
    let project = deployed_by_deployer();
    let late = r#"
vpc main { cidr = "10.0.0.0/16" }
role late {
  name  = "team-${vpc.main.id}"
  trust = service("sagemaker.amazonaws.com")
  tags  = { vpc = vpc.main.id }
}
"#;
    project.write("more.smd", late);
    let run = project.sandboxed(&["plan"]).exits(0);
    assert!(run.stdout.contains("role.late"), "{run}");
    project.sandboxed(&["apply", "-y"]).exits(0);
    // What a policy does not allow for a new id of any sort is told.
    project.write(
        "more.smd",
        format!("{late}\ndomain d {{ auth_mode = \"IAM\", vpc = vpc.main, subnets = [subnet.s], default_user_settings {{ execution_role = role.late }} }}\nsubnet s {{ vpc = vpc.main, cidr = \"10.0.1.0/24\", az = \"eu-west-1a\" }}\n"),
    );
    let run = project.sandboxed(&["apply", "-y"]).exits(1);
    assert!(
        run.stderr
            .contains("sagemaker:CreateDomain: no policy allows it; needed by `domain.d`"),
        "{run}"
    );
}
