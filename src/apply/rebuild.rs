//! Making a lost record anew: what the files want is looked for by its ownership marks or, where it
//! takes no tags, by what makes it the only one of its kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;

use super::read::{self, Kinds, find};
use super::ready::{self, Finished, Secrets};
use super::recorder::Recorder;
use super::run::record_outputs;
use super::settle::steady;
use super::step;
use crate::address::Address;
use crate::aws::{Aws, Cause, Failure};
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kinds::marked::{self, Marked};
use crate::kinds::marks::{ADDRESS, KEY, STACK, marks};
use crate::kinds::{Actual, Ready};
use crate::plan::{Plan, Step};
use crate::state::journal::{Head, Journal};
use crate::state::{Change, Record, State};

/// What a record is made from.
pub struct RebuildRequest<'a> {
    /// The plan of a stack of which nothing is recorded: everything is to be made.
    pub plan: &'a Plan,
    /// The head of a journal that is never written; its lineage is the new one.
    pub head: Head,
    /// AWS, or the sandbox.
    pub aws: &'a Aws,
    /// The kinds there are.
    pub kinds: Kinds<'a>,
    /// Gives sensitive values.
    pub secrets: &'a Secrets<'a>,
    /// How many looks at once.
    pub parallelism: usize,
}

/// A record made anew.
#[derive(Debug)]
pub struct Rebuilt {
    /// What is recorded now.
    pub state: State,
    /// What the files want and nobody found, in the plan's order.
    pub missing: Vec<Address>,
    /// What carries this stack's marks and is no part of the record, in order.
    pub orphans: Vec<Orphan>,
    /// Places that could not be searched for orphans.
    pub warnings: Diagnostics,
}

/// Something with this stack's marks that no file names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Orphan {
    /// Its ARN.
    pub arn: String,
    /// The address in its mark, as far as a tag can hold one.
    pub address: String,
}

/// A thing that is looked for.
struct Sought<'a> {
    step: &'a Step,
    node: Ready,
    digests: BTreeMap<String, String>,
}

/// Looks for all that the plan would make.
///
/// # Errors
/// Every look that failed: nothing may be recorded then, or what was not seen would be made again.
pub async fn rebuild(request: RebuildRequest<'_>) -> Result<Rebuilt, Diagnostics> {
    let plan = request.plan;
    let state = State::new(&plan.stack, request.head.lineage.clone());
    let journal = Arc::new(Journal::new(request.head.clone()));
    let recorder = Recorder::new(state, true, journal, request.aws.clock().clone());
    let mut missing = BTreeSet::new();
    for level in levels(plan) {
        let mut sought = Vec::new();
        for step in level {
            match seek(plan, step, &request, &recorder) {
                Some(one) => sought.push(one),
                // What it is known by comes from something that is not there.
                None => {
                    missing.insert(step.address.clone());
                }
            }
        }
        let found = look(&request, &sought).await?;
        for (one, actual) in sought.iter().zip(found) {
            let Some(actual) = actual else {
                missing.insert(one.step.address.clone());
                continue;
            };
            recorder.keep_secrets(&one.step.address, &one.node.attributes);
            let record = step::record(
                one.step,
                (&one.node.attributes, &one.digests),
                actual,
                0,
                false,
            );
            recorder.record(Change::Put(one.step.address.clone(), Box::new(record)));
        }
    }
    // Outputs of what is not there are told by the next plan.
    let _ = record_outputs(plan, &recorder, &[]);
    let state = recorder
        .changed_state()
        .unwrap_or_else(|| State::new(&plan.stack, request.head.lineage));
    let (orphans, warnings) = orphans(request.aws, plan, &state).await;
    Ok(Rebuilt {
        missing: plan
            .steps
            .iter()
            .map(|step| step.address.clone())
            .filter(|address| missing.contains(address))
            .collect(),
        state,
        orphans,
        warnings,
    })
}

/// The steps of a plan in groups: each after the groups that have what it needs.
fn levels(plan: &Plan) -> Vec<Vec<&Step>> {
    let mut level_of = Vec::with_capacity(plan.tasks.len());
    let mut levels: Vec<Vec<&Step>> = Vec::new();
    for task in &plan.tasks {
        let needs = task.after.iter().filter_map(|need| level_of.get(*need));
        let level: usize = needs.max().map_or(0, |deepest: &usize| deepest + 1);
        level_of.push(level);
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        if let (Some(steps), Some(step)) = (levels.get_mut(level), plan.steps.get(task.step)) {
            steps.push(step);
        }
    }
    levels
}

/// What is looked for, if enough of it is known.
fn seek<'a>(
    plan: &Plan,
    step: &'a Step,
    request: &RebuildRequest<'_>,
    recorder: &Recorder,
) -> Option<Sought<'a>> {
    let kind = find(request.kinds, &step.kind)?;
    let finished = ready::attributes(
        &plan.stack,
        step,
        kind.schema(&step.kind),
        recorder,
        request.secrets,
    );
    let Finished {
        attributes,
        digests,
    } = finished.ok()?;
    let mut marks = marks(&plan.stack, ("", ""), &step.address, 0);
    // It came from the lineage and plans that were lost.
    marks.remove(KEY);
    Some(Sought {
        step,
        node: Ready {
            address: step.address.clone(),
            kind: Arc::from(step.kind.as_str()),
            place: step.place.clone(),
            attributes,
            marks,
        },
        digests,
    })
}

