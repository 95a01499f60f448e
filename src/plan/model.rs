//! The plan: what people read and what apply walks. It holds everything apply needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::config::{Mentioned, Place, StateStore, Timeouts};
use crate::kinds::PENDING;
use crate::state::Record;
use crate::value::{Map, Value};

/// The format of plan files and of the plan's JSON.
pub const PLAN_FORMAT_VERSION: u32 = 1;

/// A whole plan. Serialised as the plan file; sensitive values are in it only as digests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_FORMAT_VERSION`].
    pub format_version: u32,
    /// The smd that made it.
    pub smd_version: String,
    /// The stack's name.
    pub stack: String,
    /// Where the stack's state is.
    pub state_store: StateStore,
    /// Whether it is a plan to destroy.
    pub destroy: bool,
    /// Addresses given by `--target`.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Addresses given by `--exclude`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
    /// Lineage of the state it was made from; `None`: there was no state.
    pub lineage: Option<String>,
    /// Serial of that state; `None`: there was no state.
    pub serial: Option<u64>,
    /// Digest of the configuration's files.
    pub configuration_digest: String,
    /// Digest of each input's value.
    pub input_digests: BTreeMap<String, String>,
    /// Digest (SHA-256, hex) of each file's text by its shown name, to tell which one moved.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub file_digests: BTreeMap<String, String>,
    /// Where each input's value came from.
    pub input_sources: BTreeMap<String, String>,
    /// Addresses whose data may be lost, given by `--consent`.
    #[serde(default)]
    pub consents: Vec<String>,
    /// One step for each resource or part, unchanged ones included, in order of addresses.
    pub steps: Vec<Step>,
    /// What is to be done, in an order in which it can be done; indexes into `steps` and into this
    /// list itself. Nothing but this is walked by apply.
    pub tasks: Vec<Task>,
    /// Outputs before and after.
    pub outputs: BTreeMap<String, OutputChange>,
    /// What was expected and holds, or is checked once it is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Expected>,
    /// The salt of the digests of sensitive values, hex.
    #[serde(default)]
    pub salt: String,
}

/// What happens to one resource or part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its address.
    pub address: Address,
    /// Its kind word.
    pub kind: String,
    /// The resource, for a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Address>,
    /// Where it is (of a deletion: where it was made).
    pub place: Place,
    /// What happens.
    pub action: Action,
    /// Why, in order of weight.
    pub reasons: Vec<Reason>,
    /// What it needs (of a deletion: what it needed).
    pub depends_on: Vec<Address>,
    /// The recorded id, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is there, as far as the files own it or owned it; `None`: nothing. Sensitive paths left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Map>,
    /// What is to be: written attributes, with residuals where not known yet; `None`: nothing.
    /// Sensitive paths left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Map>,
    /// Every changed path of an update or replacement, in order of paths. An unchanged step may
    /// have some too: those with a note, about which no call is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<AttributeChange>,
    /// Paths of wanted values that are sensitive, with their digests; apply takes the values from
    /// the inputs again and checks them. [`crate::state::digest::NOT_KNOWN`] where the value itself
    /// waits for an apply.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sensitive: BTreeMap<String, String>,
    /// What goes with it or may hurt, in words: "the home file system fs-… stays".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<String>,
    /// The old address, where only that changed: by a `moved`, or by another label for the same
    /// content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Address>,
    /// What is recorded before anything is done: of what lives already and is taken over, or stands
    /// where `exclusive` lets nothing else stand and is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Box<Record>>,
    /// Whether its ownership marks are to be written anew: they do not name this address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marks: bool,
    /// How long the work may take.
    #[serde(default, skip_serializing_if = "Timeouts::is_default")]
    pub timeouts: Timeouts,
    /// The `protect` mark to be recorded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// Whether the new one is made before the old one goes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub create_first: bool,
    /// Whether what is recorded of it differs from what is to be recorded, although nothing may
    /// happen to it in AWS: its `protect` mark, its address, what it needs, which attributes the
    /// files own, the way in. Of an unchanged step apply then writes `written` from `after`,
    /// `digests` from `sensitive`, `protect`, `depends_on` and `place` into its record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub record_changes: bool,
    /// The data that is lost with it, in words, if consent is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loses: Option<String>,
    /// What people made inside of it and goes with it, in words with owner and age.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// The thing that goes too and that this one is inside of: consent to its loss covers this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_by: Option<Address>,
    /// What is lost with it was consented to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consented: bool,
}

