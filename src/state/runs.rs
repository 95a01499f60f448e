//! The log of runs: who did what and when, and how it ended. One line of JSON for the begin and one
//! for the end of each run that writes; it names no values, so nothing secret can be in it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, codes};

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// A run begins.
    Begun(Begun),
    /// A run has ended.
    Ended {
        /// Which.
        run: String,
        /// How.
        #[serde(flatten)]
        end: Ended,
    },
}

/// The begin of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Its random name.
    pub run: String,
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// The command: `apply`, `state rm`.
    pub operation: String,
    /// Who: `user@host`.
    pub who: String,
    /// The digest of the plan that is carried out, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The serial of the state that it found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// The exit code of its command.
    pub exit: u8,
    /// How many things by what came of them: `created`, `failed`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
    /// The serial of the state that it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
}

/// A run as the log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How it began.
    pub begun: Begun,
    /// How it ended; `None`: it was broken off, or is still at work.
    pub ended: Option<Ended>,
}

/// A line of the log, its end included.
///
/// # Errors
/// It cannot be written as JSON: a defect.
pub fn line(event: &RunEvent) -> Result<Vec<u8>, Diagnostic> {
    let mut line = serde_json::to_vec(event).map_err(|error| {
        Diagnostic::error(
            codes::state::INTERNAL,
            format!("a line of the log of runs cannot be written: {error}"),
        )
    })?;
    line.push(b'\n');
    Ok(line)
}

/// The runs of a log, oldest first. A line that is no event, such as one torn by a crash, is passed
/// over: the log tells what happened, nothing is decided by it.
#[must_use]
pub fn read(bytes: &[u8]) -> Vec<Run> {
    let mut runs: IndexMap<String, Run> = IndexMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(RunEvent::Begun(begun)) => {
                runs.entry(begun.run.clone())
                    .or_insert(Run { begun, ended: None });
            }
            Ok(RunEvent::Ended { run, end }) => {
                if let Some(run) = runs.get_mut(&run) {
                    run.ended = Some(end);
                }
            }
            Err(_) => {}
        }
    }
    runs.into_values().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn begun(run: &str) -> Begun {
        Begun {
            run: run.to_owned(),
            at_ms: 1,
            operation: "apply".to_owned(),
            who: "me@here".to_owned(),
            plan: Some("d".to_owned()),
            follows: None,
        }
    }

    fn ended() -> Ended {
        Ended {
            at_ms: 2,
            exit: 0,
            counts: BTreeMap::from([("created".to_owned(), 3)]),
            serial: Some(1),
        }
    }

    #[test]
    fn what_is_written_is_read_and_torn_lines_are_passed_over() {
        let mut log = line(&RunEvent::Begun(begun("a"))).unwrap();
        let end = line(&RunEvent::Ended {
            run: "a".to_owned(),
            end: ended(),
        })
        .unwrap();
        log.extend(end.get(..20).unwrap());
        log.push(b'\n');
        log.extend(line(&RunEvent::Begun(begun("b"))).unwrap());
        log.extend(
            line(&RunEvent::Ended {
                run: "b".to_owned(),
                end: ended(),
            })
            .unwrap(),
        );
        let read = read(&log);
        assert_eq!(
            read,
            [
                Run {
                    begun: begun("a"),
                    ended: None
                },
                Run {
                    begun: begun("b"),
                    ended: Some(ended())
                },
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_log_are_no_runs() {
        for bytes in [
            &b""[..],
            b"\n\n",
            b"[[[[",
            b"{\"event\":\"begun\"}\n",
            b"\xff\xfe",
        ] {
            assert_eq!(read(bytes), []);
        }
    }
}
