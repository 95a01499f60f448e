//! What a configuration is once it has been evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Calls, Handover, LeftOut, Timeouts};
use crate::address::Address;
use crate::diagnostic::Span;
use crate::kinds::Actual;
use crate::value::{Map, Value};

/// A whole configuration: nodes in order of their addresses.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// The stack.
    pub stack: Stack,
    /// Declared accounts by label (`studio`, or `line["a"]` with `for_each`).
    pub accounts: BTreeMap<Arc<str>, Account>,
    /// Every resource and part, by address, in order of addresses.
    pub nodes: IndexMap<Address, Node>,
    /// What the files declare and yet leave out.
    pub left_out: LeftOut,
    /// What is expected, in order of modules and positions.
    pub expectations: Vec<Expectation>,
    /// What is to be looked for before the next evaluation: its answers belong into
    /// [`super::load::EvaluateOptions::found`].
    pub seeks: BTreeSet<Seek>,
    /// States of other stacks that are to be read before the next evaluation, each with the block
    /// that names it: their outputs belong into [`super::load::EvaluateOptions::stacks`].
    pub stack_seeks: BTreeMap<StackSeek, Option<Span>>,
    /// Whether something is left out that waits for those answers.
    pub partial: bool,
    /// What the files say of things beside declaring them: `moved`, `removed`,
    /// `import`.
    pub handover: Handover,
    /// Outputs by name.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// Where each input's value came from, for the plan: `--var`, a file, `SMD_VAR_x`, the default.
    pub input_sources: BTreeMap<Arc<str>, String>,
    /// A digest (SHA-256, hex) of every input's value, sensitive ones salted and slow.
    pub input_digests: BTreeMap<Arc<str>, String>,
    /// Whether some node's account or region is the caller's own and no [`Caller`] was given.
    pub needs_caller: bool,
    /// A digest (SHA-256, hex) of all file names and texts, those of modules included.
    pub digest: String,
    /// Where its modules are called.
    pub calls: Calls,
}

/// The `stack` block; without one the directory's name is the stack's.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// Its name.
    pub name: Arc<str>,
    /// Where its state is.
    pub state: StateStore,
    /// Tags on everything that takes tags.
    pub default_tags: BTreeMap<String, String>,
    /// How much findings weigh, by their code.
    pub rules: BTreeMap<String, Rule>,
    /// The name in the block, if there is a block.
    pub span: Option<Span>,
}

/// How much a finding of the kinds' rules weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It is not reported.
    Off,
    /// It is reported.
    Warn,
    /// It stops the command.
    Error,
}

impl Rule {
    /// Each with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("off", Self::Off),
        ("warn", Self::Warn),
        ("error", Self::Error),
    ];
}

/// Where state is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateStore {
    /// A file; relative to the configuration's directory. `None`: `.smd/STACK.state.json`.
    Local {
        /// The path, if written.
        path: Option<String>,
    },
    /// An object of an S3 bucket.
    S3 {
        /// Bucket.
        bucket: String,
        /// Key.
        key: String,
        /// The bucket's region.
        region: String,
    },
}

impl Default for StateStore {
    fn default() -> Self {
        Self::Local { path: None }
    }
}

/// An `account` block.
#[derive(Debug, Clone)]
pub struct Account {
    /// `studio`, or `line["a"]` with `for_each`.
    pub label: Arc<str>,
    /// Twelve digits; `None`: the caller's own.
    pub id: Option<Arc<str>>,
    /// Its default region; `None`: the caller's.
    pub region: Option<Arc<str>>,
    /// The way in.
    pub access: Access,
    /// Whether resources without a place go here.
    pub default: bool,
    /// The name in the block.
    pub span: Span,
}

/// The way into an account; kept in state so that what stands there can be deleted later.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Access {
    /// A profile of the shared configuration files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Arc<str>>,
    /// A role to assume, by ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<Arc<str>>,
}

/// The caller as STS tells it, for configurations that declare no account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account: Arc<str>,
    /// The region the environment names, if any.
    pub region: Option<Arc<str>>,
}

/// An account and region with the way in. IAM things have a region too: the account's own (it
/// says where to sign in; IAM itself is global).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Twelve digits; empty only when the caller is not known (`validate`).
    pub account: Arc<str>,
    /// `eu-west-1`; empty only when the caller is not known.
    pub region: Arc<str>,
    /// The way in.
    #[serde(default)]
    pub access: Access,
}

/// A resource or part as the files want it.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its address.
    pub address: Address,
    /// Its schema word: `security_group`, `security_group.ingress`.
    pub kind: &'static str,
    /// The resource, for a part.
    pub parent: Option<Address>,
    /// Where it is.
    pub place: Place,
    /// Written attributes (and the made-up name) in schema words, in the canonical form of their
    /// types, null ones left out; values may be or hold unknown ones. `tags` has the stack's
    /// default tags merged in.
    pub attributes: Map,
    /// What it needs.
    pub edges: Vec<Edge>,
    /// `lifecycle { … }`.
    pub lifecycle: Lifecycle,
    /// Its name in the file.
    pub span: Span,
    /// Where each written attribute stands, by name.
    pub attribute_spans: BTreeMap<Arc<str>, Span>,
}

/// An edge to what a node needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The address of the resource or part that is needed.
    pub to: Address,
    /// The reference that makes it.
    pub span: Option<Span>,
    /// An edge to a part of a referenced resource: dropped where that part itself needs the
    /// referrer.
    pub soft: bool,
}

/// `lifecycle { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// Neither deleted nor replaced.
    pub protect: bool,
    /// `protect = false` was written: lifts the mark in state.
    pub protect_lifted: bool,
    /// Paths in smd's words whose differences are left alone.
    pub ignore_changes: Vec<String>,
    /// Make the new one first.
    pub create_before_destroy: bool,
    /// `timeouts { … }` beside it.
    pub timeouts: Timeouts,
}

/// What an `existing` block looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seek {
    /// Its kind word.
    pub kind: &'static str,
    /// Where.
    pub place: Place,
    /// By what.
    pub by: SeekBy,
}

/// By what a thing is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeekBy {
    /// Its id, under which its kind reads it.
    Id(String),
    /// Its name, its tags, or both; other tags do not matter.
    Marks {
        /// Its name.
        name: Option<String>,
        /// Tags that it has.
        tags: BTreeMap<String, String>,
    },
}

/// What was found of each, in order of ids.
pub type FoundThings = BTreeMap<Seek, Vec<Actual>>;

/// `expect "sentence" { … }`.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The sentence.
    pub sentence: Arc<str>,
    /// The module it stands in, if it is in one.
    pub module: Option<Address>,
    /// A bool, or what gives one once all it needs is made.
    pub condition: Value,
    /// What is said where it does not hold; known, or known then.
    pub message: Option<Value>,
    /// What the condition refers to; empty where it is known to hold.
    pub mentioned: Vec<Mentioned>,
    /// The condition in the file.
    pub span: Span,
}

/// A reference in a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mentioned {
    /// The reference as it is written.
    pub text: String,
    /// Its value; `None`: it may not be shown.
    pub value: Option<Value>,
}

/// An output.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its value, finished once all it needs is made.
    pub value: Value,
    /// Whether it may be shown.
    pub sensitive: bool,
    /// What it is for.
    pub description: Option<String>,
    /// Its name in the file.
    pub span: Span,
}

/// A state that an `existing stack` block means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackSeek {
    /// The stack's own name.
    pub stack: String,
    /// Where its state is.
    pub store: StateStore,
}

/// The outputs of other stacks.
pub type FoundStacks = BTreeMap<StackSeek, BTreeMap<String, Value>>;
