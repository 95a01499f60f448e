//! `smd state history`, `restore` and `runs`.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use crate::recovery::killed;
use crate::smd::Project;

/// Applied twice: serials 1 and 2.
fn twice() -> Project {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let more = "\nvpc other {\n  cidr = \"10.8.0.0/16\"\n}\n";
    let text = std::fs::read_to_string(project.file("main.smd")).unwrap();
    project.write("main.smd", format!("{text}{more}"));
    project.sandboxed(&["apply", "-y"]).exits(0);
    project
}

#[test]
fn every_write_keeps_what_it_replaces() {
    let project = twice();
    project.sandboxed(&["state", "rm", "vpc.other"]).exits(0);
    insta::assert_snapshot!("history", project.sandboxed(&["state", "history"]).exits(0));
    let document = project
        .sandboxed(&["state", "history", "--format", "json"])
        .exits(0)
        .json();
    let told: Vec<_> = document["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            (
                version["serial"].as_u64().unwrap(),
                version["records"].as_u64().unwrap(),
                version["now"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(1, 2, false), (2, 3, false), (3, 2, true)]);
    let folder = project.file(".smd/sandbox/state/demo.state.history");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("1.json")), 0o600);
}

#[test]
fn an_earlier_state_is_put_back() {
    let project = twice();
    project.sandboxed(&["state", "rm", "vpc.other"]).exits(0);
    insta::assert_snapshot!(
        "nobody_to_ask",
        project.sandboxed(&["state", "restore", "2"]).exits(1)
    );
    insta::assert_snapshot!(
        "restore",
        project.sandboxed(&["state", "restore", "2", "-y"]).exits(0)
    );
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    insta::assert_snapshot!(
        "not_kept",
        project.sandboxed(&["state", "restore", "9", "-y"]).exits(1)
    );
    // What stood before is kept, and can be put back too.
    project.sandboxed(&["state", "restore", "3", "-y"]).exits(0);
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "subnet.a\nvpc.main\n");
}

#[test]
fn a_lost_state_is_put_back_from_its_history() {
    let project = twice();
    std::fs::write(project.file(".smd/sandbox/state/demo.state.json"), "{").unwrap();
    let damaged = project.sandboxed(&["plan"]).exits(1);
    assert!(damaged.stderr.contains("smd state restore"), "{damaged}");
    std::fs::remove_file(project.file(".smd/sandbox/state/demo.state.json")).unwrap();
    project.sandboxed(&["state", "restore", "1", "-y"]).exits(0);
    // Serial 2 was lost, and is not used again.
    let history = project
        .sandboxed(&["state", "history", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(history["versions"][1]["serial"], 3, "{history:#}");
}

#[test]
fn nothing_is_put_back_beside_an_open_journal() {
    let project = killed();
    let history = project.sandboxed(&["state", "history"]).exits(0);
    assert!(history.stderr.contains("no state of stack"), "{history}");
    // A state that is kept, as a run before this one would have left it.
    let state = project.file(".smd/sandbox/state");
    let name = std::fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.ends_with(".journal"))
        .unwrap();
    let stack = name.strip_suffix(".state.journal").unwrap();
    let folder = state.join(format!("{stack}.state.history"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join("1.json"),
        format!(
            r#"{{"format_version":2,"stack":"{stack}","lineage":"l","serial":1,"records":{{}}}}"#
        ),
    )
    .unwrap();
    let refused = project.sandboxed(&["state", "restore", "1", "-y"]).exits(1);
    assert!(refused.stderr.contains("error[E0612]"), "{refused}");
}

#[test]
fn every_run_that_writes_is_told() {
    let project = twice();
    project.sandboxed(&["state", "rm", "vpc.other"]).exits(0);
    project.sandboxed(&["state", "restore", "2", "-y"]).exits(0);
    project.sandboxed(&["destroy", "-y"]).exits(0);
    let run = project.sandboxed(&["state", "runs"]).exits(0);
    let digests = regex::Regex::new("  [0-9a-f]{12}  ").unwrap();
    insta::assert_snapshot!(
        "runs",
        digests.replace_all(&run.to_string(), "  DIGEST        ")
    );
    let log = std::fs::read_to_string(project.file(".smd/sandbox/state/demo.runs.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 10, "{log}");
}

#[test]
fn a_run_without_an_end_was_broken_off() {
    let project = killed();
    let outcomes = || -> Vec<String> {
        let run = project.sandboxed(&["state", "runs", "--format", "json"]);
        run.exits(0).json()["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(outcomes(), ["broken off, or at work"]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(outcomes(), ["broken off", "done"]);
}
