//! What every kind can do.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::discovery::{Around, Near, Portrait, Ways};
use super::import::Import;
use super::marks;
use super::schema::{ChangeRule, Schema};
use super::work::{self, Work};
use crate::address::Address;
use crate::aws::{Aws, Failure};
use crate::clock::Clock;
use crate::config::{Configuration, Place};
use crate::diagnostic::{Diagnostics, Span};
use crate::state::Record;
use crate::value::{Map, Value};

/// The attribute in which a thing of a kind that [`Kind::ensures`] says what it waits for.
pub const PENDING: &str = "pending";
/// The attribute in which [`Kind::read`] says what is to be done about such a thing now.
pub const DUE: &str = "due";

/// A boxed future, so that kinds can stand behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A kind of resource with all its parts.
///
/// `kind` arguments are schema words: `security_group` or `security_group.ingress`. Attributes are
/// in smd's words, in the canonical form of their type (see `schema::Type`).
pub trait Kind: Send + Sync {
    /// The schema of the resource, then of each of its parts.
    fn schemas(&self) -> &'static [&'static Schema];

    /// The schema with this kind word.
    fn schema(&self, word: &str) -> Option<&'static Schema> {
        let mut schemas = self.schemas().iter();
        schemas.find(|schema| schema.kind == word).copied()
    }

    /// What is done to the resource and to each of its parts, one row a schema, in that order.
    fn work(&self) -> &'static [Work] {
        &[]
    }

    /// The value of a computed attribute that follows from what is written (a role's ARN from
    /// account, path and name). `None`: only AWS knows it.
    fn derive(&self, kind: &str, attribute: &str, facts: &dyn Facts) -> Option<Value> {
        let _ = (kind, attribute, facts);
        None
    }

    /// The parts of form [`super::schema::PartForm::Derived`] that this resource has.
    fn derived_parts(&self, facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
        let _ = (facts, out);
        Vec::new()
    }

    /// What follows from the whole configuration: edges that no reference shows (a default route
    /// needs its gateway's attachment) and attributes that nobody writes (the account of a
    /// peering's accepter). Called once for each kind at the end of the evaluation, before
    /// [`Kind::check`]; takes time linear in the nodes.
    fn complete(&self, configuration: &mut Configuration) {
        let _ = configuration;
    }

    /// Rules of AWS that can be checked before any call, over all nodes of this kind at once.
    fn check(&self, checks: &mut Checks<'_>) {
        let _ = checks;
    }

    /// What a change of an attribute with [`ChangeRule::Depends`] means. `path` is in smd's words,
    /// members joined by dots.
    fn change_rule(&self, kind: &str, path: &str, before: &Value, after: &Value) -> ChangeRule {
        let _ = (kind, path, before, after);
        ChangeRule::InPlace
    }

    /// What goes with a thing, or does not, when it is deleted or replaced, in words for the plan:
    /// "the home file system fs-… stays and does not follow". `desired` is what the files want
    /// instead, if anything; its values may be unknown.
    fn risks(
        &self,
        kind: &str,
        removal: Removal,
        record: &Record,
        desired: Option<&Map>,
    ) -> Vec<String> {
        let _ = (kind, removal, record, desired);
        Vec::new()
    }

    /// The data that is lost if this thing goes, in words; `None` if none is lost, and no consent
    /// is needed.
    fn needs_consent(&self, kind: &str, record: &Record, desired: Option<&Map>) -> Option<String> {
        let _ = (kind, record, desired);
        None
    }

    /// Whether people make things inside of such a thing (apps, spaces) that keep it from going, and
    /// that go with it only by consent ([`Kind::people`]).
    fn has_people(&self, kind: &str) -> bool {
        let _ = kind;
        false
    }

    /// What people made inside of things that are to go, in words with owner and age: the answer has
    /// one list for each of `wanted`, in that order. Asked for only then, since it takes calls.
    fn people<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Vec<Inside>>, Failure>> {
        let _ = (aws, place);
        Box::pin(async { Ok(vec![Vec::new(); wanted.len()]) })
    }

    /// The thing that such a thing is inside of and goes with, whose consent is its consent too: its
    /// kind word, and the attribute of this one that is the other's id.
    fn goes_with(&self, kind: &str) -> Option<(&'static str, &'static str)> {
        let _ = kind;
        None
    }

    /// Whether two values of an attribute mean the same where its type does not say so (names that
    /// AWS compares without regard to letter case). `path` as in [`Kind::change_rule`]; `None`: as
    /// the type says.
    fn same(&self, kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        let _ = (kind, path, wanted, actual);
        None
    }

    /// Why the thing that is there can only be replaced, whatever is written (its create failed and
    /// no call brings it back); `None`: it can be worked on.
    fn broken(&self, kind: &str, actual: &Map) -> Option<String> {
        let _ = (kind, actual);
        None
    }

    /// Whether the old thing of a kind with `delete_first` stands in the way of the new one, so that
    /// it must go first. By default it always does.
    fn in_the_way(&self, kind: &str, before: &Map, after: &Map) -> bool {
        let _ = (kind, before, after);
        true
    }

    /// Attributes that no call changes and whose content a made-up name ends with a hash of: another
    /// content is another thing, made first and under another name, so that its users name the new
    /// one before the old one goes. The kind's check refuses a content that is not known.
    fn named_after(&self, kind: &str) -> &'static [&'static str] {
        let _ = kind;
        &[]
    }

    /// Whether a new one is made before the old one goes wherever that can be, though nothing that
    /// stays names it: what is made anew shall stand before anything is given up.
    fn made_first(&self, kind: &str) -> bool {
        let _ = kind;
        false
    }

    /// What AWS lets go only when a thing of this kind is gone, though nothing refers to it: deletes
    /// of those come after its own.
    fn holds(&self, kind: &str) -> &'static [Held] {
        let _ = kind;
        &[]
    }

    /// Whether what is to be done hangs on AWS's answer alone (an invitation that may be due, a tag key
    /// that billing may not know yet). Its create and update look first and then do what is due. Done
    /// and not needed are success; what must wait says why in the attribute [`PENDING`] of what they
    /// answer, and so does [`Kind::read`] for as long as it waits: the next run tries again, and it is
    /// neither a change nor a failure. What a read finds to be done says so in [`DUE`]: a change.
    fn ensures(&self, kind: &str) -> bool {
        let _ = kind;
        false
    }

    /// Whether a plan may read what a thing with these attributes would find before it is on record: of
    /// a kind that [`Kind::ensures`], to show what is due and what waits. Attributes that are not known
    /// yet are not among these.
    fn looks_ahead(&self, kind: &str, attributes: &Map) -> bool {
        let _ = (kind, attributes);
        false
    }

    /// How many seconds making it usually takes: what has the longest way behind it is started
    /// first.
    fn usual_seconds(&self, kind: &str) -> u64 {
        let _ = kind;
        1
    }

    /// Reads what is there, in bulk: the answer has one entry for each of `wanted`, in that order,
    /// `None` where it is gone. All of `wanted` are in `place` and are this kind or parts of it.
    fn read<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        wanted: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>>;

    /// Every living thing of this kind in a place, for `existing` by name or tags; `None`: such a
    /// thing is found by its id only. `tags`: whether [`Listed::tags`] are asked for, which may take
    /// further calls.
    fn list<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        tags: bool,
    ) -> BoxFuture<'a, Result<Option<Vec<Listed>>, Failure>> {
        let _ = (aws, place, tags);
        Box::pin(async { Ok(None) })
    }

    /// The living things of this kind in a place that hang on what discovery found there: the
    /// subnets of a VPC, the profiles of a domain. What an attribute refers to is found without.
    fn around<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        around: &'a Around,
    ) -> BoxFuture<'a, Result<Vec<Near>, Failure>> {
        let _ = (aws, place, around);
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Completes what discovery writes of things that were read in a place: which of them are left
    /// out, what only smd keeps of them, what AWS chose by itself.
    fn portray<'a>(
        &'a self,
        aws: &'a Aws,
        place: &'a Place,
        ways: &'a Ways,
        portraits: &'a mut [Portrait],
    ) -> BoxFuture<'a, Result<(), Failure>> {
        let _ = (aws, place, ways, portraits);
        Box::pin(async { Ok(()) })
    }

    /// What such a thing may be called in a file that has no name: a rule after its port.
    fn nickname(&self, kind: &str, attributes: &Map) -> Option<String> {
        let _ = (kind, attributes);
        None
    }

    /// Whether AWS takes a name of such a thing only once: a create that is sent again then makes no
    /// second one.
    fn is_named(&self, kind: &str) -> bool {
        work::of(self.work(), kind).is_ok_and(|row| row.standing.is_some())
    }

    /// The living thing that has the name this node is to have, where AWS takes a name only once;
    /// `None` if there is none, or if AWS takes any number of such things.
    fn standing<'a>(
        &'a self,
        aws: &'a Aws,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Option<Standing>, Failure>> {
        match work::of(self.work(), &node.kind).map(|row| row.standing) {
            Ok(Some(standing)) => standing(aws, node),
            _ => Box::pin(async { Ok(None) }),
        }
    }

    /// What a create of this node made whose end nobody saw: looked for by its ownership marks or,
    /// where it takes no tags, by what makes it the only one of its kind. The answer is the id
    /// under which it is read. Sensitive attributes are not among the node's.
    fn find<'a>(
        &'a self,
        aws: &'a Aws,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        if let Ok(Some(find)) = work::of(self.work(), &node.kind).map(|row| row.find) {
            return find(aws, node);
        }
        Box::pin(async move {
            let standing = self.standing(aws, node).await?;
            let own = |standing: &Standing| {
                marks::are_on(&node.marks, |key| {
                    standing.tags.get(key).map(String::as_str)
                })
            };
            Ok(standing.filter(own).map(|standing| standing.id))
        })
    }

    /// The kind word of the part that something inside of a thing would be, where `exclusive` deletes
    /// what the files do not have; `None`: it is left alone.
    fn inside_kind(&self, kind: &str, inside: &Inside) -> Option<&'static str> {
        let _ = (kind, inside);
        None
    }

    /// How a living one is named in an `import`; `None`: it cannot be taken over.
    fn import(&self, kind: &str) -> Option<Import> {
        work::of(self.work(), kind).ok()?.import
    }

    /// Makes it and waits until it can be used. [`Context::made`] must be called as soon as the
    /// thing exists, so that a failure after that leaves a record.
    fn create<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        match work::of(self.work(), &node.kind) {
            Ok(row) => (row.create)(cx, node),
            Err(failure) => Box::pin(async { Err(failure) }),
        }
    }

    /// Changes it in place with the smallest payload, waits, and reads it back.
    fn update<'a>(
        &'a self,
        cx: &'a Context<'a>,
        node: &'a Ready,
        record: &'a Record,
        changes: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        match work::of(self.work(), &node.kind) {
            Ok(row) => (row.update)(cx, node, record, changes),
            Err(failure) => Box::pin(async { Err(failure) }),
        }
    }

    /// Deletes it and waits until it is gone. Gone already is success.
    fn delete<'a>(
        &'a self,
        cx: &'a Context<'a>,
        record: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        match work::of(self.work(), &record.kind) {
            Ok(row) => (row.delete)(cx, record),
            Err(failure) => Box::pin(async { Err(failure) }),
        }
    }
}

