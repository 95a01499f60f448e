//! `smd plan`, and the files it writes.

use std::fs;

use crate::smd::Project;

#[test]
fn what_would_change() {
    let project = Project::network();
    insta::assert_snapshot!(project.sandboxed(&["plan"]).exits(0));
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(2);
    assert!(
        !project.file(".smd/sandbox/state/demo.state.json").exists(),
        "a plan records nothing"
    );
}

#[test]
fn the_document() {
    let project = Project::network();
    let args = ["plan", "--format", "json"];
    let first = project.sandboxed(&args).exits(0);
    insta::assert_snapshot!("plan_document", first.stdout);
    assert_eq!(first.stdout, project.sandboxed(&args).exits(0).stdout);
    assert_eq!(first.stderr, "");
}

#[test]
fn nothing_to_do_after_apply() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!(project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0));
}

#[test]
fn errors_are_in_the_document() {
    let project = Project::new(&[("a.smd", "vpc main {\n  cidrr = 1\n}\nvcp other {}\n")]);
    let run = project.sandboxed(&["plan", "--format", "json"]).exits(1);
    assert_eq!(run.stderr, "");
    let diagnostics = run.json()["diagnostics"].as_array().unwrap().len();
    assert!(diagnostics >= 2, "{run}");
}

#[cfg(unix)]
#[test]
fn a_plan_file_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::network();
    let run = project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    assert!(run.stderr.contains("smd apply a.plan"), "{run}");
    let mode = fs::metadata(project.file("a.plan"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = project.smd(&["show", "a.plan"]).exits(0);
    assert!(shown.stdout.contains("vpc.main"), "{shown}");
}

#[test]
fn a_plan_that_cannot_be_kept() {
    let project = Project::network();
    let run = project
        .sandboxed(&["plan", "-o", "no/such/folder/a.plan"])
        .exits(1);
    assert!(run.stderr.contains("E0904"), "{run}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let project = Project::network();
    let mut command = project.command(&["explain"]);
    let mut child = project.spawn(&mut command);
    drop(child.stdout.take());
    let run = project.finished(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn inputs_by_strength() {
    let text = "account a {\n  id = \"111122223333\"\n  region = \"eu-west-1\"\n}\ninput net: string { default = \"10.9.0.0/16\" }\nvpc main {\n  cidr = input.net\n}\n";
    let project = Project::new(&[("a.smd", text), ("x.vars", "net = \"10.2.0.0/16\"\n")]);
    let cidr = |args: &[&str], variable: Option<&str>| {
        let mut all = vec!["plan", "--sandbox", "--format", "json"];
        all.extend(args);
        let mut command = project.command(&all);
        if let Some(value) = variable {
            command.env("SMD_VAR_net", value);
        }
        let document = project.run(command).exits(0).json();
        let text = document["steps"][0]["after"].to_string();
        ["10.9", "10.1", "10.2", "10.3"]
            .into_iter()
            .find(|start| text.contains(&format!("{start}.0.0/16")))
            .unwrap_or_else(|| panic!("{text}"))
    };
    assert_eq!(cidr(&[], None), "10.9");
    assert_eq!(cidr(&[], Some("10.1.0.0/16")), "10.1");
    let file = ["--var-file", "x.vars"];
    assert_eq!(cidr(&file, Some("10.1.0.0/16")), "10.2");
    let var = ["--var-file", "x.vars", "--var", "net=10.3.0.0/16"];
    assert_eq!(cidr(&var, Some("10.1.0.0/16")), "10.3");
}

#[test]
fn what_aws_cannot_clear_is_said_once() {
    let group = "security_group apps {\n  vpc         = vpc.main\n  description = \"x\"\n}\n";
    let project = Project::network();
    project.write("group.smd", group);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit("group.smd", "  description = \"x\"\n", "");
    insta::assert_snapshot!(project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0));
    let run = project.sandboxed(&["plan", "--format", "json"]).exits(0);
    assert!(run.stdout.contains("cannot_be_cleared"), "{run}");
    project.sandboxed(&["apply", "-y"]).exits(0);
    let run = project.sandboxed(&["plan"]).exits(0);
    assert!(!run.stdout.contains("cannot be cleared"), "{run}");
}

#[test]
fn a_protected_thing_that_is_declared_and_left_out() {
    let block = |when: &str, keys: &str| {
        format!(
            "vpc b {{\n  cidr = \"10.1.0.0/16\"\n  when = {when}\n  lifecycle {{ protect = true }}\n}}\n\
             vpc c {{\n  for_each = {keys}\n  cidr     = \"10.2.0.0/16\"\n  lifecycle {{ protect = true }}\n}}\n"
        )
    };
    let project = Project::network();
    project.write("b.smd", block("true", "[\"x\", \"y\"]"));
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.write("b.smd", block("false", "[\"x\"]"));
    insta::assert_snapshot!(project.sandboxed(&["plan"]).exits(1));
}

#[test]
fn only_an_older_plan_makes_room_for_a_plan() {
    let project = Project::network();
    project.write("readme.txt", "mine");
    project.write("plan.json", "{\"format_version\": 1}");
    project.write("empty", "");
    fs::create_dir(project.file("folder")).unwrap();
    for (name, kept) in [
        ("main.smd", Some(crate::smd::NETWORK)),
        ("readme.txt", Some("mine")),
        ("plan.json", Some("{\"format_version\": 1}")),
        ("folder", None),
        ("/dev/null", None),
    ] {
        let run = project.sandboxed(&["plan", "-o", name]).exits(1);
        assert!(run.stderr.contains("E0915"), "{name}: {run}");
        assert!(run.stderr.contains("another file with `-o`"), "{run}");
        assert_eq!(run.stdout, "", "{name}: {run}");
        if let Some(kept) = kept {
            assert_eq!(fs::read_to_string(project.file(name)).unwrap(), kept);
        }
    }
    assert!(!project.file(".smd").exists(), "nothing is made");
    // An empty file loses nothing; an older plan, of whatever format, may go.
    project.sandboxed(&["plan", "-o", "empty"]).exits(0);
    project.write(
        "old.plan",
        "{\"smd_plan\":0,\"sha256\":\"\",\"smd_version\":\"0.0.1\"}\n{}\n",
    );
    project.sandboxed(&["plan", "-o", "old.plan"]).exits(0);
    project.sandboxed(&["plan", "-o", "old.plan"]).exits(0);
    project.sandboxed(&["apply", "old.plan"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_older_plan() {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    let project = Project::network();
    project
        .smd(&["plan", "--refresh=false", "-o", "a.plan"])
        .exits(0);
    let mode = fs::metadata(project.file("a.plan")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let kept = fs::read(project.file("a.plan")).unwrap();
    let files = || fs::read_dir(project.path()).unwrap().count();
    let before = files();
    project.edit("main.smd", "10.0.1.0/24", "10.0.2.0/24");
    // The system refuses to let a file grow beyond one block, as it does on a full disk.
    let smd = project.command(&[]);
    let mut full = Command::new("sh");
    full.arg("-c")
        .arg("trap '' XFSZ; ulimit -f 1; exec \"$0\" plan --refresh=false -o a.plan")
        .arg(smd.get_program())
        .current_dir(project.path())
        .env_clear()
        .env("HOME", project.path());
    let run = project.run(full).exits(1);
    assert!(run.stderr.contains("E0904"), "{run}");
    assert_eq!(fs::read(project.file("a.plan")).unwrap(), kept);
    assert_eq!(files(), before, "no temporary file stays");
}

#[test]
fn what_is_exclusive_has_nothing_foreign() {
    let project = Project::network();
    let file = |group: &str, rules: &str, routes: &str| {
        format!(
            "security_group apps {{\n  vpc = vpc.main\n{group}  ingress ssh {{ protocol = \"tcp\", ports = 22, from = \"10.0.0.0/8\" }}\n{rules}}}\n\
             internet_gateway out {{ vpc = vpc.main }}\n\
             route_table t {{\n  vpc = vpc.main\n{group}{routes}}}\n"
        )
    };
    let rules = "  ingress dns { protocol = \"udp\", ports = 53, from = self }\n  egress web { protocol = \"tcp\", ports = 443, to = \"0.0.0.0/0\" }\n";
    let routes = "  route all { to = \"0.0.0.0/0\", via = internet_gateway.out }\n";
    project.write("parts.smd", file("", rules, routes));
    project.sandboxed(&["apply", "-y"]).exits(0);
    let list = project.sandboxed(&["state", "list"]).exits(0).stdout;
    for part in [
        "security_group.apps.ingress.dns",
        "security_group.apps.egress.web",
        "route_table.t.route.all",
    ] {
        assert!(list.contains(part), "{list}");
        project.sandboxed(&["state", "rm", part]).exits(0);
    }
    // A rule of the same content is written anew under a label of its own.
    let again = "  ingress again { protocol = \"udp\", ports = 53, from = self }\n  default_egress = false\n";
    project.write("parts.smd", file("  exclusive = true\n", again, ""));
    insta::assert_snapshot!("exclusive", project.sandboxed(&["plan"]).exits(0));
    project.sandboxed(&["apply", "-y"]).exits(0);
    let run = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(!run.stderr.contains("N0512"), "{run}");
    let list = project.sandboxed(&["state", "list"]).exits(0).stdout;
    assert!(!list.contains("foreign"), "{list}");
}

#[test]
fn left_out_and_made_anew() {
    let project = Project::network();
    insta::assert_snapshot!(
        "exclude",
        project
            .sandboxed(&["plan", "--exclude", "vpc.main"])
            .exits(0)
    );
    insta::assert_snapshot!(
        "exclude_none",
        project
            .sandboxed(&["plan", "--exclude", "vpc.man"])
            .exits(1)
    );
    project
        .sandboxed(&["apply", "-y", "--exclude", "subnet.a"])
        .exits(0);
    assert_eq!(
        project.sandboxed(&["state", "list"]).exits(0).stdout,
        "vpc.main\n"
    );
    insta::assert_snapshot!(
        "replace_none",
        project
            .sandboxed(&["plan", "--replace", "subnet.a"])
            .exits(1)
    );
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!(
        "replace",
        project
            .sandboxed(&["apply", "-y", "--replace", "subnet.a"])
            .exits(0)
    );
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    let run = project
        .sandboxed(&["apply", "a.plan", "--replace", "subnet.a"])
        .exits(1);
    assert!(run.stderr.contains("E0912"), "{run}");
}

#[test]
fn what_is_there_and_not_owned() {
    let project = Project::network();
    let parts = [
        (
            "security_group apps {\n  vpc = vpc.main\n",
            "  ingress ssh { protocol = \"tcp\", ports = 22, from = \"0.0.0.0/0\" }\n  ingress dns { protocol = \"udp\", ports = 53, from = self }\n",
            "}\n",
        ),
        (
            "internet_gateway out {\n  vpc = vpc.main\n}\nroute_table t {\n  vpc = vpc.main\n",
            "  subnets = [subnet.a]\n  route all { to = \"0.0.0.0/0\", via = internet_gateway.out }\n",
            "}\n",
        ),
        (
            "role r {\n  trust = service(\"sagemaker.amazonaws.com\")\n",
            "  managed_policies = [\"arn:aws:iam::aws:policy/AmazonSageMakerFullAccess\"]\n  policy own { document = { Statement = { Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" } } }\n",
            "}\n",
        ),
    ];
    let files = |with_parts: bool| {
        parts
            .iter()
            .map(|(open, inner, close)| {
                format!("{open}{}{close}", if with_parts { inner } else { "" })
            })
            .collect::<String>()
    };
    project.write("parts.smd", files(true));
    project.sandboxed(&["apply", "-y"]).exits(0);
    let run = project.sandboxed(&["plan"]).exits(0);
    assert!(!run.stderr.contains("N0512"), "{run}");

    // The parts are forgotten and stay: to this stack they are somebody else's now.
    let list = project.sandboxed(&["state", "list"]).exits(0).stdout;
    for part in list.lines().filter(|line| {
        let of_group = line.contains(".ingress.");
        of_group
            || line.contains(".route.")
            || line.contains(".subnets[")
            || line.starts_with("role.r.")
    }) {
        project.sandboxed(&["state", "rm", part]).exits(0);
    }
    project.write("parts.smd", files(false));
    insta::assert_snapshot!(project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0));
    let document = project
        .sandboxed(&["plan", "--format", "json"])
        .exits(0)
        .json();
    let notes = document["diagnostics"].as_array().unwrap();
    assert_eq!(notes.len(), 3, "{notes:#?}");
    assert!(
        notes
            .iter()
            .all(|note| note["severity"] == "note" && note["code"] == "N0512")
    );
    assert_eq!(
        document["summary"]["unchanged"],
        document["steps"].as_array().unwrap().len()
    );
}

#[test]
fn a_route_that_goes_says_what_stops() {
    let project = Project::network();
    let things = "vpc b { cidr = \"10.1.0.0/16\" }\n\
        peering p { requester = vpc.main, accepter = vpc.b }\n\
        internet_gateway out { vpc = vpc.main }\n\
        elastic_ip nat {}\n\
        nat_gateway n { subnet = subnet.a, elastic_ip = elastic_ip.nat }\n";
    let with = |routes: &str| {
        let table = format!("route_table t {{\n  vpc = vpc.main\n{routes}}}\n");
        project.write("parts.smd", format!("{things}{table}"));
    };
    let far = "  route far { to = \"10.1.0.0/16\", via = peering.p }\n";
    let out = "  route out { to = \"0.0.0.0/0\", via = nat_gateway.n }\n";
    with(&format!("{far}{out}"));
    project.sandboxed(&["apply", "-y"]).exits(0);

    with("");
    let plan = project.sandboxed(&["plan"]).exits(0);
    for risk in [
        "! traffic to 10.1.0.0/16 by the peering pcx-ID stops",
        "! traffic to 0.0.0.0/0 by the NAT gateway nat-ID stops",
    ] {
        assert!(plan.stdout.contains(risk), "{risk}: {plan}");
    }
    // Another destination: the old one is no longer led anywhere.
    with(&format!(
        "{}{out}",
        far.replace("10.1.0.0/16", "10.1.1.0/24")
    ));
    let plan = project.sandboxed(&["plan"]).exits(0);
    let stops = plan.stdout.matches(" stops\n").count();
    assert_eq!(stops, 1, "{plan}");
    // Another target is led to in one call.
    with(&format!(
        "{far}{}",
        out.replace("nat_gateway.n", "internet_gateway.out")
    ));
    let plan = project.sandboxed(&["plan"]).exits(0);
    assert!(!plan.stdout.contains(" stops"), "{plan}");
    // What goes with its table is seen to go.
    project.write("parts.smd", things);
    let plan = project.sandboxed(&["plan"]).exits(0);
    assert!(plan.stdout.contains("- route_table.t.route.far"), "{plan}");
    assert!(!plan.stdout.contains(" stops"), "{plan}");
}
