//! What is sensitive stays out of everything smd writes.

use std::fs;

use crate::smd::{Project, Run};

const TEXT: &str = r#"stack hidden {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

input where: string { sensitive = true }

role reader {
  trust       = service("ec2.amazonaws.com")
  description = file(input.where)
}

vpc main {
  cidr = "10.0.0.0/16"
  tags = { note = "x" }
}
"#;
/// The path of a file, which is a secret, and what is in the file.
const SECRET_PATH: &str = "vault-of-ada.txt";
const SECRET_TEXT: &str = "correct horse";

/// No file of smd's own below the folder holds a secret, nor does the run.
#[track_caller]
fn keeps_the_secret(project: &Project, run: &Run) {
    for secret in [SECRET_PATH, "vault-of-ada", SECRET_TEXT] {
        assert!(!run.to_string().contains(secret), "{run}");
        for path in ["a.plan", ".smd/sandbox/state/hidden.state.json"] {
            let Ok(bytes) = fs::read(project.file(path)) else {
                continue;
            };
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(secret), "{path}: {text}");
        }
    }
}

#[test]
fn the_sensitive_path_of_a_file() {
    let project = Project::new(&[("main.smd", TEXT), (SECRET_PATH, SECRET_TEXT)]);
    let var = format!("where={SECRET_PATH}");
    let smd = |args: &[&str], code: i32| {
        let mut all = args.to_vec();
        all.extend(["--sandbox", "--var", &var]);
        let run = project.smd(&all).exits(code);
        keeps_the_secret(&project, &run);
        run
    };
    smd(&["validate"], 0);
    smd(&["graph"], 0);
    smd(&["plan", "--format", "json"], 0);
    let plan = smd(&["plan", "-o", "a.plan"], 0);
    assert!(plan.stdout.contains("(sensitive)"), "{plan}");
    assert!(project.file("a.plan").exists());
    smd(&["show", "a.plan"], 0);
    smd(&["show", "a.plan", "--format", "json"], 0);
    // What moved is told without the path.
    project.write(SECRET_PATH, "another text");
    let stale = smd(&["apply", "a.plan"], 1);
    assert!(stale.stderr.contains("E0507"), "{stale}");
    project.write(SECRET_PATH, SECRET_TEXT);
    smd(&["apply", "a.plan"], 0);
    smd(&["state", "show", "role.reader"], 0);
    smd(&["show", "--format", "json"], 0);
    smd(&["plan", "--detailed-exitcode"], 0);
}

#[test]
fn the_sensitive_path_of_a_file_that_cannot_be_read() {
    let project = Project::new(&[("main.smd", TEXT)]);
    project.write(SECRET_PATH, b"\xff\xfe");
    for path in [SECRET_PATH, "../vault-of-ada.txt", "vault-of-ada.txt.not"] {
        let var = format!("where={path}");
        for format in ["text", "json"] {
            let run = project
                .smd(&["validate", "--format", format, "--var", &var])
                .exits(1);
            keeps_the_secret(&project, &run);
        }
    }
    // Errors within a template that a secret path names.
    project.edit("main.smd", "file(input.where)", "template(input.where, {})");
    for text in ["${", "${nobody}", "${1 / 0}"] {
        project.write(SECRET_PATH, text);
        let var = format!("where={SECRET_PATH}");
        let run = project.smd(&["validate", "--var", &var]).exits(1);
        keeps_the_secret(&project, &run);
    }
}
