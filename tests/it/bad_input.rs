//! Bad input: a clear error, an exit code that is not 0, and nothing changed.

use crate::smd::Project;

/// An account and a VPC that the snippets can refer to.
const BASE: &str = "account a {\n  id = \"111122223333\"\n  region = \"eu-west-1\"\n}\nvpc main {\n  cidr = \"10.0.0.0/16\"\n}\n";

#[test]
fn every_mistake_has_its_error() {
    let cases = [
        ("unknown kind", "vcp x {\n  cidr = \"10.1.0.0/16\"\n}\n"),
        (
            "unknown attribute",
            "vpc x {\n  cidrr = \"10.1.0.0/16\"\n}\n",
        ),
        ("wrong type", "vpc x {\n  cidr = true\n}\n"),
        ("bad CIDR", "vpc x {\n  cidr = \"10.1.0.0/99\"\n}\n"),
        ("host bits", "vpc x {\n  cidr = \"10.1.0.5/16\"\n}\n"),
        (
            "overlap",
            "subnet x {\n  vpc = vpc.main\n  cidr = \"10.0.1.0/24\"\n}\nsubnet y {\n  vpc = vpc.main\n  cidr = \"10.0.1.128/25\"\n}\n",
        ),
        (
            "subnet outside its VPC",
            "subnet x {\n  vpc = vpc.main\n  cidr = \"10.1.1.0/24\"\n}\n",
        ),
        (
            "missing reference",
            "subnet x {\n  vpc = vpc.man\n  cidr = \"10.0.1.0/24\"\n}\n",
        ),
        (
            "duplicate name",
            "vpc main {\n  cidr = \"10.1.0.0/16\"\n}\n",
        ),
        (
            "cycle",
            "role a {\n  name = role.b.arn\n  trust = service(\"ec2.amazonaws.com\")\n}\nrole b {\n  name = role.a.arn\n  trust = service(\"ec2.amazonaws.com\")\n}\n",
        ),
    ];
    let mut out = String::new();
    for (name, text) in cases {
        let project = Project::new(&[("a.smd", BASE), ("b.smd", text)]);
        let run = project.sandboxed(&["apply", "-y"]).exits(1);
        assert!(run.stderr.contains("b.smd:"), "{name}: no position\n{run}");
        assert!(!project.file(".smd").exists(), "{name}: something was made");
        out.push_str(&format!("# {name}\n{}\n", run.stderr));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn deep_nesting() {
    let deep = format!("let x = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let run = Project::new(&[("a.smd", &deep)])
        .smd(&["validate"])
        .exits(1);
    assert!(run.stderr.contains("error[E01"), "{run}");
}

#[test]
fn a_megabyte_of_noise() {
    let mut seed = 1_u32;
    let noise: String = (0..1_000_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b' ' + u8::try_from((seed >> 24) % 95).unwrap())
        })
        .collect();
    let run = Project::new(&[("a.smd", &noise)])
        .smd(&["validate"])
        .exits(1);
    assert!(run.stderr.contains("error["), "{}", run.stderr.len());
}

#[test]
fn invalid_utf8() {
    let project = Project::new(&[]);
    project.write("a.smd", b"vpc x {\n  cidr = \"\xff\xfe\"\n}\n");
    insta::assert_snapshot!("invalid_utf8", project.smd(&["validate"]).exits(1));
    project.smd(&["fmt"]).exits(1);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    let project = Project::network();
    // A link to nowhere cannot be read by any user, root included.
    std::os::unix::fs::symlink("nowhere", project.file("b.smd")).unwrap();
    insta::assert_snapshot!("unreadable", project.smd(&["validate"]).exits(1));
}

#[test]
fn an_empty_directory() {
    let project = Project::new(&[]);
    insta::assert_snapshot!("empty", project.smd(&["plan", "--sandbox"]).exits(1));
}

#[test]
fn no_directory() {
    let project = Project::network();
    insta::assert_snapshot!("no_directory", project.smd(&["plan", "nowhere"]).exits(1));
    insta::assert_snapshot!(
        "not_a_directory",
        project.smd(&["plan", "main.smd"]).exits(1)
    );
}

#[test]
fn something_that_is_no_plan() {
    let project = Project::network();
    let run = project.sandboxed(&["apply", "main.smd"]).exits(1);
    insta::assert_snapshot!("no_plan", run);
}
