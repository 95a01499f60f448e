//! Ctrl-C, SIGTERM, SIGHUP, and two runs at once.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::smd::Project;

/// A domain takes long enough to be interrupted, and a second VPC waits behind it.
pub const SLOW: &str = r#"account a {
  id     = "111122223333"
  region = "eu-west-1"
}

vpc main {
  cidr = "10.0.0.0/16"
}

subnet a {
  vpc  = vpc.main
  cidr = "10.0.1.0/24"
  az   = "eu-west-1a"
}

role studio {
  trust = service("sagemaker.amazonaws.com")
}

domain team {
  name      = "team"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  default_user_settings {
    execution_role = role.studio
  }
}

user_profile ada {
  domain = domain.team
  name   = "ada"
}
"#;

/// Long enough for two signals to be two.
const APART: Duration = Duration::from_millis(50);

/// Sends a signal by name.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Starts an apply and gives it back once stderr says that the domain is being made, with the
/// reader of the rest.
pub fn started(project: &Project) -> (Child, BufReader<std::process::ChildStderr>) {
    started_by(project, &mut project.command(&["apply", "-y", "--sandbox"]))
}

/// As [`started`], by this command.
pub fn started_by(
    project: &Project,
    command: &mut Command,
) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = project.spawn(command);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("creating domain.team") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "ended too early");
    }
    (child, stderr)
}

pub fn rest(mut stderr: BufReader<std::process::ChildStderr>) -> String {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut text).unwrap();
    text
}

#[test]
fn the_first_finishes_what_runs() {
    // A terminal that closes hangs up twice: the system tells, and so does the shell.
    for names in [&["INT"][..], &["TERM"], &["HUP", "HUP"], &["TERM", "HUP"]] {
        let project = Project::new(&[("main.smd", SLOW)]);
        let (child, stderr) = started(&project);
        for name in names {
            signal(&child, name);
            std::thread::sleep(APART);
        }
        let text = rest(stderr);
        let run = project
            .finished(child.wait_with_output().unwrap())
            .exits(130);
        assert!(text.contains("created domain.team"), "{names:?}: {text}");
        assert!(
            text.contains("create user_profile.ada"),
            "{names:?}: {text}"
        );
        assert!(run.stdout.contains("1 not done"), "{names:?}: {run}");
        // What was done is recorded: the next apply does the rest.
        let next = project.sandboxed(&["apply", "-y"]).exits(0);
        assert!(next.stdout.contains("1 created"), "{names:?}: {next}");
    }
}

#[test]
fn a_terminal_that_is_gone_loses_no_record() {
    let project = Project::new(&[("main.smd", SLOW)]);
    let (mut child, stderr) = started(&project);
    // As when the window closes: nobody reads any more, and the system says so by SIGHUP.
    drop((stderr, child.stdout.take()));
    signal(&child, "HUP");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert!(list.stdout.contains("domain.team"), "{list}");
    assert!(!list.stdout.contains("user_profile"), "{list}");
}

#[cfg(target_os = "linux")]
#[test]
fn nohup_outlives_its_terminal() {
    let project = Project::new(&[("main.smd", SLOW)]);
    let smd = project.command(&[]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" apply -y --sandbox"])
        .arg(smd.get_program())
        .current_dir(project.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (child, stderr) = started_by(&project, &mut shell);
    signal(&child, "HUP");
    let text = rest(stderr);
    let run = project.finished(child.wait_with_output().unwrap()).exits(0);
    assert!(text.contains("created user_profile.ada"), "{text}{run}");
}

#[test]
fn the_second_leaves_and_records() {
    let project = Project::new(&[("main.smd", SLOW)]);
    let (child, stderr) = started(&project);
    signal(&child, "TERM");
    signal(&child, "INT");
    let text = rest(stderr);
    project
        .finished(child.wait_with_output().unwrap())
        .exits(130);
    assert!(text.contains("what remains"), "{text}");
    let list = project.sandboxed(&["state", "list"]).exits(0);
    assert!(list.stdout.contains("vpc.main"), "{list}");
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn two_at_once() {
    let project = Project::new(&[("main.smd", SLOW)]);
    let (child, stderr) = started(&project);
    let second = project.sandboxed(&["apply", "-y"]).exits(1);
    insta::assert_snapshot!("two_at_once", second);
    rest(stderr);
    project.finished(child.wait_with_output().unwrap()).exits(0);
}
