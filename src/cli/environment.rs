//! What smd takes from its environment, beside what AWS's own configuration names
//! ([`super::aws_environment`]).

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Names an input: `SMD_VAR_region`.
const VARIABLE_PREFIX: &str = "SMD_VAR_";
/// Names the sandbox: a folder, or one of these words for the usual one.
const SANDBOX: &str = "SMD_SANDBOX";
/// Whether what takes time on AWS takes time in the sandbox.
const SANDBOX_WAITS: &str = "SMD_SANDBOX_WAITS";
const YES: [&str; 3] = ["1", "true", "yes"];
const NO: [&str; 4] = ["", "0", "false", "no"];

/// Whether what takes time on AWS takes time in the sandbox, on its fast clock: `SMD_SANDBOX_WAITS=no`
/// makes it answer at once, for measurements.
#[must_use]
pub fn sandbox_waits() -> bool {
    let said = std::env::var(SANDBOX_WAITS).unwrap_or_default();
    said.is_empty() || !NO.contains(&said.as_str())
}

/// The environment of this process.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `SMD_VAR_name` by name.
    pub variables: BTreeMap<String, String>,
    /// `SMD_SANDBOX`: an empty path is the usual folder.
    pub sandbox: Option<PathBuf>,
    /// Where the log of this run is, if a CI system runs it.
    pub ci: Option<String>,
    /// Whether colours are unwelcome (`NO_COLOR`, or a dumb terminal).
    pub no_color: bool,
    /// Whether someone can answer a question.
    pub stdin_terminal: bool,
    /// Whether stdout is a terminal.
    pub stdout_terminal: bool,
    /// Whether stderr is a terminal that can be drawn on.
    pub stderr_terminal: bool,
}

impl Environment {
    /// Reads it.
    #[must_use]
    pub fn read() -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            variables: std::env::vars_os()
                .filter_map(|(name, value)| {
                    let name = name.to_str()?.strip_prefix(VARIABLE_PREFIX)?.to_owned();
                    Some((name, value.into_string().ok()?))
                })
                .collect(),
            sandbox: std::env::var_os(SANDBOX).and_then(|value| match value.to_str() {
                Some(word) if NO.contains(&word) => None,
                Some(word) if YES.contains(&word) => Some(PathBuf::new()),
                _ => Some(PathBuf::from(value)),
            }),
            ci: ci_url(),
            no_color: dumb || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            stdin_terminal: std::io::stdin().is_terminal(),
            stdout_terminal: std::io::stdout().is_terminal(),
            stderr_terminal: std::io::stderr().is_terminal() && !dumb,
        }
    }

    /// Who runs smd, for the state's lock: `user@host`.
    #[must_use]
    pub fn who(&self) -> String {
        let of = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|value| !value.is_empty())
        };
        let host = of(&["HOSTNAME", "COMPUTERNAME"]).or_else(|| {
            std::fs::read_to_string("/proc/sys/kernel/hostname")
                .ok()
                .map(|name| name.trim().to_owned())
        });
        let user = of(&["USER", "LOGNAME", "USERNAME"]);
        match (user, host) {
            (Some(user), Some(host)) => format!("{user}@{host}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => "someone".to_owned(),
        }
    }
}

/// The address of a CI run's log, by the variables that the systems set for it.
fn ci_url() -> Option<String> {
    let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // GitHub Actions says it in three parts.
    if let (Some(server), Some(repository), Some(run)) = (
        read("GITHUB_SERVER_URL"),
        read("GITHUB_REPOSITORY"),
        read("GITHUB_RUN_ID"),
    ) {
        return Some(format!("{server}/{repository}/actions/runs/{run}"));
    }
    // GitLab, Jenkins, Buildkite, CircleCI.
    let names = [
        "CI_JOB_URL",
        "BUILD_URL",
        "BUILDKITE_BUILD_URL",
        "CIRCLE_BUILD_URL",
    ];
    names.iter().find_map(|name| read(name))
}
