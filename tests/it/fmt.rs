//! `smd fmt`.

use std::fs;

use crate::smd::{NETWORK, Project};

const LOOSE: &str = "vpc   main {\n cidr=\"10.0.0.0/16\"\n}\n";

#[test]
fn rewrites_what_is_not_in_form() {
    let project = Project::new(&[("a.smd", LOOSE), ("b.smd", NETWORK)]);
    let first = project.smd(&["fmt"]).exits(0);
    assert_eq!(first.stdout, "a.smd\n", "{first}");
    insta::assert_snapshot!(fs::read_to_string(project.file("a.smd")).unwrap(), @r#"
    vpc main {
      cidr = "10.0.0.0/16"
    }
    "#);
    assert_eq!(fs::read_to_string(project.file("b.smd")).unwrap(), NETWORK);
    let second = project.smd(&["fmt"]).exits(0);
    assert_eq!(second.stdout, "", "{second}");
}

#[test]
fn check_and_diff_write_nothing() {
    let project = Project::new(&[("a.smd", LOOSE)]);
    insta::assert_snapshot!(
        "check_and_diff",
        project.smd(&["fmt", "--check", "--diff"]).exits(1)
    );
    project.smd(&["fmt", "--diff"]).exits(0);
    assert_eq!(fs::read_to_string(project.file("a.smd")).unwrap(), LOOSE);
    let document = project
        .smd(&["fmt", "--check", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(document["changed"], serde_json::json!(["a.smd"]));
    assert_eq!(document["diagnostics"][0]["code"], "E0911");
}

#[test]
fn stdin_to_stdout() {
    let project = Project::new(&[]);
    let run = project.with_stdin(&["fmt", "-"], LOOSE).exits(0);
    assert_eq!(run.stdout, "vpc main {\n  cidr = \"10.0.0.0/16\"\n}\n");
    assert_eq!(run.stderr, "");
}

#[test]
fn a_text_that_does_not_parse_is_not_touched() {
    let project = Project::new(&[("a.smd", "vpc main {\n  cidr = = 1\n}\n")]);
    insta::assert_snapshot!(project.smd(&["fmt"]).exits(1));
    assert_eq!(
        fs::read_to_string(project.file("a.smd")).unwrap(),
        "vpc main {\n  cidr = = 1\n}\n"
    );
}
