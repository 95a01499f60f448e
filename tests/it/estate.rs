//! Networks, roles and domains that refer to each other, the whole way on the sandbox.

use crate::smd::Project;

/// Two groups that name each other, and a role whose policy names the domain that uses it.
const MUTUAL: &str = r#"stack mutual {}

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

subnet b {
  vpc  = vpc.main
  cidr = "10.0.2.0/24"
  az   = "eu-west-1b"
}

security_group left {
  vpc = vpc.main
  ingress right { protocol = "tcp", ports = 8998, from = security_group.right }
}

security_group right {
  vpc = vpc.main
  ingress left { protocol = "tcp", ports = 2049, from = security_group.left }
}

role studio {
  trust = service("sagemaker.amazonaws.com")
  policy own {
    document {
      statement Own {
        effect    = "Allow"
        actions   = ["sagemaker:DescribeDomain"]
        resources = [domain.team.arn]
      }
    }
  }
}

domain team {
  name                    = "team"
  auth_mode               = "IAM"
  app_network_access_type = "PublicInternetOnly"
  vpc                     = vpc.main
  subnets                 = [subnet.a]
  default_user_settings {
    execution_role  = role.studio
    security_groups = [security_group.left]
  }
}
"#;

fn applied() -> Project {
    let project = Project::new(&[("main.smd", MUTUAL)]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    project
}

/// What of a plan is not unchanged: address and action.
fn changes(project: &Project) -> Vec<(String, String)> {
    let run = project
        .sandboxed(&["plan", "--detailed-exitcode", "--format", "json"])
        .exits(2);
    let document = run.json();
    let word = |step: &serde_json::Value, name: &str| step[name].as_str().unwrap().to_owned();
    document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["action"] != "unchanged")
        .map(|step| (word(step, "address"), word(step, "action")))
        .collect()
}

#[test]
fn what_names_each_other_applies_in_one_go() {
    let project = applied();
    let rule = project
        .sandboxed(&["state", "show", "security_group.left.ingress.right"])
        .exits(0);
    assert!(rule.stdout.contains("from     = \"sg-ID\""), "{rule}");
    let policy = project
        .sandboxed(&["state", "show", "role.studio.policy.own"])
        .exits(0);
    assert!(policy.stdout.contains("domain/d-ID"), "{policy}");
    project.sandboxed(&["destroy", "-y"]).exits(0);
    for table in ["vpcs", "subnets", "sagemaker_domains"] {
        assert_eq!(project.count(table), 0, "{table}");
    }
    let list = project.sandboxed(&["state", "list"]);
    assert_eq!(list.stdout, "", "{list}");
}

#[test]
fn a_true_cycle_prints_its_whole_path_with_positions() {
    let text = r#"vpc main {
  cidr = "10.0.0.0/16"
  tags = { group = security_group.apps.id }
}

subnet a {
  vpc  = vpc.main
  cidr = "10.0.1.0/24"
  az   = "eu-west-1a"
}

vpc other {
  cidr = "10.1.0.0/16"
}

security_group apps {
  vpc         = vpc.other
  description = "for ${subnet.a.id}"
}
"#;
    let project = Project::new(&[("main.smd", text)]);
    let run = project.sandboxed(&["plan"]).exits(1);
    insta::assert_snapshot!("a_true_cycle", run);
}

#[test]
fn the_network_of_a_domain_changes_in_place() {
    let project = applied();
    let before = id(&project);
    for (from, to, path) in [
        ("[subnet.a]", "[subnet.a, subnet.b]", "subnets"),
        ("[subnet.a, subnet.b]", "[subnet.b]", "subnets"),
        (
            "[security_group.left]",
            "[security_group.right]",
            "security_groups",
        ),
        (
            "\"PublicInternetOnly\"",
            "\"VpcOnly\"",
            "app_network_access_type",
        ),
        (
            "  default_user_settings {",
            "  domain_settings { security_groups = [security_group.left] }\n  default_user_settings {",
            "domain_settings",
        ),
        (
            "  default_user_settings {",
            "  tags = { owner = \"ml\" }\n  default_user_settings {",
            "tags",
        ),
    ] {
        project.edit("main.smd", from, to);
        let plan = project.sandboxed(&["plan"]).exits(0);
        let head = plan.line("domain.team");
        assert!(head.trim_start().starts_with("~ "), "{plan}");
        assert!(plan.stdout.contains(path), "{plan}");
        assert!(!plan.stdout.contains("does not follow"), "{plan}");
        let only = [("domain.team".to_owned(), "update".to_owned())];
        assert_eq!(changes(&project), only, "{to}");
        project.sandboxed(&["apply", "-y"]).exits(0);
        assert_eq!(id(&project), before, "{to}");
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

/// The description of a group cannot change: the new group is there before anything lets go of the
/// old one, and the rules of others name the new one.
#[test]
fn another_description_makes_a_new_group_before_the_old_one_goes() {
    let project = applied();
    let groups = project.count("security_groups");
    project.edit(
        "main.smd",
        "security_group left {",
        "security_group left {\n  description = \"Studio apps\"",
    );
    let plan = project.sandboxed(&["plan"]).exits(0);
    for (sign, address) in [
        ("+/-", "security_group.left"),
        ("~", "domain.team"),
        ("~", "security_group.right.ingress.left"),
    ] {
        let head = plan.line(address);
        assert!(head.trim_start().starts_with(sign), "{address}: {plan}");
    }
    let before = id(&project);
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(id(&project), before);
    assert_eq!(project.count("security_groups"), groups);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_replaces_a_domain_says_that_its_home_does_not_follow() {
    let project = applied();
    let key = "  kms_key = \"arn:aws:kms:eu-west-1:111122223333:key/0aaf1a1c-0000-4000-8000-000000000000\"\n";
    let settings = "  default_user_settings {";
    for (from, to, why, sign) in [
        ("\"team\"", "\"crew\"", "name:", "+/- "),
        ("\"IAM\"", "\"SSO\"", "auth_mode:", "-/+ "),
        (settings, &format!("{key}{settings}"), "kms_key:", "-/+ "),
    ] {
        let before = id(&project);
        project.edit("main.smd", from, to);
        let plan = project.sandboxed(&["plan"]).exits(0);
        assert!(plan.line("domain.team").starts_with(sign), "{plan}");
        let follows = "stays and does not follow";
        assert!(plan.stdout.contains(follows), "{why}: {plan}");
        // The reason stands on the line that causes it.
        let cause = plan
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with(why))
            .unwrap_or_else(|| panic!("{why}: {plan}"));
        assert!(cause.contains("# replaces: "), "{cause}");
        assert!(cause.contains("new, empty home file system"), "{cause}");
        project.sandboxed(&["apply", "-y"]).exits(0);
        assert_ne!(id(&project), before, "{why}");
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

/// The id of the domain, as it is recorded.
fn id(project: &Project) -> String {
    let path = project.file(".smd/sandbox/state/mutual.state.json");
    let state: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let id = state["records"]["domain.team"]["id"].as_str().unwrap();
    assert!(id.starts_with("d-"), "{id}");
    id.to_owned()
}
