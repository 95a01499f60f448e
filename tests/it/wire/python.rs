//! The virtual environment with pinned moto and boto3.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Below the package.
const REQUIREMENTS: &str = "tests/wire/requirements.txt";

/// A program of the virtual environment: `python`, `moto_server`. Made once for each text of the
/// requirements; a second test process waits for the first.
pub fn program(name: &str) -> PathBuf {
    static BIN: OnceLock<PathBuf> = OnceLock::new();
    BIN.get_or_init(environment).join(name)
}

fn environment() -> PathBuf {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join(REQUIREMENTS);
    let text = fs::read_to_string(&requirements).expect("the requirements");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder_name(&text));
    let done = folder.join("done");
    fs::create_dir_all(env!("CARGO_TARGET_TMPDIR")).expect("the target's folder for tests");
    let lock = fs::File::create(folder.with_extension("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    if !done.exists() {
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements));
        fs::write(&done, "").expect("the mark that the environment is whole");
    }
    folder.join("bin")
}

fn folder_name(requirements: &str) -> String {
    let words: Vec<&str> = requirements.split_whitespace().collect();
    let name: String = words
        .join("-")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("wire-{name}")
}

/// Runs a command that must succeed.
pub fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A script of `tests/wire`.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/wire")
        .join(name)
}

/// Runs a script of `tests/wire` with these arguments; it must succeed. Gives what it printed.
pub fn script(name: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program("python"));
    command
        .arg(path(name))
        .args(arguments)
        .envs(crate::wire::server::DUMMY_KEYS);
    String::from_utf8_lossy(&run(&mut command).stdout).into_owned()
}
