//! Finding out how work ended that a run began and did not see through: by looking at what is
//! there, never by asking a person.

use std::time::Duration;

use futures::StreamExt;
use futures::stream;

use super::read::{Kinds, find, may_not_show};
use crate::address::Address;
use crate::aws::{Aws, Cause, Failure};
use crate::kinds::wait::CONSISTENCY;
use crate::kinds::{Actual, Kind, Ready, Wanted};
use crate::state::{Change, Open, Record, State, Work};

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// How often a look that fails in passing is tried.
const LOOKS: u32 = 4;

/// How begun work turned out to have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It was made, under this id; the next plan looks at all of it.
    Made(String),
    /// It was recorded already.
    Recorded,
    /// It was not made.
    NotMade,
    /// It may have been changed: the next plan looks at all of it.
    Unfinished,
    /// It is gone.
    Gone,
    /// Nobody could find out, for this reason.
    Uncertain(String),
}

/// What came of one open piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The thing.
    pub address: Address,
    /// How its work ended.
    pub finding: Finding,
}

/// Looks for everything that [`State::open`] holds, and records what it finds. What nobody could
/// find out stays open.
pub async fn settle(
    state: &mut State,
    aws: &Aws,
    kinds: Kinds<'_>,
    parallelism: usize,
) -> Vec<Settled> {
    let open = std::mem::take(&mut state.open);
    let records = &*state;
    let mut looked: Vec<(usize, Open, Looked)> = stream::iter(open.into_iter().enumerate())
        .map(|(at, open)| async move {
            let looked = look(&open, records, aws, kinds).await;
            (at, open, looked)
        })
        .buffer_unordered(parallelism.max(1))
        .collect()
        .await;
    looked.sort_by_key(|(at, ..)| *at);
    let mut settled = Vec::new();
    for (_, open, looked) in looked {
        for change in looked.changes {
            state.change(change);
        }
        settled.push(Settled {
            address: open.intent.address.clone(),
            finding: looked.finding.clone(),
        });
        if let Finding::Uncertain(why) = looked.finding {
            state.open.push(Open {
                uncertain: Some(why),
                ..open
            });
        }
    }
    settled
}

/// What a look found, and what is to be recorded of it.
struct Looked {
    finding: Finding,
    changes: Vec<Change>,
}

impl Looked {
    fn at(finding: Finding) -> Self {
        Self {
            finding,
            changes: Vec::new(),
        }
    }

    fn uncertain(failure: &Failure) -> Self {
        Self::at(Finding::Uncertain(failure.to_string()))
    }
}

async fn look(open: &Open, state: &State, aws: &Aws, kinds: Kinds<'_>) -> Looked {
    let address = &open.intent.address;
    match &open.intent.work {
        Work::Create {
            draft,
            marks,
            replaces,
        } => {
            let recorded = state.records.get(address).is_some_and(|record| {
                record.generation == draft.generation && !record.id.is_empty()
            });
            if recorded {
                return Looked::at(Finding::Recorded);
            }
            let not_made = || Looked {
                finding: Finding::NotMade,
                changes: replaces.as_ref().map_or_else(Vec::new, |(aside, old)| {
                    vec![
                        Change::Remove(aside.clone()),
                        Change::Put(address.clone(), old.clone()),
                    ]
                }),
            };
            if !open.may_have_acted() {
                return not_made();
            }
            let node = Ready {
                address: address.clone(),
                kind: draft.kind.as_str().into(),
                place: draft.place.clone(),
                attributes: draft.written.clone(),
                marks: marks.clone(),
            };
            match made(open, &node, aws, kinds).await {
                Ok(Some(actual)) => Looked {
                    finding: Finding::Made(actual.id.clone()),
                    changes: vec![Change::Put(
                        address.clone(),
                        Box::new(Record {
                            id: actual.id,
                            attributes: actual.attributes,
                            unfinished: true,
                            touched_ms: open.last_begun_ms().unwrap_or_default(),
                            ..(**draft).clone()
                        }),
                    )],
                },
                Ok(None) => not_made(),
                Err(failure) => Looked::uncertain(&failure),
            }
        }
        Work::Update => match state.records.get(address) {
            Some(record) if open.may_have_acted() => unfinished(open, record),
            _ => Looked::at(Finding::Recorded),
        },
        Work::Delete => match state.records.get(address) {
            Some(record) if open.may_have_acted() => {
                match there(address, record, aws, kinds).await {
                    Ok(true) => unfinished(open, record),
                    Ok(false) => Looked {
                        finding: Finding::Gone,
                        changes: vec![Change::Remove(address.clone())],
                    },
                    Err(failure) => Looked::uncertain(&failure),
                }
            }
            _ => Looked::at(Finding::Recorded),
        },
    }
}

fn unfinished(open: &Open, record: &Record) -> Looked {
    Looked {
        finding: Finding::Unfinished,
        changes: vec![Change::Put(
            open.intent.address.clone(),
            Box::new(Record {
                unfinished: true,
                touched_ms: open.last_begun_ms().unwrap_or_default(),
                ..record.clone()
            }),
        )],
    }
}

fn kind_of(kinds: Kinds<'_>, word: &str) -> Result<&'static dyn Kind, Failure> {
    find(kinds, word).ok_or_else(|| {
        Failure::new(
            Cause::Other,
            "",
            format!("this smd does not have the kind `{word}`"),
        )
    })
}

/// What a create made, if it made something: looked for until it could no longer be invisible.
async fn made(
    open: &Open,
    node: &Ready,
    aws: &Aws,
    kinds: Kinds<'_>,
) -> Result<Option<Actual>, Failure> {
    let kind = kind_of(kinds, &node.kind)?;
    let clock = aws.clock();
    let consistency = u64::try_from(CONSISTENCY.as_millis()).unwrap_or(u64::MAX);
    let now = clock.now_ms();
    // A clock that jumped back must not make anybody wait for hours.
    let begun = open.last_begun_ms().unwrap_or(now).min(now);
    let visible_at = begun.saturating_add(consistency);
    loop {
        let late = clock.now_ms() >= visible_at;
        if let Some(id) = steady(aws, || kind.find(aws, node)).await? {
            let wanted = node.wanted(&id);
            let found = steady(aws, || kind.read(aws, &node.place, &wanted)).await?;
            if let Some(actual) = found.into_iter().next().flatten() {
                return Ok(Some(actual));
            }
        }
        if late {
            return Ok(None);
        }
        clock.sleep(PAUSE).await;
    }
}

/// Whether a recorded thing is still there.
async fn there(
    address: &Address,
    record: &Record,
    aws: &Aws,
    kinds: Kinds<'_>,
) -> Result<bool, Failure> {
    let kind = kind_of(kinds, &record.kind)?;
    let wanted = [Wanted::of_record(
        address,
        record,
        kind.schema(&record.kind),
    )];
    loop {
        let found = steady(aws, || kind.read(aws, &record.place, &wanted)).await?;
        let is_there = found.into_iter().next().flatten().is_some();
        if is_there || !may_not_show(record, aws.clock().now_ms()) {
            return Ok(is_there);
        }
        aws.clock().sleep(PAUSE).await;
    }
}

/// A look, tried again when it fails in passing.
pub(super) async fn steady<T, F, Fut>(aws: &Aws, mut look: F) -> Result<T, Failure>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Failure>>,
{
    let mut tries = 1;
    loop {
        match look().await {
            Err(failure)
                if tries < LOOKS
                    && matches!(
                        failure.cause,
                        Cause::Throttled | Cause::Transient | Cause::LostAnswer
                    ) =>
            {
                tries += 1;
                aws.clock().sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
}