/// Things that another one keeps from going.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Their kind word.
    pub kind: &'static str,
    /// Those in the same of this: an attribute that both have.
    pub by: &'static str,
}

/// How a thing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Removal {
    /// It is deleted.
    Delete,
    /// It is deleted and another one made in its stead.
    Replace,
}

/// What a kind may ask about a resource while the configuration is evaluated.
pub trait Facts {
    /// The resource's address.
    fn address(&self) -> &Address;
    /// The resource's kind word.
    fn kind(&self) -> &str;
    /// Where it is placed, once known.
    fn place(&self) -> Option<Place>;
    /// The value of a written attribute (may be or hold unknown); `None` if it was not written.
    fn attribute(&self, name: &str) -> Option<Value>;
    /// The nodes' facts of another resource, for kinds that look through a reference.
    fn other(&self, address: &Address, attribute: &str) -> Option<Value>;
    /// Where another resource is placed, once known.
    fn place_of(&self, address: &Address) -> Option<Place>;
    /// Whether a part with this word was written on the resource (`egress`).
    fn has_part(&self, word: &str) -> bool;
    /// The way into this region of an account, if the account is declared.
    fn declared(&self, account: &str, region: &str) -> Option<Place> {
        let _ = (account, region);
        None
    }
}

/// A part that a kind derives from its resource.
#[derive(Debug, Clone)]
pub struct PartDraft {
    /// Kind word of the part, `peering.requester_routes`.
    pub kind: &'static str,
    /// Its address.
    pub address: Address,
    /// Its attributes, as if written; converted to the schema's types by expansion.
    pub attributes: Map,
    /// Where it is, if not where its resource is.
    pub place: Option<Place>,
    /// Further resources or parts it needs.
    pub needs: Vec<Address>,
    /// What in the file made it.
    pub span: Option<Span>,
}

