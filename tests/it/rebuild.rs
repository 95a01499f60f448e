//! `smd state rebuild`: a lost state is made anew.

#![cfg(unix)]

use std::collections::BTreeMap;

use crate::examples::{example, left};
use crate::recovery::{journal, killed};
use crate::smd::{NETWORK, Project};

/// The one state file of the sandbox.
fn state(project: &Project) -> std::path::PathBuf {
    std::fs::read_dir(project.file(".smd/sandbox/state"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().ends_with(".state.json"))
        .unwrap()
}

/// Ids by address.
fn ids(project: &Project) -> BTreeMap<String, String> {
    let shown = project.sandboxed(&["show", "--format", "json"]).exits(0);
    shown.json()["records"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(address, record)| (address.clone(), record["id"].as_str().unwrap().to_owned()))
        .collect()
}

/// Applies, loses the state, makes it anew: nothing is to be done then, and destroy finds it all.
fn check(project: &Project, consents: &[&str]) {
    project.sandboxed(&["apply", "-y"]).exits(0);
    let before = ids(project);
    let state = state(project);
    std::fs::remove_file(&state).unwrap();
    let run = project.sandboxed(&["state", "rebuild"]).exits(0);
    assert!(
        run.stdout.contains(" recorded, 0 not there, 0 in no file"),
        "{run}"
    );
    assert_eq!(ids(project), before);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    let again = project.sandboxed(&["state", "rebuild"]).exits(1);
    assert!(again.stderr.contains("error[E0651]"), "{again}");
    let consents = consents.iter().flat_map(|address| ["--consent", address]);
    let destroy: Vec<_> = ["destroy", "-y"].into_iter().chain(consents).collect();
    project.sandboxed(&destroy).exits(0);
    assert_eq!(left(project), [""; 0]);
}

#[test]
fn an_estate_of_several_domains() {
    check(
        &example("lines-of-business"),
        &["domain.team[\"finance\"]", "domain.team[\"research\"]"],
    );
}

#[test]
fn an_estate_of_two_accounts_with_a_peering() {
    check(&example("emr-cross-account"), &["domain.studio"]);
}

#[test]
fn what_is_not_there_and_what_is_in_no_file() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    std::fs::remove_file(state(&project)).unwrap();
    project.edit("main.smd", "subnet a", "subnet b");
    let run = project.sandboxed(&["state", "rebuild"]).exits(0);
    insta::assert_snapshot!("some_of_it", run);
    // The files have what was made once more.
    std::fs::remove_file(state(&project)).unwrap();
    project.write("main.smd", NETWORK);
    project.sandboxed(&["state", "rebuild"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.count("subnets"), 1);
}

#[test]
fn nothing_was_made_yet() {
    let project = Project::network();
    let run = project.sandboxed(&["state", "rebuild", "--format", "json"]);
    let document = run.exits(0).json();
    assert_eq!(document["found"], serde_json::json!({}));
    assert_eq!(
        document["missing"],
        serde_json::json!(["subnet.a", "vpc.main"])
    );
    project.sandboxed(&["apply", "-y"]).exits(0);
}

#[test]
fn the_way_out_of_a_damaged_journal() {
    let project = killed();
    let path = journal(&project);
    let refused = project.sandboxed(&["state", "rebuild"]).exits(1);
    assert!(refused.stderr.contains("error[E0651]"), "{refused}");
    std::fs::rename(&path, project.file("moved.journal")).unwrap();
    project.sandboxed(&["state", "rebuild"]).exits(0);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    for kind in ["vpcs", "subnets", "sagemaker_domains"] {
        assert_eq!(project.count(kind), 1, "{kind}");
    }
    project
        .sandboxed(&["destroy", "-y", "--consent", "domain.team"])
        .exits(0);
    // The home directories stay, as the file says.
    assert_eq!(left(&project), ["     1  efs_file_systems"]);
}
