//! The whole tree of `--help`, and what names and describes smd.

use crate::smd::Project;

#[test]
fn the_whole_tree() {
    let project = Project::new(&[]);
    let mut out = String::new();
    write(&project, &[], &mut out);
    insta::assert_snapshot!(out);
}

/// The help of a command, then of all below it.
fn write(project: &Project, command: &[&str], out: &mut String) {
    let args = [command, &["--help"]].concat();
    let run = project.smd(&args).exits(0);
    out.push_str(&format!("$ smd {}\n{}\n", args.join(" "), run.stdout));
    let commands = run.stdout.lines().skip_while(|line| *line != "Commands:");
    let commands = commands.skip(1).take_while(|line| !line.is_empty());
    // A long description goes on in the next line, further in.
    let names = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        if name != "help" {
            write(project, &[command, &[name]].concat(), out);
        }
    }
}

#[test]
fn version() {
    let project = Project::new(&[]);
    insta::assert_snapshot!(project.smd(&["version"]), @r"
    exit 0
    ----- stdout
    smd 0.1.0
    ");
    let document = project
        .smd(&["version", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["version"], "0.1.0");
    assert_eq!(document["diagnostics"], serde_json::json!([]));
}

#[test]
fn a_wrong_command_line() {
    let project = Project::new(&[]);
    let mut out = String::new();
    for args in [
        &["aply"][..],
        &["plan", "--targt", "vpc.a"],
        &["plan", "--var", "novalue"],
        &["plan", "--parallelism", "0"],
        &["plan", "--sandbox", "somewhere", "twice"],
        &["state", "rm"],
        &["plan", "--nope", "--format", "json"],
    ] {
        let run = project.smd(args).exits(1);
        out.push_str(&format!("$ smd {}\n{run}\n", args.join(" ")));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn explain() {
    let project = Project::new(&[]);
    let run = project.smd(&["explain", "e0901"]).exits(0);
    assert!(
        run.stdout.starts_with("E0901: nobody can be asked\n"),
        "{run}"
    );
    let list = project.smd(&["explain"]).exits(0).stdout;
    let ids: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split("  ").next())
        .collect();
    assert!(ids.len() > 50 && ids.is_sorted(), "{list}");
    insta::assert_snapshot!(project.smd(&["explain", "E9999"]));
    let codes = project
        .smd(&["explain", "E0901", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(codes["codes"][0]["code"], "E0901");
}