/// What happens to a resource or part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Made.
    Create,
    /// Changed in place.
    Update,
    /// Deleted and made anew.
    Replace,
    /// Deleted.
    Delete,
    /// Recorded no more; it stays in AWS, without smd's marks.
    Forget,
    /// Left as it is.
    Unchanged,
    /// Looked at, and done where AWS's answer says that it is due ([`crate::kinds::Kind::ensures`]).
    Ensure,
}

impl Step {
    /// Whether something is deleted, for good or to be made anew.
    #[must_use]
    pub fn goes(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Replace)
    }

    /// A step that makes something, with nothing more said of it.
    #[must_use]
    pub fn new(address: Address, kind: String, place: Place) -> Self {
        Self {
            address,
            kind,
            parent: None,
            place,
            action: Action::Create,
            reasons: Vec::new(),
            depends_on: Vec::new(),
            id: None,
            before: None,
            after: None,
            changes: Vec::new(),
            sensitive: BTreeMap::new(),
            risks: Vec::new(),
            moved_from: None,
            taken: None,
            marks: false,
            timeouts: Timeouts::default(),
            protect: false,
            create_first: false,
            record_changes: false,
            loses: None,
            people: Vec::new(),
            covered_by: None,
            consented: false,
        }
    }

    /// Whether it is only tried again because AWS was not ready for it ([`Action::Ensure`]): listed,
    /// but no change.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.action == Action::Ensure
            && !self.reasons.is_empty()
            && self.reasons.iter().all(|reason| reason.code == PENDING)
    }
}

impl Step {
    /// Whether it lives already and is taken over.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        self.taken.is_some() && self.action != Action::Delete
    }
}

impl Reason {
    /// A reason in words.
    #[must_use]
    pub fn new(code: &str, path: Option<&str>, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            path: path.map(str::to_owned),
            message: message.into(),
        }
    }
}

impl Action {
    /// The mark in front of it: `+`, `~`, `-/+`, `-`, `x`, a blank.
    #[must_use]
    pub fn mark(self, create_first: bool) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace if create_first => "+/-",
            Self::Replace => "-/+",
            Self::Delete => "-",
            Self::Forget => "x",
            Self::Unchanged => " ",
            Self::Ensure => "?",
        }
    }
}

/// Why a step is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable word: `not_in_state`, `gone`, `attribute_changed`, `attribute_replaces`,
    /// `not_in_configuration`, `dependency_replaced`, `unfinished`, `due`, `pending`, `destroy`, `removed`, `imported`,
    /// `exclusive`, `moved`, `renamed`; last those about which no call is made, `cannot_be_cleared` and `own_setting` …
    pub code: String,
    /// The attribute path it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// In words.
    pub message: String,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeChange {
    /// `default_user_settings.security_groups`, `tags.owner`.
    pub path: String,
    /// What is there; `null`: nothing.
    pub before: Value,
    /// What is to be; `null`: cleared.
    pub after: Value,
    /// Whether the value may not be shown (both are `null` then).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// Why this path forces a replacement, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// What the API cannot do about it, if so: "cannot be cleared: stays as it is".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An output before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputChange {
    /// What was recorded; `null`: nothing.
    pub before: Value,
    /// What will be (residual where not known yet); `null`: nothing.
    pub after: Value,
    /// Whether it may be shown (both are `null` if not).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

impl OutputChange {
    /// Whether it will be another one.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }
}

/// An expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Its sentence.
    pub sentence: String,
    /// The module it stands in, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<Address>,
    /// `true`, or a residual that is checked after the apply.
    pub condition: Value,
    /// What is said where it does not hold, if it is not known to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Value>,
    /// What the condition refers to, if it is not known to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentioned: Vec<Mentioned>,
}

