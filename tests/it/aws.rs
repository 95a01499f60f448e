//! What happens where AWS cannot be had. The only endpoint is a closed port of loopback.

use std::time::{Duration, Instant};

use crate::smd::Project;

/// A person waits no longer for "nobody answers".
const QUICK: Duration = Duration::from_secs(20);

#[test]
fn no_credentials() {
    let project = Project::network();
    let run = project.smd(&["plan"]).exits(1);
    insta::assert_snapshot!("no_credentials", run);
    project.smd(&["apply", "-y"]).exits(1);
    assert!(!project.file(".smd/demo.state.json").exists());
}

#[test]
fn nobody_answers() {
    let project = Project::network();
    let mut command = project.command(&["plan"]);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "verysecretvalue");
    let started = Instant::now();
    let run = project.run(command).exits(1);
    assert!(started.elapsed() < QUICK, "{:?}", started.elapsed());
    assert!(!run.to_string().contains("verysecretvalue"), "{run}");
    insta::assert_snapshot!("nobody_answers", run);
}

#[test]
fn validate_asks_nobody() {
    let project = Project::network();
    insta::assert_snapshot!("validate", project.smd(&["validate"]).exits(0));
    let document = project
        .smd(&["validate", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["resources"], 2);
    project.smd(&["graph"]).exits(0);
}

#[test]
fn the_wrong_account() {
    let project = Project::new(&[(
        "main.smd",
        "account a {\n  id = \"111122223333\"\n  region = \"eu-west-1\"\n  assume_role = \"arn:aws:iam::444455556666:role/deploy\"\n}\nvpc main {\n  cidr = \"10.0.0.0/16\"\n}\n",
    )]);
    let run = project.sandboxed(&["plan"]).exits(1);
    assert!(
        run.stderr.contains("111122223333") && run.stderr.contains("444455556666"),
        "{run}"
    );
    insta::assert_snapshot!("wrong_account", run);
}
