//! State, journal and plan files encrypted with a passphrase or a KMS key.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::interrupt::{SLOW, rest, signal, started_by};
use crate::sandbox::Served;
use crate::smd::{Project, Run};

const PASSPHRASE: (&str, &str) = ("SMD_PASSPHRASE", "correct horse battery staple");
const OTHER: (&str, &str) = ("SMD_PASSPHRASE", "tr0ub4dor and three");
const KMS: (&str, &str) = ("SMD_KMS_KEY", "alias/records");
/// Where the sandbox keeps the state of the small network.
const STATE: &str = ".smd/sandbox/state/demo.state.json";

/// Runs it on the sandbox with these variables.
fn run(project: &Project, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = project.command(args);
    command.arg("--sandbox").envs(variables.iter().copied());
    let run = project.run(command);
    for secret in [PASSPHRASE.1, OTHER.1] {
        assert!(!run.to_string().contains(secret), "{run}");
    }
    run
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// What smd itself has written: all but the configuration and what stands for AWS.
fn written(project: &Project) -> Vec<(PathBuf, Vec<u8>)> {
    files(project.path())
        .into_iter()
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            !name.starts_with("world.") && name != "main.smd"
        })
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn sealed(project: &Project, file: &str) -> bool {
    fs::read(project.file(file))
        .unwrap()
        .starts_with(b"{\"smd_sealed\":1,")
}

#[test]
fn a_record_with_a_passphrase_is_read_with_it_only() {
    let project = Project::network();
    run(&project, &["apply", "-y"], &[PASSPHRASE]).exits(0);
    assert!(sealed(&project, STATE));
    let before = written(&project);
    insta::assert_snapshot!(
        run(&project, &["plan"], &[]).exits(1),
        @r"
    exit 1
    ----- stderr
    error[E0640]: the state `.smd/sandbox/state/demo.state.json` is encrypted with a passphrase, and none was given
     |
     = help: give it: SMD_PASSPHRASE, or the file that holds it: SMD_PASSPHRASE_FILE
    "
    );
    insta::assert_snapshot!(
        run(&project, &["apply", "-y"], &[OTHER]).exits(1),
        @r"
    exit 1
    ----- stderr
    error[E0641]: the passphrase does not open the state `.smd/sandbox/state/demo.state.json`
     |
     = note: it is another passphrase's, or its first line was changed
     = help: give the passphrase it was encrypted with; to change it, give the new one in SMD_PASSPHRASE and the old one in SMD_OLD_PASSPHRASE
    "
    );
    let wrong_kind = run(&project, &["state", "list"], &[KMS]).exits(1);
    assert!(wrong_kind.stderr.contains("error[E0640]"), "{wrong_kind}");
    let empty = run(&project, &["destroy", "-y"], &[("SMD_PASSPHRASE", "")]).exits(1);
    assert!(empty.stderr.contains("error[E0642]"), "{empty}");
    let same = |(path, bytes): &(PathBuf, Vec<u8>)| {
        // Locks name who held them last: the state's, and the sandbox's own.
        let is_lock = path.extension().is_some_and(|end| end == "lock") || path.ends_with("lock");
        is_lock || fs::read(path).unwrap() == *bytes
    };
    assert!(before.iter().all(same));
    project.write("key.txt", format!("{}\n", PASSPHRASE.1));
    let file = [("SMD_PASSPHRASE_FILE", "key.txt")];
    run(&project, &["plan", "--detailed-exitcode"], &file).exits(0);
    let list = run(&project, &["state", "list"], &file).exits(0);
    assert_eq!(list.stdout, "subnet.a\nvpc.main\n", "{list}");
    run(&project, &["destroy", "-y"], &file).exits(0);
    assert!(sealed(&project, STATE));
}

