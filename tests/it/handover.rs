//! What has a record or a life already: `moved` and `removed`.

use std::fs;

use crate::smd::Project;

/// Where the sandbox keeps the state of [`crate::smd::NETWORK`].
const STATE: &str = ".smd/sandbox/state/demo.state.json";

fn applied() -> Project {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project
}

/// Finds everything by its marks, without the record.
fn rebuilt(project: &Project) -> String {
    fs::remove_file(project.file(STATE)).unwrap();
    project
        .sandboxed(&["state", "rebuild"])
        .exits(0)
        .to_string()
}

#[test]
fn moved_with_its_marks() {
    let project = applied();
    let text = fs::read_to_string(project.file("main.smd"))
        .unwrap()
        .replace("vpc main", "vpc core")
        .replace("vpc.main", "vpc.core[\"eu\"]")
        .replace("vpc core {", "vpc core {\n  for_each = [\"eu\"]")
        .replace("subnet a {", "subnet b {");
    project.write("main.smd", text);
    project.write(
        "moves.smd",
        "moved {\n  from = vpc.main\n  to   = vpc.core[\"eu\"]\n}\n\nmoved {\n  from = subnet.a\n  to   = subnet.b\n}\n",
    );
    insta::assert_snapshot!(
        "moved_plan",
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(2)
    );
    let document = project
        .sandboxed(&["plan", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["summary"]["moved"], 2);
    assert_eq!(document["steps"][0]["moved_from"], "subnet.a");
    insta::assert_snapshot!("moved_apply", project.sandboxed(&["apply", "-y"]).exits(0));
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    fs::remove_file(project.file("moves.smd")).unwrap();
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    insta::assert_snapshot!("moved_rebuilt", rebuilt(&project));
}

#[test]
fn forgotten_without_its_marks() {
    let project = applied();
    let text = fs::read_to_string(project.file("main.smd")).unwrap();
    let (start, rest) = text.split_once("subnet a {").unwrap();
    let (_, rest) = rest.split_once("}\n").unwrap();
    project.write(
        "main.smd",
        format!("{start}removed {{\n  from    = subnet.a\n  destroy = false\n}}\n{rest}"),
    );
    insta::assert_snapshot!(
        "forgotten_plan",
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(2)
    );
    let document = project
        .sandboxed(&["plan", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["summary"]["forget"], 1);
    insta::assert_snapshot!(
        "forgotten_apply",
        project.sandboxed(&["apply", "-y"]).exits(0)
    );
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(
        project.sandboxed(&["state", "list"]).exits(0).stdout,
        "vpc.main\n"
    );
    let info = project.smd(&["sandbox", "info"]).exits(0).stdout;
    assert!(info.contains("subnets"), "it is there: {info}");
    // No mark leads to it any more.
    insta::assert_snapshot!("forgotten_rebuilt", rebuilt(&project));
}

#[test]
fn how_long_work_may_take() {
    let project = Project::network();
    let text = fs::read_to_string(project.file("main.smd")).unwrap();
    let with = |timeouts: &str| {
        let block = format!("subnet a {{\n  timeouts {{ {timeouts} }}");
        project.write("main.smd", text.replace("subnet a {", &block));
    };
    with("create = \"soon\", updates = \"5m\"");
    insta::assert_snapshot!("timeouts_wrong", project.sandboxed(&["validate"]).exits(1));
    // A domain takes minutes to come up.
    project.write("main.smd", &text);
    let domain = |timeouts: &str| {
        let text = MORE.split_once("user_profile").unwrap().0;
        project.write(
            "more.smd",
            text.replace(
                "domain studio {",
                &format!("domain studio {{\n  timeouts {{ {timeouts} }}"),
            ),
        );
    };
    domain("create = \"1s\"");
    let run = project.sandboxed(&["apply", "-y"]).exits(4);
    assert!(run.stderr.contains("domain.studio"), "{run}");
    assert!(run.stderr.contains("which is `Pending`"), "{run}");
    domain("create = \"1s\", update = \"30m\"");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn moving_what_is_still_declared() {
    let project = applied();
    project.write(
        "moves.smd",
        "moved {\n  from = vpc.main\n  to   = vpc.core\n}\n",
    );
    insta::assert_snapshot!(
        "moved_still_declared",
        project.sandboxed(&["plan"]).exits(1)
    );
}

#[test]
fn a_protection_is_lifted_without_the_block() {
    let project = applied();
    project.write(
        "b.smd",
        "vpc b {\n  cidr = \"10.1.0.0/16\"\n  lifecycle { protect = true }\n}\n",
    );
    project.sandboxed(&["apply", "-y"]).exits(0);
    fs::remove_file(project.file("b.smd")).unwrap();
    insta::assert_snapshot!(
        "protected_without_block",
        project.sandboxed(&["plan"]).exits(1)
    );
    project.write(
        "b.smd",
        "removed {\n  from    = vpc.b\n  protect = false\n}\n",
    );
    let run = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(run.stdout.ends_with("1 deleted\n"), "{run}");
}

/// Things of every kind that has parts, and SageMaker's.
const MORE: &str = r#"security_group apps {
  vpc         = vpc.main
  description = "apps"
  ingress ssh { protocol = "tcp", ports = 22, from = "10.0.0.0/8", description = "from inside" }
  ingress own { protocol = "all", from = self }
}

internet_gateway out { vpc = vpc.main }

route_table public {
  vpc     = vpc.main
  subnets = [subnet.a]
  route all { to = "0.0.0.0/0", via = internet_gateway.out }
}

role studio {
  trust            = service("sagemaker.amazonaws.com")
  managed_policies = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]
  policy own { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = "*" } } }
}

