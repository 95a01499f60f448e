//! The machine in trouble: a full disk, a folder that cannot be written, a clock that jumped, two
//! smds of different age. A clear error, and nothing is lost.

use std::fs;

use serde_json::{Value, json};

use crate::smd::{NETWORK, Project, Run};

/// Where the sandbox keeps the state of [`NETWORK`].
const STATE: &str = ".smd/sandbox/state/demo.state.json";
const JOURNAL: &str = ".smd/sandbox/state/demo.state.journal";

fn state(project: &Project) -> Value {
    serde_json::from_slice(&fs::read(project.file(STATE)).unwrap()).unwrap()
}

fn vpcs(project: &Project) -> u64 {
    project.count("vpcs")
}

fn says(run: &Run, code: &str, words: &str) {
    assert!(run.stderr.contains(&format!("error[{code}]")), "{run}");
    assert!(run.stderr.contains(words), "{run}");
    assert!(run.stderr.contains("help: "), "{run}");
}

#[test]
fn a_folder_that_cannot_be_written_stops_the_run_before_its_first_call() {
    // Also for root, whom permissions do not stop: a file in the folder's place, and a file system
    // that takes no files.
    let mut places = vec![("in the way/x.state.json", "in the way")];
    if cfg!(target_os = "linux") {
        places.push(("/proc/smd/x.state.json", "/proc/smd"));
    }
    for (path, shown) in places {
        let with_state = NETWORK.replace(
            "stack demo {",
            &format!("stack demo {{\n  state local {{ path = \"{path}\" }}"),
        );
        let project = Project::new(&[("main.smd", &with_state), ("in the way", "")]);
        let run = project.smd(&["apply", "-y"]).exits(1);
        assert!(
            ["error[E0604]", "error[E0605]"]
                .iter()
                .any(|code| run.stderr.contains(code)),
            "{run}"
        );
        assert!(run.stderr.contains(shown), "{run}");
    }
}

#[test]
fn a_state_of_a_newer_smd_is_not_touched() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let mut newer = state(&project);
    newer["format_version"] = json!(9);
    newer["of_tomorrow"] = json!("kept");
    let text = newer.to_string();
    project.write(STATE, &text);
    for command in [
        &["plan"][..],
        &["apply", "-y"],
        &["destroy", "-y"],
        &["state", "list"],
    ] {
        says(&project.sandboxed(command).exits(1), "E0602", "newer smd");
    }
    assert_eq!(fs::read_to_string(project.file(STATE)).unwrap(), text);
    assert_eq!(vpcs(&project), 1);
}

#[test]
fn a_journal_of_a_newer_smd_is_not_touched() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let text = "0 0 0123456789abcdef {\"head\":{\"format_version\":9}}\n";
    project.write(JOURNAL, text);
    for command in [&["plan"][..], &["apply", "-y"], &["destroy", "-y"]] {
        says(&project.sandboxed(command).exits(1), "E0602", "newer smd");
    }
    assert_eq!(fs::read_to_string(project.file(JOURNAL)).unwrap(), text);
    assert_eq!(vpcs(&project), 1);
}

#[test]
fn a_state_of_the_first_format_is_read_and_written_in_the_present_one() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let mut old = state(&project);
    let present = old["format_version"].clone();
    old["format_version"] = json!(1);
    old.as_object_mut().unwrap().remove("open");
    project.write(STATE, old.to_string());
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    project.edit("main.smd", "owner = \"ml\"", "owner = \"data\"");
    project.sandboxed(&["apply", "-y"]).exits(0);
    assert_eq!(state(&project)["format_version"], present);
    assert_eq!(vpcs(&project), 1);
}

/// The clock of the run that was broken off was wrong by decades, or this one's has jumped back.
#[test]
fn work_begun_in_the_future_is_settled_now() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let mut state = state(&project);
    let mut draft = state["records"]["vpc.main"].clone();
    draft["id"] = json!("");
    state["open"] = json!([{
        "intent": {
            "address": "vpc.ghost",
            "work": { "do": "create", "draft": draft, "marks": { "smd:key": "nobody's" } },
        },
        "calls": [{ "number": 0, "operation": "ec2:CreateVpc", "begun_ms": 7_258_118_400_000_u64 }],
    }]);
    project.write(STATE, state.to_string());
    let run = project.sandboxed(&["apply", "-y"]).exits(0);
    assert!(run.stderr.contains("`vpc.ghost` was not made"), "{run}");
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(vpcs(&project), 1);
}

#[cfg(unix)]
mod full_disk {
    use crate::wire::estate::{self, Estate, Looker};
    use crate::wire::server::Server;

    /// The longest file that the run can write, in blocks of 512 bytes: some of its journal.
    const BLOCKS: [u32; 2] = [2, 30];

    #[test]
    fn a_disk_that_fills_in_the_middle_of_a_run_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::sandbox_of(folder.path(), &estate::text_for_sandbox());
        let mut looker = Looker::new(&server.url);
        let empty = looker.shape();
        let mut full = None;
        for blocks in BLOCKS {
            let estate = Estate::new(&server.url, &estate::text_for_sandbox());
            let program = estate.command(&[]).get_program().to_owned();
            let mut shell = estate.command_of(
                "sh",
                &[
                    "-c",
                    &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" apply -y \"$1\""),
                    program.to_str().unwrap(),
                ],
            );
            let run = shell.output().unwrap();
            let said = String::from_utf8_lossy(&run.stderr).into_owned();
            assert!(said.contains("error[E0611]"), "{blocks}: {said}");
            assert!(
                said.contains("what was done is looked up"),
                "{blocks}: {said}"
            );
            // Under the smallest limit not even the first call could be written down.
            let code = run.status.code();
            assert!(matches!(code, Some(1 | 4)), "{blocks}: {code:?} {said}");
            assert_eq!(code == Some(1), looker.shape() == empty, "{blocks}: {said}");

            let next = estate.timed(&["apply", "-y"]);
            assert_eq!(next.code, Some(0), "{blocks}: {}", next.stderr);
            let shape = looker.shape();
            assert_eq!(
                *full.get_or_insert_with(|| shape.clone()),
                shape,
                "{blocks}"
            );
            let plan = estate.timed(&["plan", "--detailed-exitcode"]);
            assert_eq!(plan.code, Some(0), "{blocks}: {}", plan.stdout);
            let gone = estate.timed(&["destroy", "-y", "--consent", "domain.studio"]);
            assert_eq!(gone.code, Some(0), "{blocks}: {}", gone.stderr);
        }
    }
}
