//! Taking over what lives already: what `import` statements name is read, and with a resource those
//! of its parts that stand as they are written. Nothing is changed here; the plan shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read::{self, Found, Kinds, find};
use crate::address::Address;
use crate::aws::{Aws, Cause};
use crate::config::{self, Configuration, Import, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::marks::{ADDRESS, STACK, marks};
use crate::kinds::{Actual, Kind, Ready, import};
use crate::plan;
use crate::state::{Record, State};
use crate::value::Map;

/// What is to be taken over: as it would have been recorded, had smd made it, by its address. What
/// is there of each goes to `actual`, as with what is recorded.
pub type Imported = BTreeMap<Address, Record>;

/// What the reading works with.
pub struct ImportRequest<'a> {
    /// What the files want, and import.
    pub configuration: &'a Configuration,
    /// What is recorded.
    pub state: Option<&'a State>,
    /// AWS, or the sandbox.
    pub aws: &'a Aws,
    /// The kinds there are.
    pub kinds: Kinds<'a>,
    /// How many reads at once.
    pub parallelism: usize,
    /// Whether what carries another stack's marks is taken over too: its state is lost.
    pub from_others: bool,
}

/// Reads what is imported and not recorded yet, and adds to `actual` what is there of it.
///
/// # Errors
/// Every import that cannot be: an id of another form or place, nothing there, what another stack
/// owns, what is recorded already; and reads that failed.
pub async fn read_imports(
    request: &ImportRequest<'_>,
    actual: &mut Found,
) -> Result<Imported, Diagnostics> {
    let mut wrong = Diagnostics::new();
    let mut named = Imported::new();
    let mut spans = BTreeMap::new();
    for statement in &request.configuration.handover.imports {
        match request.named(statement, &named) {
            Ok(Some(record)) => {
                named.insert(statement.to.clone(), record);
                spans.insert(&statement.to, statement.span);
            }
            Ok(None) => {}
            Err(why) => wrong.push(*why),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if named.is_empty() {
        return Ok(named);
    }
    let there = request.read(&named, true).await?;
    let mut imported = Imported::new();
    for (address, record) in named {
        let at = spans.get(&address).copied();
        match there.get(&address).cloned().flatten() {
            Some(found) => {
                if let Some(why) = request.foreign(&address, &found) {
                    wrong.push(why.at_opt(at, "imported here"));
                }
                imported.insert(address.clone(), seen(record, &found));
                actual.insert(address, Some(found));
            }
            None => wrong.push(
                Diagnostic::error(
                    codes::apply::IMPORT,
                    format!("there is no {} `{}`", record.kind, record.id),
                )
                .at_opt(at, "imported here")
                .about(address.as_str())
                .note(format!(
                    "it was looked for in account {} in {}",
                    record.place.account, record.place.region
                ))
                .help("check the id, and the account and region that it is in"),
            ),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    request.parts(&mut imported, actual).await?;
    Ok(imported)
}

impl ImportRequest<'_> {
    fn stack(&self) -> &str {
        &self.configuration.stack.name
    }

    /// The record of what a statement names, not read yet; `None`: it is recorded so already.
    fn named(
        &self,
        statement: &Import,
        others: &Imported,
    ) -> Result<Option<Record>, Box<Diagnostic>> {
        let refused = |message: String| {
            Diagnostic::error(codes::apply::IMPORT, message)
                .at(statement.span, "imported here")
                .about(statement.to.as_str())
        };
        let address = &statement.to;
        let node = self.configuration.nodes.get(address);
        let Some((node, kind)) = node.and_then(|node| Some((node, find(self.kinds, node.kind)?)))
        else {
            // Told where the files were read.
            return Ok(None);
        };
        let Some(form) = kind.import(node.kind) else {
            return Err(Box::new(refused(format!(
                "a `{}` cannot be imported",
                node.kind
            ))));
        };
        let Some(id) = (form.id)(&statement.id) else {
            return Err(Box::new(
                refused(format!(
                    "`{}` is not the id of a {}",
                    statement.id, node.kind
                ))
                .help(format!("it is written as {}", form.form)),
            ));
        };
        let (account, region) = import::place_in_arn(&statement.id).unwrap_or_default();
        let elsewhere = account.is_some_and(|account| account != &*node.place.account)
            || region.is_some_and(|region| region != &*node.place.region);
        if elsewhere {
            return Err(Box::new(
                refused(format!(
                    "`{}` is not in account {} in {}, where `{address}` is",
                    statement.id, node.place.account, node.place.region
                ))
                .help("place the resource with `account` and `region`"),
            ));
        }
        let moves = &self.configuration.handover.moves;
        let records = self.state.into_iter().flat_map(|state| &state.records);
        for (at, record) in records {
            let now = moves.forward(at);
            let now = now.as_ref().unwrap_or(at);
            let is_it = record.kind == node.kind
                && record.id == id
                && record.place.account == node.place.account;
            if now == address && is_it {
                return Ok(None);
            }
            if now == address {
                return Err(Box::new(
                    refused(format!(
                        "`{address}` is recorded already, and as another thing: `{}`",
                        record.id
                    ))
                    .help("take the `import` out, or forget what is recorded with `smd state rm`"),
                ));
            }
            if is_it {
                return Err(Box::new(
                    refused(format!("`{id}` is recorded already, as `{at}`"))
                        .help(format!("write `moved {{ from = {at}, to = {address} }}`")),
                ));
            }
        }
        let twice = others
            .iter()
            .find(|(_, other)| other.kind == node.kind && other.id == id);
        if let Some((other, _)) = twice {
            return Err(Box::new(refused(format!(
                "`{id}` is imported twice, also as `{other}`"
            ))));
        }
        Ok(Some(unread(node, id, self.known(node, others, None))))
    }

    /// What of a node's attributes is known, tags left out: those are read from AWS.
    fn known(&self, node: &Node, imported: &Imported, actual: Option<&Found>) -> Map {
        let lookup = |address: &Address, name: &str| {
            let there = actual.and_then(|actual| actual.get(address)?.as_ref());
            let record = || {
                let state = self.state.map(|state| &state.records);
                imported
                    .get(address)
                    .or_else(|| state.and_then(|records| records.get(address)))
            };
            there
                .and_then(|actual| actual.attributes.get(name))
                .or_else(|| record().and_then(|record| record.attribute(name)))
                .cloned()
        };
        node.attributes
            .iter()
            .filter(|(name, value)| &***name != "tags" && !value.has_sensitive())
            .filter_map(|(name, value)| {
                // What cannot be told yet is compared by the plan.
                let value = config::finish(value, &lookup).ok()?;
                (!value.has_unknown() && !value.is_null()).then(|| (Arc::clone(name), value))
            })
            .collect()
    }

    async fn read(&self, records: &Imported, inside: bool) -> Result<Found, Diagnostics> {
        read::read(self.aws, self.kinds, records, self.parallelism, inside).await
    }

    /// Why a thing may not be taken over: another stack owns it.
    fn foreign(&self, address: &Address, found: &Actual) -> Option<Diagnostic> {
        let stack = found.marks.get(STACK).filter(|_| !self.from_others)?;
        let own = marks(self.stack(), ("", ""), address, 0).remove(STACK)?;
        if *stack == own {
            return None;
        }
        let owner = found.marks.get(ADDRESS).map_or("?", String::as_str);
        Some(
            Diagnostic::error(
                codes::apply::IMPORT,
                format!(
                    "`{}` belongs to stack `{stack}`, which has it as `{owner}`",
                    found.id
                ),
            )
            .about(address.as_str())
            .help("forget it there first: write `removed { from = …, destroy = false }` in that stack and apply"),
        )
    }

    /// Adds the parts of imported resources that stand as they are written.
    async fn parts(&self, imported: &mut Imported, actual: &mut Found) -> Result<(), Diagnostics> {
        let recorded = |address: &Address| {
            let moves = &self.configuration.handover.moves;
            self.state.is_some_and(|state| {
                state.records.contains_key(address)
                    || (!moves.is_empty()
                        && state
                            .records
                            .keys()
                            .any(|at| moves.forward(at).as_ref() == Some(address)))
            })
        };
        let wanted: Vec<&Node> = self
            .configuration
            .nodes
            .values()
            .filter(|node| {
                let of_imported = node
                    .parent
                    .as_ref()
                    .is_some_and(|parent| imported.contains_key(parent));
                of_imported && !imported.contains_key(&node.address) && !recorded(&node.address)
            })
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let candidates = self.candidates(&wanted, imported, actual).await?;
        let there = self.read(&candidates.records, false).await?;
        let mut taken: BTreeSet<(&str, String)> = BTreeSet::new();
        for node in wanted {
            let Some(kind) = find(self.kinds, node.kind) else {
                continue;
            };
            let known = self.known(node, imported, Some(actual));
            if !is_whole(node, &known) {
                continue;
            }
            let keys = candidates.of.get(&node.address).into_iter().flatten();
            let found = keys
                .filter_map(|key| there.get(key)?.as_ref())
                .filter(|found| !taken.contains(&(node.kind, found.id.clone())))
                .filter(|found| self.foreign(&node.address, found).is_none())
                .filter_map(|found| Some((closeness(kind, node, &known, found)?, found)))
                .min_by_key(|(distance, _)| *distance);
            let Some((_, found)) = found else {
                continue;
            };
            taken.insert((node.kind, found.id.clone()));
            let record = seen(unread(node, found.id.clone(), known), found);
            imported.insert(node.address.clone(), record);
            actual.insert(node.address.clone(), Some(found.clone()));
        }
        Ok(())
    }

    /// What each part may be: what its kind finds by value, and what is inside of its resource.
    async fn candidates(
        &self,
        wanted: &[&Node],
        imported: &Imported,
        actual: &Found,
    ) -> Result<Candidates, Diagnostics> {
        let mut candidates = Candidates::default();
        for node in wanted {
            let Some(kind) = find(self.kinds, node.kind) else {
                continue;
            };
            let known = self.known(node, imported, Some(actual));
            let Some(form) = kind.import(node.kind).filter(|_| is_whole(node, &known)) else {
                continue;
            };
            let inside = node
                .parent
                .as_ref()
                .and_then(|parent| actual.get(parent)?.as_ref())
                .map(|parent| parent.inside.as_slice())
                .unwrap_or_default();
            // Of several kinds of parts: only these have ids of this form.
            let mut ids: Vec<String> = inside
                .iter()
                .filter(|one| (form.id)(&one.id).as_ref() == Some(&one.id))
                .map(|one| one.id.clone())
                .collect();
            if ids.is_empty() {
                ids.extend(self.found_by_value(kind, node, &known).await?);
            }
            for id in ids {
                candidates.add(node, unread(node, id, known.clone()));
            }
        }
        Ok(candidates)
    }

    async fn found_by_value(
        &self,
        kind: &dyn Kind,
        node: &Node,
        known: &Map,
    ) -> Result<Option<String>, Diagnostics> {
        let ready = Ready {
            address: node.address.clone(),
            kind: Arc::from(node.kind),
            place: node.place.clone(),
            attributes: known.clone(),
            marks: marks(self.stack(), ("", ""), &node.address, 0),
        };
        match kind.find(self.aws, &ready).await {
            Ok(id) => Ok(id),
            Err(failure) if failure.cause == Cause::NotFound => Ok(None),
            Err(failure) => Err(vec![failure.to_diagnostic().about(node.address.as_str())]),
        }
    }
}

/// What parts may be, each read once.
#[derive(Default)]
struct Candidates {
    /// Things to read, under addresses made for it.
    records: Imported,
    /// Those addresses, by the part.
    of: BTreeMap<Address, Vec<Address>>,
}

impl Candidates {
    fn add(&mut self, node: &Node, record: Record) {
        let key = node.address.item("candidate", &record.id);
        self.of
            .entry(node.address.clone())
            .or_default()
            .push(key.clone());
        self.records.insert(key, record);
    }
}

/// Whether all that a node writes is known: of less nobody can tell what it is.
fn is_whole(node: &Node, known: &Map) -> bool {
    node.attributes
        .iter()
        .all(|(name, value)| &**name == "tags" || value.is_null() || known.contains_key(name))
}

/// How many attributes of a living thing differ from a part that is wanted; `None`: it is another
/// one, for something that no call changes or that makes it what it is differs.
fn closeness(kind: &dyn Kind, node: &Node, known: &Map, found: &Actual) -> Option<usize> {
    let schema = kind.schema(node.kind)?;
    let differences = plan::diff(kind, schema, known, &found.attributes, &Map::new());
    // A rule is what it lets through; what it says of itself may change, and so may a `Name` tag (of
    // the other side of a peering). Things that take no tags are known by their values alone, and
    // were found by them.
    let may_differ = |path: &str| !schema.taggable || path == "description" || path == "name";
    differences
        .iter()
        .all(|one| one.replaces.is_none() && may_differ(&one.path))
        .then_some(differences.len())
}

/// The record of a thing that was not read yet.
fn unread(node: &Node, id: String, attributes: Map) -> Record {
    Record {
        kind: node.kind.to_owned(),
        parent: node.parent.clone(),
        place: node.place.clone(),
        id,
        written: Map::new(),
        digests: BTreeMap::new(),
        attributes,
        depends_on: Vec::new(),
        protect: false,
        generation: 0,
        unfinished: false,
        touched_ms: 0,
    }
}

fn seen(record: Record, found: &Actual) -> Record {
    Record {
        id: found.id.clone(),
        attributes: found.attributes.clone(),
        ..record
    }
}
