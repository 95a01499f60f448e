//! Files of what was found: one statement for each thing, with its parts in it, in files by service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::circle::circles;
use super::names;
use super::references::Index;
use super::spell::quoted;
use super::statement::{Statement, Writer};
use super::{Estate, kind_of};
use crate::config::Place;
use crate::diagnostic::{Diagnostics, FileId};
use crate::kinds::Kind;
use crate::kinds::discovery::Ways;
use crate::syntax;
use crate::value::{Map, Value};

/// Files by what AWS's words for kinds begin with.
const FILES: &[(&str, &str)] = &[
    ("AWS::EC2::", "network.smd"),
    ("AWS::IAM::", "iam.smd"),
    ("AWS::SageMaker::Pipeline", "pipelines.smd"),
    ("AWS::SageMaker::", "domain.smd"),
    ("AWS::RAM::", "sharing.smd"),
];
/// The file of what has no other.
const OTHERS: &str = "more.smd";
/// The file with the stack and the accounts.
const MAIN: &str = "main.smd";
/// The file with an `import` for each thing, which may go once all is recorded.
pub const IMPORTS: &str = "imports.smd";
/// The label of the account where discovery began.
const HOME: &str = "main";

/// What the files say beside the estate.
pub struct Settings<'a> {
    /// The stack's name, an identifier.
    pub stack: &'a str,
    /// The account and region that things are in unless they say otherwise.
    pub home: &'a Place,
    /// The accounts that can be entered: all are declared.
    pub ways: &'a Ways,
    /// The kinds there are.
    pub kinds: &'a [&'static dyn Kind],
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name below the folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// An estate as files.
#[derive(Debug, Clone)]
pub struct Written {
    /// The files with what was found.
    pub files: Vec<File>,
    /// The file that records all of it.
    pub imports: File,
    /// The address of each thing of the estate, in its order.
    pub addresses: Vec<String>,
}

impl Written {
    /// Writes an estate.
    ///
    /// # Errors
    /// A text that the language's own parser refuses: a defect of smd.
    pub fn of(estate: &Estate, settings: &Settings<'_>) -> Result<Self, Diagnostics> {
        let labels = names::labels(estate, settings.kinds);
        let addresses: Vec<String> = estate
            .things
            .iter()
            .zip(&labels)
            .map(|(thing, label)| format!("{}.{label}", thing.kind))
            .collect();
        let accounts = accounts(settings);
        let account_labels: BTreeMap<String, String> = accounts
            .iter()
            .map(|(id, (label, _))| (id.to_string(), label.clone()))
            .collect();
        let index = Index::of(estate, settings.kinds, addresses.clone(), &account_labels);
        let default_tags = common_tags(estate, settings.kinds);
        let mut writer = Writer {
            estate,
            settings,
            labels: &labels,
            accounts: &accounts,
            index: &index,
            default_tags: &default_tags,
            circles: BTreeSet::new(),
        };
        // Once to see which references there are, once more without those that close a circle.
        let first: Vec<Statement> = writer.statements();
        writer.circles = circles(&first);
        let statements = match writer.circles.is_empty() {
            true => first,
            false => writer.statements(),
        };
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        texts.insert(MAIN, writer.main());
        let mut files = Vec::new();
        for (thing, statement) in estate.things.iter().zip(statements) {
            let text = texts
                .entry(file_of(settings.kinds, thing.kind))
                .or_default();
            text.push_str(&statement.text);
            text.push('\n');
            files.extend(statement.asides.into_iter().map(|aside| File {
                name: aside.file,
                text: aside.text,
            }));
        }
        let mut written = Vec::new();
        for (name, text) in texts {
            written.push(File {
                name: name.to_owned(),
                text: formatted(&text)?,
            });
        }
        written.extend(files);
        let imports: String = estate
            .things
            .iter()
            .zip(&addresses)
            .map(|(thing, address)| format!("import {address} from {}\n", quoted(&thing.id)))
            .collect();
        Ok(Self {
            files: written,
            imports: File {
                name: IMPORTS.to_owned(),
                text: formatted(&imports)?,
            },
            addresses,
        })
    }
}

fn formatted(text: &str) -> Result<String, Diagnostics> {
    syntax::format(FileId(0), text)
}

fn file_of(kinds: &[&'static dyn Kind], kind: &str) -> &'static str {
    let aws = kind_of(kinds, kind).map_or("", |(_, schema)| schema.aws);
    let file = FILES.iter().find(|(start, _)| aws.starts_with(start));
    file.map_or(OTHERS, |(_, file)| file)
}

/// Label and place of each account that there is a way into: only with its account declared does what
/// others do there (accept, answer) belong to the stack.
pub(super) type Accounts = BTreeMap<Arc<str>, (String, Place)>;

fn accounts(settings: &Settings<'_>) -> Accounts {
    let home = &settings.home.account;
    let label = |place: &Place| match place.account == *home {
        true => HOME.to_owned(),
        false => format!("account_{}", place.account),
    };
    let ways = settings.ways.all();
    ways.map(|place| (Arc::clone(&place.account), (label(place), place.clone())))
        .collect()
}

/// Tags of the stack: each key that everything carries which takes tags, with its most common value.
fn common_tags(estate: &Estate, kinds: &[&'static dyn Kind]) -> Map {
    let takes = |word: &str| kind_of(kinds, word).is_some_and(|(_, schema)| schema.taggable);
    let whole = estate.things.iter().map(|one| (one.kind, &one.attributes));
    let parts = estate.things.iter().flat_map(|one| &one.parts);
    let parts = parts.map(|one| (one.kind, &one.attributes));
    let mut things = 0_usize;
    let mut counts: BTreeMap<&Arc<str>, BTreeMap<&str, usize>> = BTreeMap::new();
    for (_, attributes) in whole.chain(parts).filter(|(kind, _)| takes(kind)) {
        things += 1;
        let tags = attributes.get("tags").and_then(Value::as_map);
        for (name, value) in tags.into_iter().flatten() {
            if let Some(value) = value.as_str() {
                *counts.entry(name).or_default().entry(value).or_default() += 1;
            }
        }
    }
    let everywhere = counts
        .into_iter()
        .filter(|(_, values)| values.values().sum::<usize>() == things);
    everywhere
        .filter_map(|(name, values)| {
            // Of equally common ones the first by name.
            let most = values
                .iter()
                .max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value)));
            Some((Arc::clone(name), Value::string(*most?.0)))
        })
        .collect()
}
