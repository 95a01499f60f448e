//! Tags of EC2's things.

use super::describe::Page;
use super::filter::Filters;
use super::ids::Kind;
use super::request::{Answer, Request, done, missing};
use super::state::Tags;
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;
use crate::sandbox::xml::Element;

/// Tags per thing.
const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;
/// Things in one call (behaviour: API model of CreateTags).
const MOST_THINGS: usize = 1000;

/// A tag that a call names: one to delete may be without a value.
type NamedTag = (String, Option<String>);

/// Keys that services keep for themselves.
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn reserved(key: &str) -> Fault {
    Fault::client(
        "InvalidParameterValue",
        format!(
            "Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
        ),
    )
}

/// Refuses tags that AWS refuses.
pub(super) fn check(tags: &Tags) -> Result<(), Fault> {
    for (key, value) in tags {
        if is_reserved(key) {
            return Err(reserved(key));
        }
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!(
                    "Value ( {key} ) for parameter key is invalid. Tag key must be between 1 and {LONGEST_KEY} characters"
                ),
            ));
        }
        if value.chars().count() > LONGEST_VALUE {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!(
                    "Value ( {value} ) for parameter value is invalid. Tag value exceeds the maximum length of {LONGEST_VALUE} characters"
                ),
            ));
        }
    }
    limit(tags.len())
}

/// Refuses more tags than a thing may have; those of services (`aws:`) do not count.
fn limit(count: usize) -> Result<(), Fault> {
    if count > MOST_TAGS {
        return Err(Fault::client(
            "TagLimitExceeded",
            "The maximum number of Tags for a resource has been reached.",
        ));
    }
    Ok(())
}

/// Whether the thing is there and seen by the account.
pub(super) fn exists(world: &World, account: &str, region: &str, id: &str) -> Result<(), Fault> {
    let kind = Kind::of(id).filter(|kind| !kind.resource_type().is_empty());
    let Some(kind) = kind else {
        return Err(Fault::client(
            "InvalidID",
            format!("The ID '{id}' is not valid"),
        ));
    };
    kind.check(id)?;
    let found = if kind == Kind::Peering {
        world
            .shared
            .peerings
            .get(id)
            .is_some_and(|peering| peering.touches(account, region))
    } else {
        world
            .peek(account, region)
            .is_some_and(|region| kind.is_in(&region.ec2, id))
    };
    if found {
        Ok(())
    } else {
        Err(kind.not_found(id))
    }
}

/// Sets tags on a thing.
pub(super) fn add(
    world: &mut World,
    account: &str,
    region: &str,
    id: &str,
    tags: &Tags,
) -> Result<(), Fault> {
    exists(world, account, region, id)?;
    check(tags)?;
    let all = &mut world.region(account, region).ec2.tags;
    let mut merged = all.get(id).cloned().unwrap_or_default();
    merged.extend(tags.clone());
    limit(merged.keys().filter(|key| !is_reserved(key)).count())?;
    all.insert(id, merged);
    Ok(())
}

/// Takes tags off a thing: by key, or by key and value. No keys: all but those of services.
pub(super) fn remove(
    world: &mut World,
    account: &str,
    region: &str,
    id: &str,
    keys: &[NamedTag],
) -> Result<(), Fault> {
    exists(world, account, region, id)?;
    if let Some(tags) = world.region(account, region).ec2.tags.get_mut(id) {
        tags.retain(|key, value| {
            let named = keys.iter().any(|(wanted, with)| {
                wanted == key && with.as_ref().is_none_or(|with| with == value)
            });
            is_reserved(key) || !(named || keys.is_empty())
        });
    }
    Ok(())
}

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    let (ids, given) = named(request)?;
    let mut tags = Tags::new();
    for (key, value) in given {
        if tags
            .insert(key.clone(), value.unwrap_or_default())
            .is_some()
        {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!("Duplicate tag key '{key}' specified."),
            ));
        }
    }
    if tags.is_empty() {
        return Err(missing("Tag"));
    }
    check(&tags)?;
    let call = request.call;
    let (account, region) = (&call.account, &call.region);
    for id in &ids {
        exists(request.world, account, region, id)?;
    }
    request.dry_run()?;
    for id in &ids {
        add(request.world, account, region, id, &tags)?;
    }
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let (ids, keys) = named(request)?;
    if let Some((key, _)) = keys.iter().find(|(key, _)| is_reserved(key)) {
        return Err(reserved(key));
    }
    let call = request.call;
    let (account, region) = (&call.account, &call.region);
    for id in &ids {
        exists(request.world, account, region, id)?;
    }
    request.dry_run()?;
    for id in &ids {
        remove(request.world, account, region, id, &keys)?;
    }
    done()
}

/// The things and the tags that a call names.
fn named(request: &Request<'_>) -> Result<(Vec<String>, Vec<NamedTag>), Fault> {
    let ids = request.query.list("ResourceId");
    if ids.is_empty() {
        return Err(missing("ResourceId"));
    }
    if ids.len() > MOST_THINGS {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("The maximum number of resources in a call is {MOST_THINGS}."),
        ));
    }
    let tags = request
        .query
        .structures("Tag")
        .into_iter()
        .map(|tag| {
            (
                tag.get("Key").unwrap_or_default().to_owned(),
                tag.get("Value").map(str::to_owned),
            )
        })
        .collect();
    Ok((ids, tags))
}

pub(super) fn describe(request: &mut Request<'_>) -> Answer {
    let filters = Filters::read(
        &request.query,
        &["key", "resource-id", "resource-type", "tag-key", "value"],
    )?;
    let page = Page::read(request, super::describe::MOST)?;
    request.dry_run()?;
    let all = request.ec2().into_iter().flat_map(|ec2| ec2.tags.iter());
    let rows = all.flat_map(|(id, tags)| {
        let kind = Kind::of(id).map_or("", Kind::resource_type);
        tags.iter().map(move |(key, value)| {
            // Ids and keys hold no newline.
            (format!("{id}\n{key}"), id, kind, key, value)
        })
    });
    let wanted = rows
        .filter(|(at, ..)| page.is_after(at))
        .filter(|(_, id, kind, key, value)| {
            let tag = Tags::from([((*key).clone(), (*value).clone())]);
            filters.want(Some(&tag), |filter| match filter {
                "key" => vec![(*key).clone()],
                "resource-id" => vec![(*id).clone()],
                "resource-type" => vec![(*kind).to_owned()],
                "value" => vec![(*value).clone()],
                _ => Vec::new(),
            })
        });
    let (rows, next) = page.cut(wanted, |(at, ..)| at.as_str());
    let items = rows
        .iter()
        .map(|(_, id, kind, key, value)| {
            vec![
                Element::text("resourceId", id),
                Element::text("resourceType", kind),
                Element::text("key", key),
                Element::text("value", value),
            ]
        })
        .collect();
    Ok(std::iter::once(Element::list("tagSet", "item", items))
        .chain(next.map(|token| Element::text("nextToken", token)))
        .collect())
}
