//! Making a plan.

use std::collections::BTreeMap;

use super::catalog::{Catalog, Entry};
use super::input::PlanInput;
use super::model::{Action, Expected, OutputChange, PLAN_FORMAT_VERSION, Plan, Reason, Step};
use super::moved::Moved;
use super::renamed::Renames;
use super::{
    asked_anew, create_first, excluded, expectations, foreign, outputs, protect, targets, tasks,
};
use crate::address::Address;
use crate::config::{Node, Place};
use crate::diagnostic::{Diagnostic, Diagnostics, codes, has_errors};
use crate::state::{Record, digest};
use crate::value::Map;

/// What is there of a recorded thing.
#[derive(Clone, Copy)]
pub(super) struct Current<'a> {
    /// Its id.
    pub id: &'a str,
    /// Everything that was read.
    pub attributes: &'a Map,
    /// Whether it was read now, and not only recorded earlier.
    pub fresh: bool,
    /// The ownership marks on it, if they were read.
    pub marks: Option<&'a BTreeMap<String, String>>,
}

/// A step in the making.
pub(super) struct Draft<'a> {
    /// The step as far as it is decided.
    pub step: Step,
    /// Its kind.
    pub entry: Entry,
    /// Its number in the configuration; `None`: it is not in it.
    pub node: Option<usize>,
    /// What was recorded and under which address.
    pub record: Option<(&'a Address, &'a Record)>,
    /// What is there.
    pub current: Option<Current<'a>>,
}

/// What the parts of planning share.
pub(super) struct Planner<'a> {
    /// What the plan is made from.
    pub input: &'a PlanInput<'a>,
    /// The kinds by word.
    pub catalog: Catalog,
    /// One draft for each node of the configuration, as far as decided.
    pub drafts: Vec<Option<Draft<'a>>>,
    /// Records that have another address now.
    pub moved: Moved<'a>,
    /// What was found on the way.
    pub out: Diagnostics,
}

/// Makes a plan: pure, deterministic, linear in configuration and state. With it come warnings and
/// notes.
///
/// # Errors
/// Everything that keeps the plan from being made: a protected thing that would go, data that would
/// be lost without consent, a target that names nothing, an expression that fails on what is known.
pub fn make(input: &PlanInput<'_>) -> Result<(Plan, Diagnostics), Diagnostics> {
    let Drafted {
        mut drafts,
        outputs,
        expectations,
        mut out,
    } = draft(input)?;
    let tasks = tasks::tasks(input, &mut drafts);
    protect::check(input, &mut drafts, &mut out);
    foreign::tell(input, &drafts, &mut out);
    if has_errors(&out) {
        return Err(out);
    }
    let configuration = input.configuration;
    let text = |map: &BTreeMap<std::sync::Arc<str>, String>| {
        map.iter()
            .map(|(name, value)| (name.to_string(), value.clone()))
            .collect()
    };
    let plan = Plan {
        format_version: PLAN_FORMAT_VERSION,
        smd_version: env!("CARGO_PKG_VERSION").to_owned(),
        stack: configuration.stack.name.to_string(),
        state_store: configuration.stack.state.clone(),
        destroy: input.options.destroy,
        targets: input.options.targets.clone(),
        excludes: input.options.excludes.clone(),
        lineage: input.state.map(|state| state.lineage.clone()),
        serial: input.state.map(|state| state.serial),
        configuration_digest: configuration.digest.clone(),
        input_digests: text(&configuration.input_digests),
        file_digests: input.file_digests.clone(),
        input_sources: text(&configuration.input_sources),
        consents: input.options.consents.iter().cloned().collect(),
        steps: drafts.into_iter().map(|draft| draft.step).collect(),
        tasks,
        outputs,
        expectations,
        salt: digest::stack_salt(&configuration.stack.name),
    };
    Ok((plan, out))
}

