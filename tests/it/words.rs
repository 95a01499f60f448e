//! What smd says to do next works, and what it could not say or keep is no success.

use std::fs::{self, File};

use crate::smd::{NETWORK, Project};

/// `smd` with its standard output on a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error() {
    let project = Project::network();
    for args in [
        &["version"][..],
        &["version", "--format", "json"],
        &["--help"],
        &["plan", "--sandbox"],
        &[
            "plan",
            "--sandbox",
            "--format",
            "json",
            "--detailed-exitcode",
        ],
    ] {
        let mut command = project.command(args);
        command.stdout(File::options().write(true).open("/dev/full").unwrap());
        let run = project.run(command).exits(1);
        assert!(
            run.stderr.contains("stdout cannot be written"),
            "{args:?}\n{run}"
        );
    }
}

#[test]
fn the_command_for_a_kept_plan_is_the_one_that_applies_it() {
    let project = Project::new(&[("network here/main.smd", NETWORK)]);
    let sandbox = format!("--sandbox={}", project.file("box").display());
    let run = project
        .smd(&["plan", "network here", "-o", "week.plan", &sandbox])
        .exits(0);
    let said = run.stderr.split_once("with: ").unwrap().1.trim().to_owned();
    assert_eq!(
        said,
        "smd apply week.plan --dir 'network here' --sandbox=[FOLDER]/box"
    );
    let alone = project.smd(&["apply", "week.plan", &sandbox]).exits(1);
    assert!(
        alone.stderr.contains("smd apply week.plan --dir DIR"),
        "{alone}"
    );
    project
        .smd(&["apply", "week.plan", "--dir", "network here", &sandbox])
        .exits(0);
}

#[test]
fn the_only_argument_of_output_may_be_a_folder() {
    let project = Project::new(&[("network/main.smd", NETWORK)]);
    project.sandboxed(&["apply", "-y", "network"]).exits(0);
    let run = project.sandboxed(&["output", "network"]).exits(0);
    assert!(run.stdout.contains("vpc_id"), "{run}");
    // Where there is such an output, it is meant.
    project.write("main.smd", format!("{NETWORK}output network = 7\n"));
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(
        project.sandboxed(&["output", "network"]).exits(0).stdout,
        "7\n"
    );
    project.edit("main.smd", "output network = 7\n", "");
    project.sandboxed(&["apply", "-y"]).exits(0);
    let run = project.sandboxed(&["output", "network"]).exits(0);
    assert!(run.stdout.contains("vpc_id"), "{run}");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_else() {
    let project = Project::network();
    let run = || {
        project
            .sandboxed(&["plan", "-o", "nowhere/x", "--format", "json"])
            .exits(1)
    };
    assert_eq!(run().stdout, run().stdout);
    assert!(
        run().stdout.contains("`nowhere/x` cannot be written"),
        "{}",
        run()
    );
}

#[test]
fn where_there_is_nothing_to_do_nobody_is_asked() {
    let project = Project::network();
    let run = project.sandboxed(&["apply"]).exits(1);
    assert!(run.stderr.contains("error[E0901]"), "{run}");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["apply"]).exits(0);
    project.sandboxed(&["apply", "--format", "json"]).exits(0);
}

#[test]
fn commands_that_ask_nobody_take_the_sandbox_too() {
    let project = Project::network();
    for command in ["validate", "graph"] {
        project.smd(&[command, "--sandbox"]).exits(0);
        project.smd(&[command, "--sandbox=box"]).exits(0);
    }
}

#[test]
fn a_record_kept_beside_the_state_stops_the_next_run() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let state = project.file(".smd/sandbox/state/demo.state.json");
    let rescued = project.file(".smd/sandbox/state/demo.state.json.rescued");
    fs::rename(&state, &rescued).unwrap();
    for args in [&["apply", "-y"][..], &["plan"], &["destroy", "-y"]] {
        let run = project.sandboxed(args).exits(1);
        assert!(run.stderr.contains("error[E0913]"), "{run}");
        assert!(
            run.stderr.contains(
                "mv .smd/sandbox/state/demo.state.json.rescued .smd/sandbox/state/demo.state.json"
            ),
            "{run}"
        );
    }
    fs::rename(&rescued, &state).unwrap();
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_key_with_dashes_is_told_to_stand_in_quotes() {
    let project = Project::new(&[("main.smd", "let tags = { cost-centre = 1 }\n")]);
    let run = project.smd(&["validate"]).exits(1);
    assert!(run.stderr.contains("in quotes: `\"cost-centre\"`"), "{run}");
}

#[test]
fn a_block_of_tags_with_a_dashed_key_is_told_what_works() {
    for key in ["cost-centre", "\"cost-centre\""] {
        let vpc = "vpc main {\n  cidr = \"10.0.0.0/16\"\n  tags { KEY = \"1\" }\n}\n";
        let project = Project::new(&[("main.smd", &vpc.replace("KEY", key))]);
        let run = project.smd(&["validate"]).exits(1);
        let help = "`tags = { \"cost-centre\" = \"…\" }`";
        assert!(run.stderr.contains(help), "{run}");
        assert!(!run.stderr.contains("write `cost-centre`"), "{run}");
        project.edit(
            "main.smd",
            &format!("tags {{ {key}"),
            "tags = { \"cost-centre\"",
        );
        project.smd(&["validate"]).exits(0);
    }
}
