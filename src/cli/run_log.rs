//! The log of runs as the commands write it: a line before anything is changed, and one at the end.

use super::console::{Console, Outcome, Stopped};
use super::exit::Exit;
use super::random;
use super::recorded::Locked;
use crate::clock::Clock;
use crate::diagnostic::{Severity, Sources};
use crate::state::runs::{self, Begun, Ended, RunEvent};

/// A run that is in the log.
#[derive(Debug)]
pub struct LoggedRun {
    name: String,
}

impl LoggedRun {
    /// Writes down that a run begins.
    ///
    /// # Errors
    /// [`Stopped`], once reported: it cannot be written, and nothing shall be changed.
    pub async fn begin(
        console: &Console,
        locked: &Locked<'_>,
        plan: Option<&str>,
    ) -> Result<Self, Stopped> {
        let name = console.ok(random::name())?;
        let line = console.ok(runs::line(&RunEvent::Begun(Begun {
            run: name.clone(),
            at_ms: Clock::wall().now_ms(),
            operation: locked.operation().to_owned(),
            who: locked.who().to_owned(),
            plan: plan.map(str::to_owned),
            follows: locked.serial(),
        })))?;
        console.ok(locked.writer.log_run(line).await)?;
        Ok(Self { name })
    }

    /// Its random name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes down how it ended. Where that cannot be written it is said, and changes nothing.
    pub async fn end(
        self,
        console: &Console,
        locked: &Locked<'_>,
        outcome: Outcome,
        counts: impl IntoIterator<Item = (&'static str, usize)>,
    ) {
        let exit: Exit = outcome.unwrap_or_else(|Stopped(exit)| exit);
        let counts = counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count as u64));
        let line = runs::line(&RunEvent::Ended {
            run: self.name,
            end: Ended {
                at_ms: Clock::wall().now_ms(),
                exit: exit.code(),
                counts: counts.collect(),
                serial: locked.serial(),
            },
        });
        let written = match line {
            Ok(line) => locked.writer.log_run(line).await,
            Err(why) => Err(why),
        };
        if let Err(mut why) = written {
            why.severity = Severity::Warning;
            console.report(&Sources::default(), &[why]);
        }
    }
}