/// What [`Kind::check`] works on.
pub struct Checks<'a> {
    /// All nodes.
    pub configuration: &'a Configuration,
    /// Where findings go.
    pub out: &'a mut Diagnostics,
}

/// A thing to be read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its address.
    pub address: Address,
    /// Its kind word.
    pub kind: Arc<str>,
    /// Its id, as recorded.
    pub id: String,
    /// What was recorded of it.
    pub attributes: Arc<Map>,
    /// Whether [`Actual::inside`] is asked for, which may take further calls.
    pub inside: bool,
}

impl Wanted {
    /// What is recorded, to be read: with the settings that no call takes and only smd keeps.
    #[must_use]
    pub fn of_record(address: &Address, record: &Record, schema: Option<&Schema>) -> Self {
        let mut attributes = record.attributes.clone();
        let own = schema.into_iter().flat_map(|schema| schema.attributes);
        for attribute in own.filter(|attribute| attribute.change == ChangeRule::Own) {
            if let Some(value) = record.written.get(attribute.name) {
                attributes.insert(Arc::from(attribute.name), value.clone());
            }
        }
        Self {
            address: address.clone(),
            kind: Arc::from(record.kind.as_str()),
            id: record.id.clone(),
            attributes: attributes.into(),
            inside: false,
        }
    }
}