#[test]
fn a_record_in_clear_is_encrypted_by_the_next_write_and_its_key_can_be_changed() {
    let project = Project::network();
    run(&project, &["apply", "-y"], &[]).exits(0);
    assert!(!sealed(&project, STATE));
    let forget = ["state", "rm", "subnet.a"];
    let first = run(&project, &forget, &[PASSPHRASE]).exits(0);
    assert!(first.stderr.contains("is not encrypted yet"), "{first}");
    assert!(sealed(&project, STATE));
    let list = run(&project, &["state", "list"], &[PASSPHRASE]).exits(0);
    assert_eq!(list.stderr, "", "{list}");
    let old = ("SMD_OLD_PASSPHRASE", PASSPHRASE.1);
    run(&project, &["state", "rm", "vpc.main"], &[OTHER, old]).exits(0);
    run(&project, &["state", "list"], &[PASSPHRASE]).exits(1);
    run(&project, &["state", "list"], &[OTHER]).exits(0);
}

#[test]
fn a_plan_file_is_encrypted_too() {
    let project = Project::network();
    run(&project, &["plan", "-o", "a.plan"], &[PASSPHRASE]).exits(0);
    assert!(sealed(&project, "a.plan"));
    let text = fs::read(project.file("a.plan")).unwrap();
    assert!(!holds(&text, b"10.0.0.0/16"));
    let none = run(&project, &["show", "a.plan"], &[]).exits(1);
    assert!(none.stderr.contains("error[E0640]"), "{none}");
    let wrong = run(&project, &["apply", "a.plan"], &[OTHER]).exits(1);
    assert!(wrong.stderr.contains("error[E0641]"), "{wrong}");
    let shown = run(&project, &["show", "a.plan"], &[PASSPHRASE]).exits(0);
    assert!(shown.stdout.contains("10.0.0.0/16"), "{shown}");
    // It is known for a plan file, and replaced by another one.
    run(&project, &["plan", "-o", "a.plan"], &[PASSPHRASE]).exits(0);
    // Neither is a state taken for a plan, nor the other way round.
    run(&project, &["apply", "a.plan"], &[PASSPHRASE]).exits(0);
    let state = run(&project, &["show", STATE], &[PASSPHRASE]).exits(1);
    assert!(state.stderr.contains("it is an encrypted state"), "{state}");
    let kept = run(&project, &["plan", "-o", STATE], &[PASSPHRASE]).exits(1);
    assert!(kept.stderr.contains("error[E0915]"), "{kept}");
    fs::copy(project.file("a.plan"), project.file(STATE)).unwrap();
    let plan = run(&project, &["plan"], &[PASSPHRASE]).exits(1);
    assert!(plan.stderr.contains("it is an encrypted plan"), "{plan}");
}

#[test]
fn a_killed_run_is_recovered_with_its_passphrase() {
    let project = Project::new(&[("main.smd", SLOW)]);
    let mut apply = project.command(&["apply", "-y", "--sandbox"]);
    let (child, stderr) = started_by(&project, apply.env(PASSPHRASE.0, PASSPHRASE.1));
    signal(&child, "KILL");
    rest(stderr);
    child.wait_with_output().unwrap();
    let journal = files(project.path())
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "journal"))
        .unwrap();
    let text = fs::read(&journal).unwrap();
    assert!(text.starts_with(b"{\"smd_sealed\":1,") && !holds(&text, b"vpc.main"));
    let none = run(&project, &["apply", "-y"], &[]).exits(1);
    assert!(none.stderr.contains("error[E0640]"), "{none}");
    assert_eq!(fs::read(&journal).unwrap(), text);
    let next = run(&project, &["apply", "-y"], &[PASSPHRASE]).exits(0);
    assert!(
        next.stderr.contains("an earlier run was broken off"),
        "{next}"
    );
    run(&project, &["plan", "--detailed-exitcode"], &[PASSPHRASE]).exits(0);
}

