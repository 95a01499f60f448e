//! Configurations written by hand, a simulated AWS, and plans as short texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::kinds::KINDS;
use crate::address::Address;
use crate::config::{Access, Configuration, Edge, Lifecycle, Node, Output, Place, conform, finish};
use crate::diagnostic::{Diagnostics, FileId, Sources, Span};
use crate::graph::Graph;
use crate::kinds::schema::NameRule;
use crate::kinds::{Actual, Inside, marks};
use crate::plan::{Half, Plan, PlanInput, PlanOptions, make, paths, set_aside};
use crate::state::{Change, Record, State};
use crate::value::{Data, Map, Value};

pub const STACK: &str = "test";

pub fn address(text: &str) -> Address {
    Address::from_text(text)
}

pub fn place() -> Place {
    Place {
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        access: Access::default(),
    }
}

/// Strings `@ADDRESS.ATTRIBUTE` are references, `!text` is a sensitive text.
fn value(json: &Json, references: &mut BTreeSet<Address>) -> Value {
    match json {
        Json::String(text) => {
            if let Some((target, name)) = text.strip_prefix('@').and_then(|t| t.rsplit_once('.')) {
                references.insert(address(target));
                return Value::unknown_attribute(address(target), name);
            }
            match text.strip_prefix('!') {
                Some(secret) => Value::string(secret).sensitive(true),
                None => Value::string(text.as_str()),
            }
        }
        Json::Array(items) => Value::list(items.iter().map(|v| value(v, references)).collect()),
        Json::Object(members) => Value::map(
            members
                .iter()
                .map(|(key, v)| (Arc::from(key.as_str()), value(v, references)))
                .collect(),
        ),
        other => Value::from_json(other),
    }
}

fn kind_of(address: &str) -> &'static str {
    let mut pieces = address.split('.');
    match (pieces.next().unwrap(), pieces.nth(1)) {
        ("group", Some("rule")) => "group.rule",
        ("net", _) => "net",
        ("group", _) => "group",
        ("box", _) => "box",
        ("pin", _) => "pin",
        ("wish", _) => "wish",
        (other, _) => panic!("no kind {other}"),
    }
}

/// A configuration of `(address, attributes)`; a name left out is made up; `needs` adds edges, soft
/// ones where a `~` stands before the address.
pub fn configuration(nodes: &[(&str, Json)]) -> Configuration {
    let mut configuration = Configuration::default();
    configuration.stack.name = STACK.into();
    configuration.digest = format!("{nodes:?}").len().to_string();
    let span = Span::new(FileId(0), 0, 1);
    let mut made = BTreeMap::new();
    for (text, json) in nodes {
        let mut references = BTreeSet::new();
        let mut soft = BTreeSet::new();
        let Json::Object(members) = json else {
            panic!("attributes")
        };
        let mut attributes = Map::new();
        let mut lifecycle = Lifecycle::default();
        let mut at = place();
        let mut spans = BTreeMap::new();
        for (name, json) in members {
            match name.as_str() {
                "needs" => {
                    for need in json.as_array().unwrap() {
                        let need = need.as_str().unwrap();
                        match need.strip_prefix('~') {
                            Some(need) => soft.insert(address(need)),
                            None => references.insert(address(need)),
                        };
                    }
                }
                "protect" => {
                    lifecycle.protect = json.as_bool().unwrap();
                    lifecycle.protect_lifted = !lifecycle.protect;
                }
                "first" => lifecycle.create_before_destroy = true,
                "ignore" => {
                    lifecycle.ignore_changes = json
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|v| v.as_str().unwrap().to_owned())
                        .collect();
                }
                "region" => at.region = json.as_str().unwrap().into(),
                _ => {
                    attributes.insert(Arc::from(name.as_str()), value(json, &mut references));
                    spans.insert(Arc::from(name.as_str()), span);
                }
            }
        }
        let kind = kind_of(text);
        let parent = (kind == "group.rule").then(|| {
            let resource: Vec<&str> = text.split('.').take(2).collect();
            address(&resource.join("."))
        });
        if let Some(parent) = &parent {
            references.insert(parent.clone());
            attributes
                .entry("group".into())
                .or_insert_with(|| Value::unknown_attribute(parent.clone(), "id"));
        }
        if kind == "group" {
            let label = text.split('.').nth(1).unwrap();
            attributes
                .entry("name".into())
                .or_insert_with(|| Value::string(format!("{STACK}-{label}")));
        }
        made.insert(
            address(text),
            Node {
                address: address(text),
                kind,
                parent,
                place: at,
                attributes,
                edges: references
                    .into_iter()
                    .map(|to| (to, false))
                    .chain(soft.into_iter().map(|to| (to, true)))
                    .map(|(to, soft)| Edge {
                        to,
                        span: Some(span),
                        soft,
                    })
                    .collect(),
                lifecycle,
                span,
                attribute_spans: spans,
            },
        );
    }
    configuration.nodes = made.into_iter().collect();
    configuration
}