/// Finds and reads all of these, which do not need each other.
async fn look(
    request: &RebuildRequest<'_>,
    sought: &[Sought<'_>],
) -> Result<Vec<Option<Actual>>, Diagnostics> {
    let aws = request.aws;
    let found: Vec<Result<Option<String>, Failure>> = stream::iter(sought)
        .map(|one| async move {
            match find(request.kinds, &one.node.kind) {
                Some(kind) => gone_is_none(steady(aws, || kind.find(aws, &one.node)).await),
                None => Ok(None),
            }
        })
        .buffered(request.parallelism.max(1))
        .collect()
        .await;
    let mut wanted: Vec<(Address, Record)> = Vec::new();
    let mut failed: Diagnostics = Vec::new();
    for (one, found) in sought.iter().zip(found) {
        match found {
            Ok(Some(id)) => {
                let there = Actual::new(id, one.node.attributes.clone());
                let written = (&one.node.attributes, &BTreeMap::new());
                let record = step::record(one.step, written, there, 0, true);
                wanted.push((one.step.address.clone(), record));
            }
            Ok(None) => {}
            Err(failure) => failed.push(failure.to_diagnostic().about(one.step.address.as_str())),
        }
    }
    if !failed.is_empty() {
        return Err(failed);
    }
    let records = wanted.iter().map(|(address, record)| (address, record));
    let mut read = read::read(aws, request.kinds, records, request.parallelism, false).await?;
    Ok(sought
        .iter()
        .map(|one| read.remove(&one.step.address).flatten())
        .collect())
}

/// A thing of which the way to it is gone is not there.
fn gone_is_none(found: Result<Option<String>, Failure>) -> Result<Option<String>, Failure> {
    match found {
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        found => found,
    }
}

/// What carries this stack's marks and is not on record, in every account and region that the plan
/// names.
async fn orphans(aws: &Aws, plan: &Plan, state: &State) -> (Vec<Orphan>, Diagnostics) {
    let stack = marks(&plan.stack, ("", ""), &Address::from_text(""), 0)
        .remove(STACK)
        .unwrap_or_default();
    let known = Known::of(state);
    let mut regions: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    let mut accounts: BTreeMap<&str, &Place> = BTreeMap::new();
    for step in &plan.steps {
        let place = &step.place;
        regions
            .entry((&place.account, &place.region))
            .or_insert(place);
        accounts.entry(&place.account).or_insert(place);
    }
    let mut found: Vec<Marked> = Vec::new();
    let mut warnings = Diagnostics::new();
    let mut take = |answer: Result<Vec<Marked>, Failure>, place: &Place| match answer {
        Ok(marked) => found.extend(marked),
        Err(failure) => {
            let mut why = failure.to_diagnostic().note(format!(
                "so account {} in {} was not searched for things of this stack that no file names",
                place.account, place.region
            ));
            why.severity = crate::diagnostic::Severity::Warning;
            warnings.push(why);
        }
    };
    for place in regions.into_values() {
        take(marked::regional(aws, place, STACK, &stack).await, place);
    }
    for place in accounts.into_values() {
        take(marked::global(aws, place, STACK, &stack).await, place);
    }
    let orphans: BTreeSet<Orphan> = found
        .into_iter()
        .filter(|one| !known.has(&one.arn))
        .map(|one| Orphan {
            address: one.tags.get(ADDRESS).cloned().unwrap_or_default(),
            arn: one.arn,
        })
        .collect();
    (orphans.into_iter().collect(), warnings)
}

/// What is on record, to be told by an ARN.
struct Known<'a> {
    arns: BTreeSet<&'a str>,
    ids: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(state: &'a State) -> Self {
        let records = || state.records.values();
        Self {
            arns: records().filter_map(|record| record.text("arn")).collect(),
            ids: records().map(|record| record.id.as_str()).collect(),
        }
    }

    /// `arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1` is that of `vpc-1`.
    fn has(&self, arn: &str) -> bool {
        let id = arn.rsplit_once('/').map_or(arn, |(_, id)| id);
        self.arns.contains(arn) || self.ids.contains(arn) || self.ids.contains(id)
    }
}

/// Why a record cannot be made anew beside one that stands.
#[must_use]
pub fn not_beside(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        crate::diagnostic::codes::state::NOT_LOST,
        format!("{what} of this stack is there: `{name}`"),
    )
    .help("look at it with `smd state list`, or put an earlier one back with `smd state restore`")
    .help("only if it is of no use: move it away, then run `smd state rebuild` again")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::value::Map;

    #[test]
    fn an_arn_is_told_by_its_id() {
        let mut state = State::new("s", "l".to_owned());
        let record = |id: &str, arn: &str| Record {
            kind: "vpc".to_owned(),
            parent: None,
            place: Place {
                account: "1".into(),
                region: "r".into(),
                access: crate::config::Access::default(),
            },
            id: id.to_owned(),
            written: Map::new(),
            digests: BTreeMap::new(),
            attributes: Map::from_iter([("arn".into(), crate::value::Value::string(arn))]),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        };
        let put = |state: &mut State, address: &str, record: Record| {
            state.change(Change::Put(Address::from_text(address), Box::new(record)));
        };
        put(
            &mut state,
            "vpc.a",
            record("vpc-1", "arn:aws:ec2:r:1:vpc/vpc-1"),
        );
        put(
            &mut state,
            "role.a",
            record("one", "arn:aws:iam::1:role/team/one"),
        );
        let known = Known::of(&state);
        for (arn, is_known) in [
            ("arn:aws:ec2:r:1:vpc/vpc-1", true),
            ("arn:aws:ec2:r:2:vpc/vpc-1", true),
            ("arn:aws:ec2:r:1:vpc/vpc-2", false),
            ("arn:aws:iam::1:role/team/one", true),
            ("arn:aws:iam::1:role/two", false),
        ] {
            assert_eq!(known.has(arn), is_known, "{arn}");
        }
    }
}
