//! Running the program in a folder of its own.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A port of loopback on which nobody answers: the only "AWS" that tests without the sandbox have.
const NOBODY: &str = "http://127.0.0.1:9";

/// A small network, enough for most tests.
pub const NETWORK: &str = r#"stack demo {
  default_tags = { owner = "ml" }
}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

vpc main {
  cidr = "10.0.0.0/16"
}

subnet a {
  vpc  = vpc.main
  cidr = "10.0.1.0/24"
  az   = "eu-west-1a"
}

output vpc_id = vpc.main.id
"#;

/// A folder with `.smd` files.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// A folder with these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// A folder with [`NETWORK`].
    pub fn network() -> Self {
        Self::new(&[("main.smd", NETWORK)])
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces text in a file; it must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {name}");
        self.write(name, text.replace(from, to));
    }

    /// The program with these arguments, in this folder, with nothing of the tests' own
    /// environment: no credentials, no profile, no way to AWS.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smd"));
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path().join("home"))
            .env("USER", "ada")
            .env("HOSTNAME", "desk")
            .env("TERM", "dumb")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", NOBODY)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program.
    pub fn smd(&self, args: &[&str]) -> Run {
        self.run(self.command(args))
    }

    /// Runs it on the sandbox, one thing at a time, so that lines come in one order.
    pub fn sandboxed(&self, args: &[&str]) -> Run {
        let mut args = args.to_vec();
        args.push("--sandbox");
        if matches!(args[0], "plan" | "apply" | "destroy") {
            args.extend(["--parallelism", "1"]);
        }
        self.smd(&args)
    }

    /// There is nothing to do, on the sandbox.
    #[track_caller]
    pub fn settled(&self) {
        self.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
    }

    /// How many things the sandbox holds, by the name of their table.
    #[track_caller]
    pub fn count(&self, table: &str) -> u64 {
        let info = self.smd(&["sandbox", "info", "--format", "json"]);
        info.exits(0).json()["counts"][table].as_u64().unwrap_or(0)
    }

    pub fn run(&self, mut command: Command) -> Run {
        self.finished(command.output().unwrap())
    }

    /// Runs it with a text on standard input.
    pub fn with_stdin(&self, args: &[&str], text: &str) -> Run {
        let mut child = self.spawn(self.command(args).stdin(Stdio::piped()));
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        self.finished(child.wait_with_output().unwrap())
    }

    pub fn spawn(&self, command: &mut Command) -> Child {
        command.spawn().unwrap()
    }

    pub fn finished(&self, output: Output) -> Run {
        let code = output.status.code();
        let clean = |bytes: Vec<u8>| self.clean(&String::from_utf8(bytes).unwrap());
        Run {
            code,
            stdout: clean(output.stdout),
            stderr: clean(output.stderr),
        }
    }

    /// The text with what differs from run to run taken out.
    fn clean(&self, text: &str) -> String {
        let real = self.path().canonicalize().unwrap();
        let text = text
            .replace(&real.display().to_string(), "[FOLDER]")
            .replace(&self.path().display().to_string(), "[FOLDER]")
            .replace(
                self.path().file_name().unwrap().to_str().unwrap(),
                "[FOLDER]",
            );
        [
            // Whether a wait is told hangs on how fast this machine is.
            (r"(?m)^\S+: waiting for .*\n", ""),
            (r"\(\d+(\.\d|m\d\d)s\)", "(TIME)"),
            (r"\b([a-z]+)-[0-9a-f]{17}\b", "$1-ID"),
            (r"\bd-[a-z0-9]{12}\b", "d-ID"),
            (r"process \d+", "process PID"),
            (
                r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)?",
                "DATE",
            ),
            (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
            (r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:PORT"),
        ]
        .iter()
        .fold(text, |text, (pattern, with)| {
            regex::Regex::new(pattern)
                .unwrap()
                .replace_all(&text, *with)
                .into_owned()
        })
    }
}

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Run {
    /// `None`: by a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The run, if it ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// The one JSON document on stdout.
    /// The line of a text plan that is about this address.
    #[track_caller]
    pub fn line(&self, address: &str) -> &str {
        let mut lines = self.stdout.lines();
        lines
            .find(|line| line.split_whitespace().nth(1) == Some(address))
            .unwrap_or_else(|| panic!("no line of {address}: {self}"))
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit {code}")?,
            None => writeln!(f, "killed")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "----- {name}\n{text}")?;
                if !text.ends_with('\n') {
                    writeln!(f, "⏎")?;
                }
            }
        }
        Ok(())
    }
}
