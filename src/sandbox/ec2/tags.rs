//! Tags of EC2's things.

use super::ids::Kind;
use super::state::Tags;
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;

/// Tags per thing.
const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// Refuses tags that AWS refuses.
pub(super) fn check(tags: &Tags) -> Result<(), Fault> {
    for (key, value) in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Fault::client(
                "InvalidParameterValue",
                format!(
                    "Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
                ),
            ));
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
    limit(merged.keys().filter(|key| !key.starts_with("aws:")).count())?;
    all.insert(id, merged);
    Ok(())
}

/// Takes tags off a thing: by key, or by key and value. No keys: all but those of services.
pub(super) fn remove(
    world: &mut World,
    account: &str,
    region: &str,
    id: &str,
    keys: &[(String, Option<String>)],
) -> Result<(), Fault> {
    exists(world, account, region, id)?;
    if let Some(tags) = world.region(account, region).ec2.tags.get_mut(id) {
        tags.retain(|key, value| {
            let named = keys.iter().any(|(wanted, with)| {
                wanted == key && with.as_ref().is_none_or(|with| with == value)
            });
            key.starts_with("aws:") || !(named || keys.is_empty())
        });
    }
    Ok(())
}
