//! What is tried: one target for each reader of what others may have written.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use smd::address::Address;
use smd::config::{self, EvaluateOptions};
use smd::diagnostic::{self, Diagnostic, Diagnostics, FileId, Sources};
use smd::plan::{self, Document, Plan};
use smd::render::{self, TextOptions};
use smd::state::journal::{self, Replayed};
use smd::state::sealed::{DataKey, KeyService, Keys, Managed, Purpose, Source};
use smd::state::{self, State};
use smd::syntax::{self, tree::File};
use smd::value::Value;

use crate::dice::Dice;
use crate::{json, mutate, seeds, signed};

/// A reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Text to a tree, and its errors as people see them.
    Parser,
    /// Text to the canonical style.
    Formatter,
    /// Text to nodes.
    Evaluator,
    /// Plan files, and what is done with a plan before anything is applied.
    Plan,
    /// State files.
    State,
    /// Journals, replayed.
    Journal,
    /// Sealed files, and what was in them.
    Sealed,
}

/// All of them.
pub const TARGETS: [Target; 7] = [
    Target::Parser,
    Target::Formatter,
    Target::Evaluator,
    Target::Plan,
    Target::State,
    Target::Journal,
    Target::Sealed,
];

/// What a reader made of an input, to be looked at once its time and memory have been taken.
pub enum Read {
    /// Nothing that can be looked at.
    Nothing,
    /// A tree.
    Tree(#[expect(dead_code, reason = "it is only dropped")] File),
    /// What is wrong with a text.
    Broken(Diagnostics),
    /// A formatted text.
    Text(String),
    /// Errors of an evaluation.
    Evaluated(Diagnostics),
    /// A plan.
    Plan(Box<Plan>),
    /// A state.
    State(Box<State>),
}

impl Target {
    /// Its name, and that of its folder in the corpus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parser => "parser",
            Self::Formatter => "formatter",
            Self::Evaluator => "evaluator",
            Self::Plan => "plan",
            Self::State => "state",
            Self::Journal => "journal",
            Self::Sealed => "sealed",
        }
    }

    /// Memory that it may use however small the input is.
    pub fn floor_bytes(self) -> usize {
        match self {
            // Values may grow to 64 MiB by design (`config::budget`), and are there some times over
            // while they are copied.
            Self::Evaluator => 256 << 20,
            _ => 1 << 20,
        }
    }

    /// One input of this many is tried: what starts a thread each time, or is read ten times as long
    /// because its inputs are large, is tried less.
    pub fn rarity(self) -> u64 {
        match self {
            Self::Evaluator => 20,
            Self::Plan => 5,
            _ => 1,
        }
    }

    /// What inputs are made from, not signed.
    pub fn seeds(self) -> Vec<Vec<u8>> {
        match self {
            Self::Parser | Self::Formatter | Self::Evaluator => seeds::language(),
            Self::Plan => seeds::plans(),
            Self::State => seeds::states(),
            Self::Journal => seeds::journals(),
            Self::Sealed => seeds::sealed(),
        }
    }

    /// An input made from seeds.
    pub fn make(self, seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
        let mut bytes = dice.pick(seeds).clone();
        match self {
            Self::Parser | Self::Formatter | Self::Evaluator => {
                mutate::damage(&mut bytes, mutate::LANGUAGE, seeds, dice);
                return bytes;
            }
            Self::Plan => lines(&mut bytes, b"", 8, dice),
            Self::State => drop(json::damage(&mut bytes, dice)),
            Self::Journal => lines(&mut bytes, b" ", 2, dice),
            Self::Sealed => lines(&mut bytes, b"", 4, dice),
        }
        if dice.one_in(2) {
            mutate::damage(&mut bytes, mutate::JSON, seeds, dice);
        }
        // Most of them with checks that hold: else hardly any gets past those.
        if dice.one_in(8) {
            return bytes;
        }
        match self {
            Self::Plan => signed::plan(&bytes),
            Self::Journal => signed::journal(&bytes, dice),
            Self::Sealed => signed::sealed(&bytes),
            _ => bytes,
        }
    }

    /// Reads an input.
    pub fn read(self, input: &[u8]) -> Read {
        match self {
            Self::Parser => match syntax::decode(NAME, input) {
                Ok(text) => {
                    let (file, found) = syntax::parse(FileId(0), text);
                    match found.is_empty() {
                        true => Read::Tree(file),
                        false => Read::Broken(found),
                    }
                }
                Err(_) => Read::Nothing,
            },
            Self::Formatter => syntax::decode(NAME, input)
                .ok()
                .and_then(|text| syntax::format(FileId(0), text).ok())
                .map_or(Read::Nothing, Read::Text),
            Self::Evaluator => evaluate(input),
            Self::Plan => plan::read(input, NAME)
                .map_or(Read::Nothing, |stored| Read::Plan(Box::new(stored.plan))),
            Self::State => read_state(input),
            Self::Journal => read_journal(input),
            Self::Sealed => open(input),
        }
    }

    /// Looks at what was read, and uses it.
    ///
    /// # Errors
    /// What is not as it must be.
    pub fn check(self, input: &[u8], read: Read, is_thorough: bool) -> Result<(), String> {
        match read {
            Read::Nothing => Ok(()),
            Read::Tree(_) => Ok(()),
            Read::Broken(found) => is_within(input, &found),
            Read::Text(text) => is_same(input, &text),
            Read::Evaluated(found) => found
                .iter()
                .find(|found| found.code == diagnostic::codes::config::INTERNAL)
                .map_or(Ok(()), |found| Err(found.to_string())),
            Read::Plan(plan) => use_plan(&plan, is_thorough),
            Read::State(state) => use_state(&state),
        }
    }
}