policy shared { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = "*" } } }

domain studio {
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  default_user_settings { execution_role = role.studio }
}

user_profile ada { domain = domain.studio, name = "ada" }
"#;

/// Addresses with their ids, resources only.
fn resources(project: &Project) -> Vec<(String, String)> {
    // As they are: what a run prints is cleaned of ids.
    let state: serde_json::Value =
        serde_json::from_slice(&fs::read(project.file(STATE)).unwrap()).unwrap();
    let records = state["records"].as_object().unwrap();
    records
        .iter()
        .filter(|(address, _)| address.matches('.').count() == 1)
        .map(|(address, record)| (address.clone(), record["id"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn everything_is_taken_over_as_it_is() {
    let project = Project::network();
    project.write("more.smd", MORE);
    project.sandboxed(&["apply", "-y"]).exits(0);
    let listed = project.sandboxed(&["state", "list"]).exits(0).stdout;
    let things = resources(&project);
    assert_eq!(things.len(), 9, "{things:?}");

    // Nobody's any more: no record, no marks.
    let main = fs::read_to_string(project.file("main.smd")).unwrap();
    let removed: String = things
        .iter()
        .map(|(address, _)| format!("removed {{ from = {address}, destroy = false }}\n"))
        .collect();
    let account = main.split_once("vpc main").unwrap().0;
    project.write("main.smd", format!("{account}\n{removed}"));
    fs::remove_file(project.file("more.smd")).unwrap();
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(project.sandboxed(&["state", "list"]).exits(0).stdout, "");

    let imports: String = things
        .iter()
        .map(|(address, id)| format!("import {address} from \"{id}\"\n"))
        .collect();
    project.write("main.smd", &main);
    project.write("more.smd", MORE);
    project.write("imports.smd", imports);
    insta::assert_snapshot!("imported_plan", project.sandboxed(&["plan"]).exits(0));
    let document = project
        .sandboxed(&["plan", "--format", "json"])
        .exits(0)
        .json();
    let summary = &document["summary"];
    for (action, count) in [("create", 0), ("update", 0), ("replace", 0), ("delete", 0)] {
        assert_eq!(summary[action], count, "{summary}");
    }
    assert_eq!(summary["import"], listed.lines().count(), "{summary}");
    insta::assert_snapshot!(
        "imported_apply",
        project.sandboxed(&["apply", "-y"]).exits(0)
    );
    assert_eq!(
        project.sandboxed(&["state", "list"]).exits(0).stdout,
        listed
    );
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    fs::remove_file(project.file("imports.smd")).unwrap();
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    // All of it carries the marks again.
    let run = rebuilt(&project);
    assert!(run.contains(", 0 not there, 0 in no file"), "{run}");
    assert_eq!(
        project.sandboxed(&["state", "list"]).exits(0).stdout,
        listed
    );
}

#[test]
fn what_differs_is_in_the_same_plan() {
    let project = applied();
    let things = resources(&project);
    let id = |address: &str| &things.iter().find(|(at, _)| at == address).unwrap().1;
    fs::remove_file(project.file(STATE)).unwrap();
    project.edit(
        "main.smd",
        "cidr = \"10.0.0.0/16\"",
        "cidr = \"10.0.0.0/16\"\n  dns_hostnames = true",
    );
    project.write(
        "imports.smd",
        format!(
            "import vpc.main from \"arn:aws:ec2:eu-west-1:111122223333:vpc/{}\"\nimport subnet.a from \"{}\"\n",
            id("vpc.main"),
            id("subnet.a"),
        ),
    );
    insta::assert_snapshot!("imported_differs", project.sandboxed(&["plan"]).exits(0));
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    project.sandboxed(&["apply", "a.plan"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_cannot_be_taken_over() {
    let project = applied();
    let things = resources(&project);
    let id = |address: &str| &things.iter().find(|(at, _)| at == address).unwrap().1;
    let main = fs::read_to_string(project.file("main.smd")).unwrap();
    project.write("b.smd", "vpc b { cidr = \"10.1.0.0/16\" }\nsubnet b { vpc = vpc.main, cidr = \"10.0.2.0/24\", az = \"eu-west-1a\" }\n");
    let refused = |imports: &str, code: i32| {
        project.write("imports.smd", imports);
        project.sandboxed(&["plan"]).exits(code)
    };
    let vpc = id("vpc.main");
    insta::assert_snapshot!(
        "import_form",
        refused("import vpc.b from \"subnet-1\"\n", 1)
    );
    insta::assert_snapshot!(
        "import_gone",
        refused("import vpc.b from \"vpc-0123456789abcdef0\"\n", 1)
    );
    insta::assert_snapshot!(
        "import_recorded",
        refused(&format!("import vpc.b from \"{vpc}\"\n"), 1)
    );
    insta::assert_snapshot!(
        "import_other",
        refused("import vpc.main from \"vpc-0123456789abcdef0\"\n", 1)
    );
    insta::assert_snapshot!(
        "import_elsewhere",
        refused(
            &format!("import vpc.b from \"arn:aws:ec2:us-east-1:111122223333:vpc/{vpc}\"\n"),
            1
        )
    );
    // What is recorded so is no news.
    refused(&format!("import vpc.main from \"{vpc}\"\n"), 0);
    // Another stack's.
    project.write("main.smd", main.replace("stack demo", "stack other"));
    insta::assert_snapshot!(
        "import_other_stack",
        refused(&format!("import vpc.main from \"{vpc}\"\n"), 1)
    );
}

/// Two accounts; what is called alike in each, and in two regions of one.
const ALIKE: &str = r#"stack alike {}

account a {
  id          = "111122223333"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::111122223333:role/smd"
  default     = true
}

account b {
  id          = "444455556666"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::444455556666:role/smd"
}

role a {
  name  = "deploy"
  trust = service("sagemaker.amazonaws.com")
  policy own { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = "*" } } }
}

role b {
  account = account.b
  name    = "deploy"
  trust   = service("sagemaker.amazonaws.com")
  policy own { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = "*" } } }
}

image here {
  name = "lab"
  role = role.a
}

image there {
  region = "us-east-1"
  name   = "lab"
  role   = role.a
}
"#;

#[test]
fn an_id_is_one_thing_in_each_account_and_region() {
    let project = Project::new(&[("main.smd", ALIKE)]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    // One of two is on record.
    project.sandboxed(&["state", "rm", "image.there"]).exits(0);
    project.sandboxed(&["state", "rm", "role.b"]).exits(0);
    project.write(
        "imports.smd",
        "import image.there from \"lab\"\nimport role.b from \"deploy\"\n",
    );
    let imported = |count: usize| {
        let document = project
            .sandboxed(&["plan", "--format", "json"])
            .exits(0)
            .json();
        let summary = &document["summary"];
        assert_eq!(summary["import"], count, "{summary}");
        assert_eq!(summary["create"], 0, "{summary}");
    };
    imported(3);
    // Neither is.
    fs::remove_file(project.file(".smd/sandbox/state/alike.state.json")).unwrap();
    project.write(
        "imports.smd",
        "import image.here from \"lab\"\nimport image.there from \"lab\"\nimport role.a from \"deploy\"\nimport role.b from \"deploy\"\n",
    );
    imported(6);
    project.write(
        "more.smd",
        "role again { name = \"deploy\", trust = service(\"sagemaker.amazonaws.com\"), region = \"us-east-1\" }\nimport role.again from \"deploy\"\n",
    );
    let run = project.sandboxed(&["plan"]).exits(1);
    assert!(
        run.stderr.contains("two roles are called `deploy`"),
        "{run}"
    );
}
