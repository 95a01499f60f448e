//! Ctrl-C and SIGTERM as a wish to stop.

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
        while signals.next().await {
            cancel.raise();
            heard(cancel.level());
        }
    })))
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
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> bool {
        tokio::select! {
            signal = self.interrupt.recv() => signal.is_some(),
            signal = self.terminate.recv() => signal.is_some(),
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

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