pub fn output(configuration: &mut Configuration, name: &str, json: &Json) {
    configuration.outputs.insert(
        name.into(),
        Output {
            value: value(json, &mut BTreeSet::new()),
            sensitive: false,
            description: None,
            span: Span::new(FileId(0), 0, 1),
        },
    );
}

/// A thing of the simulated AWS.
#[derive(Debug, Clone)]
pub struct Thing {
    pub kind: String,
    pub attributes: Map,
}

/// Simulated AWS and state.
#[derive(Debug, Default)]
pub struct World {
    pub things: BTreeMap<String, Thing>,
    pub state: Option<State>,
    made: usize,
    /// What is inside of things, by their ids.
    pub inside: BTreeMap<String, Vec<Inside>>,
    /// Whether to check that no delete meets a user of the thing.
    pub lenient: bool,
}

impl World {
    /// What is read of every record.
    pub fn read(&self) -> BTreeMap<Address, Option<Actual>> {
        let records = self.state.iter().flat_map(|state| &state.records);
        records
            .map(|(address, record)| {
                let mark = (marks::ADDRESS.to_owned(), marks::of_address(address));
                let actual = self.things.get(&record.id).map(|thing| Actual {
                    inside: self.inside.get(&record.id).cloned().unwrap_or_default(),
                    marks: [mark.clone()].into(),
                    ..Actual::new(record.id.clone(), thing.attributes.clone())
                });
                (address.clone(), actual)
            })
            .collect()
    }

    pub fn plan_with(
        &self,
        configuration: &Configuration,
        options: PlanOptions,
    ) -> Result<(Plan, Diagnostics), Diagnostics> {
        let graph = Graph::build(configuration, &Sources::default())?;
        make(&PlanInput {
            configuration,
            graph: &graph,
            state: self.state.as_ref(),
            actual: &self.read(),
            imported: &BTreeMap::new(),
            kinds: &KINDS,
            file_digests: BTreeMap::new(),
            options,
        })
    }

    pub fn plan(&self, configuration: &Configuration) -> Plan {
        self.plan_with(configuration, PlanOptions::default())
            .unwrap()
            .0
    }

    /// Plans and applies, and gives the plan.
    pub fn up(&mut self, configuration: &Configuration) -> Plan {
        let plan = self.plan(configuration);
        self.apply(configuration, &plan);
        plan
    }