/// What is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Actual {
    /// The id under which it is found again (`vpc-…`, a role's name, `rtb-… 10.0.0.0/16`).
    pub id: String,
    /// Every attribute the kind can read, computed ones (`id`, `arn`, …) included. Tags without
    /// those that smd or AWS own (`smd:*`, `aws:*`, `sagemaker:*`).
    pub attributes: Map,
    /// What people or other programs may put into it as they may put parts: the rules of a group,
    /// the routes of a table, the policies of a role, those of this stack included, but not what
    /// AWS puts there by itself. Filled only where [`Wanted::inside`] asks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Inside>,
    /// The ownership marks on it, as far as its tags were read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: BTreeMap<String, String>,
}

impl Actual {
    /// A thing with nothing said of what is inside of it. Marks among its `tags` are put apart.
    #[must_use]
    pub fn new(id: impl Into<String>, mut attributes: Map) -> Self {
        let marks = marks::take(&mut attributes);
        Self {
            id: id.into(),
            attributes,
            inside: Vec::new(),
            marks,
        }
    }
}

impl Actual {
    /// What it waits for, in words; `None`: it is done, or not needed.
    #[must_use]
    pub fn pending(&self) -> Option<&str> {
        pending(&self.attributes)
    }
}

/// What a thing with these attributes waits for, in words ([`PENDING`]).
#[must_use]
pub fn pending(attributes: &Map) -> Option<&str> {
    attributes.get(PENDING)?.as_str()
}

/// What is to be done about a thing with these attributes now, in words ([`DUE`]).
#[must_use]
pub fn due(attributes: &Map) -> Option<&str> {
    attributes.get(DUE)?.as_str()
}

