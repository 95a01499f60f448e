//! One process of smd on a simulated machine: the commands' own code, with nobody at the terminal.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures::future::{AbortHandle, abortable};
use serde_json::Value as Json;

use super::disk::Disk;
use super::estate::STACK;
use super::script::{Fate, Point};
use super::{Sim, Store};
use crate::aws::{Aws, AwsOptions};
use crate::cli::args::{Format, InputArgs, ParallelismArgs, PlanningArgs, SandboxArgs};
use crate::cli::carrying_out::{self, Attendance, Order};
use crate::cli::console::{Console, Stopped};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Purpose};
use crate::cli::project::Project;
use crate::cli::recorded::Recorded;
use crate::cli::recovery;
use crate::render::{self, progress::Progress};
use crate::sandbox::scene;
use crate::state::locks::Locks;
use crate::state::s3::{Access, S3};
use crate::state::sealed::Keys;
use crate::state::{self, Backend, Sealed, State};

/// How many things are worked on at once.
const PARALLELISM: u16 = 10;
/// How long an answer may take, as against AWS.
const ANSWER_LIMIT_S: u64 = 60;
const BUCKET: &str = "team-states";
const KEY: &str = "sim/state.json";

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Plan,
    Apply,
    Destroy,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// What it was.
    pub command: Command,
    /// `None`: it was killed.
    pub exit: Option<Exit>,
    /// What it reported.
    pub said: Vec<Json>,
    /// Of a plan: whether there was nothing to do.
    pub empty: bool,
    /// How long it took, milliseconds of simulated time.
    pub took_ms: u64,
    /// The point that met its fate.
    pub met: Option<Point>,
    /// The points it came to, where they were asked for.
    pub points: Vec<Point>,
}

impl Ended {
    /// The errors that it reported, a line each.
    pub fn errors(&self) -> String {
        let errors = self.said.iter().filter(|one| one["severity"] == "error");
        errors
            .map(|one| format!("\n  {}", one["message"]))
            .collect()
    }

    /// What it said, in words.
    pub fn words(&self) -> String {
        let texts = self.said.iter().map(|one| {
            let notes = one["notes"].as_array().map_or(String::new(), |notes| {
                notes.iter().map(|note| format!("\n    {note}")).collect()
            });
            format!("  {}{notes}\n", one["message"])
        });
        format!("{:?}\n{}", self.exit, texts.collect::<String>())
    }
}

impl Sim {
    /// Runs a command to its end.
    pub fn run(&self, command: Command, directory: &Path) -> Ended {
        self.run_with(command, directory, None, false)
    }

    /// Runs a command to which that happens.
    pub fn run_with(
        &self,
        command: Command,
        directory: &Path,
        fate: Option<(usize, Fate)>,
        keep_points: bool,
    ) -> Ended {
        self.script.lock().unwrap().begin(fate, keep_points);
        let environment = Environment::default();
        let console = Console::new(Format::Json, true, &environment);
        let began_ms = self.clock.now_ms();
        let children = Children::default();
        let script = Arc::clone(&self.script);
        let work = carry_out(
            self,
            &console,
            &environment,
            command,
            (directory, &children),
        );
        let ended = self
            .driver
            .run_unless(work, || script.lock().unwrap().turn());
        children.end();
        let mut script = self.script.lock().unwrap();
        Ended {
            command,
            exit: ended.map(|(exit, _)| exit),
            empty: ended.is_some_and(|(_, empty)| empty),
            said: console.said(),
            took_ms: self.clock.now_ms() - began_ms,
            met: script.met(),
            points: script.points(),
        }
    }

    /// Whether a run holds the lock. A lease that could not be given back ends by itself.
    pub fn is_locked(&self) -> bool {
        if self.store == Store::Local {
            return self.files.lock().unwrap().locked;
        }
        let backend = s3(self, &Children::default());
        self.script.lock().unwrap().begin(None, false);
        let held = self.driver.run(async move { backend.holder().await });
        let lease = held.unwrap().and_then(|held| held.lease);
        lease.is_some_and(|lease| !lease.expired)
    }

    /// What is recorded, journal and all.
    pub fn recorded(&self) -> state::Loaded {
        let backend = backend(self, &Children::default());
        self.script.lock().unwrap().begin(None, false);
        self.driver
            .run(async move { state::load(&*backend, STACK).await })
            .unwrap()
    }
}

/// What goes on beside a process and ends with it.
#[derive(Clone, Default)]
struct Children(Arc<Mutex<Vec<AbortHandle>>>);

impl Children {
    fn end(&self) {
        for child in self.0.lock().unwrap().drain(..) {
            child.abort();
        }
    }
}

fn backend(sim: &Sim, children: &Children) -> Arc<dyn Backend> {
    let inner: Arc<dyn Backend> = match sim.store {
        Store::Local => Arc::new(Disk(sim.clone())),
        Store::S3 => Arc::new(s3(sim, children)),
    };
    Arc::new(Sealed::new(inner, Arc::new(Keys::default()), STACK))
}