    /// Does the tasks in their order and checks each against what there is.
    pub fn apply(&mut self, configuration: &Configuration, plan: &Plan) {
        let mut state = self
            .state
            .take()
            .unwrap_or_else(|| State::new(STACK, "l".to_owned()));
        let mut moves = Vec::new();
        for step in &plan.steps {
            if let Some(from) = &step.moved_from {
                moves.push((from.clone(), step.address.clone()));
            }
        }
        state.change(Change::Rename(moves));
        for (number, task) in plan.tasks.iter().enumerate() {
            assert!(task.after.iter().all(|first| *first < number), "order");
            let step = &plan.steps[task.step];
            if task.half == Half::Forget {
                state.records.remove(&step.address).unwrap();
                continue;
            }
            if task.half == Half::Delete {
                let own = state
                    .records
                    .get(&step.address)
                    .filter(|record| Some(&record.id) == step.id.as_ref());
                let at = match (own, &step.id) {
                    (None, Some(id)) => set_aside(&step.address, id),
                    _ => step.address.clone(),
                };
                let record = state.records.remove(&at).unwrap();
                self.things.remove(&record.id);
                for (id, thing) in self.things.iter().filter(|_| !self.lenient) {
                    assert!(
                        !mentions_in(&thing.attributes, &record.id),
                        "{id} still uses {}",
                        record.id
                    );
                }
                continue;
            }
            let node = &configuration.nodes[&step.address];
            let lookup = |address: &Address, name: &str| {
                let record = state.records.get(address)?;
                record.attributes.get(name).cloned()
            };
            let mut attributes: Map = step
                .after
                .as_ref()
                .unwrap()
                .iter()
                .map(|(name, value)| {
                    let finished = finish(value, &lookup).unwrap();
                    // In the order of its set, as apply records it.
                    let kind = KINDS.iter().find_map(|kind| kind.schema(&step.kind));
                    let attribute = kind.and_then(|schema| paths::attribute(schema, name));
                    let conformed = attribute
                        .filter(|_| value.has_unknown())
                        .and_then(|attribute| conform(&finished, attribute, &|_, _| None).ok());
                    (name.clone(), conformed.unwrap_or(finished))
                })
                .collect();
            assert!(!attributes.values().any(Value::has_unknown), "{step:?}");
            let written = attributes.clone();
            for path in step.sensitive.keys() {
                let secret = super::super::paths::get(&node.attributes, path).unwrap();
                super::super::paths::set(&mut attributes, path, Some(secret.clone()));
            }
            let old = state.records.get(&step.address).cloned();
            let id = match task.half {
                Half::Update => old.as_ref().unwrap().id.clone(),
                _ => {
                    self.made += 1;
                    format!("{}-{}", node.kind, self.made)
                }
            };
            if let (true, Some(old)) = (step.create_first, &old) {
                let aside = set_aside(&step.address, &old.id);
                state.records.insert(aside, old.clone());
            }
            let lookup = |address: &Address, name: &str| {
                let record = state.records.get(address)?;
                record.attributes.get(name).cloned()
            };
            for mentioned in ids_in(&attributes) {
                assert!(
                    self.things.contains_key(&mentioned),
                    "{mentioned} is not there"
                );
            }
            if task.half == Half::Create {
                self.refuse_doubles(node.kind, &attributes);
            }
            let mut there = match task.half {
                Half::Update => self.things[&id].attributes.clone(),
                _ => Map::new(),
            };
            there.extend(attributes);
            for change in &step.changes {
                if task.half == Half::Update && change.note.is_none() && !change.sensitive {
                    let after = finish(&change.after, &lookup).unwrap();
                    let after = Some(after).filter(|value| !value.is_null());
                    super::super::paths::set(&mut there, &change.path, after);
                }
            }
            there.insert("id".into(), Value::string(id.as_str()));
            self.things.insert(
                id.clone(),
                Thing {
                    kind: node.kind.to_owned(),
                    attributes: there.clone(),
                },
            );
            state.records.insert(
                step.address.clone(),
                Record {
                    kind: step.kind.clone(),
                    parent: step.parent.clone(),
                    place: step.place.clone(),
                    id,
                    written,
                    digests: step.sensitive.clone(),
                    attributes: there,
                    depends_on: step.depends_on.clone(),
                    protect: step.protect,
                    generation: old.map_or(0, |old| old.generation + 1),
                    unfinished: false,
                    touched_ms: 0,
                },
            );
        }
        for step in plan.steps.iter().filter(|step| step.record_changes) {
            if step.action == crate::plan::Action::Unchanged {
                let record = state.records.get_mut(&step.address).unwrap();
                record.written = step.after.clone().unwrap();
                record.protect = step.protect;
                record.depends_on = step.depends_on.clone();
                record.digests = step.sensitive.clone();
                record.place = step.place.clone();
            }
        }
        for (name, change) in &plan.outputs {
            let lookup = |address: &Address, name: &str| {
                let record = state.records.get(address)?;
                record.attributes.get(name).cloned()
            };
            let after = finish(&change.after, &lookup).unwrap();
            if after.is_null() {
                state.outputs.remove(name);
            } else {
                state.outputs.insert(name.clone(), after);
            }
        }
        state.serial += 1;
        self.state = Some(state);
    }

