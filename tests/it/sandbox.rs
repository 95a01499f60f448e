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