/// Something inside of a thing, which a part of it may own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Inside {
    /// What it is, in words: "route to 10.0.0.0/8 by tgw-1".
    pub what: String,
    /// The id that the part which owns it has.
    pub id: String,
    /// What ends when it is taken away, in words for the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<String>,
}

/// A living thing as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The id under which it is read.
    pub id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// All its tags, where they were asked for.
    pub tags: BTreeMap<String, String>,
}

/// A living thing that has the name of a node that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The id under which it is read.
    pub id: String,
    /// All its tags, ownership marks included.
    pub tags: BTreeMap<String, String>,
}

/// A node whose values are all known: what is made or changed.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Its address.
    pub address: Address,
    /// Its kind word.
    pub kind: Arc<str>,
    /// Where it is.
    pub place: Place,
    /// Its attributes, all known, null ones left out. Sensitive ones are in clear here.
    pub attributes: Map,
    /// Ownership tags for the create call (`smd:stack`, `smd:address`, `smd:key`), beside `tags`.
    pub marks: BTreeMap<String, String>,
}

impl Ready {
    /// The attribute of this name, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).filter(|value| !value.is_null())
    }

    /// The text of this attribute, if there is one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The texts of this list attribute; empty if it was not written.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.get(name)
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// The one thing with this id, as [`Kind::read`] wants it.
    #[must_use]
    pub fn wanted(&self, id: &str) -> [Wanted; 1] {
        [Wanted {
            address: self.address.clone(),
            kind: Arc::clone(&self.kind),
            id: id.to_owned(),
            attributes: Arc::new(self.attributes.clone()),
            inside: false,
        }]
    }

    /// Written tags and ownership tags together, in key order: what a create call carries.
    #[must_use]
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.marks.clone();
        if let Some(written) = self.get("tags").and_then(Value::as_map) {
            tags.extend(
                written
                    .iter()
                    .filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned()))),
            );
        }
        tags
    }
}

/// One change of an update: a path in smd's words with its value before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// `default_user_settings.security_groups`, `tags.owner`.
    pub path: String,
    /// What is there (`null`: nothing).
    pub before: Value,
    /// What is to be (`null`: cleared).
    pub after: Value,
}

/// What create, update and delete work with.
pub struct Context<'a> {
    /// AWS, or the sandbox.
    pub aws: &'a Aws,
    /// The clock for waits.
    pub clock: &'a Clock,
    /// Told at once when a thing exists: its id and what is known of it.
    pub made: &'a (dyn Fn(Actual) + Send + Sync),
    /// Told before [`Context::made`] where what is to be made was there already, not made by this
    /// create, and is taken as it is: then nothing takes it back.
    pub found: &'a (dyn Fn() + Send + Sync),
    /// Told what is being waited for, in a few words, for the progress display.
    pub progress: &'a (dyn Fn(String) + Send + Sync),
    /// Whether this run, or the one just before it, made or changed the thing with this address or
    /// id: decides whether a NotFound or a refused role is worth another try.
    pub touched: &'a (dyn Fn(&str) -> bool + Send + Sync),
    /// Whether the person consented to the loss of this thing's data.
    pub consented: bool,
    /// Whether this run made the thing and takes it back: what came with it holds nobody's data yet, but
    /// nobody was asked about what people put into it since.
    pub fresh: bool,
    /// Whether another one was made in the stead of what is deleted, or will be.
    pub replaced: bool,
    /// When waiting ends, by the run's clock, whatever the kind's own limits say; `None`: by those.
    pub deadline: Option<SystemTime>,
}

impl Context<'_> {
    /// Whether all waiting ends, by what `timeouts` says: for waits that end earlier by themselves.
    #[must_use]
    pub fn is_past_deadline(&self) -> bool {
        let now = self.clock.now();
        self.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// Whether what began then has taken as long as it may: `limit`, or what `timeouts` says.
    #[must_use]
    pub fn is_over(&self, began: SystemTime, limit: Duration) -> bool {
        let now = self.clock.now();
        match self.deadline {
            Some(deadline) => now >= deadline,
            None => now.duration_since(began).unwrap_or_default() >= limit,
        }
    }
}
