//! `smd state`, `smd output` and `smd show`.

use crate::smd::Project;

fn applied() -> Project {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project
}

#[test]
fn looking_at_the_record() {
    let project = applied();
    insta::assert_snapshot!("list", project.sandboxed(&["state", "list"]).exits(0));
    insta::assert_snapshot!(
        "show_one",
        project.sandboxed(&["state", "show", "vpc.main"]).exits(0)
    );
    insta::assert_snapshot!(
        "show_none",
        project.sandboxed(&["state", "show", "vpc.man"]).exits(1)
    );
    insta::assert_snapshot!("show", project.sandboxed(&["show"]).exits(0));
    let record = project
        .sandboxed(&["state", "show", "vpc.main", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(record["record"]["kind"], "vpc");
}

#[test]
fn outputs() {
    let project = applied();
    insta::assert_snapshot!("output", project.sandboxed(&["output"]).exits(0));
    insta::assert_snapshot!(
        "output_one",
        project.sandboxed(&["output", "vpc_id"]).exits(0)
    );
    insta::assert_snapshot!(
        "output_none",
        project.sandboxed(&["output", "vpcid"]).exits(1)
    );
    let document = project
        .sandboxed(&["output", "vpc_id", "--format", "json"])
        .exits(0)
        .json();
    assert!(document["value"].as_str().unwrap().starts_with("vpc-"));
}

#[test]
fn forgetting() {
    let project = applied();
    insta::assert_snapshot!(
        "rm",
        project.sandboxed(&["state", "rm", "subnet.a"]).exits(0)
    );
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert_eq!(list.stdout, "vpc.main\n");
    project.sandboxed(&["state", "rm", "subnet.a"]).exits(1);
}

#[test]
fn another_address() {
    let project = applied();
    let run = |args: &[&str], code: i32| {
        let mut all = vec!["state", "mv"];
        all.extend(args);
        project.sandboxed(&all).exits(code)
    };
    insta::assert_snapshot!("mv_kind", run(&["vpc.main", "subnet.b"], 1));
    insta::assert_snapshot!("mv_none", run(&["vpc.man", "vpc.core"], 1));
    insta::assert_snapshot!("mv", run(&["vpc.main", "vpc.core"], 0));
    run(&["subnet.a", "subnet.a"], 1);
    let text = std::fs::read_to_string(project.file("main.smd")).unwrap();
    project.write(
        "main.smd",
        text.replace("vpc main", "vpc core")
            .replace("vpc.main", "vpc.core"),
    );
    // The marks follow with the next apply.
    insta::assert_snapshot!("mv_plan", project.sandboxed(&["plan"]).exits(0));
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    std::fs::remove_file(project.file(".smd/sandbox/state/demo.state.json")).unwrap();
    let rebuilt = project.sandboxed(&["state", "rebuild"]).exits(0);
    assert!(rebuilt.stdout.contains("vpc.core"), "{rebuilt}");
}

#[test]
fn nothing_recorded_yet() {
    let project = Project::network();
    insta::assert_snapshot!("nothing", project.sandboxed(&["output"]).exits(1));
    project.sandboxed(&["state", "list"]).exits(0);
    project.sandboxed(&["show"]).exits(0);
}

#[test]
fn the_state_of_another_stack() {
    let project = applied();
    let state = project.file(".smd/sandbox/state/demo.state.json");
    std::fs::copy(&state, state.with_file_name("other.state.json")).unwrap();
    project.edit("main.smd", "stack demo", "stack other");
    let run = project.sandboxed(&["plan"]).exits(1);
    insta::assert_snapshot!("other_stack", run);
}
