//! Servers on the loopback that end with the test.

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
        let port = free_port();
        Self::start(
            Command::new(env!("CARGO_BIN_EXE_smd"))
                .args([
                    "sandbox",
                    "serve",
                    "--port",
                    &port.to_string(),
                    "--speed",
                    SPEED,
                ])
                .arg("--dir")
                .arg(folder),
            port,
        )
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
