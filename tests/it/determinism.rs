//! Same inputs, same bytes: the statements of a configuration in any order, in any number of files of
//! any names, planned by the real program, give one plan. Each process has hash seeds of its own, and
//! some have one thread or two.
//!
//! `cargo test` shuffles a few times. The long form, with what came of it at the end:
//!
//! ```sh
//! SMD_SHUFFLES=1000 cargo test --test it determinism -- --nocapture
//! ```
//!
//! `SMD_SHUFFLES_SEED` starts the random numbers elsewhere; a violation tells its seed.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use smd::diagnostic::{FileId, Span};
use smd::syntax;

use super::examples::example;
use super::random::{Random, number};
use super::smd::Project;

/// Shuffles of each configuration, unless `SMD_SHUFFLES` says otherwise for all together.
const FEW: u64 = 6;
/// The most files that the statements are dealt to.
const MOST_FILES: u64 = 9;
/// How many threads a plan may use; 0: as many as there are cores.
const THREADS: [u64; 3] = [0, 1, 2];

/// An example and the changes after which its plan has every kind of step.
struct Case {
    name: &'static str,
    /// File, text before, text after.
    edits: &'static [(&'static str, &'static str, &'static str)],
    /// What the plan of the changed files must have in it.
    actions: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "lines-of-business",
        edits: &[
            ("main.smd", "[\"ana\", \"ben\"]", "[\"ana\", \"dora\"]"),
            ("main.smd", "\"logs:PutLogEvents\"]", "\"logs:Put*\"]"),
            ("network.smd", "Studio apps of", "Apps of"),
        ],
        actions: &["create", "update", "replace", "delete", "unchanged"],
    },
    Case {
        name: "emr-cross-account",
        edits: &[
            ("emr.smd", "ports = 8998", "ports = 8999"),
            ("emr.smd", "EMR primary node\"", "Primary node of EMR\""),
            (
                "main.smd",
                "dns_resolution = true",
                "dns_resolution = false",
            ),
            (
                "studio.smd",
                "user_profile engineer",
                "user_profile analyst",
            ),
        ],
        actions: &["update", "replace", "unchanged"],
    },
];

/// The text of each statement.
fn statements(project: &Project) -> Vec<String> {
    let mut names: Vec<String> = smd_files(project);
    names.sort();
    names
        .iter()
        .flat_map(|name| {
            let text = fs::read_to_string(project.file(name)).unwrap();
            let (file, errors) = syntax::parse(FileId(0), &text);
            assert!(errors.is_empty(), "{errors:?}");
            let cut = |span: Span| {
                let range = span.start as usize..span.end as usize;
                text.get(range).unwrap().to_owned()
            };
            let statements = file.statements.iter();
            statements.map(|one| cut(one.span)).collect::<Vec<_>>()
        })
        .collect()
}

fn smd_files(project: &Project) -> Vec<String> {
    fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".smd") && !name.starts_with('.'))
        .collect()
}

/// Deals the statements in random order to files of random names, in place of those that are there.
fn deal(project: &Project, statements: &[String], random: &mut Random) {
    for name in smd_files(project) {
        fs::remove_file(project.file(&name)).unwrap();
    }
    let mut order: Vec<&String> = statements.iter().collect();
    for at in (1..order.len()).rev() {
        let other = random.below(at as u64 + 1);
        order.swap(at, usize::try_from(other).unwrap());
    }
    let files: Vec<String> = (0..=random.below(MOST_FILES))
        .map(|_| format!("{:08x}.smd", random.below(1 << 32)))
        .collect();
    let mut texts = vec![String::new(); files.len()];
    for statement in order {
        let file = usize::try_from(random.below(files.len() as u64)).unwrap();
        texts[file].push_str(statement);
        texts[file].push_str("\n\n");
    }
    for (name, text) in files.iter().zip(texts) {
        project.write(name, text);
    }
}

/// The plan's bytes: its JSON document, and the text that people read.
fn plan(project: &Project, threads: u64) -> [String; 2] {
    ["json", "text"].map(|format| {
        let mut command = project.command(&["plan", "--sandbox", "--format", format]);
        if threads > 0 {
            command.env("RAYON_NUM_THREADS", threads.to_string());
        }
        project.run(command).exits(0).stdout
    })
}

/// What the shuffles of one configuration gave.
#[derive(Default)]
struct Tally {
    plans: AtomicU64,
    statements: AtomicU64,
    violations: Mutex<Vec<String>>,
}

/// Plans the project as it is, then dealt anew as often as was asked for.
fn shuffle(project: &Project, actions: &[&str], (seed, count): (u64, u64), tally: &Tally) {
    let wanted = plan(project, 0);
    let document: serde_json::Value = serde_json::from_str(&wanted[0]).unwrap();
    let steps = document["steps"].as_array().unwrap();
    let found: BTreeSet<&str> = steps
        .iter()
        .map(|step| step["action"].as_str().unwrap())
        .collect();
    for action in actions {
        assert!(found.contains(action), "no {action} among {found:?}");
    }
    let statements = statements(project);
    tally
        .statements
        .fetch_add(statements.len() as u64, Ordering::Relaxed);
    for turn in 0..count {
        let seed = seed + turn;
        let mut random = Random(seed);
        deal(project, &statements, &mut random);
        let threads = THREADS[usize::try_from(turn).unwrap() % THREADS.len()];
        if plan(project, threads) != wanted {
            let text = format!("seed {seed} with {threads} threads gives another plan");
            tally.violations.lock().unwrap().push(text);
        }
        tally.plans.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn shuffled_files_give_the_same_plan() {
    // Each case is planned twice: all to be made, and with changes after an apply.
    let parts = CASES.len() as u64 * 2;
    let count = number("SMD_SHUFFLES", FEW * parts).div_ceil(parts);
    let seed = number("SMD_SHUFFLES_SEED", 1);
    let tally = Tally::default();
    thread::scope(|scope| {
        for (case, number) in CASES.iter().zip(0..) {
            let tally = &tally;
            scope.spawn(move || {
                let seed = seed + number * 2 * count;
                shuffle(&example(case.name), &["create"], (seed, count), tally);
                let project = example(case.name);
                project.sandboxed(&["apply", "-y"]).exits(0);
                for (file, from, to) in case.edits {
                    project.edit(file, from, to);
                }
                shuffle(&project, case.actions, (seed + count, count), tally);
            });
        }
    });
    let violations = tally.violations.into_inner().unwrap();
    println!(
        "{} shuffles of {} statements, each planned twice, JSON and text; {} violations",
        tally.plans.into_inner(),
        tally.statements.into_inner(),
        violations.len()
    );
    assert!(violations.is_empty(), "{violations:#?}");
}