fn s3(sim: &Sim, children: &Children) -> S3 {
    let (driver, children) = (sim.driver.clone(), children.clone());
    let clock = sim.clock.clone();
    let access = Access {
        config: s3_config(sim),
        clock: sim.clock.clone(),
        spawn: Arc::new(move |task| {
            let (task, handle) = abortable(task);
            children.0.lock().unwrap().push(handle);
            driver.spawn(async move {
                let _ = task.await;
            });
        }),
        leave: Arc::new(|_| {}),
        name: Arc::new(move || {
            let number = (u64::from(clock.random()) << 32) | u64::from(clock.random());
            Ok(format!("lock-{number:x}"))
        }),
        waiting: Arc::new(|_| {}),
        ci: None,
    };
    let place = (BUCKET, KEY, scene::REGION);
    S3::open(access, place, super::estate::folder(), STACK).unwrap()
}

fn s3_config(sim: &Sim) -> aws_types::SdkConfig {
    let keys = Credentials::new(scene::ACCOUNT, "secret", None, None, "simulator");
    scene::config(&sim.sandbox, scene::ACCOUNT, scene::REGION)
        .into_builder()
        .http_client(sim.clone())
        .stalled_stream_protection(aws_sdk_s3::config::StalledStreamProtectionConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build()
}

/// Makes the bucket of the state.
pub fn make_bucket(sim: &Sim) {
    let client = aws_sdk_s3::Client::new(&s3_config(sim));
    sim.driver.run(async move {
        let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
            .location_constraint(scene::REGION.into())
            .build();
        let call = client.create_bucket().bucket(BUCKET);
        let call = call.create_bucket_configuration(place);
        call.send().await.unwrap();
    });
}

fn nobody(_: &Console, _: &crate::apply::Cancel) -> Result<Attendance, Stopped> {
    Ok(Attendance {
        progress: Progress::silent(),
        listening: None,
    })
}

async fn carry_out(
    sim: &Sim,
    console: &Console,
    environment: &Environment,
    command: Command,
    (directory, children): (&Path, &Children),
) -> (Exit, bool) {
    match attempt(sim, console, environment, command, (directory, children)).await {
        Ok(ended) => ended,
        Err(Stopped(exit)) => (exit, false),
    }
}

async fn attempt(
    sim: &Sim,
    console: &Console,
    environment: &Environment,
    command: Command,
    (directory, children): (&Path, &Children),
) -> Result<(Exit, bool), Stopped> {
    let planning = PlanningArgs {
        inputs: InputArgs::default(),
        target: Vec::new(),
        exclude: Vec::new(),
        replace: Vec::new(),
        consent: sim.consents.lock().unwrap().clone(),
        refresh: true,
        parallelism: ParallelismArgs {
            parallelism: PARALLELISM,
        },
        sandbox: SandboxArgs::default(),
    };
    let project = Project::open(console, environment, directory, &planning.inputs)?;
    // Thousands of these are opened by one process.
    let mut project = ManuallyDrop::into_inner(project);
    let backend = backend(sim, children);
    let aws = Aws::new(AwsOptions {
        limit: Some(std::time::Duration::from_secs(ANSWER_LIMIT_S)),
        ..AwsOptions::sandbox(SharedHttpClient::new(sim.clone()), sim.clock.clone())
    });
    let loaded = console.ok(state::load(&*backend, STACK).await)?;
    let recorded = Recorded {
        backend,
        keys: Arc::new(Keys::default()),
        aws: Some(aws),
        state: loaded.state,
        broken_off: loaded.broken_off,
        sandbox: None,
        stack: STACK.to_owned(),
    };
    let purpose = match command {
        Command::Plan => {
            return look(console, environment, &mut project, &recorded, &planning).await;
        }
        Command::Apply => Purpose::Apply,
        Command::Destroy => Purpose::Destroy,
    };
    let order = Order {
        check_rights: true,
        command: "apply",
        directory,
        planning: &planning,
        auto_approve: true,
        purpose,
        on_error: *sim.on_error.lock().unwrap(),
    };
    let opened = (&mut project, &recorded);
    let exit = carrying_out::on_record(console, environment, opened, &order, &nobody).await?;
    Ok((exit, false))
}

/// As `smd plan` does it.
async fn look(
    console: &Console,
    environment: &Environment,
    project: &mut Project,
    recorded: &Recorded,
    args: &PlanningArgs,
) -> Result<(Exit, bool), Stopped> {
    let aws = planning::connect(console, project, recorded, true).await?;
    let sources = &project.loaded.sources;
    let parallelism = usize::from(PARALLELISM);
    let looked =
        recovery::settle_to_look(console, environment, sources, recorded, &aws, parallelism);
    let state: Option<State> = looked.await?;
    let state = state.as_ref();
    let plan = planning::make(console, project, state, &aws, args, Purpose::Look).await?;
    let is_empty = plan.is_empty() && !plan.has_record_changes();
    if !is_empty {
        let text = render::plan_text(&plan, render::TextOptions { color: false });
        let noted = plan.steps.iter().filter(|step| step.record_changes);
        let noted: Vec<_> = noted.map(|step| step.address.as_str()).collect();
        println!("{text}to be noted: {noted:?}");
    }
    Ok((Exit::Done, is_empty))
}
