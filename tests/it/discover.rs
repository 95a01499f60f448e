//! `smd import --discover`: what lives is written, recorded, and then there is nothing to do.

mod raw;

use std::fs;

use crate::examples::example;
use crate::smd::{Project, Run};

/// Where the tests write to.
const OUT: &str = "out";
/// The sandbox of the project, from anywhere below it.
const SANDBOX: &str = "--sandbox=.smd/sandbox";
/// The account and region of most examples.
const STUDIO: [&str; 4] = ["--account", "111122223333", "--region", "eu-west-1"];

/// Discovers into [`OUT`], without a question.
fn discover(project: &Project, more: &[&str]) -> Run {
    let mut args = vec![
        "import",
        "--discover",
        OUT,
        SANDBOX,
        "-y",
        "--parallelism",
        "1",
    ];
    args.extend(more);
    project.smd(&args)
}

/// What every discovery must leave: files that are in form and sound, and nothing to do.
#[track_caller]
fn is_settled(project: &Project) {
    project.smd(&["fmt", "--check", "--diff", OUT]).exits(0);
    project.smd(&["validate", OUT]).exits(0);
    let plan = project.smd(&["plan", OUT, SANDBOX, "--detailed-exitcode"]);
    let plan = plan.exits(0);
    assert!(plan.stdout.contains("nothing to do"), "{plan}");
    assert!(!project.file("out/imports.smd").exists());
}

/// Loses every state.
fn lose(project: &Project) {
    fs::remove_dir_all(project.file(".smd/sandbox/state")).unwrap();
}

/// The written files, one after another.
fn written(project: &Project) -> String {
    let mut names: Vec<_> = fs::read_dir(project.file(OUT))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| {
            let text = fs::read_to_string(project.file(&format!("{OUT}/{name}"))).unwrap();
            format!("----- {name}\n{text}\n")
        })
        .collect()
}

/// The example applied, its state lost, all of it found again.
fn check(name: &str, more: &[&str]) -> (Project, Run) {
    let project = example(name);
    project.sandboxed(&["apply", "-y"]).exits(0);
    lose(&project);
    let run = discover(&project, more).exits(0);
    is_settled(&project);
    (project, run)
}

#[test]
fn after_quickstart() {
    let (project, run) = check("quickstart", &STUDIO);
    insta::assert_snapshot!("quickstart", run);
    insta::assert_snapshot!("quickstart_files", written(&project));
}

#[test]
fn after_first_domain() {
    // The caller's own account and region.
    check("first-domain", &["--stack", "first_domain"]);
}

#[test]
fn after_lines_of_business() {
    let more = ["--all", "--stack", "lines_of_business"];
    check("lines-of-business", &[&STUDIO[..], &more].concat());
}

#[test]
fn after_emr_cross_account() {
    let role = "arn:aws:iam::444455556666:role/smd-deploy";
    let more = ["--stack", "emr_cross_account", "--assume-role", role];
    let (project, _) = check("emr-cross-account", &[&STUDIO[..], &more].concat());
    insta::assert_snapshot!("emr_cross_account_files", written(&project));
}

#[test]
fn after_pipeline_sharing() {
    let (dev, test) = (
        "arn:aws:iam::444455556666:role/smd-deploy",
        "arn:aws:iam::777788889999:role/smd-deploy",
    );
    let more = [
        "--all",
        "--stack",
        "pipeline_sharing",
        "--assume-role",
        dev,
        "--assume-role",
        test,
    ];
    let (project, _) = check("pipeline-sharing", &[&STUDIO[..], &more].concat());
    insta::assert_snapshot!("pipeline_sharing_files", written(&project));
}

#[test]
fn the_other_side_of_a_peering_without_a_way_in() {
    let (project, run) = check(
        "emr-cross-account",
        &[&STUDIO[..], &["--stack", "emr_cross_account"]].concat(),
    );
    assert!(run.stdout.contains("no way leads to"), "{run}");
    let network = fs::read_to_string(project.file("out/network.smd")).unwrap();
    assert!(
        network.contains("accepter_account = \"444455556666\""),
        "{network}"
    );
}

#[test]
fn what_smd_never_made() {
    let project = Project::new(&[]);
    let domain = raw::estate(&project.file(".smd/sandbox"));
    let run = discover(&project, &[&STUDIO[..], &[domain.as_str()]].concat()).exits(0);
    is_settled(&project);
    insta::assert_snapshot!("raw", run);
    let files = regex::Regex::new(r"\b([a-z]+)-[0-9a-f]{17}\b").unwrap();
    insta::assert_snapshot!("raw_files", files.replace_all(&written(&project), "$1-ID"));
    // All of it is this stack's now: a lost state is found by its marks.
    lose(&project);
    let run = project.smd(&["state", "rebuild", OUT, SANDBOX]).exits(0);
    assert!(run.stdout.contains(", 0 not there, 0 in no file"), "{run}");
}

#[test]
fn what_another_stack_has() {
    let project = example("quickstart");
    project.sandboxed(&["apply", "-y"]).exits(0);
    let other = [&STUDIO[..], &["--stack", "other"]].concat();
    insta::assert_snapshot!("of_another_stack", discover(&project, &other).exits(1));
    assert!(!project.file(OUT).exists());
    // Its own state is there: nothing is recorded beside it, and no file stays.
    let run = discover(&project, &STUDIO).exits(1);
    assert!(run.stderr.contains("error[E0651]"), "{run}");
    assert_eq!(fs::read_dir(project.file(OUT)).unwrap().count(), 0);
    let run = discover(&project, &[&other[..], &["--take-over"]].concat()).exits(0);
    assert!(run.stdout.contains("imported"), "{run}");
    is_settled(&project);
}

#[test]
fn what_cannot_be_discovered() {
    let project = example("lines-of-business");
    insta::assert_snapshot!("nothing_found", discover(&project, &STUDIO).exits(1));
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!("several_domains", discover(&project, &STUDIO).exits(1));
    let gone = [&STUDIO[..], &["d-000000000000"]].concat();
    insta::assert_snapshot!("no_domain", discover(&project, &gone).exits(1));
    let occupied = ["import", "--discover", ".", SANDBOX, "-y"];
    insta::assert_snapshot!("not_empty", project.smd(&occupied).exits(1));
    let asked = ["import", "--discover", OUT, SANDBOX];
    insta::assert_snapshot!("discover_nobody_to_ask", project.smd(&asked).exits(1));
    for (wrong, code) in [
        (vec!["second"], "E0914"),
        (vec!["--all", "d-000000000000"], "E0914"),
        (vec!["--assume-role", "smd-deploy"], "E1108"),
    ] {
        let run = discover(&project, &wrong).exits(1);
        assert!(run.stderr.contains(&format!("error[{code}]")), "{run}");
    }
    let run = project.smd(&["import", "d-000000000000"]).exits(1);
    assert!(run.stderr.contains("--discover"), "{run}");
}

#[test]
fn one_document() {
    let project = example("first-domain");
    project.sandboxed(&["apply", "-y"]).exits(0);
    lose(&project);
    let more = ["--stack", "first_domain", "--format", "json"];
    let document = discover(&project, &more).exits(0).json();
    assert_eq!(document["stack"], "first_domain");
    assert!(document["found"]["vpc.studio"].is_string(), "{document}");
    assert_eq!(document["files"][0], "out/domain.smd");
    let mut left_out = document["left_out"].as_array().unwrap().iter();
    assert!(
        left_out.any(|one| one["kind"] == "route_table"),
        "{document}"
    );
    assert_eq!(document["diagnostics"], serde_json::json!([]));
    is_settled(&project);
}
