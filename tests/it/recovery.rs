//! Runs that were killed: the next one finds out what they did.

#![cfg(unix)]

use crate::interrupt::{SLOW, rest, signal, started};
use crate::smd::Project;

/// A project whose apply was killed while it made the domain.
pub fn killed() -> Project {
    let project = Project::new(&[("main.smd", SLOW)]);
    let (child, stderr) = started(&project);
    signal(&child, "KILL");
    rest(stderr);
    child.wait_with_output().unwrap();
    project
}

/// The journal of its sandbox.
pub fn journal(project: &Project) -> std::path::PathBuf {
    std::fs::read_dir(project.file(".smd/sandbox/state"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "journal"))
        .unwrap()
}

#[test]
fn what_a_killed_run_made_is_known_to_the_next() {
    let project = killed();
    // What only reads takes the journal in without settling it.
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert!(list.stdout.contains("vpc.main"), "{list}");
    for looking in [
        &["state", "list"][..],
        &["state", "show", "vpc.main"],
        &["show"],
        &["output"],
    ] {
        let run = project.sandboxed(looking).exits(0);
        assert!(run.stderr.contains("warning[W0812]"), "{run}");
    }
    let refused = project.sandboxed(&["state", "rm", "vpc.main"]).exits(1);
    assert!(refused.stderr.contains("error[E0612]"), "{refused}");
    let next = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(
        next.stderr.contains("an earlier run was broken off"),
        "{next}"
    );
    let plan = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(!plan.stderr.contains("broken off"), "{plan}");
    for kind in ["vpcs", "subnets", "sagemaker_domains"] {
        assert_eq!(project.count(kind), 1, "{kind}");
    }
}

#[test]
fn a_killed_run_can_be_destroyed() {
    let project = killed();
    let run = project
        .sandboxed(&["destroy", "-y", "--consent", "domain.team"])
        .exits(0);
    assert!(run.stderr.contains("broken off"), "{run}");
    for kind in ["vpcs", "subnets", "sagemaker_domains"] {
        assert_eq!(project.count(kind), 0, "{kind}");
    }
}

#[test]
fn a_journal_torn_at_its_end_is_taken_in() {
    let project = killed();
    let path = journal(&project);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(b"99 7 0123456789abcdef {\"chan");
    std::fs::write(&path, bytes).unwrap();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.count("sagemaker_domains"), 1);
}

#[test]
fn a_damaged_journal_is_refused_with_a_way_out() {
    let project = killed();
    let path = journal(&project);
    let mut text = std::fs::read_to_string(&path).unwrap();
    let second = text.find('\n').unwrap() + 1;
    text.replace_range(second..second + 1, "x");
    std::fs::write(&path, text).unwrap();
    let run = project.sandboxed(&["plan"]).exits(1);
    assert!(run.stderr.contains("error[E0609]"), "{run}");
    assert!(run.stderr.contains("smd state rebuild"), "{run}");
}
