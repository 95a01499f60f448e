//! smd against moto over HTTP: apply, nothing left to do, one change, destroy; what is there is read
//! with boto3, not with smd. Every kind that moto can hold; it knows neither user profiles nor
//! UpdateDomain.

use std::process::Output;

use super::estate::{self, Estate};
use super::python;
use super::server::Server;

fn must(code: i32, output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(
        output.status.code(),
        Some(code),
        "stdout:\n{out}\nstderr:\n{err}"
    );
    out.into_owned()
}

#[test]
fn the_whole_way_against_moto() {
    let server = Server::moto();
    let text = estate::text();
    let estate = Estate::new(&server.url, &text);

    must(0, &estate.run(&["apply", "--auto-approve"]));
    python::script("moto/check.py", &[&server.url, "applied"]);
    must(0, &estate.run(&["plan", "--detailed-exitcode"]));

    estate.write(&text.replace("ports = 443", "ports = 8443"));
    let plan = must(2, &estate.run(&["plan", "--detailed-exitcode"]));
    assert!(
        plan.contains("0 to create, 1 to update, 0 to replace, 0 to delete"),
        "{plan}"
    );
    must(0, &estate.run(&["apply", "--auto-approve"]));
    python::script("moto/check.py", &[&server.url, "changed"]);
    must(0, &estate.run(&["plan", "--detailed-exitcode"]));

    must(0, &estate.run(&["destroy", "--auto-approve"]));
    python::script("moto/check.py", &[&server.url, "destroyed"]);
}