/// How inputs are called in messages.
const NAME: &str = "input";

/// Damages one line of a file of lines: the JSON behind `skip` separators of it. One file in so many
/// stays as it is.
fn lines(bytes: &mut Vec<u8>, separator: &[u8], times: usize, dice: &mut Dice) {
    for _ in 0..dice.size(times) {
        let mut lines: Vec<Vec<u8>> = bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        let at = dice.roll(lines.len());
        let line = &mut lines[at];
        // In a journal three words stand before it.
        let json_at = match separator.first() {
            Some(blank) => line
                .iter()
                .enumerate()
                .filter(|(_, byte)| *byte == blank)
                .nth(2)
                .map_or(0, |(at, _)| at + 1),
            None => 0,
        };
        let mut json = line.split_off(json_at);
        json::damage(&mut json, dice);
        json.retain(|byte| *byte != b'\n');
        line.extend(json);
        *bytes = lines.join(&b'\n');
    }
}

fn evaluate(input: &[u8]) -> Read {
    let Ok(text) = syntax::decode(NAME, input) else {
        return Read::Nothing;
    };
    let mut sources = Sources::default();
    let id = sources.add(NAME, text);
    let (file, found) = syntax::parse(id, text);
    let mut loaded = config::Loaded {
        sources,
        files: vec![file],
        digest: String::new(),
        broken: found.iter().filter_map(Diagnostic::span).collect(),
        ..config::Loaded::default()
    };
    let options = EvaluateOptions {
        // Where there is nothing that `file()` could read.
        directory: PathBuf::from("/nowhere"),
        ..EvaluateOptions::default()
    };
    let (_, found) = config::evaluate(&mut loaded, &options);
    Read::Evaluated(found)
}

fn read_state(input: &[u8]) -> Read {
    state::decode(input, NAME, None).map_or(Read::Nothing, |state| Read::State(Box::new(state)))
}

fn read_journal(input: &[u8]) -> Read {
    /// What the long journals continue.
    static STORED: LazyLock<State> = LazyLock::new(|| seeds::state(2));
    let Ok(Some(read)) = journal::decode(input, NAME) else {
        return Read::Nothing;
    };
    let stored = read.head.follows.map(|_| STORED.clone());
    match journal::replay(stored, read, NAME) {
        Ok(Replayed { state, .. }) => Read::State(Box::new(state)),
        Err(_) => Read::Nothing,
    }
}

/// A service that opens every data key.
#[derive(Debug)]
struct Open;

impl KeyService for Open {
    fn generate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Managed, Diagnostic>> {
        async {
            Ok(Managed {
                data_key: DataKey::of(&signed::KEY).expect("a key"),
                wrapped_by: "arn".to_owned(),
                encrypted: vec![0],
            })
        }
        .boxed()
    }

    fn decrypt<'a>(
        &'a self,
        _: &'a str,
        _: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<DataKey>, Diagnostic>> {
        async { Ok(DataKey::of(&signed::KEY)) }.boxed()
    }
}

/// Opens a sealed file as what it says it is, then reads what was in it.
fn open(input: &[u8]) -> Read {
    let purpose = state::sealed::purpose_of(input).unwrap_or(Purpose::State);
    for keys in [
        Keys::none(),
        Keys::new(Source::Service(Arc::new(Open)), Vec::new()),
    ] {
        let opened = keys.open(purpose, Some(seeds::STACK), NAME, input.to_vec());
        let Some(Ok(bytes)) = opened.now_or_never() else {
            continue;
        };
        return match purpose {
            Purpose::State => read_state(&bytes),
            Purpose::Journal => read_journal(&bytes),
            Purpose::Plan => Target::Plan.read(&bytes),
        };
    }
    Read::Nothing
}