#[test]
fn a_record_with_a_kms_key() {
    let project = Project::network();
    run(&project, &["plan", "-o", "a.plan"], &[KMS]).exits(0);
    assert!(sealed(&project, "a.plan"));
    run(&project, &["show", "a.plan"], &[KMS]).exits(0);
    run(&project, &["apply", "a.plan"], &[KMS]).exits(0);
    assert!(sealed(&project, STATE));
    run(&project, &["plan", "--detailed-exitcode"], &[KMS]).exits(0);
    let none = run(&project, &["plan"], &[]).exits(1);
    assert!(
        none.stderr
            .contains("is encrypted with the KMS key `arn:aws:kms:"),
        "{none}"
    );
    let other = ("SMD_KMS_KEY", "alias/other");
    let wrong = run(&project, &["plan"], &[other]).exits(1);
    assert!(wrong.stderr.contains("error[E0641]"), "{wrong}");
    let old = ("SMD_OLD_KMS_KEY", KMS.1);
    run(&project, &["state", "rm", "subnet.a"], &[PASSPHRASE, old]).exits(0);
    run(&project, &["state", "list"], &[PASSPHRASE]).exits(0);
}

#[test]
fn a_served_kms_key_and_one_that_is_not_there() {
    let project = Project::network();
    let key = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012";
    let served = Served::start_with(&project, &[], &[("SMD_KMS_KEY", key)]);
    let smd = |args: &[&str], key: &str| {
        let mut command = project.command(args);
        command
            .env("AWS_ENDPOINT_URL", format!("http://{}", served.address))
            .env("AWS_ACCESS_KEY_ID", "111122223333")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .env("AWS_REGION", "eu-west-1")
            .env("SMD_KMS_KEY", key);
        project.run(command)
    };
    smd(&["apply", "-y"], key).exits(0);
    assert!(sealed(&project, ".smd/demo.state.json"));
    smd(&["plan", "--detailed-exitcode"], key).exits(0);
    let before = fs::read(project.file(".smd/demo.state.json")).unwrap();
    let absent = smd(&["destroy", "-y"], "alias/none").exits(1);
    assert!(absent.stderr.contains("error[E0643]"), "{absent}");
    assert!(absent.stderr.contains("NotFoundException"), "{absent}");
    assert_eq!(
        fs::read(project.file(".smd/demo.state.json")).unwrap(),
        before
    );
    smd(&["destroy", "-y"], key).exits(0);
    served.end(&project).exits(0);
}

#[test]
fn a_sensitive_value_is_in_no_file_with_or_without_a_key() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    const SECRET: &str = "xylophone-hunter2-marmalade";
    // As base64 shows it at each of its three places in a text, without the ends.
    let shown: Vec<Vec<u8>> = (0..3)
        .map(|at| {
            let text = STANDARD.encode(format!("{}{SECRET}", " ".repeat(at)));
            text.as_bytes()[4..text.len() - 4].to_vec()
        })
        .chain([SECRET.as_bytes().to_vec()])
        .collect();
    let text = SLOW.replace(
        "role studio {",
        "input note: string { sensitive = true }\n\nrole studio {\n  description = input.note",
    );
    for key in [None, Some(PASSPHRASE)] {
        let project = Project::new(&[("main.smd", text.as_str())]);
        let mut variables = vec![("SMD_VAR_note", SECRET)];
        variables.extend(key);
        let clean = |what: &str| {
            let written = written(&project);
            assert!(!written.is_empty());
            for (path, bytes) in written {
                for form in &shown {
                    assert!(!holds(&bytes, form), "{what}: {}", path.display());
                }
            }
        };
        run(&project, &["plan", "-o", "a.plan"], &variables).exits(0);
        clean("plan");
        let mut apply = project.command(&["apply", "-y", "--sandbox"]);
        let (child, stderr) = started_by(&project, apply.envs(variables.iter().copied()));
        signal(&child, "KILL");
        rest(stderr);
        child.wait_with_output().unwrap();
        clean("kill");
        run(&project, &["apply", "-y"], &variables).exits(0);
        clean("apply");
        let role = run(&project, &["state", "show", "role.studio"], &variables).exits(0);
        assert!(!role.to_string().contains(SECRET), "{role}");
    }
}
