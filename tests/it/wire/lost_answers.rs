//! Each mutating operation once carried out with its answer lost, by a proxy before moto: smd ends
//! well or its next run does, and nothing is there twice.
//!
//! `cargo test` loses the first answer of every operation, all in one life of the estate. The long
//! form loses one answer in a life of its own, for every operation its first, and its last:
//!
//! ```sh
//! SMD_LOST=all cargo test --test it wire::lost_answers -- --nocapture
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::estate::{self, Ended, Estate, Looker};
use super::server::Server;

/// First words of operations that change nothing.
const READING: [&str; 4] = ["Describe", "Get", "List", "Assume"];
/// So many runs may end with a lost answer, one after the other, before one ends well: no
/// operation loses more than one.
const RUNS: usize = 60;
/// More events than any life has.
const FIRED: &str = "/_microburst/fired?limit=100000";
const RULES: &str = "/_microburst/rules";

const APPLY: &[&str] = &["apply", "--auto-approve"];
const DESTROY: &[&str] = &["destroy", "--auto-approve"];
const PLAN: &[&str] = &["plan", "--detailed-exitcode"];

/// Service and operation.
type Operation = (String, String);

/// moto behind the proxy, seen beside it.
struct Scene {
    proxy: Server,
    looker: Looker,
    empty: String,
    _moto: Server,
}

impl Scene {
    fn new() -> Self {
        let moto = Server::moto();
        let mut looker = Looker::new(&moto.url);
        Self {
            proxy: Server::faults(&moto.url),
            empty: looker.shape(),
            looker,
            _moto: moto,
        }
    }

    /// Loses the answer of the call number `skip` (from 0) of each of these operations.
    fn lose(&self, operations: &[(&Operation, usize)]) {
        let mut rules: Vec<Value> = Vec::new();
        for ((service, operation), skip) in operations {
            let rule = |times: usize, what: Value| {
                let mut rule =
                    json!({ "service": service, "operation": operation, "times": times });
                rule.as_object_mut()
                    .unwrap()
                    .extend(what.as_object().unwrap().clone());
                rule
            };
            if *skip > 0 {
                rules.push(rule(*skip, json!({ "latency": 0 })));
            }
            rules.push(rule(1, json!({ "response": { "abort_bytes": 0 } })));
        }
        // Lets everything through, and notes it.
        rules.push(json!({ "latency": 0 }));
        self.proxy.send("POST", RULES, &json!(rules));
        self.proxy.send("DELETE", FIRED, &json!(null));
    }

    /// How often each mutating operation passed or was lost since [`Scene::lose`].
    fn passed(&self) -> (BTreeMap<Operation, usize>, BTreeSet<Operation>) {
        let (mut calls, mut lost) = (BTreeMap::new(), BTreeSet::new());
        let events = self.proxy.send("GET", FIRED, &json!(null));
        for event in events.as_array().expect("events") {
            let word = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            let operation = (word("service"), word("operation"));
            if READING
                .iter()
                .any(|reading| operation.1.starts_with(reading))
            {
                continue;
            }
            if event["action"] != "match" {
                lost.insert(operation.clone());
            }
            *calls.entry(operation).or_default() += 1;
        }
        (calls, lost)
    }

    /// The estate is made, changed and deleted; gives how many runs did not end well.
    fn life(&mut self) -> usize {
        let text = estate::text();
        let estate = Estate::new(&self.proxy.url, &text);
        let mut troubled = until_done(&estate, APPLY);
        let made = self.looker.shape();
        ended("the second plan", &estate.timed(PLAN), 0);
        estate.write(&text.replace("ports = 443", "ports = 8443"));
        troubled += until_done(&estate, APPLY);
        let changed = self.looker.shape();
        ended("the plan after the change", &estate.timed(PLAN), 0);
        // Nothing more and nothing less is there than before, but for the one port, twice.
        assert_eq!(made.replace("443, 443", "8443, 8443"), changed);
        for once in [
            "\"10.0.0.0/16\"",
            "\"10.0.1.0/24\"",
            "\"wire-one\"",
            "\"wire-studio\"",
        ] {
            assert!(made.contains(once), "{once} in {made}");
        }
        troubled += until_done(&estate, DESTROY);
        assert_eq!(self.looker.shape(), self.empty);
        troubled
    }
}

/// Runs until it ends well; gives how often it did not.
fn until_done(estate: &Estate, arguments: &[&str]) -> usize {
    let mut last = String::new();
    for troubled in 0..RUNS {
        let run = estate.timed(arguments);
        if run.code == Some(0) {
            return troubled;
        }
        last = run.stderr;
    }
    panic!("{arguments:?} does not end well:\n{last}");
}

fn ended(what: &str, run: &Ended, code: i32) {
    assert_eq!(
        run.code,
        Some(code),
        "{what}\nstdout:\n{}\nstderr:\n{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn every_operation_may_lose_its_answer() {
    let mut scene = Scene::new();
    scene.lose(&[]);
    assert_eq!(scene.life(), 0, "without a fault every run ends well");
    let whole = scene.looker.shape();
    assert_eq!(whole, scene.empty);
    let (operations, _) = scene.passed();
    let all: BTreeSet<Operation> = operations.keys().cloned().collect();

    let firsts: Vec<(&Operation, usize)> = operations.keys().map(|name| (name, 0)).collect();
    scene.lose(&firsts);
    let troubled = scene.life();
    let (_, lost) = scene.passed();
    assert_eq!(lost, all, "every fault fired");
    println!(
        "moto: {} operations lost their first answer in one life, {troubled} runs did not end well at once; 0 violations",
        lost.len()
    );

    if std::env::var_os("SMD_LOST").is_none() {
        return;
    }
    let (mut lives, mut troubled) = (0, 0);
    for (operation, calls) in &operations {
        for skip in BTreeSet::from([0, calls - 1]) {
            println!("{}:{} call {}", operation.0, operation.1, skip + 1);
            scene.lose(&[(operation, skip)]);
            troubled += scene.life();
            let (_, lost) = scene.passed();
            assert_eq!(lost, BTreeSet::from([operation.clone()]), "the fault fired");
            lives += 1;
        }
    }
    println!(
        "moto: {lives} lives with one answer lost, {} operations; {troubled} runs did not end well at once; 0 violations",
        operations.len()
    );
}