/// The addresses of recorded things that would go and in which people may have made something, but for
/// those inside of something else that goes: what is to be looked at before the plan is made.
#[must_use]
pub fn going(input: &PlanInput<'_>) -> Vec<Address> {
    // What keeps the plan from being made is told by making it.
    let Ok(Drafted { drafts, .. }) = draft(input) else {
        return Vec::new();
    };
    let covers = protect::covers(&drafts);
    drafts
        .iter()
        .zip(covers)
        .filter(|(draft, cover)| {
            let entry = draft.entry;
            cover.is_none() && draft.step.goes() && entry.kind.has_people(entry.schema.kind)
        })
        .filter_map(|(draft, _)| Some(draft.record?.0.clone()))
        .collect()
}

/// What is decided of each thing.
struct Drafted<'a> {
    drafts: Vec<Draft<'a>>,
    outputs: BTreeMap<String, OutputChange>,
    expectations: Vec<Expected>,
    out: Diagnostics,
}

fn draft<'a>(input: &'a PlanInput<'a>) -> Result<Drafted<'a>, Diagnostics> {
    let mut planner = Planner {
        input,
        catalog: Catalog::new(input.kinds),
        drafts: Vec::new(),
        moved: Moved::default(),
        out: Vec::new(),
    };
    planner.check_state()?;
    planner.moved = Moved::new(&mut planner);
    let mut renames = Renames::new(&planner);
    planner.drafts = input.configuration.nodes.iter().map(|_| None).collect();
    if !input.options.destroy {
        for index in input.graph.order() {
            let draft = planner.decide(*index, &mut renames);
            if let Some(slot) = planner.drafts.get_mut(*index) {
                *slot = draft;
            }
        }
        create_first::decide(&mut planner);
    }
    let mut removed = planner.removals(&renames);
    removed.extend(planner.foreign_deletions());
    let outputs = outputs::changes(&mut planner);
    let expectations = expectations::check(&mut planner);
    let Planner {
        drafts, mut out, ..
    } = planner;
    let mut drafts: Vec<Draft<'_>> = drafts.into_iter().flatten().chain(removed).collect();
    drafts.sort_by(|a, b| a.step.address.cmp(&b.step.address));
    targets::select(input, &mut drafts, &mut out);
    asked_anew::check(input, &drafts, &mut out);
    excluded::leave_out(input, &mut drafts, &mut out);
    Ok(Drafted {
        drafts,
        outputs,
        expectations,
        out,
    })
}