impl Expected {
    /// Its name in messages: the sentence, with the module it stands in.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.module {
            Some(module) => format!("\"{}\" of {module}", self.sentence),
            None => format!("\"{}\"", self.sentence),
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Index into the plan's steps.
    pub step: usize,
    /// Which half of the step.
    pub half: Half,
    /// Indexes of the tasks that must be done first.
    pub after: Vec<usize>,
}

/// A half of a step: a replacement has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Make it.
    Create,
    /// Change it.
    Update,
    /// Delete it (of a replacement: the old one).
    Delete,
    /// Take smd's marks off it and record it no more.
    Forget,
}

/// How many steps of each action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Made.
    pub create: usize,
    /// Changed in place.
    pub update: usize,
    /// Replaced.
    pub replace: usize,
    /// Deleted.
    pub delete: usize,
    /// Recorded no more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub forget: usize,
    /// Taken over, whatever else happens to them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub import: usize,
    /// Under another address than before, whatever else happens to them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: usize,
    /// Left as they are.
    pub unchanged: usize,
    /// Left to AWS's answer.
    #[serde(default)]
    pub ensure: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Plan {
    /// How many steps of each action.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for step in &self.steps {
            summary.import += usize::from(step.is_imported());
            summary.moved += usize::from(step.moved_from.is_some());
            match step.action {
                Action::Create => summary.create += 1,
                Action::Update => summary.update += 1,
                Action::Replace => summary.replace += 1,
                Action::Delete => summary.delete += 1,
                Action::Forget => summary.forget += 1,
                Action::Unchanged => summary.unchanged += 1,
                Action::Ensure => summary.ensure += 1,
            }
        }
        summary
    }

    /// Whether something of the configuration may be left out of it, because that was asked for.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.targets.is_empty() || !self.excludes.is_empty()
    }

    /// Whether some record is to be brought up to date without a call ([`Step::record_changes`]).
    #[must_use]
    pub fn has_record_changes(&self) -> bool {
        self.steps.iter().any(|step| step.record_changes)
    }

    /// Whether there is nothing to do, outputs included. Records may still have to be brought up to
    /// date ([`Plan::has_record_changes`]): that changes nothing in AWS. What is only pending
    /// ([`Step::is_pending`]) is tried again by an apply and counts as nothing here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_pending = |task: &Task| self.steps.get(task.step).is_some_and(Step::is_pending);
        self.tasks.iter().all(is_pending)
            && self.steps.iter().all(|step| step.taken.is_none())
            && !self.has_output_changes()
    }

    /// Whether some output is to be another one.
    #[must_use]
    pub fn has_output_changes(&self) -> bool {
        self.outputs.values().any(OutputChange::is_change)
    }
}

/// The word between an address and an id in the address of a thing set aside.
const SET_ASIDE: &str = ".replaced[";

/// The address under which a record is kept of an old thing whose replacement stands already, until
/// the old one is deleted; the next plan deletes it. Such a record has no `protect` mark.
#[must_use]
pub fn set_aside(address: &Address, id: &str) -> Address {
    address.item("replaced", id)
}

/// The address whose old thing was set aside under this one; `None`: nothing was.
#[must_use]
pub fn replaced_by(aside: &Address) -> Option<Address> {
    let (address, _) = aside.as_str().rsplit_once(SET_ASIDE)?;
    Some(Address::from_text(address))
}

/// Whether a record's address was made by [`set_aside`].
#[must_use]
pub fn is_set_aside(address: &Address) -> bool {
    address.as_str().contains(SET_ASIDE)
}
