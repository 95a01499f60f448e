//! Work that was begun and of which nobody knows how it ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::address::Address;

/// What a step sets out to do, written down before its first call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Which thing.
    pub address: Address,
    /// What is to become of it.
    pub work: Work,
}

/// What is to become of a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", try_from = "Written")]
pub enum Work {
    /// It is made.
    Create {
        /// What will be on record of it; its id and what AWS computes are not known yet.
        draft: Box<Record>,
        /// The ownership tags that its create call carries: by these it is found again.
        marks: BTreeMap<String, String>,
        /// The old thing that it replaces and where that is kept meanwhile.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<(Address, Box<Record>)>,
    },
    /// It is changed in place.
    Update,
    /// It is deleted.
    Delete,
}

/// [`Work`] as it is read: serde would keep all of it a second time to look for its `do` first.
#[derive(Deserialize)]
struct Written {
    r#do: Do,
    draft: Option<Box<Record>>,
    marks: Option<BTreeMap<String, String>>,
    replaces: Option<(Address, Box<Record>)>,
}

/// The word for each of [`Work`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    Create,
    Update,
    Delete,
}

impl TryFrom<Written> for Work {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Ok(match written.r#do {
            Do::Create => Self::Create {
                draft: written.draft.ok_or("missing field `draft`")?,
                marks: written.marks.ok_or("missing field `marks`")?,
                replaces: written.replaces,
            },
            Do::Update => Self::Update,
            Do::Delete => Self::Delete,
        })
    }
}

/// Begun work whose end is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// What was set out to be done.
    pub intent: Intent,
    /// The calls that were begun, in order.
    pub calls: Vec<OpenCall>,
    /// Why it could not be found out yet, if that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertain: Option<String>,
}

/// A call of begun work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCall {
    /// Its number in its journal.
    pub number: u64,
    /// `ec2:CreateVpc`.
    pub operation: String,
    /// When it was begun, milliseconds since the epoch by the clock of the run.
    pub begun_ms: u64,
    /// How it ended, where that was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// AWS did it.
    Done,
    /// AWS refused it: nothing was done by it.
    Refused,
    /// It never left: nothing was done by it.
    NotSent,
    /// No answer came, or one of AWS's own troubles (5xx): it may have been done.
    Lost,
}

impl Open {
    /// Whether any of its calls may have done something.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        self.calls
            .iter()
            .any(|call| !matches!(call.outcome, Some(Outcome::Refused | Outcome::NotSent)))
    }

    /// When its last call was begun, milliseconds since the epoch.
    #[must_use]
    pub fn last_begun_ms(&self) -> Option<u64> {
        self.calls.iter().map(|call| call.begun_ms).max()
    }
}
