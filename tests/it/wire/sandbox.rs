//! boto3 against `smd sandbox serve`: create, describe, modify and delete of every operation, and the
//! refusals, compared with moto's answers where moto is right.

use super::python;
use super::server::Server;

#[test]
fn boto3_sees_in_the_sandbox_what_it_sees_in_moto() {
    let folder = tempfile::tempdir().expect("a folder");
    let (sandbox, moto) = (Server::sandbox(folder.path()), Server::moto());
    let said = python::script("sandbox/compare.py", &[&sandbox.url, &moto.url]);
    assert!(said.contains("no difference"), "{said}");
}
