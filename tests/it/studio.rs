//! What runs in Studio, the whole way on the sandbox.

use crate::smd::Project;

/// A domain with a profile, both with the same lifecycle configuration.
const STUDIO: &str = r#"stack lab {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

vpc main {
  cidr = "10.0.0.0/16"
}

subnet a {
  vpc  = vpc.main
  cidr = "10.0.1.0/24"
  az   = "eu-west-1a"
}

role studio {
  trust = service("sagemaker.amazonaws.com")
}

domain team {
  name      = "team"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  home_efs  = "delete"
  default_user_settings {
    execution_role = role.studio
    jupyter_lab_app_settings { lifecycle_configs = [lifecycle_config.start] }
  }
}

user_profile ana {
  domain = domain.team
  name   = "ana"
  user_settings {
    jupyter_lab_app_settings { lifecycle_configs = [lifecycle_config.start] }
  }
}
"#;

const SCRIPT: &str = r#"
lifecycle_config start {
  app_type = "JupyterLab"
  content  = file("start.sh")
}
"#;

fn studio(more: &str) -> Project {
    Project::new(&[
        ("main.smd", STUDIO),
        ("more.smd", more),
        ("start.sh", "#!/bin/bash\nset -e\necho one\n"),
    ])
}

#[test]
fn another_script_is_another_configuration_before_the_old_one_goes() {
    let project = studio(SCRIPT);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.settled();
    project.edit("start.sh", "echo one", "echo two");
    let plan = project.sandboxed(&["plan"]).exits(0);
    // The script as people wrote it, line by line; a new one before the old one goes, and nothing but
    // the wiring of its users changes.
    for (start, address) in [
        ("+/-", "lifecycle_config.start"),
        ("~", "domain.team"),
        ("~", "user_profile.ana"),
    ] {
        let head = plan.line(address);
        assert!(head.trim_start().starts_with(start), "{head}");
    }
    for changed in ["- echo one", "+ echo two"] {
        let mut lines = plan.stdout.lines();
        assert!(
            lines.any(|line| line.trim() == changed),
            "{changed}: {plan}"
        );
    }
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(project.count("sagemaker_lifecycle_configs"), 1);
    project.settled();
    // Back again: the first name is free by now.
    project.edit("start.sh", "echo two", "echo one");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.settled();
    // Away from everything that names it, then gone.
    let config = "lifecycle_configs = [lifecycle_config.start]";
    project.edit("main.smd", config, "");
    project.write("more.smd", "");
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(project.count("sagemaker_lifecycle_configs"), 0);
    project.settled();
}

#[test]
fn a_written_name_that_stays_is_refused_while_it_is_used() {
    let named = SCRIPT.replace("app_type", "name     = \"start\"\n  app_type");
    let project = studio(&named);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.settled();
    project.edit("start.sh", "echo one", "echo two");
    let run = project.sandboxed(&["plan"]).exits(1);
    for said in [
        "E0504",
        "uses the old one",
        "the same name as before",
        "leave it out",
    ] {
        assert!(run.stderr.contains(said), "{said}: {run}");
    }
    // Another name is another thing.
    project.edit("more.smd", "\"start\"", "\"start-2\"");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.settled();
    assert_eq!(project.count("sagemaker_lifecycle_configs"), 1);
}

#[test]
fn without_a_refresh_what_people_made_is_named_where_consent_loses_something() {
    let project = studio(SCRIPT);
    project.sandboxed(&["apply", "-y"]).exits(0);
    // A profile that is nobody's but a person's.
    project
        .sandboxed(&["state", "rm", "user_profile.ana"])
        .exits(0);
    let consent = ["--consent", "domain.team"];
    let mut destroy = vec!["destroy", "-y", "--refresh=false"];
    let refused = project.sandboxed(&destroy).exits(1);
    assert!(refused.stderr.contains("user profile `ana`"), "{refused}");
    destroy.extend(consent);
    let gone = project.sandboxed(&destroy).exits(0);
    assert!(gone.stdout.contains("user profile `ana`"), "{gone}");
    assert_eq!(project.count("sagemaker_user_profiles"), 0);
}
