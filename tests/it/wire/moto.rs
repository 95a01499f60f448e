//! smd against moto over HTTP: apply, nothing left to do, one change, destroy; what is there is read
//! with boto3, not with smd. Every kind that moto can hold; it knows neither user profiles nor
//! UpdateDomain.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::python;
use super::server::{DUMMY_KEYS, Server};

/// `smd` with nothing of this process's AWS environment but dummy keys and the server.
fn smd(server: &Server, directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smd"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") || name.to_string_lossy().starts_with("SMD_")
        {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .arg(directory)
        .envs(DUMMY_KEYS)
        .env("AWS_ENDPOINT_URL", &server.url)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .output()
        .expect("the smd binary")
}

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
    let folder = tempfile::tempdir().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/moto/main.smd");
    let text = fs::read_to_string(source).expect("the configuration");
    let file = folder.path().join("main.smd");
    fs::write(&file, &text).expect("the configuration");

    must(
        0,
        &smd(&server, folder.path(), &["apply", "--auto-approve"]),
    );
    python::script("moto/check.py", &[&server.url, "applied"]);
    must(
        0,
        &smd(&server, folder.path(), &["plan", "--detailed-exitcode"]),
    );

    fs::write(&file, text.replace("ports = 443", "ports = 8443")).expect("the change");
    let plan = must(
        2,
        &smd(&server, folder.path(), &["plan", "--detailed-exitcode"]),
    );
    assert!(
        plan.contains("0 to create, 1 to update, 0 to replace, 0 to delete"),
        "{plan}"
    );
    must(
        0,
        &smd(&server, folder.path(), &["apply", "--auto-approve"]),
    );
    python::script("moto/check.py", &[&server.url, "changed"]);
    must(
        0,
        &smd(&server, folder.path(), &["plan", "--detailed-exitcode"]),
    );

    must(
        0,
        &smd(&server, folder.path(), &["destroy", "--auto-approve"]),
    );
    python::script("moto/check.py", &[&server.url, "destroyed"]);
}
