//! `smd drift`: what was changed outside smd.

use std::fs;

use crate::smd::Project;

const MORE: &str = r#"security_group apps {
  vpc         = vpc.main
  description = "apps"
  ingress ssh { protocol = "tcp", ports = 22, from = "10.0.0.0/8" }
}
"#;

#[test]
fn nothing_recorded_is_an_error() {
    let project = Project::network();
    let run = project.sandboxed(&["drift"]).exits(1);
    assert!(run.stderr.contains("nothing is recorded"), "{run}");
}

#[test]
fn what_others_changed() {
    let project = Project::network();
    project.write("more.smd", MORE);
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!("drift_none", project.sandboxed(&["drift"]).exits(0));

    // Somebody else works on the same account: the same record, by other files.
    let state = project.file(".smd/sandbox/state/demo.state.json");
    let kept = fs::read(&state).unwrap();
    let main = fs::read_to_string(project.file("main.smd")).unwrap();
    let (start, rest) = main.split_once("subnet a {").unwrap();
    let (_, rest) = rest.split_once("}\n").unwrap();
    project.write(
        "main.smd",
        format!("{start}{rest}")
            .replace("owner = \"ml\"", "owner = \"else\"")
            .replace(
                "cidr = \"10.0.0.0/16\"",
                "cidr = \"10.0.0.0/16\"\n  dns_hostnames = true",
            ),
    );
    let others = MORE.replace("22, from", "23, from").replace(
        "}\n}\n",
        "}\n  ingress dns { protocol = \"udp\", ports = 53, from = self }\n}\n",
    );
    assert_ne!(others, MORE);
    project.write("more.smd", &others);
    project.sandboxed(&["apply", "-y"]).exits(0);
    fs::write(&state, &kept).unwrap();
    project.write("main.smd", &main);
    project.write("more.smd", MORE);

    insta::assert_snapshot!("drift_text", project.sandboxed(&["drift"]).exits(5));
    let run = project.sandboxed(&["drift", "--format", "json"]).exits(5);
    insta::assert_snapshot!("drift_document", run.stdout);
    assert_eq!(fs::read(&state).unwrap(), kept, "nothing is recorded");

    // What a file leaves to others is no drift.
    let ignoring = main.replace(
        "vpc main {",
        "vpc main {\n  lifecycle { ignore_changes = [tags] }",
    );
    project.write("main.smd", ignoring);
    let run = project.sandboxed(&["drift"]).exits(5);
    assert!(!run.stdout.contains("vpc.main"), "{run}");

    // It is brought back, and there is no drift any more.
    project.write("main.smd", &main);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["drift"]).exits(0);
}
