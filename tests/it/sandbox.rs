//! `smd sandbox`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::smd::Project;

#[test]
fn info_and_reset() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!("info", project.smd(&["sandbox", "info"]).exits(0));
    insta::assert_snapshot!("reset", project.smd(&["sandbox", "reset"]).exits(0));
    let info = project.smd(&["sandbox", "info"]).exits(0);
    assert_eq!(info.stdout, "", "{info}");
}

#[cfg(unix)]
#[test]
fn serves_until_it_is_told_to_end() {
    let project = Project::new(&[]);
    let mut child = project.spawn(&mut project.command(&["sandbox", "serve", "--port", "0"]));
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let health =
        format!("GET /_sandbox/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(health.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    crate::interrupt::signal(&child, "INT");
    let run = project.finished(child.wait_with_output().unwrap()).exits(0);
    assert!(run.stderr.contains("Ctrl-C ends it"), "{run}");
}

#[test]
fn reset_leaves_alone_what_is_no_sandbox() {
    let project = Project::network();
    project.write("photos/world.json", "{\"mine\": true}");
    project.write("photos/lock", "do not touch");
    for dir in ["photos", "."] {
        let run = project.smd(&["sandbox", "reset", "--dir", dir]).exits(1);
        assert!(run.stderr.contains("error[E1007]"), "{run}");
        assert!(run.stderr.contains("nothing was deleted"), "{run}");
    }
    let files = |dir| {
        let mut names: Vec<_> = std::fs::read_dir(project.file(dir))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(files("photos"), ["lock", "world.json"]);
    assert_eq!(files("."), ["main.smd", "photos"]);
    let kept = std::fs::read_to_string(project.file("photos/lock")).unwrap();
    assert_eq!(kept, "do not touch");
    // Where nothing is, nothing is made.
    let run = project.smd(&["sandbox", "reset"]).exits(0);
    assert!(run.stderr.contains("nothing to empty"), "{run}");
    assert_eq!(files("."), ["main.smd", "photos"]);
}

#[test]
fn reset_takes_only_the_sandboxs_own_files() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.write(".smd/sandbox/notes", "mine");
    project.write(".smd/sandbox/world.json", "damaged");
    project.smd(&["sandbox", "reset"]).exits(0);
    assert!(project.file(".smd/sandbox/notes").exists());
    assert!(project.file(".smd/sandbox/state/demo.state.json").exists());
    assert!(!project.file(".smd/sandbox/world.json").exists());
    project.sandboxed(&["apply", "-y"]).exits(0);
}
