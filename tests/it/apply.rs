//! `smd apply` and `smd destroy`.

use std::fs;

use crate::smd::{NETWORK, Project};

#[test]
fn from_nothing_and_back() {
    let project = Project::network();
    insta::assert_snapshot!("apply", project.sandboxed(&["apply", "-y"]).exits(0));
    insta::assert_snapshot!("apply_again", project.sandboxed(&["apply", "-y"]).exits(0));
    project.edit("main.smd", "owner = \"ml\"", "owner = \"ops\"");
    insta::assert_snapshot!("apply_change", project.sandboxed(&["apply", "-y"]).exits(0));
    insta::assert_snapshot!("destroy", project.sandboxed(&["destroy", "-y"]).exits(0));
    insta::assert_snapshot!(
        "destroy_again",
        project.sandboxed(&["destroy", "-y"]).exits(0)
    );
    assert_eq!(project.count("vpcs"), 0);
}

#[test]
fn nobody_to_ask() {
    let project = Project::network();
    insta::assert_snapshot!("nobody_to_ask", project.sandboxed(&["apply"]).exits(1));
    assert!(!project.file(".smd").exists(), "nothing is made");
    project.sandboxed(&["destroy"]).exits(1);
    let run = project.sandboxed(&["apply", "--format", "json"]).exits(1);
    assert_eq!(run.json()["diagnostics"][0]["code"], "E0901");
}

#[test]
fn the_document() {
    let project = Project::network();
    let run = project
        .sandboxed(&["apply", "-y", "--format", "json"])
        .exits(0);
    assert_eq!(run.stderr, "");
    let document = run.json();
    assert_eq!(document["summary"]["created"], 2, "{run}");
    assert!(
        document["outputs"]["vpc_id"]
            .as_str()
            .unwrap()
            .starts_with("vpc-")
    );
    assert_eq!(document["steps"][0]["status"], "done");
}

#[test]
fn a_plan_file_is_applied_once_and_as_it_is() {
    let project = Project::network();
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    let with_flag = project
        .sandboxed(&["apply", "a.plan", "--target", "vpc.main"])
        .exits(1);
    assert!(with_flag.stderr.contains("E0912"), "{with_flag}");
    project.sandboxed(&["apply", "a.plan"]).exits(0);
    insta::assert_snapshot!(
        "used_plan",
        project.sandboxed(&["apply", "a.plan"]).exits(1)
    );
}

#[test]
fn a_plan_of_other_files_is_refused() {
    let project = Project::network();
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    project.edit("main.smd", "10.0.1.0/24", "10.0.2.0/24");
    insta::assert_snapshot!(
        "stale_plan",
        project.sandboxed(&["apply", "a.plan"]).exits(1)
    );
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "");
}

#[test]
fn what_changed_since_the_plan_stops_it() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.edit("main.smd", "owner = \"ml\"", "owner = \"ops\"");
    project.sandboxed(&["plan", "-o", "a.plan"]).exits(0);
    // Someone else deletes the subnet meanwhile: another stack's record would say so.
    let state = project.file(".smd/sandbox/state/demo.state.json");
    let kept = fs::read(&state).unwrap();
    project.write("main.smd", NETWORK.split("subnet a").next().unwrap());
    project.sandboxed(&["apply", "-y"]).exits(0);
    fs::write(&state, kept).unwrap();
    project.write("main.smd", NETWORK.replace("\"ml\"", "\"ops\""));
    insta::assert_snapshot!(
        "changed_since",
        project.sandboxed(&["apply", "a.plan"]).exits(1)
    );
}

#[test]
fn a_failure_stops_what_hangs_on_it_and_nothing_else() {
    let more = "
vpc other {
  cidr = \"10.8.0.0/16\"
}

subnet outside {
  vpc  = vpc.main
  cidr = \"10.0.3.0/24\"
  az   = \"eu-west-1x\"
}
";
    let project = Project::new(&[("main.smd", &format!("{NETWORK}{more}"))]);
    let run = project.sandboxed(&["apply", "-y"]).exits(4);
    insta::assert_snapshot!("partly", run);
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "subnet.a\nvpc.main\nvpc.other\n");
}

#[test]
fn a_target_is_all_that_is_made() {
    let project = Project::network();
    project
        .sandboxed(&["apply", "-y", "--target", "vpc.main"])
        .exits(0);
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "vpc.main\n");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::network();
    project.write(".smd/sandbox/readme", "");
    // A file where a folder should be stops every user, root too.
    project.write(".smd/sandbox/state", "");
    let run = project.sandboxed(&["apply", "-y"]).exits(1);
    assert!(run.stderr.contains("error[E06"), "{run}");
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_record_that_its_place_refuses_stays_in_the_journal() {
    use crate::interrupt::{SLOW, rest, started};

    let project = Project::new(&[("main.smd", &format!("stack slow {{}}\n{SLOW}"))]);
    let (child, stderr) = started(&project);
    // While it runs, the place of the state becomes one that no file can take.
    let state = project.file(".smd/sandbox/state/slow.state.json");
    let _ = fs::remove_file(&state);
    fs::create_dir_all(state.join("in-the-way")).unwrap();
    let text = rest(stderr);
    let run = project.finished(child.wait_with_output().unwrap()).exits(4);
    assert!(text.contains("error[E0913]"), "{text}{run}");
    assert!(
        text.contains("nothing is lost: the journal beside the state"),
        "{text}{run}"
    );
    // The way out that it tells works, and nothing is lost.
    fs::remove_dir_all(&state).unwrap();
    let plan = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(
        plan.stderr.contains("an earlier run was broken off"),
        "{plan}"
    );
    let again = project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(!again.stderr.contains("broken off"), "{again}");
}
