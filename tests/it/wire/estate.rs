//! A folder with the estate of `tests/wire/moto/main.smd`, and smd at work on it through a server.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::python;
use super::server::DUMMY_KEYS;

/// What smd says first when it finds the journal of a run that was broken off.
const FOUND: &str = "an earlier run was broken off";

/// The text of the estate: every kind that moto can hold, in two accounts.
pub fn text() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/moto/main.smd");
    fs::read_to_string(source).expect("the configuration")
}

/// The estate as the sandbox can hold it: with a user profile, and the file system that comes with
/// the domain deleted with it.
pub fn text_for_sandbox() -> String {
    text().replace("auth_mode ", "home_efs = \"delete\"\n  auth_mode ")
        + "\nuser_profile ada {\n  domain = domain.studio\n  name   = \"ada\"\n}\n"
}

/// A folder with `.smd` files, and its server.
pub struct Estate {
    folder: tempfile::TempDir,
    url: String,
}

/// How a run of smd ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// From the start of the process until it said that it had settled what an earlier run left.
    pub settled: Option<Duration>,
}

impl Estate {
    pub fn new(url: &str, text: &str) -> Self {
        let estate = Self {
            folder: tempfile::tempdir().expect("a folder"),
            url: url.to_owned(),
        };
        estate.write(text);
        estate
    }

    pub fn write(&self, text: &str) {
        fs::write(self.folder.path().join("main.smd"), text).expect("the configuration");
    }

    /// The journal of a run at work.
    pub fn journal(&self) -> PathBuf {
        self.folder.path().join(".smd/wire.state.journal")
    }

    /// `smd` with nothing of this process's AWS environment but dummy keys and the server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_smd"), arguments)
    }

    /// As [`Estate::command`], of a program that starts smd: the folder is its last argument.
    pub fn command_of(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy();
            if shown.starts_with("AWS_") || shown.starts_with("SMD_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .arg(self.folder.path())
            .envs(DUMMY_KEYS)
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the smd binary")
    }

    /// Runs to the end, with the time at which what was left open was settled.
    pub fn timed(&self, arguments: &[&str]) -> Ended {
        let out = self.folder.path().join("out");
        let started = Instant::now();
        let mut child = self
            .command(arguments)
            .stdout(File::create(&out).expect("a file"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the smd binary");
        let (mut stderr, mut settled) = (String::new(), None);
        for line in BufReader::new(child.stderr.take().expect("its stderr")).lines() {
            let line = line.expect("a line");
            if line.contains(FOUND) {
                settled = Some(started.elapsed());
            }
            stderr.push_str(&line);
            stderr.push('\n');
        }
        Ended {
            code: child.wait().expect("its end").code(),
            stdout: fs::read_to_string(out).expect("its stdout"),
            stderr,
            settled,
        }
    }

    /// Starts a run of which nobody reads a word.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the smd binary")
    }
}

/// Sees with boto3, not with smd, what a server holds.
pub struct Looker {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Looker {
    pub fn new(url: &str) -> Self {
        let mut child = Command::new(python::program("python"))
            .arg(python::path("shape.py"))
            .arg(url)
            .envs(DUMMY_KEYS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python");
        Self {
            ask: child.stdin.take().expect("its stdin"),
            answers: BufReader::new(child.stdout.take().expect("its stdout")),
            child,
        }
    }

    /// All that is there, as one line of JSON without ids.
    pub fn shape(&mut self) -> String {
        writeln!(self.ask).expect("the script reads");
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the script answers");
        assert!(!line.is_empty(), "shape.py ended");
        line
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
