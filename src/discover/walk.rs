//! From the roots to all that they stand on, hang on and refer to, in rounds: what a round found is
//! read, and what it leads to is the next round's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt as _, stream};

use super::names;
use super::reading::{self, Read};
use super::references::{self, Referred};
use super::{Estate, LeftOut, Request, Roots, Thing, kind_of};
use crate::aws::Failure;
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::Kind;
use crate::kinds::discovery::{Around, Near};
use crate::kinds::import::{self, is_account_id};
use crate::kinds::schema::Schema;

/// The kind that discovery begins with.
const ROOT: &str = "domain";

/// A thing to be read: kind word, account, region and id.
type Key = (&'static str, Arc<str>, Arc<str>, String);
/// What is read at once: a kind word, account and region.
type Group = (&'static str, Arc<str>, Arc<str>);
/// What became of a group.
type Answer = (&'static str, Place, Result<Vec<Read>, Failure>);
/// What a kind said of what hangs on what was found in a place.
type Hanging<'a> = (&'static str, &'a Place, Result<Vec<Near>, Failure>);

/// Finds all that the roots lead to.
///
/// # Errors
/// A root that is not there, and reads that failed.
pub async fn walk(request: &Request<'_>) -> Result<Estate, Diagnostics> {
    let mut walk = Walk {
        request,
        estate: Estate::default(),
        left_out: BTreeSet::new(),
        seen: BTreeSet::new(),
        next: BTreeSet::new(),
    };
    let home = &request.home;
    match &request.roots {
        Roots::Domains(ids) => {
            for id in ids {
                walk.want(ROOT, home, id);
            }
        }
        Roots::Everything => {
            let everything = Around {
                everything: true,
                ..Around::default()
            };
            walk.around(&[(home.clone(), everything)]).await;
        }
    }
    while !walk.next.is_empty() {
        let found = walk.read().await?;
        walk.missing_roots()?;
        let mut around: Vec<(Place, Around)> = Vec::new();
        for thing in &found {
            walk.follow(thing);
            let at = around.iter().position(|(place, _)| *place == thing.place);
            let at = at.unwrap_or_else(|| {
                around.push((thing.place.clone(), Around::default()));
                around.len() - 1
            });
            if let Some((_, around)) = around.get_mut(at) {
                let ids = around.found.entry(thing.kind).or_default();
                ids.insert(thing.id.clone());
            }
        }
        walk.estate.things.extend(found);
        walk.around(&around).await;
    }
    Ok(walk.done())
}

struct Walk<'a> {
    request: &'a Request<'a>,
    estate: Estate,
    /// What is not written: it may be come to more than once.
    left_out: BTreeSet<LeftOut>,
    /// All that was ever to be read.
    seen: BTreeSet<Key>,
    /// What is to be read in this round.
    next: BTreeSet<Key>,
}

impl Walk<'_> {
    /// The kind of a resource, no part, with this word.
    fn kind(&self, word: &str) -> Option<(&'static dyn Kind, &'static Schema)> {
        let found = kind_of(self.request.kinds, word);
        found.filter(|(kind, _)| kind.schemas().first().is_some_and(|own| own.kind == word))
    }

    fn want(&mut self, kind: &'static str, place: &Place, id: &str) {
        let key = (
            kind,
            Arc::clone(&place.account),
            Arc::clone(&place.region),
            id.to_owned(),
        );
        if self.seen.insert(key.clone()) {
            self.next.insert(key);
        }
    }

    /// Wants a thing of another account, if there is a way in.
    fn want_in(&mut self, kind: &'static str, (account, region): (&str, Option<&str>), id: &str) {
        match self.request.ways.to(account, region) {
            Some(place) => self.want(kind, &place, id),
            None => {
                let why = "it is in an account that no way leads to (`--assume-role`)".to_owned();
                self.leave_out(kind, id, (account, region.unwrap_or_default()), why);
            }
        }
    }

    fn leave_out(&mut self, kind: &str, id: &str, (account, region): (&str, &str), why: String) {
        self.left_out.insert(LeftOut {
            kind: kind.to_owned(),
            id: id.to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            why,
        });
    }

    /// Reads what this round is about.
    async fn read(&mut self) -> Result<Vec<Thing>, Diagnostics> {
        let request = self.request;
        let mut groups: BTreeMap<Group, Vec<String>> = BTreeMap::new();
        for (kind, account, region, id) in std::mem::take(&mut self.next) {
            groups.entry((kind, account, region)).or_default().push(id);
        }
        let mut reads = Vec::new();
        for ((word, account, region), ids) in groups {
            let place = request.ways.to(&account, Some(&*region));
            if let (Some((kind, schema)), Some(place)) = (self.kind(word), place) {
                reads.push(async move {
                    let read = reading::things(request, kind, schema, &place, ids).await;
                    (word, place, read)
                });
            }
        }
        let read: Vec<Answer> = stream::iter(reads)
            .buffered(request.parallelism.max(1))
            .collect()
            .await;
        let mut found = Vec::new();
        let mut failed = Diagnostics::new();
        for (kind, place, read) in read {
            let at = (&*place.account, &*place.region);
            match read {
                Err(failure) => failed.push(failure.to_diagnostic().note(format!(
                    "so the {kind} in account {} in {} could not be read",
                    place.account, place.region
                ))),
                Ok(read) => {
                    for one in read {
                        match one {
                            Read::Found(thing) => found.push(*thing),
                            Read::Elsewhere(near) => self.near(kind, &place, &near),
                            Read::LeftOut(kind, id, why) => self.leave_out(kind, &id, at, why),
                            Read::Gone(id) => {
                                self.leave_out(kind, &id, at, GONE.to_owned());
                            }
                        }
                    }
                }
            }
        }
        if failed.is_empty() {
            Ok(found)
        } else {
            Err(failed)
        }
    }

    /// A root that is not there is an error, not something to be left out.
    fn missing_roots(&self) -> Result<(), Diagnostics> {
        let Roots::Domains(ids) = &self.request.roots else {
            return Ok(());
        };
        let home = &self.request.home;
        let missing: Diagnostics = self
            .left_out
            .iter()
            .filter(|one| one.kind == ROOT && ids.contains(&one.id))
            .map(|one| {
                let message = match one.why == GONE {
                    true => format!("there is no domain `{}`", one.id),
                    false => format!("the domain `{}` cannot be taken over: {}", one.id, one.why),
                };
                Diagnostic::error(codes::discover::NO_DOMAIN, message)
                    .note(format!(
                        "it was looked for in account {} in {}",
                        home.account, home.region
                    ))
                    .help("check the id, and give its account and region by `--account` and `--region`")
            })
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing)
        }
    }

    /// Wants all that a thing and its parts refer to.
    fn follow(&mut self, thing: &Thing) {
        let Some((kind, schema)) = self.kind(thing.kind) else {
            return;
        };
        let mut referred = Vec::new();
        let mut add = |one: Referred<'_>| referred.push(one.owned());
        references::each(schema.attributes, &thing.attributes, &mut add);
        for part in &thing.parts {
            if let Some(schema) = kind.schema(part.kind) {
                references::each(schema.attributes, &part.attributes, &mut add);
            }
        }
        for one in referred {
            self.refer(&thing.place, &one);
        }
    }

    fn refer(&mut self, own: &Place, referred: &references::Owned) {
        let text = referred.text.as_str();
        let (of_arn, region) = import::place_in_arn(text).unwrap_or_default();
        // A group of another account: `111122223333/sg-…`.
        let prefixed = text
            .split_once('/')
            .filter(|(start, _)| is_account_id(start));
        let account = of_arn
            .or(prefixed.map(|(account, _)| account))
            .or(referred.account.as_deref());
        // AWS's own: `arn:aws:iam::aws:policy/…`.
        if account.is_some_and(|account| !is_account_id(account)) {
            if let Some(kind) = referred.reference.kinds.first() {
                let why = format!("a {kind} of AWS's own, which is referred to by its ARN");
                self.leave_out(kind, text, (&own.account, &own.region), why);
            }
            return;
        }
        let id = prefixed.map_or(text, |(_, id)| id);
        let is_arn = text.starts_with("arn:");
        let region = match (is_arn, region.or(referred.region.as_deref())) {
            (_, Some(region)) => Some(region),
            // An ARN without a region is of the whole account.
            (true, None) => None,
            (false, None) => Some(&*own.region),
        };
        for word in referred.reference.kinds {
            let Some((kind, schema)) = self.kind(word) else {
                continue;
            };
            let Some(id) = kind.import(schema.kind).and_then(|form| (form.id)(id)) else {
                continue;
            };
            let account = account.unwrap_or(&own.account);
            self.want_in(schema.kind, (account, region), &id);
        }
    }

    /// Asks every kind what hangs on what was found. A kind that cannot be asked leaves a gap that
    /// is told.
    async fn around(&mut self, found: &[(Place, Around)]) {
        let request = self.request;
        let mut asks = Vec::new();
        for (place, around) in found {
            for kind in request.kinds {
                let word = kind.schemas().first().map_or("", |schema| schema.kind);
                asks.push(async move {
                    let near = kind.around(request.aws, place, around).await;
                    (word, place, near)
                });
            }
        }
        let answers: Vec<Hanging<'_>> = stream::iter(asks)
            .buffered(request.parallelism.max(1))
            .collect()
            .await;
        for (word, place, answer) in answers {
            match answer {
                Err(failure) => {
                    let why = format!(
                        "it could not be looked for: {}",
                        failure.to_diagnostic().message
                    );
                    self.leave_out(word, "", (&place.account, &place.region), why);
                }
                Ok(near) => {
                    for one in near {
                        self.near(word, place, &one);
                    }
                }
            }
        }
    }

    fn near(&mut self, word: &'static str, place: &Place, one: &Near) {
        let Some((account, region)) = &one.elsewhere else {
            self.want(word, place, &one.id);
            return;
        };
        self.want_in(word, (account, Some(region)), &one.id);
    }

    fn done(self) -> Estate {
        let mut estate = self.estate;
        let kinds = self.request.kinds;
        let rank = |word: &str| {
            let mut schemas = kinds.iter().filter_map(|kind| kind.schemas().first());
            schemas.position(|schema| schema.kind == word)
        };
        let home = &self.request.home.account;
        estate.things.sort_by_cached_key(|thing| {
            let place = &thing.place;
            (
                rank(thing.kind),
                place.account != *home,
                Arc::clone(&place.account),
                Arc::clone(&place.region),
                names::wanted(thing, kinds),
                thing.id.clone(),
            )
        });
        for thing in &mut estate.things {
            let Some((kind, schema)) = kind_of(kinds, thing.kind) else {
                continue;
            };
            thing.parts.sort_by_cached_key(|part| {
                let mut words = schema.parts.iter();
                let at = words.position(|one| one.schema.kind == part.kind);
                let word = at
                    .and_then(|at| schema.parts.get(at))
                    .map_or("", |one| one.word);
                (at, names::wanted_part(part, word, kind), part.id.clone())
            });
        }
        estate.left_out = self.left_out.into_iter().collect();
        estate
    }
}

/// Why something is left out that is not there.
const GONE: &str = "it is not there any more";
