//! State in S3, over HTTP: a run is killed, and the next one takes its lock over by itself and finds
//! out what was done.

use std::time::Duration;

use super::estate::{self, Estate};
use super::python;
use super::server::Server;

/// The longest that a run may wait for the lock of one that was killed.
const TAKE_OVER: Duration = Duration::from_secs(45);
/// How many batches the journal has when the run is killed.
const BATCHES: &str = "4";

const APPLY: &[&str] = &["apply", "--auto-approve"];
const PLAN: &[&str] = &["plan", "--detailed-exitcode"];

/// The estate of these tests, its state in a bucket.
fn text() -> String {
    let state = "  state s3 {\n    bucket = \"wire-states\"\n    key    = \"prod/wire.json\"\n    region = \"eu-west-1\"\n  }\n";
    estate::text().replace("stack wire {\n", &format!("stack wire {{\n{state}"))
        + "\noutput shared = \"from wire\"\n"
}

/// A stack that reads an output of the estate from the bucket.
const READER: &str = r#"stack reader {}
existing stack wire {
  state s3 {
    bucket = "wire-states"
    key    = "prod/wire.json"
    region = "eu-west-1"
  }
}
output found = stack.wire.shared
"#;

fn said(estate: &Estate, arguments: &[&str]) -> String {
    let ended = estate.timed(arguments);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    ended.stdout
}

#[test]
fn the_lock_of_a_killed_run_is_taken_over() {
    let server = Server::moto();
    python::script("bucket.py", &[&server.url, "make"]);
    let estate = Estate::new(&server.url, &text());
    let mut run = estate.start(APPLY);
    python::script("bucket.py", &[&server.url, "wait", BATCHES]);
    let held = said(&estate, &["lock", "show"]);
    assert!(held.contains("held by  `smd apply` of "), "{held}");
    run.kill().expect("the kill");
    run.wait().expect("its end");

    let next = estate.timed(APPLY);
    let (out, err) = (&next.stdout, &next.stderr);
    assert_eq!(next.code, Some(0), "stdout:\n{out}\nstderr:\n{err}");
    assert!(err.contains("holds the lock; waiting"), "{err}");
    let settled = next.settled.expect("what was left is found");
    println!(
        "taken over and settled {:.1} s after the next run began",
        settled.as_secs_f64()
    );
    assert!(settled < TAKE_OVER, "{settled:?}\n{err}");
    said(&estate, PLAN);
    let held = said(&estate, &["lock", "show"]);
    assert_eq!(held, "nobody holds s3://wire-states/prod/wire.json.lock\n");
    // No journal and no probe is left.
    let keys = python::script("bucket.py", &[&server.url, "keys"]);
    assert!(
        !keys.contains(".journal/") && !keys.contains(".probe-"),
        "{keys}"
    );
    // Another stack reads what this one says of itself.
    let reader = Estate::new(&server.url, READER);
    let applied = said(&reader, APPLY);
    assert!(applied.contains("found = \"from wire\""), "{applied}");
    said(
        &estate,
        &["destroy", "--auto-approve", "--consent", "domain.studio"],
    );
}
