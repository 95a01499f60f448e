//! Ctrl-C (SIGINT), SIGTERM and SIGHUP as a wish to stop: whoever stops smd, and however, what runs
//! is finished and recorded first.

use crate::apply::{Cancel, Level};
use crate::diagnostic::{Diagnostic, codes};

/// Raises `cancel` with every signal, for as long as the returned guard lives.
///
/// # Errors
/// The system refuses to tell of signals.
pub fn listen(
    cancel: &Cancel,
    heard: impl Fn(Level) + Send + 'static,
) -> Result<Listening, Diagnostic> {
    let cancel = cancel.clone();
    let mut signals = Signals::new().map_err(|error| {
        Diagnostic::error(
            codes::cli::RUNTIME,
            format!("the system does not tell of signals: {error}"),
        )
    })?;
    Ok(Listening(tokio::spawn(async move {
        while let Some(wish) = signals.next().await {
            // A terminal that closes hangs up more than once, the system and the shell each: it
            // asks to stop, and never to leave what runs.
            if wish == Wish::HangUp && cancel.level() != Level::Go {
                continue;
            }
            cancel.raise();
            heard(cancel.level());
        }
    })))
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// To stop, and asked again to leave.
    Stop,
    /// To stop.
    #[cfg_attr(not(unix), expect(dead_code, reason = "a signal of Unix systems"))]
    HangUp,
}

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listening(tokio::task::JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None`: whoever started smd (`nohup`) wants it to outlive its terminal.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if is_ignored(SignalKind::hangup().as_raw_value()) {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    /// The next one; `None` where there can be none any more.
    async fn next(&mut self) -> Option<Wish> {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            signal = self.interrupt.recv() => signal.map(|()| Wish::Stop),
            signal = self.terminate.recv() => signal.map(|()| Wish::Stop),
            signal = hang_up => signal.map(|()| Wish::HangUp),
        }
    }
}

/// Whether this process was started with the signal ignored. Where the system does not say, it
/// was not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores(&status, signal))
}

/// Whether a signal is in the set of ignored ones in a process's status (behaviour: proc(5)).
#[cfg(unix)]
fn ignores(status: &str, signal: i32) -> bool {
    let set = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    let bit = u32::try_from(signal - 1)
        .ok()
        .and_then(|at| 1_u64.checked_shl(at));
    matches!((set, bit), (Some(set), Some(bit)) if set & bit != 0)
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn the_set_of_ignored_signals() {
        for (status, signal, ignored) in [
            ("Name:\tsmd\nSigIgn:\t0000000000000001\n", 1, true),
            ("Name:\tsmd\nSigIgn:\t0000000000001000\n", 1, false),
            (
                "SigBlk:\t0000000000000001\nSigIgn:\t0000000000004000\n",
                15,
                true,
            ),
            ("Name:\tsmd\n", 1, false),
            ("SigIgn:\tffffffffffffffff\n", 0, false),
        ] {
            assert_eq!(super::ignores(status, signal), ignored, "{status}");
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<Wish> {
        tokio::signal::ctrl_c().await.ok().map(|()| Wish::Stop)
    }
}
