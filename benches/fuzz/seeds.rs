//! What inputs are made from: the examples, and a plan, a state and a journal of theirs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use smd::address::Address;
use smd::config::{self, Configuration, EvaluateOptions};
use smd::graph::Graph;
use smd::plan::{self, Action, AttributeChange, Plan, PlanInput, PlanOptions};
use smd::state::journal::{Entry, FORMAT_VERSION, Head};
use smd::state::sealed::Purpose;
use smd::state::{Change, Intent, Open, OpenCall, Outcome, Record, State, Work};
use smd::value::Value;

use crate::signed::{self, SEPARATOR};

/// The stack of all seeds.
pub const STACK: &str = "quickstart";

/// The root of the package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the language that the package has: the examples, and the page with most of it.
pub fn language() -> Vec<Vec<u8>> {
    let mut paths = vec![
        root().join("src/syntax/tests/page.smd"),
        root().join("src/config/tests/language.smd"),
    ];
    for example in folder(&root().join("examples")) {
        paths.extend(folder(&example));
    }
    let mut texts: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| std::fs::read(path).expect("a file"))
        .collect();
    // Statements alone: there damage hits something more often, and more of it stays sound.
    let small: Vec<Vec<u8>> = texts
        .iter()
        .flat_map(|text| {
            String::from_utf8_lossy(text)
                .split("\n\n")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(String::into_bytes)
        .collect();
    texts.extend(small);
    texts
}

/// What is in a folder, in order of names.
pub fn folder(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

fn configuration() -> (Configuration, Plan) {
    let directory = root().join("examples/quickstart");
    let (mut loaded, _) = config::load(&directory, Path::new("."));
    let options = EvaluateOptions {
        directory,
        ..EvaluateOptions::default()
    };
    let (configuration, found) = config::evaluate(&mut loaded, &options);
    assert!(!smd::diagnostic::has_errors(&found), "{found:?}");
    let graph = Graph::build(&configuration, &loaded.sources).expect("no cycle");
    let (mut plan, _) = plan::make(&PlanInput {
        imported: &std::collections::BTreeMap::new(),
        configuration: &configuration,
        graph: &graph,
        state: None,
        actual: &BTreeMap::new(),
        kinds: smd::kinds::registry(),
        file_digests: plan::file_digests(&loaded.sources),
        options: PlanOptions::default(),
    })
    .expect("a plan");
    // Something of every form of a step, so that damage can reach it.
    if let Some(step) = plan.steps.first_mut() {
        step.action = Action::Replace;
        step.before.clone_from(&step.after);
        step.id = Some("vpc-1".to_owned());
        step.loses = Some("all of it".to_owned());
        step.risks.push("it may hurt".to_owned());
        step.moved_from = Some(Address::from_text("vpc.before"));
        step.sensitive
            .insert("tags.secret".to_owned(), "ab".repeat(32));
        step.changes.push(AttributeChange {
            path: "cidr".to_owned(),
            before: Value::string("10.0.0.0/16"),
            after: Value::int(1),
            sensitive: false,
            replaces: Some("no call changes it".to_owned()),
            note: None,
        });
    }
    (configuration, plan)
}

/// Plan files: a small one and a whole one.
pub fn plans() -> Vec<Vec<u8>> {
    let (_, whole) = configuration();
    let mut small = whole.clone();
    small.steps.truncate(3);
    small.tasks.retain(|task| task.step < 3);
    small.tasks.iter_mut().for_each(|task| task.after.clear());
    [small, whole]
        .iter()
        .map(|plan| plan::write(plan).expect("a plan file"))
        .collect()
}

fn records() -> Vec<(Address, Record)> {
    let (configuration, _) = configuration();
    configuration
        .nodes
        .values()
        .map(|node| {
            let record = Record {
                kind: node.kind.to_owned(),
                parent: node.parent.clone(),
                place: node.place.clone(),
                id: "id-1".to_owned(),
                written: node.attributes.clone(),
                digests: BTreeMap::from([("secret".to_owned(), "ab".repeat(32))]),
                attributes: node.attributes.clone(),
                depends_on: node.edges.iter().map(|edge| edge.to.clone()).collect(),
                protect: false,
                generation: 1,
                unfinished: false,
                touched_ms: 1,
            };
            (node.address.clone(), record)
        })
        .collect()
}

fn create(address: &Address, record: &Record) -> Intent {
    Intent {
        address: address.clone(),
        work: Work::Create {
            draft: Box::new(record.clone()),
            marks: BTreeMap::from([("smd:key".to_owned(), "k".to_owned())]),
            replaces: Some((Address::from_text("vpc.old"), Box::new(record.clone()))),
        },
    }
}

/// The state that the journals continue.
pub fn state(records: usize) -> State {
    let mut state = State::new(STACK, "lineage".to_owned());
    state.serial = 3;
    let all = self::records();
    let open = all.first().map(|(address, record)| Open {
        intent: create(address, record),
        calls: vec![OpenCall {
            number: 0,
            operation: "ec2:CreateVpc".to_owned(),
            begun_ms: 1,
            outcome: Some(Outcome::Lost),
        }],
        uncertain: Some("the look-up failed".to_owned()),
    });
    state.open.extend(open);
    state.records.extend(all.into_iter().take(records));
    state
        .outputs
        .insert("id".to_owned(), Value::string("vpc-1"));
    state
}

/// States: an empty one, a small one and a whole one.
pub fn states() -> Vec<Vec<u8>> {
    [0, 2, usize::MAX]
        .into_iter()
        .map(|records| {
            smd::state::encode(&state(records))
                .expect("a state")
                .into_bytes()
        })
        .collect()
}

/// Journals, not signed yet: a short one and one with an entry for everything.
pub fn journals() -> Vec<Vec<u8>> {
    let head = |follows| {
        Entry::Head(Head {
            format_version: FORMAT_VERSION,
            stack: STACK.to_owned(),
            lineage: "lineage".to_owned(),
            follows,
            run: "run".to_owned(),
            operation: "apply".to_owned(),
            who: "me@here".to_owned(),
            began_ms: 0,
            plan: String::new(),
        })
    };
    let mut long = vec![head(Some(3))];
    for (number, (address, record)) in (0..).zip(records()) {
        long.push(Entry::Intent {
            number,
            intent: create(&address, &record),
        });
        long.push(Entry::Begun {
            call: number,
            intent: number,
            operation: "ec2:CreateVpc".to_owned(),
            digest: "ab".repeat(32),
            key: Some("key".to_owned()),
            at_ms: 1,
        });
        if number == 2 {
            break;
        }
        long.push(Entry::Ended {
            call: number,
            outcome: Outcome::Done,
        });
        long.push(Entry::Change(Change::Put(
            address.clone(),
            Box::new(record),
        )));
        let other = Address::from_text("vpc.other");
        long.push(Entry::Change(Change::SetAside(
            address.clone(),
            other.clone(),
        )));
        long.push(Entry::Change(Change::Rename(vec![(
            other.clone(),
            address,
        )])));
        long.push(Entry::Change(Change::Remove(other)));
        long.push(Entry::Settled { intent: number });
    }
    let outputs = BTreeMap::from([("id".to_owned(), Value::int(1))]);
    let short = vec![head(None), Entry::Change(Change::Outputs(outputs))];
    [short, long].iter().map(|entries| lines(entries)).collect()
}

fn lines(entries: &[Entry]) -> Vec<u8> {
    let lines = entries.iter().enumerate().map(|(number, entry)| {
        let json = serde_json::to_string(entry).expect("an entry");
        format!("{number} {} - {json}\n", number.div_ceil(3))
    });
    lines.collect::<String>().into_bytes()
}

/// Sealed files of each purpose, not sealed yet: a first line, then the texts of the frames.
pub fn sealed() -> Vec<Vec<u8>> {
    let kms =
        r#"{"kms":{"key":"arn:aws:kms:eu-west-1:111122223333:key/a","encrypted_key":"AAAA"}}"#;
    let passphrase = r#"{"passphrase":{"argon2id":{"memory_kib":8,"passes":1,"lanes":1},"salt":"AAAAAAAAAAAAAAAAAAAAAA==","wrapped_key":"AAAA"}}"#;
    let mut dice = crate::dice::Dice::new(0, 0, 0);
    let journal = signed::journal(&journals()[0], &mut dice);
    let halves = journal.len() / 2;
    let frames = [&journal[..halves], &[SEPARATOR], &journal[halves..]].concat();
    [
        (Purpose::State, kms, states().swap_remove(0)),
        (Purpose::Plan, kms, plans().swap_remove(0)),
        (Purpose::Journal, kms, frames),
        (Purpose::State, passphrase, b"{}".to_vec()),
    ]
    .into_iter()
    .map(|(purpose, key, text)| {
        let first = format!(
            r#"{{"smd_sealed":1,"purpose":"{}","stack":"{STACK}","file":"{}","key":{key}}}"#,
            purpose.word(),
            "ab".repeat(16)
        );
        [first.as_bytes(), b"\n", &text].concat()
    })
    .collect()
}
