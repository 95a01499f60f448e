//! Reading what the walk has come to: things in bulk, then their parts.

use std::sync::Arc;

use super::{Piece, Request, Thing};
use crate::address::Address;
use crate::aws::Failure;
use crate::config::Place;
use crate::kinds::discovery::{Near, Portrait};
use crate::kinds::schema::{PartForm, Schema};
use crate::kinds::{Inside, Kind, Wanted};
use crate::value::Map;

/// What became of one thing that was to be read.
pub(super) enum Read {
    /// It is there.
    Found(Box<Thing>),
    /// It is there and not written: what it is, its id, and why.
    LeftOut(&'static str, String, String),
    /// It is read in this account and region.
    Elsewhere(Near),
    /// Nothing is there.
    Gone(String),
}

/// Reads the things of one kind in one place.
///
/// # Errors
/// A failed read.
pub(super) async fn things(
    request: &Request<'_>,
    kind: &'static dyn Kind,
    schema: &'static Schema,
    place: &Place,
    ids: Vec<String>,
) -> Result<Vec<Read>, Failure> {
    let whole: Vec<Wanted> = ids
        .iter()
        .map(|id| wanted(schema.kind, id, Map::new(), true))
        .collect();
    let found = kind.read(request.aws, place, &whole).await?;
    let mut gone = Vec::new();
    let mut portraits = Vec::new();
    for (id, actual) in ids.into_iter().zip(found) {
        match actual {
            Some(actual) => portraits.push(Portrait::new(actual)),
            None => gone.push(Read::Gone(id)),
        }
    }
    if !portraits.is_empty() {
        let ways = &request.ways;
        kind.portray(request.aws, place, ways, &mut portraits)
            .await?;
    }
    let mut read = gone;
    let mut things: Vec<Thing> = Vec::new();
    let mut parts: Vec<(usize, Wanted)> = Vec::new();
    for portrait in portraits {
        if let Some(elsewhere) = portrait.elsewhere {
            read.push(Read::Elsewhere(Near {
                id: portrait.actual.id,
                elsewhere: Some(elsewhere),
            }));
            continue;
        }
        let beside = portrait.beside.iter().cloned();
        read.extend(beside.map(|(kind, id, why)| Read::LeftOut(kind, id, why)));
        let broken = || {
            let why = kind.broken(schema.kind, &portrait.actual.attributes)?;
            Some(format!("it is of no use: {why}"))
        };
        if let Some(why) = portrait.left_out.clone().or_else(broken) {
            read.push(Read::LeftOut(schema.kind, portrait.actual.id, why));
            continue;
        }
        let inside = portrait.actual.inside.iter();
        let inside = inside.filter_map(|one| Some((part_kind(kind, schema, one)?, one.id.clone())));
        for (part, id) in inside.chain(portrait.parts.iter().cloned()) {
            let of = of_parent(schema, part, &portrait.actual.attributes);
            parts.push((things.len(), wanted(part, &id, of, false)));
        }
        things.push(Thing {
            kind: schema.kind,
            id: portrait.actual.id,
            place: place.clone(),
            attributes: portrait.actual.attributes,
            marks: portrait.actual.marks,
            parts: Vec::new(),
        });
    }
    let (owners, wanted): (Vec<usize>, Vec<Wanted>) = parts.into_iter().unzip();
    let found = match wanted.is_empty() {
        true => Vec::new(),
        false => kind.read(request.aws, place, &wanted).await?,
    };
    for ((owner, wanted), actual) in owners.into_iter().zip(wanted).zip(found) {
        let part = kind.schema(&wanted.kind).map(|schema| schema.kind);
        if let (Some(thing), Some(actual), Some(kind)) = (things.get_mut(owner), actual, part) {
            thing.parts.push(Piece {
                kind,
                id: actual.id,
                attributes: actual.attributes,
                marks: actual.marks,
            });
        }
    }
    read.extend(things.into_iter().map(|thing| Read::Found(Box::new(thing))));
    Ok(read)
}

fn wanted(kind: &str, id: &str, attributes: Map, inside: bool) -> Wanted {
    Wanted {
        address: Address::resource(kind, id, None),
        kind: Arc::from(kind),
        id: id.to_owned(),
        attributes: Arc::new(attributes),
        inside,
    }
}

/// The kind word of the part that something inside of a thing is: its kind says so, or only that
/// part has ids of this form. What is derived from attributes is not written as a part.
fn part_kind(kind: &dyn Kind, schema: &Schema, inside: &Inside) -> Option<&'static str> {
    let by_id = || {
        let mut parts = schema.parts.iter();
        let part = parts.find(|part| {
            part.form != PartForm::Derived
                && kind
                    .import(part.schema.kind)
                    .is_some_and(|form| (form.id)(&inside.id).as_ref() == Some(&inside.id))
        });
        part.map(|part| part.schema.kind)
    };
    kind.inside_kind(schema.kind, inside).or_else(by_id)
}

/// What a part knows of its resource.
fn of_parent(schema: &Schema, part: &str, attributes: &Map) -> Map {
    let part = schema.parts.iter().find(|one| one.schema.kind == part);
    part.and_then(|part| {
        let (name, of) = part.parent;
        Some((Arc::from(name), attributes.get(of)?.clone()))
    })
    .into_iter()
    .collect()
}
