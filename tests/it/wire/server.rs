//! Servers on the loopback that end with the test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::python;

/// How long a server may take to answer.
const START: Duration = Duration::from_secs(60);
/// How many times as fast as the wall's the sandbox's clock runs: five minutes take 0.3 s.
const SPEED: &str = "1000";
/// As [`SPEED`], where processes go into another account: a session ends after an hour of the
/// sandbox's time, and at this speed no run and no look takes that long.
const SPEED_WITH_SESSIONS: &str = "50";
/// Keys that no real account has; nothing but the loopback is ever asked with them.
pub const DUMMY_KEYS: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", "testing"),
    ("AWS_SECRET_ACCESS_KEY", "testing"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

/// A running server.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
}

impl Server {
    /// moto, empty.
    pub fn moto() -> Self {
        let port = free_port();
        Self::start(
            Command::new(python::program("python"))
                .arg(python::path("moto/server.py"))
                .args(["-H", "127.0.0.1", "-p", &port.to_string()])
                .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"),
            port,
        )
    }

    /// The sandbox in this folder, its clock fast enough that no status takes long.
    pub fn sandbox(folder: &Path) -> Self {
        Self::serve(folder, None, SPEED)
    }

    /// As [`Server::sandbox`], with the accounts that a configuration names.
    pub fn sandbox_of(folder: &Path, text: &str) -> Self {
        let files = folder.join("files");
        std::fs::create_dir_all(&files).expect("a folder");
        std::fs::write(files.join("main.smd"), text).expect("the configuration");
        Self::serve(&folder.join("sandbox"), Some(&files), SPEED_WITH_SESSIONS)
    }

    fn serve(folder: &Path, files: Option<&Path>, speed: &str) -> Self {
        let port = free_port();
        Self::start(
            Command::new(env!("CARGO_BIN_EXE_smd"))
                .args(["sandbox", "serve", "--speed", speed])
                .args(["--port", &port.to_string()])
                .arg("--dir")
                .arg(folder)
                .args(files),
            port,
        )
    }

    /// microburst before another server, without a rule.
    pub fn faults(upstream: &str) -> Self {
        let port = free_port();
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(
            file.path(),
            format!("upstream: {upstream}\nport: {port}\nrules: []\n"),
        )
        .expect("the rules");
        Self::start(
            Command::new(python::program("microburst"))
                .args(["--host", "127.0.0.1", "--config"])
                .arg(file.path()),
            port,
        )
    }

    /// Sends a request with a JSON body; gives the JSON of the answer.
    pub fn send(&self, method: &str, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let host = self.url.trim_start_matches("http://");
        let body = match body {
            serde_json::Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut stream = TcpStream::connect(host).expect("the server");
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn start(command: &mut Command, port: u16) -> Self {
        let child = command
            .envs(DUMMY_KEYS)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let server = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < START, "{command:?} did not answer");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