impl<'a> Planner<'a> {
    /// The node with this number.
    pub(super) fn node(&self, index: usize) -> Option<&'a Node> {
        self.input
            .configuration
            .nodes
            .get_index(index)
            .map(|(_, node)| node)
    }

    fn check_state(&self) -> Result<(), Diagnostics> {
        let Some(state) = self.input.state else {
            return Ok(());
        };
        let stack = &*self.input.configuration.stack.name;
        if state.stack != stack {
            return Err(vec![
                Diagnostic::error(
                    codes::plan::OTHER_STACK,
                    format!(
                        "the state belongs to stack `{}`, not to `{stack}`",
                        state.stack
                    ),
                )
                .at_opt(self.input.configuration.stack.span, "this stack")
                .help("check the stack's name and where its `state` is"),
            ]);
        }
        let words: Vec<&str> = self.catalog.words().collect();
        let unknown: Diagnostics = state
            .records
            .iter()
            .filter(|(_, record)| self.catalog.get(&record.kind).is_none())
            .map(|(address, record)| {
                Diagnostic::error(
                    codes::plan::UNKNOWN_KIND,
                    format!(
                        "`{address}` is recorded with the unknown kind `{}`",
                        record.kind
                    ),
                )
                .about(address.as_str())
                .help_opt(crate::diagnostic::did_you_mean(
                    &record.kind,
                    words.iter().copied(),
                ))
                .help("use the smd that wrote this state, or a newer one")
            })
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(unknown)
        }
    }

    /// What is there of a record.
    pub(super) fn current(&self, address: &Address, record: &'a Record) -> Option<Current<'a>> {
        match self.input.actual.get(address) {
            Some(Some(actual)) => Some(Current {
                id: &actual.id,
                attributes: &actual.attributes,
                fresh: true,
                marks: Some(&actual.marks),
            }),
            Some(None) => None,
            None => Some(Current {
                id: &record.id,
                attributes: &record.attributes,
                fresh: false,
                marks: None,
            }),
        }
    }

    /// A deletion for each record that no node of the configuration takes.
    fn removals(&self, renames: &Renames<'a>) -> Vec<Draft<'a>> {
        let Some(state) = self.input.state else {
            return Vec::new();
        };
        state
            .records
            .iter()
            .filter(|(address, _)| {
                let wanted = !self.input.options.destroy
                    && self.input.configuration.nodes.contains_key(*address);
                !wanted && !renames.is_taken(address) && !self.moved.is_taken(address)
            })
            .filter_map(|(address, record)| self.removal(address, record))
            .collect()
    }

    fn removal(&self, address: &'a Address, record: &'a Record) -> Option<Draft<'a>> {
        let entry = self.catalog.get(&record.kind)?;
        let current = self.current(address, record);
        let is_aside = super::is_set_aside(address);
        let handover = &self.input.configuration.handover;
        // What the files say of it they say of the address that it has by now.
        let now = handover.moves.now(address);
        let parent = record.parent.as_ref();
        let parent = parent.map(|parent| handover.moves.now(parent));
        let forgotten = handover
            .removed(address)
            .filter(|removed| !removed.destroy && !is_aside);
        let mut reasons = vec![if is_aside {
            Reason::new(
                "replaced_earlier",
                None,
                "it was replaced in an earlier run",
            )
        } else if forgotten.is_some() {
            Reason::new(
                "removed",
                None,
                "it is forgotten and stays, as `removed` says",
            )
        } else if self.input.options.destroy {
            Reason::new("destroy", None, "everything is to be deleted")
        } else {
            let configuration = self.input.configuration;
            let cause = configuration.left_out(&now, parent.as_deref());
            let words = cause.map_or_else(
                || "it is no longer in the configuration".to_owned(),
                |cause| cause.words(),
            );
            Reason::new("not_in_configuration", None, words)
        }];
        if current.is_none() {
            reasons.push(Reason::new("gone", None, "it is no longer there"));
        }
        let before = current.map(|current| {
            let none = Map::new();
            super::diff::owned(entry.schema, current.attributes, &none, &record.written)
        });
        let mut step = Step::new(
            address.clone(),
            record.kind.clone(),
            self.way_in(&record.place),
        );
        step.parent.clone_from(&record.parent);
        // Of what is to go with everything, or with a resource that stays, the files may still say.
        let nodes = &self.input.configuration.nodes;
        let node = nodes.get(&*now).or_else(|| nodes.get(parent.as_deref()?));
        step.timeouts = node.map(|node| node.lifecycle.timeouts).unwrap_or_default();
        if forgotten.is_some() {
            step.action = Action::Forget;
            step.marks = current.is_some() && self.has_own_tags(entry, record);
        } else {
            step.action = Action::Delete;
        }
        step.reasons = reasons;
        step.depends_on.clone_from(&record.depends_on);
        step.id = Some(current.map_or(record.id.as_str(), |c| c.id).to_owned());
        step.before = before;
        Some(Draft {
            step,
            entry,
            node: None,
            record: Some((address, record)),
            current,
        })
    }

    /// Whether a recorded thing carries marks of its own: it takes tags, and they are not those of
    /// its resource, as those of a peering's acceptance in the same account are.
    pub(super) fn has_own_tags(&self, entry: Entry, record: &Record) -> bool {
        let is_resources = |parent: &Address| {
            let records = self.input.state.map(|state| &state.records);
            records
                .and_then(|records| records.get(parent))
                .or_else(|| self.input.imported.get(parent))
                .is_some_and(|parent| {
                    parent.id == record.id
                        && parent.place.account == record.place.account
                        && parent.place.region == record.place.region
                })
        };
        entry.schema.taggable && !record.parent.as_ref().is_some_and(is_resources)
    }

    /// A recorded place with the way in that its account's declaration gives now, if there is one.
    fn way_in(&self, place: &Place) -> Place {
        let declared = self
            .input
            .configuration
            .accounts
            .values()
            .find(|account| account.id.as_deref() == Some(&*place.account));
        let mut place = place.clone();
        if let Some(account) = declared {
            place.access = account.access.clone();
        }
        place
    }
}
