//! Taking over what lives already: what `import` statements name is read, and with a resource those
//! of its parts that stand as they are written. Nothing is changed here; the plan shows it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::stream;

use super::read::{self, Found, Kinds, find};
use crate::address::Address;
use crate::aws::{Aws, Cause};
use crate::config::{self, Configuration, Identity, Import, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::marks::{ADDRESS, STACK, marks};
use crate::kinds::schema::Schema;
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
    let imports = &request.configuration.handover.imports;
    if imports.is_empty() {
        return Ok(named);
    }
    let recorded = Recorded::of(request);
    let mut spans = BTreeMap::new();
    let mut taken = BTreeMap::new();
    for statement in imports {
        match request.named(statement, &recorded, (&named, &taken)) {
            Ok(Some((identity, record))) => {
                taken.insert(identity, &statement.to);
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
    let taken = taken.into_keys().collect();
    request
        .parts(&recorded, taken, &mut imported, actual)
        .await?;
    Ok(imported)
}

/// What is on record.
struct Recorded<'a> {
    /// By the addresses that things have now.
    by_address: BTreeMap<Cow<'a, Address>, &'a Record>,
    /// The addresses at which they are recorded, by what tells them apart.
    by_identity: BTreeMap<Identity, &'a Address>,
}

impl<'a> Recorded<'a> {
    fn of(request: &ImportRequest<'a>) -> Self {
        let mut recorded = Self {
            by_address: BTreeMap::new(),
            by_identity: BTreeMap::new(),
        };
        let moves = &request.configuration.handover.moves;
        for (at, record) in request.state.iter().flat_map(|state| &state.records) {
            recorded.by_address.insert(moves.now(at), record);
            let identity = Identity::of(request.kinds, &record.kind, &record.place, &record.id);
            if let Some(identity) = identity {
                recorded.by_identity.insert(identity, at);
            }
        }
        recorded
    }
}

impl ImportRequest<'_> {
    fn stack(&self) -> &str {
        &self.configuration.stack.name
    }

    /// The record of what a statement names, not read yet; `None`: it is recorded so already.
    /// `named` and `taken`: what statements before it name.
    fn named(
        &self,
        statement: &Import,
        recorded: &Recorded<'_>,
        (named, taken): (&Imported, &BTreeMap<Identity, &Address>),
    ) -> Result<Option<(Identity, Record)>, Box<Diagnostic>> {
        let refused = |message: String| {
            Diagnostic::error(codes::apply::IMPORT, message)
                .at(statement.span, "imported here")
                .about(statement.to.as_str())
        };
        let address = &statement.to;
        let node = self.configuration.nodes.get(address);
        let Some((node, kind, schema)) = node.and_then(|node| {
            let kind = find(self.kinds, node.kind)?;
            Some((node, kind, kind.schema(node.kind)?))
        }) else {
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
        let identity = Identity::new(schema, &node.place, &id);
        if let Some(record) = recorded.by_address.get(address) {
            let its = Identity::of(self.kinds, &record.kind, &record.place, &record.id);
            if its.as_ref() == Some(&identity) {
                return Ok(None);
            }
            // An id that is a name says too little of a thing elsewhere.
            let elsewhere = match record.id == id {
                true => format!(
                    " in account {} in {}",
                    record.place.account, record.place.region
                ),
                false => String::new(),
            };
            return Err(Box::new(
                refused(format!(
                    "`{address}` is recorded already, and as another thing: `{}`{elsewhere}",
                    record.id
                ))
                .help("take the `import` out, or forget what is recorded with `smd state rm`"),
            ));
        }
        if let Some(at) = recorded.by_identity.get(&identity) {
            return Err(Box::new(
                refused(format!("`{id}` is recorded already, as `{at}`"))
                    .help(format!("write `moved {{ from = {at}, to = {address} }}`")),
            ));
        }
        if let Some(other) = taken.get(&identity) {
            return Err(Box::new(refused(format!(
                "`{id}` is imported twice, also as `{other}`"
            ))));
        }
        let known = self.known(node, named, None);
        Ok(Some((identity, unread(node, id, known))))
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
    /// `taken`: what is taken over already.
    async fn parts(
        &self,
        recorded: &Recorded<'_>,
        mut taken: BTreeSet<Identity>,
        imported: &mut Imported,
        actual: &mut Found,
    ) -> Result<(), Diagnostics> {
        let is_recorded = |address: &Address| {
            let records = self.state.map(|state| &state.records);
            records.is_some_and(|records| records.contains_key(address))
                || recorded.by_address.contains_key(address)
        };
        let wanted: Vec<Part<'_>> = self
            .configuration
            .nodes
            .values()
            .filter(|node| {
                let of_imported = node
                    .parent
                    .as_ref()
                    .is_some_and(|parent| imported.contains_key(parent));
                of_imported && !imported.contains_key(&node.address) && !is_recorded(&node.address)
            })
            .filter_map(|node| {
                let kind = find(self.kinds, node.kind)?;
                let schema = kind.schema(node.kind)?;
                let known = self.known(node, imported, Some(actual));
                is_whole(node, &known).then_some(Part {
                    node,
                    kind,
                    schema,
                    known,
                })
            })
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let candidates = self.candidates(&wanted, actual).await?;
        let there = self.read(&candidates.records, false).await?;
        for part in wanted {
            let node = part.node;
            let identity = |found: &Actual| Identity::new(part.schema, &node.place, &found.id);
            let keys = candidates.of.get(&node.address).into_iter().flatten();
            let found = keys
                .filter_map(|key| there.get(key)?.as_ref())
                .filter(|found| !taken.contains(&identity(found)))
                .filter(|found| self.foreign(&node.address, found).is_none())
                .filter_map(|found| Some((part.closeness(found)?, found)))
                .min_by_key(|(distance, _)| *distance);
            let Some((_, found)) = found else {
                continue;
            };
            taken.insert(identity(found));
            let record = seen(unread(node, found.id.clone(), part.known), found);
            imported.insert(node.address.clone(), record);
            actual.insert(node.address.clone(), Some(found.clone()));
        }
        Ok(())
    }

    /// What each part may be: what its kind finds by value, and what is inside of its resource.
    async fn candidates(
        &self,
        wanted: &[Part<'_>],
        actual: &Found,
    ) -> Result<Candidates, Diagnostics> {
        let answers: Vec<_> = stream::iter(wanted)
            .map(|part| self.ids(part, actual))
            .buffered(self.parallelism.max(1))
            .collect()
            .await;
        let mut candidates = Candidates::default();
        let mut wrong = Diagnostics::new();
        for (part, answer) in wanted.iter().zip(answers) {
            match answer {
                Ok(ids) => {
                    for id in ids {
                        candidates.add(part.node, unread(part.node, id, part.known.clone()));
                    }
                }
                Err(why) => wrong.push(*why),
            }
        }
        match wrong.is_empty() {
            true => Ok(candidates),
            false => Err(wrong),
        }
    }

    /// The ids of what a part may be.
    async fn ids(&self, part: &Part<'_>, actual: &Found) -> Result<Vec<String>, Box<Diagnostic>> {
        let node = part.node;
        let Some(form) = part.kind.import(node.kind) else {
            return Ok(Vec::new());
        };
        let inside = node
            .parent
            .as_ref()
            .and_then(|parent| actual.get(parent)?.as_ref())
            .map(|parent| parent.inside.as_slice())
            .unwrap_or_default();
        // Of several kinds of parts: only these have ids of this form.
        let ids: Vec<String> = inside
            .iter()
            .filter(|one| (form.id)(&one.id).as_ref() == Some(&one.id))
            .map(|one| one.id.clone())
            .collect();
        if ids.is_empty() {
            let found = self.found_by_value(part).await?;
            return Ok(found.into_iter().collect());
        }
        Ok(ids)
    }

    async fn found_by_value(&self, part: &Part<'_>) -> Result<Option<String>, Box<Diagnostic>> {
        let node = part.node;
        let ready = Ready {
            address: node.address.clone(),
            kind: Arc::from(node.kind),
            place: node.place.clone(),
            attributes: part.known.clone(),
            marks: marks(self.stack(), ("", ""), &node.address, 0),
        };
        match part.kind.find(self.aws, &ready).await {
            Ok(id) => Ok(id),
            Err(failure) if failure.cause == Cause::NotFound => Ok(None),
            Err(failure) => Err(Box::new(
                failure.to_diagnostic().about(node.address.as_str()),
            )),
        }
    }
}

/// A part of what is taken over of which all that is written is known.
struct Part<'a> {
    node: &'a Node,
    kind: &'static dyn Kind,
    schema: &'static Schema,
    known: Map,
}

impl Part<'_> {
    /// How many attributes of a living thing differ from it; `None`: it is another one, for something
    /// that no call changes or that makes it what it is differs.
    fn closeness(&self, found: &Actual) -> Option<usize> {
        let Self { kind, schema, .. } = *self;
        let differences = plan::diff(kind, schema, &self.known, &found.attributes, &Map::new());
        // A rule is what it lets through; what it says of itself may change, and so may a `Name` tag
        // (of the other side of a peering). Things that take no tags are known by their values alone,
        // and were found by them.
        let may_differ = |path: &str| !schema.taggable || path == "description" || path == "name";
        differences
            .iter()
            .all(|one| one.replaces.is_none() && may_differ(&one.path))
            .then_some(differences.len())
    }
}

/// What parts may be. What several may be is read for each of them, with what is known of that one:
/// some reads need it.
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
