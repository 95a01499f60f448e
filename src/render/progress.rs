//! Progress of a run: drawn live on a terminal, plain lines elsewhere.
//!
//! A line tells each start and end; live, the lines of what has ended scroll by and below them
//! stands what runs, since when, and what the rest waits for.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::apply::{Doing, Event, Observer};
use crate::clock::Clock;
use crate::plan::{Action, Half};

/// Time between two pictures of a live line.
const TICK: Duration = Duration::from_millis(120);
/// What a live line of a running task shows.
const RUNNING: &str = "{spinner} {prefix} {elapsed}{msg}";
/// What the last live line shows.
const OVERALL: &str = "  {pos}/{len} done{msg}";
const MS_PER_SECOND: u64 = 1000;
const MS_PER_TENTH: u64 = 100;
const SECONDS_PER_MINUTE: u64 = 60;

/// Shows what happens during a run. Cloning gives the same display.
#[derive(Clone)]
pub struct Progress(Arc<Mutex<Display>>);

struct Display {
    form: Form,
    clock: Clock,
    /// When each running task was started, in milliseconds of the clock.
    started: BTreeMap<usize, u64>,
    /// What each running task last said it waits for.
    said: BTreeMap<usize, String>,
}

enum Form {
    Silent,
    Lines(Box<dyn Write + Send>),
    Live {
        all: MultiProgress,
        overall: ProgressBar,
        bars: BTreeMap<usize, ProgressBar>,
    },
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}

impl Progress {
    /// Shows nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(Form::Silent, Clock::wall())
    }

    /// One line for each start and end. Times are the clock's.
    #[must_use]
    pub fn lines(clock: Clock, out: Box<dyn Write + Send>) -> Self {
        Self::new(Form::Lines(out), clock)
    }

    /// Draws on that terminal. Times are the clock's.
    #[must_use]
    pub fn live(clock: Clock, target: ProgressDrawTarget) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let overall = all.add(ProgressBar::new(0).with_style(style(OVERALL)));
        Self::new(
            Form::Live {
                all,
                overall,
                bars: BTreeMap::new(),
            },
            clock,
        )
    }

    fn new(form: Form, clock: Clock) -> Self {
        Self(Arc::new(Mutex::new(Display {
            form,
            clock,
            started: BTreeMap::new(),
            said: BTreeMap::new(),
        })))
    }

    /// Shows a line.
    pub fn say(&self, line: &str) {
        self.display(|display| display.line(line));
    }

    /// Takes what is drawn live off the screen; lines stay.
    pub fn finish(&self) {
        self.display(|display| {
            if let Form::Live { all, overall, bars } = &mut display.form {
                bars.clear();
                overall.finish_and_clear();
                // Only a terminal that is gone refuses; then nobody sees the rest either.
                let _ = all.clear();
            }
        });
    }

    fn display(&self, work: impl FnOnce(&mut Display)) {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Observer for Progress {
    fn event(&self, event: Event<'_>) {
        self.display(|display| display.event(event));
    }
}

impl Display {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Checking { count } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.set_message(format!(" · reading {count} again"));
                }
            }
            Event::Begun { tasks } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.set_message("");
                    overall.set_length(tasks as u64);
                }
            }
            Event::RollingBack { count } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.set_length(count as u64);
                    overall.set_position(0);
                }
                // The numbers of tasks begin anew.
                self.said.clear();
                let things = if count == 1 { "thing" } else { "things" };
                self.line(&format!("rolling back {count} {things} that this run made"));
            }
            Event::Started(doing) => self.start(doing),
            Event::Progress { doing, text } => self.progress(doing, text),
            Event::Done { doing, id } => {
                let took = self.end(doing);
                let id = id.map(|id| format!(" {id}")).unwrap_or_default();
                let verb = match doing.step.action {
                    Action::Ensure => "ensured",
                    _ => verbs(doing.half).1,
                };
                self.line(&format!("{verb} {}{id} ({took})", doing.step.address));
            }
            Event::Pending { doing, why } => {
                let took = self.end(doing);
                self.line(&format!("pending {}: {why} ({took})", doing.step.address));
            }
            // Why is told once, at the end.
            Event::Failed { doing, .. } => {
                let took = self.end(doing);
                self.line(&format!("failed {} ({took})", doing.step.address));
            }
            Event::Skipped { doing, because } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.inc(1);
                }
                self.line(&format!(
                    "skipped {} (because of {because})",
                    doing.step.address
                ));
            }
            Event::Waiting { count, longest } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.set_message(match longest {
                        Some(longest) if count > 0 => {
                            format!(" · waiting: {count} (for {longest})")
                        }
                        _ => String::new(),
                    });
                }
            }
            Event::Stopping { running } => {
                if let Form::Live { overall, .. } = &self.form {
                    overall.set_message(format!(" · stopping, {running} still running"));
                }
            }
        }
    }

    fn start(&mut self, doing: Doing<'_>) {
        self.started.insert(doing.task, self.clock.now_ms());
        let verb = match doing.step.action {
            Action::Ensure => "ensuring",
            _ => verbs(doing.half).0,
        };
        let text = format!("{verb} {}", doing.step.address);
        match &mut self.form {
            Form::Live { all, overall, bars } => {
                let bar = all.insert_before(
                    overall,
                    ProgressBar::new_spinner()
                        .with_style(style(RUNNING))
                        .with_prefix(text),
                );
                bar.enable_steady_tick(TICK);
                bars.insert(doing.task, bar);
            }
            Form::Lines(_) => self.line(&format!("{text} …")),
            Form::Silent => {}
        }
    }

    fn progress(&mut self, doing: Doing<'_>, text: &str) {
        if self.said.get(&doing.task).is_some_and(|said| said == text) {
            return;
        }
        self.said.insert(doing.task, text.to_owned());
        match &self.form {
            Form::Live { bars, .. } => {
                if let Some(bar) = bars.get(&doing.task) {
                    bar.set_message(format!(" · {text}"));
                }
            }
            Form::Lines(_) => self.line(&format!("{}: {text}", doing.step.address)),
            Form::Silent => {}
        }
    }

    /// Takes a task off the display and says how long it took.
    fn end(&mut self, doing: Doing<'_>) -> String {
        self.said.remove(&doing.task);
        if let Form::Live { overall, bars, .. } = &mut self.form {
            if let Some(bar) = bars.remove(&doing.task) {
                bar.finish_and_clear();
            }
            overall.inc(1);
        }
        let now = self.clock.now_ms();
        duration(now.saturating_sub(self.started.remove(&doing.task).unwrap_or(now)))
    }

    fn line(&mut self, text: &str) {
        match &mut self.form {
            Form::Silent => {}
            // A stderr that is gone has nobody left to be told.
            Form::Lines(out) => {
                // One write, so that lines of two runs do not mix.
                let _ = out.write_all(format!("{text}\n").as_bytes());
            }
            Form::Live { all, .. } => {
                let _ = all.println(text);
            }
        }
    }
}