    fn refuse_doubles(&self, kind: &str, attributes: &Map) {
        let unique: Option<NameRule> = (kind == "group").then(|| super::kinds::GROUP.name.unwrap());
        for (id, thing) in self.things.iter().filter(|(_, t)| t.kind == kind) {
            if let Some(rule) = unique {
                let name = rule.attribute;
                assert_ne!(
                    thing.attributes.get(name),
                    attributes.get(name),
                    "{id} has the name"
                );
            }
            if kind == "pin" {
                let net = |map: &Map| map.get("net").cloned();
                assert_ne!(
                    net(&thing.attributes),
                    net(attributes),
                    "{id} is pinned there"
                );
            }
        }
    }

    pub fn set(&mut self, at: &str, name: &str, json: &Json) {
        let id = self.state.as_ref().unwrap().records[&address(at)]
            .id
            .clone();
        let thing = self.things.get_mut(&id).unwrap();
        thing.attributes.insert(name.into(), Value::from_json(json));
    }

    pub fn remove(&mut self, at: &str) {
        let id = self.state.as_ref().unwrap().records[&address(at)]
            .id
            .clone();
        self.things.remove(&id);
    }

    pub fn record(&mut self, at: &str) -> &mut Record {
        let state = self.state.as_mut().unwrap();
        state.records.get_mut(&address(at)).unwrap()
    }
}

pub fn ids_in(map: &Map) -> BTreeSet<String> {
    fn walk(value: &Value, out: &mut BTreeSet<String>) {
        match &value.data {
            Data::String(text)
                if ["net-", "group-", "box-", "pin-"]
                    .iter()
                    .any(|prefix| text.starts_with(prefix)) =>
            {
                out.insert(text.to_string());
            }
            Data::List(items) => items.iter().for_each(|item| walk(item, out)),
            Data::Map(members) => members.values().for_each(|member| walk(member, out)),
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    map.iter()
        .filter(|(name, _)| !matches!(&***name, "id" | "name"))
        .for_each(|(_, value)| walk(value, &mut out));
    out
}

pub fn mentions_in(map: &Map, id: &str) -> bool {
    ids_in(map).contains(id)
}

/// A plan as a few lines: steps that are not simply unchanged, then the tasks.
pub fn show(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        let quiet = step.changes.is_empty() && step.moved_from.is_none();
        if step.action == crate::plan::Action::Unchanged && quiet {
            continue;
        }
        let mark = step.action.mark(step.create_first);
        writeln!(out, "{mark:>3} {}", step.address).unwrap();
        if step.marks {
            writeln!(out, "      marks").unwrap();
        }
        for change in &step.changes {
            let shown = |value: &Value| {
                if value.has_unknown() {
                    "?".to_owned()
                } else {
                    value.to_json().unwrap_or(json!("hidden")).to_string()
                }
            };
            write!(out, "      {}: ", change.path).unwrap();
            if change.sensitive {
                write!(out, "(sensitive)").unwrap();
            } else {
                write!(out, "{} -> {}", shown(&change.before), shown(&change.after)).unwrap();
            }
            if let Some(why) = &change.replaces {
                write!(out, " !{why}").unwrap();
            }
            if let Some(note) = &change.note {
                write!(out, " ({note})").unwrap();
            }
            out.push('\n');
        }
        for reason in &step.reasons {
            writeln!(out, "      because {}: {}", reason.code, reason.message).unwrap();
        }
        for risk in &step.risks {
            writeln!(out, "      risk {risk}").unwrap();
        }
    }
    for task in &plan.tasks {
        let half = match task.half {
            Half::Create => "create",
            Half::Update => "update",
            Half::Delete => "delete",
            Half::Forget => "forget",
        };
        writeln!(out, "{half} {}", plan.steps[task.step].address).unwrap();
    }
    out
}

/// Applies the first configuration and shows the plan for the second.
pub fn check(first: &[(&str, Json)], second: &[(&str, Json)]) -> String {
    let mut world = World::default();
    world.up(&configuration(first));
    let second = configuration(second);
    let plan = world.plan(&second);
    let shown = show(&plan);
    world.apply(&second, &plan);
    let again = world.plan(&second);
    assert!(again.is_empty(), "not empty after apply:\n{}", show(&again));
    assert!(!again.has_record_changes(), "records differ after apply");
    shown
}