/// Errors point into the text, there are not too many, and they can be shown.
fn is_within(input: &[u8], found: &Diagnostics) -> Result<(), String> {
    let text = std::str::from_utf8(input).map_err(|error| error.to_string())?;
    if found.len() > syntax::MAX_ERRORS + 1 {
        return Err(format!("{} errors are told", found.len()));
    }
    let mut sources = Sources::default();
    sources.add(NAME, text);
    for diagnostic in found {
        for label in &diagnostic.labels {
            if sources.text(label.span).is_none() {
                return Err(format!("{diagnostic:?} lies outside of the text"));
            }
        }
    }
    let shown = diagnostic::terminal(found, &sources, false);
    let json = diagnostic::json(found, &sources).to_string();
    // A message says what is there, not all of it.
    if shown.len().max(json.len()) > (found.len() + 1) * MOST_SHOWN_BYTES {
        return Err(format!(
            "{} errors take {} and {} bytes",
            found.len(),
            shown.len(),
            json.len()
        ));
    }
    Ok(())
}

/// The most that the picture of one error takes, in bytes.
const MOST_SHOWN_BYTES: usize = 64 * 1024;

/// The formatted text says the same and is formatted.
fn is_same(input: &[u8], formatted: &str) -> Result<(), String> {
    let text = std::str::from_utf8(input).map_err(|error| error.to_string())?;
    let (before, _) = syntax::parse(FileId(0), text);
    let (after, found) = syntax::parse(FileId(0), formatted);
    if diagnostic::has_errors(&found) {
        return Err(format!("the formatted text does not parse: {found:?}"));
    }
    if without_spans(&before) != without_spans(&after) {
        return Err("the formatted text has another tree".to_owned());
    }
    match syntax::format(FileId(0), formatted) {
        Ok(again) if again == formatted => Ok(()),
        _ => Err("the formatted text is formatted otherwise".to_owned()),
    }
}

fn without_spans(file: &File) -> String {
    let shown = format!("{file:?}");
    let mut parts = shown.split("Span {");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    out
}

/// What is done with a plan before anything is applied: shown, written again, its expressions
/// finished.
fn use_plan(plan: &Plan, is_thorough: bool) -> Result<(), String> {
    let shown = render::plan_text(plan, TextOptions { color: true });
    let diagnostics = &[];
    let document = serde_json::to_string(&Document { plan, diagnostics })
        .map_err(|error| error.to_string())?;
    drop((shown, document, plan.summary(), plan.is_empty()));
    let _ = plan::missing_consents(plan, &plan.consents.iter().cloned().collect());
    if let Ok(bytes) = plan::write(plan) {
        match plan::read(&bytes, NAME) {
            Ok(again) if again.plan == *plan || has_floats(plan) => {}
            Ok(_) => return Err("a plan is read otherwise than it was written".to_owned()),
            Err(error) => return Err(format!("a written plan is not read: {error}")),
        }
    }
    if is_thorough {
        finish(plan);
    }
    Ok(())
}

/// Finishes all expressions of a plan: some go through millions of steps.
fn finish(plan: &Plan) {
    let known = |_: &Address, name: &str| Some(Value::string(name));
    let unknown = |_: &Address, _: &str| None;
    for map in plan
        .steps
        .iter()
        .flat_map(|step| [&step.before, &step.after])
        .flatten()
    {
        for value in map.values() {
            let _ = config::finish(value, &known);
            let _ = config::finish(value, &unknown);
        }
    }
    for output in plan.outputs.values() {
        let _ = config::finish(&output.after, &known);
    }
}

/// Whether it holds a number with a fraction or exponent: those may be read a last bit away from what
/// was written.
fn has_floats(of: &impl serde::Serialize) -> bool {
    fn walk(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Number(number) => number.is_f64(),
            serde_json::Value::Array(items) => items.iter().any(walk),
            serde_json::Value::Object(members) => members.values().any(walk),
            _ => false,
        }
    }
    serde_json::to_value(of).is_ok_and(|value| walk(&value))
}

/// A state is shown, and written as it was read.
fn use_state(state: &State) -> Result<(), String> {
    drop(render::state_text(state, &[], TextOptions { color: true }));
    for value in state.outputs.values() {
        drop(render::value_text(value, ""));
    }
    match state::encode(state) {
        Ok(text) => match state::decode(text.as_bytes(), NAME, None) {
            Ok(again) if again == *state || has_floats(state) => Ok(()),
            Ok(_) => Err("a state is read otherwise than it was written".to_owned()),
            Err(error) => Err(format!("a written state is not read: {error}")),
        },
        Err(_) => Ok(()),
    }
}