/// A style; the templates of this file are sound, so the fallback is never seen.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// What is being done and what was done, in a word each.
fn verbs(half: Half) -> (&'static str, &'static str) {
    match half {
        Half::Create => ("creating", "created"),
        Half::Update => ("changing", "changed"),
        Half::Delete => ("deleting", "deleted"),
        Half::Forget => ("forgetting", "forgotten"),
    }
}

/// `0.1s`, `12.3s`, `3m12s`.
fn duration(ms: u64) -> String {
    let seconds = ms / MS_PER_SECOND;
    if seconds < SECONDS_PER_MINUTE {
        format!("{seconds}.{}s", ms % MS_PER_SECOND / MS_PER_TENTH)
    } else {
        format!(
            "{}m{:02}s",
            seconds / SECONDS_PER_MINUTE,
            seconds % SECONDS_PER_MINUTE
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_tell_starts_and_ends() {
        let buffer = Buffer::default();
        let clock = Clock::instant(SystemTime::UNIX_EPOCH);
        let progress = Progress::lines(clock.clone(), Box::new(buffer.clone()));
        let step: crate::plan::Step = serde_json::from_value(serde_json::json!({
            "address": "vpc.a", "kind": "vpc", "action": "create", "reasons": [], "depends_on": [],
            "place": { "account": "111122223333", "region": "eu-west-1" },
        }))
        .unwrap();
        let doing = Doing {
            task: 0,
            step: &step,
            half: Half::Create,
        };
        progress.event(Event::Started(doing));
        for _ in 0..2 {
            progress.event(Event::Progress {
                doing,
                text: "pending",
            });
        }
        drop(clock.sleep(Duration::from_millis(64_250)));
        progress.event(Event::Done {
            doing,
            id: Some("vpc-1"),
        });
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        insta::assert_snapshot!(text, @r"
        creating vpc.a …
        vpc.a: pending
        created vpc.a vpc-1 (1m04s)
        ");
    }

    #[test]
    fn durations() {
        for (ms, text) in [
            (0, "0.0s"),
            (149, "0.1s"),
            (59_999, "59.9s"),
            (60_000, "1m00s"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }
}
