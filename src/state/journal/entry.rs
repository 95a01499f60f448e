//! What a journal says.

use serde::{Deserialize, Serialize};

use crate::state::{Change, Intent, Outcome};

/// The format of the journal that this smd writes.
pub const FORMAT_VERSION: u32 = 1;

/// Who wrote a journal, and to what state it belongs: its first entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT_VERSION`] of the smd that wrote it.
    pub format_version: u32,
    /// The stack.
    pub stack: String,
    /// The lineage, made by the first apply: also where no state was saved yet.
    pub lineage: String,
    /// The serial of the state that it continues; `None`: there was no state.
    pub follows: Option<u64>,
    /// A random name of the run.
    pub run: String,
    /// The command.
    pub operation: String,
    /// Who ran it: `user@host`.
    pub who: String,
    /// When it began, milliseconds since the epoch.
    pub began_ms: u64,
    /// The digest of the plan that is carried out.
    pub plan: String,
}

/// An entry of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The first one.
    Head(Head),
    /// A step sets out: `number` is its name in this journal.
    Intent {
        /// Counted from 0.
        number: u64,
        /// To do what.
        intent: Intent,
    },
    /// A call that may change something is about to be sent.
    Begun {
        /// Counted from 0.
        call: u64,
        /// For which intent.
        intent: u64,
        /// `ec2:CreateVpc`.
        operation: String,
        /// SHA-256 of the request's body, salted with the run's name.
        digest: String,
        /// The idempotency key that the request carries, if it carries one: `smd:key`.
        key: Option<String>,
        /// When, milliseconds since the epoch.
        at_ms: u64,
    },
    /// A call has ended.
    Ended {
        /// Which.
        call: u64,
        /// How.
        outcome: Outcome,
    },
    /// What is recorded changed.
    Change(Change),
    /// It is known how the intent ended, and recorded.
    Settled {
        /// Which.
        intent: u64,
    },
}
